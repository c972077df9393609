"""
Laws 1 to 24 of the ranking.
"""

import math
import os
import random
import subprocess
import sys
import threading
from typing import Any

import attrs
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import twitchkb
from twitchkb import ProfileError, assess, scoring, to_json
from twitchkb.assessment import Assessment, RankedCause, rounded_parts
from twitchkb.model import Finding, KnowledgeBase, Link, Statistic
from twitchkb.profile import Profile

from . import worlds
from .worlds import answered, bundled, knowledge_bases, people, profiles


def by_id(assessment: Assessment) -> dict[str, RankedCause]:
    return {cause.id: cause for cause in assessment.causes}


def caps(kb: KnowledgeBase) -> dict[str, float]:
    return dict(scoring.compile_scoring(kb).caps)


@given(people())
def test_01_contributions_plus_prior_sum_to_the_points(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    A number and its explanation cannot disagree: bit for bit where no cap bites, else to 1e-9.
    """
    kb, profile = person

    for cause in assess(profile, kb=kb).causes:
        total = math.fsum([cause.prior.value, *(part.points for part in cause.contributions)])
        exact = all((part.points * 1024 * 2**20).is_integer() for part in cause.contributions)
        assert total == cause.points.value if exact else math.isclose(total, cause.points.value, abs_tol=1e-9)


@given(people())
def test_02_only_answered_and_linked_findings_contribute(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    Silence weighs nothing, and neither does what a cause says nothing about.
    """
    kb, profile = person
    told = {name for name, value in profile.findings if value is not None}
    told |= {"age"} if profile.age is not None else set()
    told |= {"sex"} if profile.sex is not None else set()
    told |= {part for q in kb.gate.questions if dict(profile.findings).get(q.finding) is False for part in q.covers}
    worked_out = {f.id for f in kb.findings if f.when is not None or f.absent_when is not None}

    for cause in assess(profile, kb=kb).causes:
        linked = {link.finding for link in kb.cause(cause.id).evidence}
        assert {part.finding for part in cause.contributions} <= linked & (told | worked_out)


@given(people(), st.data())
def test_03_unknown_equals_not_asked(person: tuple[KnowledgeBase, Profile], data: st.DataObject) -> None:
    """
    "I don't know" moves no number.
    """
    kb, profile = person
    covered = {part for question in kb.gate.questions for part in question.covers}
    asked = [f.id for f in kb.findings if f.when is None and f.absent_when is None and f.id not in covered]
    silent = [id for id in asked if id not in dict(profile.findings) and id not in ("age", "sex")]
    assume(silent)
    unknown = data.draw(st.sampled_from(silent))

    assert to_json(assess(answered(profile, **{unknown: None}), kb=kb)) == to_json(assess(profile, kb=kb))


@given(people(), st.data())
def test_04_support_never_lowers_and_opposition_never_raises(
    person: tuple[KnowledgeBase, Profile], data: st.DataObject
) -> None:
    """
    An answer that speaks for a cause cannot move it down.
    """
    kb, profile = person
    finding = data.draw(st.sampled_from([f for f in kb.findings if f.when is None and f.id not in ("age", "sex")]))
    bare = attrs.evolve(profile, findings=[pair for pair in profile.findings if pair[0] != finding.id])
    given = data.draw(worlds.answer(finding, unknown=False))
    before, after = by_id(assess(bare, kb=kb)), by_id(assess(answered(bare, **{finding.id: given}), kb=kb))

    found = scoring.compile_scoring(kb).weights[finding.id]
    state = _state(finding, given)
    for place, cause in enumerate(kb.causes):
        moved = after[cause.id].points.value - before[cause.id].points.value
        own = next((w.points for w in found[state] if w.place == place), 0.0) if state in found else 0.0
        if _only(kb, finding, state):
            assert moved >= -1e-9 if own >= 0 else moved <= 1e-9


def _state(finding: Finding, given: Any) -> str:
    if finding.is_yes_no:
        return "present" if given else "absent"
    if isinstance(given, dict):
        assert finding.scale is not None
        return finding.scale.level_of(given["value"])
    return str(given)


def _only(kb: KnowledgeBase, finding: Finding, state: str) -> bool:
    """
    Whether the answer says nothing about other findings (as a gate question answered no does).
    """
    covers = {question.finding for question in kb.gate.questions if question.covers}
    used = {str(f.when) + str(f.absent_when) for f in kb.findings if f.when is not None or f.absent_when is not None}
    return not (state == "absent" and finding.id in covers) and not any(finding.id in text for text in used)


@given(people())
def test_05_a_group_stays_within_its_cap_and_within_twice_its_strongest(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    Findings that come together are not counted in full each.
    """
    kb, profile = person
    limit = caps(kb)

    for cause in assess(profile, kb=kb).causes:
        groups: dict[str, list[float]] = {}
        for part in cause.contributions:
            groups.setdefault(kb.finding(part.finding).group or part.finding, []).append(part.points)
        for group, points in groups.items():
            assert abs(math.fsum(points)) <= limit.get(group, 15.0) + 1e-9
            assert abs(math.fsum(points)) <= 2 * max(abs(p) for p in points) + 1e-9


@given(st.lists(st.integers(-20480, 20480), min_size=1, max_size=6), st.integers(0, 20480))
def test_06_adding_support_to_a_group_never_lowers_it(points: list[int], more: int) -> None:
    """
    A further sign of the same kind can count little, but not against.
    """
    parts = [p / 1024 for p in points]

    assert scoring._total([*parts, more / 1024]) >= scoring._total(parts)


@given(people())
def test_07_shares_are_no_less_than_0_and_sum_to_1(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    With `something_else` the shares are a whole.
    """
    kb, profile = person
    answer = assess(profile, kb=kb)

    shares = [cause.share.value for cause in answer.causes] + [answer.something_else.value]

    assert all(share >= 0 for share in shares)
    assert math.isclose(math.fsum(shares), 1.0, abs_tol=1e-12)


@given(people())
def test_08_low_value_high_ascend_everywhere(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    No value lies outside its own interval.
    """
    kb, profile = person
    answer = assess(profile, kb=kb)

    intervals = [answer.something_else, *(family.share for family in answer.families)]
    for cause in answer.causes:
        intervals += [cause.share, cause.points, cause.prior]
        assert all(part.low <= part.points <= part.high for part in cause.contributions)
    assert all(interval.low <= interval.value <= interval.high for interval in intervals)


@given(knowledge_bases(), st.data())
def test_09_numbers_inside_their_intervals_give_results_inside_the_reported_interval(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    Whatever the true numbers are, inside what the sources allow, the true result is inside what we report.
    """
    profile = data.draw(profiles(kb))
    outer = by_id(assess(profile, kb=kb))
    draw = data.draw(st.randoms(use_true_random=False))

    inner = by_id(assess(profile, kb=_drawn_inside(kb, draw)))

    # Every weight and every prior is rounded once to 1/1024 dB, so this much can stick out for each.
    slack = (2 + len(kb.findings)) / 1024
    for id, cause in inner.items():
        assert outer[id].points.low - slack <= cause.points.value <= outer[id].points.high + slack
        assert outer[id].share.low * 0.99 <= cause.share.value <= outer[id].share.high * 1.01 + 1e-12


def _drawn_inside(kb: KnowledgeBase, draw: random.Random) -> KnowledgeBase:
    def inside(estimate: Any) -> Any:
        value = draw.uniform(estimate.low, estimate.high)
        return attrs.evolve(estimate, value=value, low=min(value, estimate.low), high=max(value, estimate.high))

    return attrs.evolve(
        kb,
        something_else=inside(kb.something_else),
        findings=tuple(attrs.evolve(f, background=tuple((s, inside(e)) for s, e in f.background)) for f in kb.findings),
        causes=tuple(
            attrs.evolve(
                cause,
                prior=inside(cause.prior),
                evidence=tuple(
                    attrs.evolve(link, estimates=tuple((s, inside(e)) for s, e in link.estimates))
                    for link in cause.evidence
                ),
            )
            for cause in kb.causes
        ),
    )


@given(knowledge_bases(), st.data())
def test_10_widening_an_input_interval_never_narrows_an_output(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Knowing less never makes us surer.
    """
    linked = [cause for cause in kb.causes if cause.evidence]
    assume(linked)
    profile = data.draw(profiles(kb))
    cause = data.draw(st.sampled_from(linked))
    wider = attrs.evolve(cause, evidence=tuple(_wider(link) for link in cause.evidence))
    world = attrs.evolve(kb, causes=tuple(wider if c.id == cause.id else c for c in kb.causes))

    before, after = by_id(assess(profile, kb=kb)), by_id(assess(profile, kb=world))

    for id in before:
        assert after[id].points.low <= before[id].points.low
        assert after[id].points.high >= before[id].points.high
        assert after[id].share.low <= before[id].share.low * (1 + 1e-12)
        assert after[id].share.high >= before[id].share.high * (1 - 1e-12)


def _wider(link: Link) -> Link:
    top = 1.05 if link.statistic.is_ratio else 0.999
    return attrs.evolve(
        link,
        estimates=tuple(
            (s, attrs.evolve(e, low=e.low * 0.5, high=max(e.high, min(e.high * 1.05, top)))) for s, e in link.estimates
        ),
    )


@given(knowledge_bases(points=True), st.data())
def test_11_points_give_points_when_every_interval_is_a_point(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    The intervals come from the data and from nowhere else; outward rounding is all that is left.
    """
    answer = assess(data.draw(profiles(kb)), kb=kb)

    for cause in answer.causes:
        rounding = 2 * (1 + len(cause.contributions)) / 1024
        assert cause.points.high - cause.points.low <= rounding
        assert cause.prior.low == cause.prior.value == cause.prior.high


@given(knowledge_bases(), st.data())
def test_12_permuting_findings_causes_and_answers_changes_no_byte(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    No order of anything shows in the output.
    """
    profile = data.draw(profiles(kb))
    shuffled = attrs.evolve(
        kb,
        findings=tuple(data.draw(st.permutations(kb.findings))),
        causes=tuple(
            attrs.evolve(c, evidence=tuple(data.draw(st.permutations(c.evidence))))
            for c in data.draw(st.permutations(kb.causes))
        ),
        red_flags=tuple(data.draw(st.permutations(kb.red_flags))),
        remedies=tuple(data.draw(st.permutations(kb.remedies))),
        groups=tuple(data.draw(st.permutations(kb.groups))),
    )
    other = attrs.evolve(profile, findings=dict(data.draw(st.permutations(profile.findings))))

    assert to_json(assess(other, kb=shuffled)) == to_json(assess(profile, kb=kb))


PROGRAM = """
import sys, hashlib, json, twitchkb
profiles = json.loads(sys.stdin.read())
print(hashlib.sha256("".join(twitchkb.to_json(twitchkb.assess(p)) for p in profiles).encode()).hexdigest())
"""


@settings(max_examples=3)
@given(st.data())
def test_13_same_input_and_data_give_the_same_bytes_across_processes_hash_seeds_and_threads(
    data: st.DataObject,
) -> None:
    """
    An answer can be replayed anywhere.
    """
    drawn = [data.draw(profiles(bundled())) for _ in range(4)]
    text = "[" + ",".join(to_json(profile) for profile in drawn) + "]"

    digests = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=text,
            text=True,
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "4711")
    }
    outputs: list[str] = []
    threads = [
        threading.Thread(target=lambda: outputs.append("".join(to_json(assess(p, kb=bundled())) for p in drawn)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(digests) == 1
    assert len(set(outputs)) == 1


@given(people(), st.data())
def test_14_a_finding_that_a_cause_does_not_link_leaves_its_points_bit_identical(
    person: tuple[KnowledgeBase, Profile], data: st.DataObject
) -> None:
    """
    A cause hears only what it speaks about.
    """
    kb, profile = person
    finding = data.draw(st.sampled_from([f for f in kb.findings if f.when is None and f.id not in ("age", "sex")]))
    given = data.draw(worlds.answer(finding))
    assume(_only(kb, finding, _state(finding, given)))

    before, after = by_id(assess(profile, kb=kb)), by_id(assess(answered(profile, **{finding.id: given}), kb=kb))

    for cause in kb.causes:
        if finding.id not in {link.finding for link in cause.evidence}:
            assert after[cause.id].points == before[cause.id].points


@given(knowledge_bases(), knowledge_bases(), st.data())
def test_15_adding_a_cause_leaves_the_others_points_alone_and_raises_no_other_share(
    kb: KnowledgeBase, other: KnowledgeBase, data: st.DataObject
) -> None:
    """
    A new candidate takes from the others; it cannot lift one of them.
    """
    profile = data.draw(profiles(kb))
    newcomer = attrs.evolve(other.causes[0], id="newcomer", evidence=())
    world = attrs.evolve(kb, causes=(*kb.causes, newcomer))

    before, after = by_id(assess(profile, kb=kb)), by_id(assess(profile, kb=world))

    for id, cause in before.items():
        assert after[id].points == cause.points
        assert after[id].share.value <= cause.share.value


@given(knowledge_bases(), st.data())
def test_17_renaming_ids_by_a_bijection_renames_the_output(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    No id has a meaning of its own.
    """
    profile = data.draw(profiles(kb))
    plain = attrs.evolve(kb, red_flags=(), remedies=(), gate=attrs.evolve(kb.gate, questions=()))
    names = {f"f{i}": f"f{9 - i}" for i in range(10)}

    def renamed(finding: Finding) -> Finding:
        new = names.get(finding.id, finding.id)
        return attrs.evolve(finding, id=new, group=new if finding.group == finding.id else finding.group)

    groups = {g.id for g in plain.groups}
    world = attrs.evolve(
        plain,
        findings=tuple(renamed(f) for f in plain.findings),
        groups=tuple(attrs.evolve(g, id=names.get(g.id, g.id)) for g in plain.groups),
        causes=tuple(
            attrs.evolve(
                c,
                evidence=tuple(
                    attrs.evolve(link, finding=names.get(link.finding, link.finding)) for link in c.evidence
                ),
            )
            for c in plain.causes
        ),
    )
    other = attrs.evolve(profile, findings={names[name]: value for name, value in profile.findings})
    assert groups

    before, after = by_id(assess(profile, kb=plain)), by_id(assess(other, kb=world))

    for id, cause in before.items():
        assert after[id].points == cause.points
        assert after[id].share == cause.share


@given(knowledge_bases(), st.integers(-10240, 10240), st.data())
def test_18_a_prior_times_a_power_moves_that_cause_and_no_other(kb: KnowledgeBase, k: int, data: st.DataObject) -> None:
    """
    A prior ten times as high is ten decibans, neither more nor less.
    """
    profile = data.draw(profiles(kb))
    cause = data.draw(st.sampled_from(kb.causes))
    factor = 10 ** (k / 1024 / 10)
    prior = attrs.evolve(
        cause.prior, value=cause.prior.value * factor, low=cause.prior.low * factor, high=cause.prior.high * factor
    )
    world = attrs.evolve(kb, causes=tuple(attrs.evolve(c, prior=prior) if c.id == cause.id else c for c in kb.causes))

    before, after = by_id(assess(profile, kb=kb)), by_id(assess(profile, kb=world))

    for id in before:
        moved = after[id].points.value - before[id].points.value
        assert moved == 0.0 if id != cause.id else abs(moved - k / 1024) <= 1 / 1024


@given(people())
def test_19_every_number_is_finite(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    For every accepted profile; `to_json` refuses anything else.
    """
    kb, profile = person

    assert "NaN" not in to_json(assess(profile, kb=kb))


@given(st.floats(0.6, 4.9, allow_nan=False))
@example(2.1)
@example(2.6)
def test_20_equal_quantities_in_different_units_give_the_same_answer(value: float) -> None:
    """
    A unit is a way of writing, not a fact about the person.
    """
    number = float(f"{value:.4g}")
    kb = bundled()
    scale = kb.finding("calcium").scale
    assert scale is not None
    texts = [f"{number / factor:.13g} {unit}" for unit, factor in ((scale.unit, 1.0), *scale.also)]

    answers = {to_json(assess({"findings": {"calcium": text}}, kb=kb)) for text in texts}

    assert len(answers) == 1


@pytest.mark.parametrize(
    ("cause", "lab", "towards_low"),
    [
        ("hypokalaemia", "potassium", True),
        ("hyperkalaemia", "potassium", False),
        ("hypocalcaemia", "calcium", True),
        ("hypercalcaemia", "calcium", False),
        ("hypomagnesaemia", "magnesium", True),
        ("hyponatraemia", "sodium", True),
        ("hypoglycaemia", "glucose", True),
        ("vitamin_d_deficiency", "vitamin_d", True),
    ],
)
def test_21_a_value_further_into_the_abnormal_never_lowers_the_cause_it_defines(
    kb: KnowledgeBase, cause: str, lab: str, towards_low: bool
) -> None:
    """
    Potassium of 2.4 cannot speak for low potassium less than 2.9 does.
    """
    link = next(link for link in kb.cause(cause).evidence if link.finding == lab)
    weights = dict(scoring.weights_of(link, kb.finding(lab), caps(kb)))
    scale = kb.finding(lab).scale
    assert scale is not None
    levels = list(scale.levels)
    normal = [levels.index(level) for level in scale.normal]
    abnormal = levels[: min(normal)][::-1] if towards_low else levels[max(normal) + 1 :]

    points = [
        weights[level].points for level in [scale.normal[0 if towards_low else -1], *abnormal] if level in weights
    ]

    assert abnormal
    assert points == sorted(points)


@given(people())
def test_22_rounded_contributions_sum_to_the_rounded_total(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    What a reader adds up on paper is what the paper says.
    """
    kb, profile = person

    for cause in assess(profile, kb=kb).causes:
        parts = (cause.prior.value, *(part.points for part in cause.contributions))
        rounded = rounded_parts(parts)
        assert sum(rounded) == round(math.fsum(parts))
        assert all(abs(a - b) < 1 for a, b in zip(parts, rounded, strict=True))


@given(worlds.worlds())
def test_23_an_empty_profile_gives_the_priors_and_routine(kb: KnowledgeBase) -> None:
    """
    Nothing said is never a reason for self-care.
    """
    answer = assess(Profile(), kb=attrs.evolve(kb, causes=tuple(attrs.evolve(c, floor=None) for c in kb.causes)))

    assert all(cause.points == cause.prior and cause.contributions == () for cause in answer.causes)
    assert answer.urgency.level is twitchkb.Urgency.ROUTINE


def test_24_contradictions_are_errors_that_name_both_places(kb: KnowledgeBase) -> None:
    """
    Two answers to one question are not averaged, and the last one does not win.
    """
    contradictions: list[tuple[dict[str, Any], tuple[str, ...]]] = [
        ({"age": 30, "findings": {"age": 40}}, ("$.age", "$.findings.age")),
        ({"sex": "female", "findings": {"sex": "male"}}, ("$.sex", "$.findings.sex")),
        ({"medicines": ["sertraline", {"name": "Zoloft", "stopped_days": 3}]}, ("$.medicines[0]", "$.medicines[1]")),
        (
            {"medicines": [{"name": "sertraline", "started_days": 3, "changed_days": 9}]},
            ("changed_days", "started_days"),
        ),
    ]
    for profile, places in contradictions:
        with pytest.raises(ProfileError) as error:
            assess(profile, kb=kb)
        assert all(place in str(error.value) for place in places)


def test_weights_are_multiples_of_1_1024(kb: KnowledgeBase) -> None:
    """
    So that all later sums are exact, in any order and on any machine.
    """
    table = scoring.compile_scoring(kb)

    for finding in table.links:
        for found in table.weights[finding].values():
            assert all((w.points * 1024).is_integer() and (w.low * 1024).is_integer() for w in found)


def test_a_rare_state_that_a_cause_never_shows_does_not_speak_for_it() -> None:
    """
    Keeping a frequency away from 0 must not lift it above a background that is rarer still.
    """
    assert scoring._ratio(Statistic.FREQUENCY, 0.0001, 0.0002, complement=False) <= 1.0
    assert scoring._ratio(Statistic.FREQUENCY, 0.0001, 0.05, complement=False) == pytest.approx(0.1)
