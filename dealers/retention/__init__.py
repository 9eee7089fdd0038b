"""How long everything is kept: one table of rules, and the job that applies it."""

from dealers.retention.job import apply, due_kinds
from dealers.retention.rules import RetentionRule
from dealers.retention.table import RULES, as_markdown

__all__ = ["RULES", "RetentionRule", "apply", "as_markdown", "due_kinds"]
