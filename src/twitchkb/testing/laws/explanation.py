"""
Laws 35 to 37 of the explanation, each for any knowledge base.
"""

import json
import math
from typing import Any

import attrs
from hypothesis import strategies as st

from ...adapters.text import render
from ...assessment import Assessment
from ...conversation import what_if
from ...dialogue import Comparison
from ...engine import assess
from ...model import KnowledgeBase
from ...vocabulary import Grade, Urgency
from ...wire import from_json, to_json
from ..worlds import answer as answer_to
from ..worlds import anybody, often_of_packs, profiles
from .parts import about

RANKS = [level.value for level in Urgency]


def law_35_every_contribution_resolves_to_a_source_or_is_graded_expert(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Behind every reason stands a publication that the answer itself names, or the word "expert".
    """
    profile = data.draw(anybody(kb))
    answer = assess(profile, kb=kb)
    named = {source.id for source in answer.sources}

    for part in (part for cause in answer.causes for part in cause.contributions):
        assert set(part.sources) <= named
        assert part.sources or part.grade is Grade.EXPERT
    for reason in answer.urgency.reasons:
        assert set(reason.sources) <= named
        assert reason.kind != "red_flag" or reason.sources or reason.grade is Grade.EXPERT


def law_36_an_explanation_recomputed_from_the_json_alone_equals_the_original(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    Who holds the printed answer can redo it by hand, and needs no knowledge base for that.
    """
    profile = data.draw(anybody(kb))
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


def law_37_what_if_equals_assessing_the_changed_profile(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    A comparison is two assessments and their differences, nothing else.
    """
    profile = data.draw(profiles(kb))
    asked = [finding for finding in kb.findings if finding.when is None]
    chosen = data.draw(st.lists(often_of_packs(asked), unique_by=lambda f: f.id, max_size=3))
    changes = {finding.id: data.draw(answer_to(finding)) for finding in chosen}

    comparison = what_if(profile, changes, kb=kb)

    moved = dict.fromkeys(name for name in ("age", "sex") if name in changes)
    changed = attrs.evolve(profile, findings={**dict(profile.findings), **changes}, **moved)
    assert comparison.before == assess(profile, kb=kb)
    assert comparison.after == assess(changed, kb=kb)
    assert comparison.urgency_steps == comparison.after.urgency.level.rank - comparison.before.urgency.level.rank
    later = {cause.id: cause.share for cause in comparison.after.causes}
    for change in comparison.shares:
        assert change.after == later[change.cause] != change.before
    assert from_json(to_json(comparison), Comparison) == comparison


def _points_follow_from_the_contributions(told: dict[str, Any]) -> None:
    for cause in told["causes"]:
        total = math.fsum([cause["prior"]["value"], *(part["points"] for part in cause["contributions"])])
        assert about(cause["points"]["value"], total)


def _shares_follow_from_the_points(told: dict[str, Any]) -> None:
    """
    The points of `something_else` are its prior, which is what is left where all causes are subtracted.
    """
    value, low, high = (
        [10.0 ** (cause["points"][end] / 10.0) for cause in told["causes"]] for end in ("value", "low", "high")
    )
    known = math.fsum(cause["share"]["value"] for cause in told["causes"])
    assert about(known + told["something_else"]["value"], 1.0)
    whole = math.fsum(value) / known
    for cause, own in zip(told["causes"], value, strict=True):
        assert about(cause["share"]["value"], own / whole)
    for cause, own_low, own_high in zip(told["causes"], low, high, strict=True):
        # Without the unknown ends of `something_else` the ends are bounds: the others can only be more.
        assert cause["share"]["low"] <= own_low / (own_low + math.fsum(high) - own_high) + 1e-9
        assert cause["share"]["high"] <= own_high / (own_high + math.fsum(low) - own_low) + 1e-9


def _remedies_follow_from_the_shares(told: dict[str, Any]) -> None:
    share = {cause["id"]: cause["share"]["value"] for cause in told["causes"]}
    for remedy in told["remedies"]:
        assert about(remedy["share_addressed"], math.fsum(share[id] for id in remedy["aimed_at"]))


def _order_and_separation_follow_from_both(told: dict[str, Any]) -> None:
    causes = told["causes"]
    assert causes == sorted(causes, key=lambda cause: (-cause["points"]["value"], cause["id"]))
    for leader in causes[:1]:
        close = [cause["id"] for cause in causes[1:] if cause["share"]["high"] >= leader["share"]["low"]]
        assert leader["not_separated_from"] == close
        for cause in causes[1:]:
            assert cause["not_separated_from"] == ([leader["id"]] if cause["id"] in close else [])


def _urgency_follows_from_the_reasons(told: dict[str, Any]) -> None:
    level = max((reason["urgency"] for reason in told["urgency"]["reasons"]), key=RANKS.index)
    assert told["urgency"]["level"] == level


def _families_follow_from_the_shares(told: dict[str, Any]) -> None:
    for family in told["families"]:
        members = [cause["share"]["value"] for cause in told["causes"] if cause["family"] == family["id"]]
        assert about(family["share"]["value"], math.fsum(members))
