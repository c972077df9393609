"""
Shared by all tests: the bundled knowledge base, and how hard Hypothesis tries.

`FAST=1` is for the inner loop; the default is what a release must pass.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

import twitchkb

_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
settings.register_profile("release", max_examples=25, **_COMMON)
settings.register_profile("fast", max_examples=10, **_COMMON)
settings.load_profile("fast" if os.environ.get("FAST") else "release")


@pytest.fixture(scope="session")
def kb() -> twitchkb.KnowledgeBase:
    """
    The bundled dataset.
    """
    return twitchkb.load()
