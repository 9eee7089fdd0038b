"""The settings of the marketplace, with the plain list beside its addresses."""

from marketplace.settings import *  # noqa: F403 - a settings module is its names

ROOT_URLCONF = "benchmarks.plain.urls"
