"""
Textbook stories: what a careful clinician would think of first, and how soon they would look.

The stories are our own and hold no patient. Each states what is expected before
the answer is known: the cause that leads or is among the first three, the least
urgency, and for harmless stories the highest.
"""

import collections
import json
from pathlib import Path
from typing import Any

import pytest

from twitchkb import KnowledgeBase, Urgency, assess

STORIES = json.loads((Path(__file__).parent / "textbook.json").read_text("utf-8"))["stories"]
KINDS = {"classic", "mild", "look_alike"}
EXPECTED = ("leads", "among_first_three", "not_first")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["id"])
def test_a_textbook_story_is_read_as_a_careful_clinician_reads_it(kb: KnowledgeBase, story: dict[str, Any]) -> None:
    """
    The cause comes first, or among the first three where few answers leave it open; a look-alike does not lead.
    """
    causes = [cause.id for cause in assess(story["profile"], kb=kb).causes]

    if "leads" in story:
        assert causes[0] == story["leads"]
    if "among_first_three" in story:
        assert story["among_first_three"] in causes[:3]
    assert causes[0] != story.get("not_first")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["id"])
def test_a_textbook_story_is_seen_soon_enough_and_alarms_nobody(kb: KnowledgeBase, story: dict[str, Any]) -> None:
    """
    A grave story is never put off; a harmless one never sent to hospital.
    """
    urgency = assess(story["profile"], kb=kb).urgency

    assert urgency.level >= Urgency(story["at_least"])
    if "at_most" in story:
        assert urgency.level <= Urgency(story["at_most"]), [reason.id for reason in urgency.reasons]


def test_the_stories_tell_classic_mild_and_look_alike_forms_of_many_causes(kb: KnowledgeBase) -> None:
    """
    At least 25 causes, each kind of story told often, and every name one that the data know.
    """
    kinds = collections.Counter(story["kind"] for story in STORIES)

    assert len({story["cause"] for story in STORIES}) >= 25
    assert set(kinds) == KINDS
    assert min(kinds.values()) >= 10
    for story in STORIES:
        for cause in {story["cause"], *(story.get(key) for key in EXPECTED)} - {None}:
            assert kb.has("cause", cause)
        assert any(key in story for key in EXPECTED)
