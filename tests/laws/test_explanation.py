"""
Laws 35 and 36 of the explanation, on generated knowledge bases and the bundled one.
"""

import json
import math
from typing import Any

import pytest
from hypothesis import given

from twitchkb import Assessment, assess, from_json, to_json
from twitchkb.adapters.text import render
from twitchkb.model import KnowledgeBase
from twitchkb.profile import Profile
from twitchkb.vocabulary import Grade, Urgency

from .worlds import people

RANKS = [level.value for level in Urgency]


@given(people())
def test_35_every_contribution_resolves_to_a_source_or_is_graded_expert(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    Behind every reason stands a publication that the answer itself names, or the word "expert".
    """
    kb, profile = person
    answer = assess(profile, kb=kb)
    named = {source.id for source in answer.sources}

    for part in (part for cause in answer.causes for part in cause.contributions):
        assert set(part.sources) <= named
        assert part.sources or part.grade is Grade.EXPERT
    for reason in answer.urgency.reasons:
        assert set(reason.sources) <= named
        assert reason.kind != "red_flag" or reason.sources or reason.grade is Grade.EXPERT


@given(people())
def test_36_an_explanation_recomputed_from_the_json_alone_equals_the_original(
    person: tuple[KnowledgeBase, Profile],
) -> None:
    """
    Who holds the printed answer can redo it by hand, and needs no knowledge base for that.
    """
    kb, profile = person
    answer = assess(profile, kb=kb)

    told = json.loads(to_json(answer))

    _points_follow_from_the_contributions(told)
    _shares_follow_from_the_points(told)
    _order_and_separation_follow_from_both(told)
    _families_follow_from_the_shares(told)
    _remedies_follow_from_the_shares(told)
    _urgency_follows_from_the_reasons(told)
    again = from_json(to_json(answer), Assessment)
    assert again == answer
    assert render(again) == render(answer)


def _points_follow_from_the_contributions(told: dict[str, Any]) -> None:
    for cause in told["causes"]:
        total = math.fsum([cause["prior"]["value"], *(part["points"] for part in cause["contributions"])])
        assert cause["points"]["value"] == pytest.approx(total, abs=1e-9)


def _shares_follow_from_the_points(told: dict[str, Any]) -> None:
    """
    The points of `something_else` are its prior, which is what is left where all causes are subtracted.
    """
    value, low, high = (
        [10.0 ** (cause["points"][end] / 10.0) for cause in told["causes"]] for end in ("value", "low", "high")
    )
    known = math.fsum(cause["share"]["value"] for cause in told["causes"])
    assert known + told["something_else"]["value"] == pytest.approx(1.0)
    whole = math.fsum(value) / known
    for cause, own in zip(told["causes"], value, strict=True):
        assert cause["share"]["value"] == pytest.approx(own / whole)
    for cause, own_low, own_high in zip(told["causes"], low, high, strict=True):
        # Without the unknown ends of `something_else` the ends are bounds: the others can only be more.
        assert cause["share"]["low"] <= own_low / (own_low + math.fsum(high) - own_high) + 1e-9
        assert cause["share"]["high"] <= own_high / (own_high + math.fsum(low) - own_low) + 1e-9


def _order_and_separation_follow_from_both(told: dict[str, Any]) -> None:
    causes = told["causes"]
    assert causes == sorted(causes, key=lambda cause: (-cause["points"]["value"], cause["id"]))
    for leader in causes[:1]:
        close = [cause["id"] for cause in causes[1:] if cause["share"]["high"] >= leader["share"]["low"]]
        assert leader["not_separated_from"] == close
        for cause in causes[1:]:
            assert cause["not_separated_from"] == ([leader["id"]] if cause["id"] in close else [])


def _families_follow_from_the_shares(told: dict[str, Any]) -> None:
    for family in told["families"]:
        members = [cause["share"]["value"] for cause in told["causes"] if cause["family"] == family["id"]]
        assert family["share"]["value"] == pytest.approx(math.fsum(members))


def _remedies_follow_from_the_shares(told: dict[str, Any]) -> None:
    share = {cause["id"]: cause["share"]["value"] for cause in told["causes"]}
    for remedy in told["remedies"]:
        assert remedy["share_addressed"] == pytest.approx(math.fsum(share[id] for id in remedy["aimed_at"]))


def _urgency_follows_from_the_reasons(told: dict[str, Any]) -> None:
    level = max((reason["urgency"] for reason in told["urgency"]["reasons"]), key=RANKS.index)
    assert told["urgency"]["level"] == level
