"""The OpenAPI document: what drf-spectacular cannot see by itself."""

from drf_spectacular.openapi import AutoSchema


class ProblemAutoSchema(AutoSchema):
    """Operations with the errors they can answer."""
