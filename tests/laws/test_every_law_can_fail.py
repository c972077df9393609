"""
Every law of the kit notices the mistake that it is there for: one small lie for each.
"""

import functools
import math
import re
import sys
import threading
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from tests.packs.test_examples import EXAMPLES, data
from twitchkb import Assessment, Profile, ProfileError, Urgency, assess, what_if
from twitchkb.assessment import Contribution, Interval
from twitchkb.model import Estimate, KnowledgeBase
from twitchkb.testing import trial
from twitchkb.testing.laws import LAWS, LOADING_LAWS, PACK_LAWS, loading, parts, ranking
from twitchkb.testing.worlds import beside_the_core, bundled
from twitchkb.vocabulary import Grade

Lie = Callable[[Assessment, Any, KnowledgeBase], Assessment]
EVERY = {law.__name__: law for law in (*LAWS, *LOADING_LAWS, *PACK_LAWS)}


def findings_of(profile: Any) -> list[tuple[str, Any]]:
    return list(profile.findings) if isinstance(profile, Profile) else list((profile.get("findings") or {}).items())


def causes(change: Callable[[Any, Any, KnowledgeBase], Any]) -> Lie:
    """
    A lie about every cause.
    """
    return lambda answer, profile, kb: attrs.evolve(
        answer, causes=tuple(change(cause, profile, kb) for cause in answer.causes)
    )


def points(change: Callable[[Any, Any, KnowledgeBase], float]) -> Lie:
    """
    A lie about the points of every cause.
    """

    def lie(cause: Any, profile: Any, kb: KnowledgeBase) -> Any:
        own = cause.points
        return attrs.evolve(cause, points=Interval(change(cause, profile, kb), own.low, own.high))

    return causes(lie)


def ends(change: Callable[[Any], tuple[float, float]]) -> Lie:
    """
    A lie about how sure the points of every cause are.
    """
    return causes(lambda cause, *_: attrs.evolve(cause, points=Interval(cause.points.value, *change(cause.points))))


def contributions(change: Callable[[Any], Any]) -> Lie:
    """
    A lie about every reason.
    """
    return causes(
        lambda cause, *_: attrs.evolve(cause, contributions=tuple(change(part) for part in cause.contributions))
    )


def urgency(**changes: Any) -> Lie:
    """
    A lie about how urgent it is.
    """
    return lambda answer, *_: attrs.evolve(answer, urgency=attrs.evolve(answer.urgency, **changes))


def where(holds: Callable[[Any, KnowledgeBase], bool], lie: Lie) -> Lie:
    """
    A lie to some people only.
    """
    return lambda answer, profile, kb: lie(answer, profile, kb) if holds(profile, kb) else answer


def without_flags(answer: Assessment, *_: Any) -> Assessment:
    kept = tuple(reason for reason in answer.urgency.reasons if reason.kind != "red_flag")
    return attrs.evolve(answer, urgency=attrs.evolve(answer.urgency, reasons=kept))


def says(text: Callable[[Any, KnowledgeBase], str]) -> Lie:
    """
    An answer that shows what no answer may show.
    """
    return lambda answer, profile, kb: attrs.evolve(answer, notice=text(profile, kb))


def offers_what_is_withheld(answer: Assessment, *_: Any) -> Assessment:
    more = tuple(attrs.evolve(answer.remedies[0], id=each.id) for each in answer.withheld)
    return attrs.evolve(answer, remedies=(*answer.remedies, *more))


def odd(profile: Any, _: KnowledgeBase) -> bool:
    return sum(value is not None for _, value in findings_of(profile)) % 2 == 1


def other_unit(profile: Any, kb: KnowledgeBase) -> str:
    return "".join(value.unit for _, value in findings_of(profile) if hasattr(value, "unit"))


NOBODY_ASKED = Contribution(
    finding="nobody_asked",
    label="",
    state="present",
    state_label="yes",
    points=0.0,
    low=0.0,
    high=0.0,
    grade=Grade.EXPERT,
    sources=(),
    note="",
)
UPSIDE_DOWN = contributions(lambda part: attrs.evolve(part, points=-part.points))

