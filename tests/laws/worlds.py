"""
The generators of the testing kit, under the name that the tests know.
"""

from twitchkb.testing.worlds import (
    AGE,
    CLASSES,
    MEDICINES,
    SCALE,
    WORDING,
    answer,
    answered,
    beside_the_core,
    bundled,
    conditions,
    estimates,
    findings,
    knowledge_bases,
    links,
    medicine_lists,
    packs,
    people,
    profiles,
    worlds,
)

__all__ = [
    "AGE",
    "CLASSES",
    "MEDICINES",
    "SCALE",
    "WORDING",
    "answer",
    "answered",
    "beside_the_core",
    "bundled",
    "conditions",
    "estimates",
    "findings",
    "knowledge_bases",
    "links",
    "medicine_lists",
    "packs",
    "people",
    "profiles",
    "worlds",
]
