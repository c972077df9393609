"""
Laws 20, 24 and 38 of reading what a person tells, each for any knowledge base.
"""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from ...assessment import Assessment
from ...engine import assess
from ...errors import ProfileError, TwitchKBError
from ...model import Cause, KnowledgeBase, RedFlag
from ...profile import Profile
from ...wire import from_json, to_json
from ..worlds import answered, askable, often_of_packs, profiles
from .parts import needs

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
"""Anything that JSON can hold."""

_Contradiction = tuple[dict[str, Any], tuple[str, ...]]


def law_20_equal_quantities_in_different_units_give_the_same_answer(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    A unit is a way of writing, not a fact about the person.
    """
    measured = [finding for finding in askable(kb) if finding.scale is not None and finding.scale.also]
    needs(measured, "no finding can be told in two units")
    finding = data.draw(often_of_packs(measured))
    scale = finding.scale
    assert scale is not None
    least, most = scale.accepts
    number = float(f"{data.draw(st.floats(least, most) | st.sampled_from([*scale.cuts, least, most])):.4g}")
    assume(least <= number <= most)
    profile = data.draw(profiles(kb, most=4))
    units = [(scale.unit, 1.0), *scale.also]

    answers = {
        unit: to_json(
            assess(answered(profile, **{finding.id: {"value": float(f"{number / factor:.13g}"), "unit": unit}}), kb=kb)
        )
        for unit, factor in units
    }

    assert len(set(answers.values())) == 1


def law_24_contradictions_are_errors_that_name_both_places(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Two answers to one question are not averaged, and the last one does not win.
    """
    contradictions = [*_contradicting_answers(kb), *_contradicting_medicines(kb, data)]
    needs(contradictions, "no age, no sex and no medicine can be told twice")
    findings = dict(data.draw(profiles(kb, most=3)).findings)
    told, places = data.draw(st.sampled_from(contradictions))
    person = {**told, "findings": {**findings, **told.get("findings", {})}}

    faults = ""
    try:
        assess(person, kb=kb)
    except ProfileError as error:
        faults = str(error)

    assert all(place in faults for place in places), f"{told} was told of by {faults!r}"


def law_38_anything_given_to_a_reader_ends_in_a_result_or_in_an_error_of_the_library(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    No input makes the library fail in a way that it did not mean to.

    Bytes that are no JSON, JSON that is no profile, and profiles whose answers
    to real questions are nonsense; whole packs are broken by the law of the
    same number about loading.
    """
    text = data.draw(st.binary(max_size=60))
    value = data.draw(JSON | _nonsense_about(kb))

    for kind in (Profile, Assessment, RedFlag):
        with contextlib.suppress(TwitchKBError):
            from_json(text, kind)
    for record in (Profile, Cause):
        with contextlib.suppress(TwitchKBError):
            from_json(json.dumps(value), record)
    with contextlib.suppress(TwitchKBError):
        to_json(assess(value, kb=kb))


def _nonsense_about(kb: KnowledgeBase) -> st.SearchStrategy[Any]:
    ids = often_of_packs([finding.id for finding in kb.findings])
    names = st.sampled_from([medicine.name for medicine in kb.medicines]) if kb.medicines else st.text(max_size=12)
    uses = st.fixed_dictionaries(
        {"name": names | JSON},
        optional={f"{event}_days": JSON | st.integers(-5, 10_000) for event in ("started", "changed", "stopped")},
    )
    return st.fixed_dictionaries(
        {},
        optional={
            "age": JSON,
            "sex": JSON,
            "findings": st.dictionaries(ids, JSON | st.booleans(), max_size=4) | JSON,
            "medicines": st.lists(uses | names | JSON, max_size=3) | JSON,
        },
    )


def _contradicting_answers(kb: KnowledgeBase) -> Iterator[_Contradiction]:
    """
    Two ages, two sexes.
    """
    if kb.has("finding", "age"):
        yield {"age": 30, "findings": {"age": 40}}, ("$.age", "$.findings.age")
    choices = kb.finding("sex").choices if kb.has("finding", "sex") else ()
    if len(choices) > 1:
        yield {"sex": choices[0], "findings": {"sex": choices[1]}}, ("$.sex", "$.findings.sex")


def _contradicting_medicines(kb: KnowledgeBase, data: st.DataObject) -> Iterator[_Contradiction]:
    """
    One medicine both taken and stopped, under two of its names; and changed before it was started.
    """
    known = [each for each in kb.medicines if len(kb.medicines_named(each.name)) == 1]
    if not known:
        return
    medicine = data.draw(often_of_packs(known))
    other = next((name for name in medicine.brands if len(kb.medicines_named(name)) == 1), medicine.name)
    days = data.draw(st.integers(1, 100))
    event = data.draw(st.sampled_from(["changed_days", "stopped_days"]))
    yield (
        {"medicines": [medicine.name, {"name": other, "stopped_days": days}]},
        ("$.medicines[0]", "$.medicines[1]"),
    )
    yield (
        {"medicines": [{"name": medicine.name, "started_days": days, event: days + 1}]},
        ("started_days", event),
    )