# What each law is told instead of the truth.
LIES: dict[str, Lie] = {
    "law_01": points(lambda cause, *_: cause.points.value + 1.0),
    "law_02": causes(lambda c, *_: attrs.evolve(c, contributions=(*c.contributions, NOBODY_ASKED))),
    "law_03": says(lambda profile, _: str(len(findings_of(profile)))),
    "law_04": points(lambda cause, *_: 2 * cause.prior.value - cause.points.value),
    "law_05": contributions(lambda part: attrs.evolve(part, points=10 * part.points + 31)),
    "law_06": UPSIDE_DOWN,
    "law_07": lambda answer, *_: attrs.evolve(answer, something_else=Interval(0.9, 0.0, 1.0)),
    "law_08": lambda answer, *_: attrs.evolve(answer, something_else=Interval(0.1, 0.2, 0.3)),
    "law_09": ends(lambda own: (own.value, own.value)),
    "law_10": ends(lambda own: (own.value - 1 / (1 + own.value - own.low), own.value + 1 / (1 + own.high - own.value))),
    "law_11": ends(lambda own: (own.low - 1.0, own.high + 1.0)),
    "law_12_permuting_findings": says(lambda _, kb: kb.causes[0].id),
    "law_14": points(lambda cause, profile, _: cause.points.value + len(findings_of(profile))),
    "law_15": points(lambda cause, _, kb: cause.points.value + len(kb.causes)),
    "law_17": points(lambda cause, *_: cause.points.value + ord(cause.id[0])),
    "law_18": points(lambda c, _, kb: c.points.value + 100 * math.fsum(each.prior.value for each in kb.causes)),
    "law_19": lambda answer, *_: attrs.evolve(answer, something_else=Interval(math.nan, 0.0, 1.0)),
    "law_20": says(other_unit),
    "law_21": UPSIDE_DOWN,
    "law_23": urgency(level=Urgency.SELF_CARE),
    "law_26": where(odd, without_flags),
    "law_27": where(lambda p, _: any(v is None for _, v in findings_of(p)), urgency(level=Urgency.SELF_CARE)),
    "law_28": where(odd, urgency(level=Urgency.SELF_CARE)),
    "law_30": urgency(level=Urgency.SELF_CARE),
    "law_31": urgency(level=Urgency.SELF_CARE, reasons=()),
    "law_32": where(lambda profile, _: profile.sex == "male", without_flags),
    "law_33": urgency(action="Please call an ambulance."),
    "law_34": offers_what_is_withheld,
    "law_35": contributions(lambda part: attrs.evolve(part, sources=(), grade=Grade.MEASURED)),
    "law_36": lambda answer, *_: attrs.evolve(
        answer, families=tuple(attrs.evolve(family, share=Interval(0.5, 0.0, 1.0)) for family in answer.families)
    ),
    "law_13": says(lambda *_: threading.current_thread().name),
    "law_29": where(lambda _, kb: len(kb.packs) > 2, urgency(level=Urgency.SELF_CARE)),
}


def tried(law: Callable[..., None], *, packs: bool, max_examples: int = 25) -> str:
    known = tuple(data(id) for id in EXAMPLES)
    if law in PACK_LAWS:
        bound = functools.partial(law, known[0], known)
    elif law in LOADING_LAWS:
        bound = functools.partial(law, known)
    else:
        bound = functools.partial(law, beside_the_core(*known) if packs else bundled())
    return trial._tried(bound, max_examples=max_examples)


def lied_to(monkeypatch: pytest.MonkeyPatch, law: Callable[..., None], lie: Lie) -> None:
    def told(profile: Any, *, kb: KnowledgeBase) -> Assessment:
        return lie(assess(profile, kb=kb), profile, kb)

    monkeypatch.setattr(sys.modules[law.__module__], "assess", told)


@pytest.mark.parametrize("number", sorted(LIES))
def test_a_law_notices_the_lie_that_it_forbids(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A law that holds for a scorer that lies would protect nobody.
    """
    law = next(law for name, law in EVERY.items() if name.startswith(number))
    lied_to(monkeypatch, law, LIES[number])

    with pytest.raises((AssertionError, ValueError)):
        tried(law, packs=False, max_examples=100)


def _contradictions_are_swallowed(monkeypatch: pytest.MonkeyPatch, room: Any) -> None:
    def deaf(profile: Any, *, kb: KnowledgeBase) -> Assessment:
        try:
            return assess(profile, kb=kb)
        except ProfileError:
            return assess({}, kb=kb)

    monkeypatch.setattr(room, "assess", deaf)


def _rounding_of_each_part_alone(monkeypatch: pytest.MonkeyPatch, room: Any) -> None:
    monkeypatch.setattr(room, "rounded_parts", lambda parts: tuple(round(part) for part in parts))


def _a_comparison_with_oneself(monkeypatch: pytest.MonkeyPatch, room: Any) -> None:
    def stale(profile: Any, changes: Any, *, kb: KnowledgeBase) -> Any:
        comparison = what_if(profile, changes, kb=kb)
        return attrs.evolve(comparison, after=comparison.before)

    monkeypatch.setattr(room, "what_if", stale)


def _a_reader_that_stumbles(monkeypatch: pytest.MonkeyPatch, room: Any) -> None:
    def stumbling(profile: Any, *, kb: KnowledgeBase) -> Assessment:
        return assess({"findings": dict(profile["findings"])} if "findings" in profile else profile, kb=kb)

    monkeypatch.setattr(room, "assess", stumbling)


def _who_came_first_shows(monkeypatch: pytest.MonkeyPatch, room: Any) -> None:
    def ordered(*packs: Any) -> KnowledgeBase:
        kb = beside_the_core(*packs)
        return attrs.evolve(kb, digest="".join(name for pack in packs for name in (pack.id, *loading._files(pack))))

    monkeypatch.setattr(room, "beside_the_core", ordered)


def _a_trace_of_earlier_packs(monkeypatch: pytest.MonkeyPatch, room: Any) -> None:
    seen: list[Any] = []

    def remembering(*packs: Any) -> KnowledgeBase:
        seen.extend(packs)
        return attrs.evolve(beside_the_core(*packs), digest=str(len(seen)))

    monkeypatch.setattr(room, "beside_the_core", remembering)


def _a_broken_pack_stops_the_host(monkeypatch: pytest.MonkeyPatch, room: Any) -> None:
    def stopping(*packs: Any) -> KnowledgeBase:
        raise KeyError(packs[0].id)

    monkeypatch.setattr(room, "beside_the_core", stopping)


MISTAKES: dict[str, Callable[[pytest.MonkeyPatch, Any], None]] = {
    "law_12_permuting_packs": _who_came_first_shows,
    "law_16": _a_trace_of_earlier_packs,
    "law_22": _rounding_of_each_part_alone,
    "law_24": _contradictions_are_swallowed,
    "law_37": _a_comparison_with_oneself,
    "law_38_anything": _a_reader_that_stumbles,
    "law_38_a_broken_pack": _a_broken_pack_stops_the_host,
}


@pytest.mark.parametrize("number", sorted(MISTAKES))
def test_a_law_notices_the_mistake_that_it_forbids(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The same for mistakes that are not made in an answer but around it.
    """
    law = next(law for name, law in EVERY.items() if name.startswith(number))
    MISTAKES[number](monkeypatch, sys.modules[law.__module__])

    with pytest.raises((AssertionError, KeyError, TypeError, ValueError)):
        tried(law, packs=False, max_examples=100)


def test_every_law_of_the_kit_is_lied_to() -> None:
    """
    A new law comes with the lie that it notices.
    """
    untold = [name for name in EVERY if not any(name.startswith(number) for number in (*LIES, *MISTAKES))]

    assert untold == []


def test_the_kit_has_every_law_of_the_documentation_but_that_of_the_batch_engine() -> None:
    """
    Law 25 is about many people at once, and lives with the tests of the batch engine.
    """
    numbers = {int(found[1]) for name in EVERY if (found := re.match(r"law_(\d\d)_", name))}

    assert numbers == set(range(1, 39)) - {25}


def test_a_test_whose_levels_are_mixed_up_breaks_law_21() -> None:
    """
    A slip of the pen in a pack's frequencies is found, and not only a slip of the scorer.
    """
    kb = beside_the_core(data("rare"))
    cause = next(each for each in kb.causes if each.id.startswith("rare:"))
    lab = next(link for link in cause.evidence if kb.finding(link.finding).kind == "lab_test")
    shares = {"normal": 0.1, "raised": 0.85, "high": 0.05}
    mixed = attrs.evolve(lab, estimates=tuple((s, Estimate(value=p, low=p, high=p)) for s, p in shares.items()))
    wrong = attrs.evolve(cause, evidence=tuple(mixed if link is lab else link for link in cause.evidence))
    world = attrs.evolve(kb, causes=tuple(wrong if each is cause else each for each in kb.causes))
    law = ranking.law_21_a_value_further_into_the_abnormal_never_lowers_the_cause_it_defines

    assert trial._tried(functools.partial(law, kb), max_examples=25) == ""
    with pytest.raises(AssertionError):
        trial._tried(functools.partial(law, world), max_examples=25)


def test_a_mistake_about_findings_of_packs_alone_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Half of what is drawn belongs to the packs; among hundreds of findings of the core it would hardly ever be.
    """
    law = ranking.law_01_contributions_plus_prior_sum_to_the_points
    lied_to(
        monkeypatch,
        law,
        contributions(lambda part: attrs.evolve(part, points=part.points + 1.0) if ":" in part.finding else part),
    )

    assert tried(law, packs=False) == ""
    with pytest.raises(AssertionError):
        tried(law, packs=True, max_examples=5)


def test_a_law_that_has_nothing_to_say_says_so() -> None:
    """
    Without a laboratory test nothing is known about laboratory tests, and that is no success.
    """
    kb = bundled()
    without_tests = attrs.evolve(
        kb,
        findings=tuple(finding for finding in kb.findings if finding.kind != "lab_test"),
        causes=(attrs.evolve(kb.causes[0], evidence=(), floor=None),),
        red_flags=(),
    )

    assert "laboratory" in trial._tried(
        functools.partial(
            ranking.law_21_a_value_further_into_the_abnormal_never_lowers_the_cause_it_defines, without_tests
        ),
        max_examples=3,
    )
    assert "no cause links" in trial._tried(
        functools.partial(ranking.law_06_adding_support_to_a_group_never_lowers_it, without_tests), max_examples=3
    )
    with pytest.raises(parts.Silent, match="nothing"):
        parts.needs((), "nothing")
