"""
Laws 1 to 23 of the ranking, each for any knowledge base; those of reading and of loading stand beside.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
from hypothesis import assume
from hypothesis import strategies as st

from ...assessment import Assessment, RankedCause, rounded_parts
from ...engine import assess, compile_knowledge
from ...model import KnowledgeBase, Link
from ...profile import Profile
from ...scoring import WEIGHT_LIMIT_DB
from ...vocabulary import Urgency
from ...wire import to_json
from ..renaming import Names, names_for, renamed
from ..worlds import (
    answer,
    answered,
    anybody,
    askable,
    drawn_inside,
    knowledge_bases,
    often_of_packs,
    profiles,
    without_intervals,
)
from .parts import about, by_id, dice_of, needs, says_nothing_else, shuffled, state_of

TWICE_DB = 3.0


def law_01_contributions_plus_prior_sum_to_the_points(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    A number and its explanation cannot disagree: bit for bit where no cap bites, else to 1e-9.
    """
    profile = data.draw(profiles(kb))

    for cause in assess(profile, kb=kb).causes:
        total = math.fsum([cause.prior.value, *(part.points for part in cause.contributions)])
        exact = all((part.points * 1024 * 2**20).is_integer() for part in cause.contributions)
        assert total == cause.points.value if exact else math.isclose(total, cause.points.value, abs_tol=1e-9)


def law_02_only_answered_and_linked_findings_contribute(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Silence weighs nothing, and neither does what a cause says nothing about.
    """
    profile = data.draw(profiles(kb))
    told = {name for name, value in profile.findings if value is not None}
    told |= {"age"} if profile.age is not None else set()
    told |= {"sex"} if profile.sex is not None else set()
    told |= {part for q in kb.gate.questions if dict(profile.findings).get(q.finding) is False for part in q.covers}
    worked_out = {f.id for f in kb.findings if f.when is not None or f.absent_when is not None}

    for cause in assess(profile, kb=kb).causes:
        linked = {link.finding for link in kb.cause(cause.id).evidence}
        assert {part.finding for part in cause.contributions} <= linked & (told | worked_out)


def law_03_unknown_equals_not_asked(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    "I don't know" moves no number.
    """
    profile = data.draw(profiles(kb))
    covered = {part for question in kb.gate.questions for part in question.covers}
    asked = [f.id for f in kb.findings if f.when is None and f.absent_when is None and f.id not in covered]
    silent = [id for id in asked if id not in dict(profile.findings) and id not in ("age", "sex")]
    assume(silent)
    unknown = data.draw(often_of_packs(silent))

    assert to_json(assess(answered(profile, **{unknown: None}), kb=kb)) == to_json(assess(profile, kb=kb))


def law_04_support_never_lowers_and_opposition_never_raises(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    An answer that speaks for a cause cannot move it down.
    """
    profile = data.draw(profiles(kb))
    finding = data.draw(often_of_packs(askable(kb)))
    bare = attrs.evolve(profile, findings=[pair for pair in profile.findings if pair[0] != finding.id])
    given = data.draw(answer(finding, unknown=False))
    before, after = by_id(assess(bare, kb=kb)), by_id(assess(answered(bare, **{finding.id: given}), kb=kb))

    found = compile_knowledge(kb).scoring.weights[finding.id]
    state = state_of(finding, given)
    for place, cause in enumerate(kb.causes):
        moved = after[cause.id].points.value - before[cause.id].points.value
        own = next((w.points for w in found[state] if w.place == place), 0.0) if state in found else 0.0
        if says_nothing_else(kb, finding, state):
            assert moved >= -1e-9 if own >= 0 else moved <= 1e-9


def law_05_a_group_stays_within_its_cap_and_within_twice_its_strongest(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Findings that come together are not counted in full each.
    """
    profile = data.draw(profiles(kb))
    limit = compile_knowledge(kb).scoring.caps

    for cause in assess(profile, kb=kb).causes:
        groups: dict[str, list[float]] = {}
        for part in cause.contributions:
            groups.setdefault(kb.finding(part.finding).group or part.finding, []).append(part.points)
        for group, points in groups.items():
            assert abs(math.fsum(points)) <= limit.get(group, 15.0) + 1e-9
            assert abs(math.fsum(points)) <= 2 * max(abs(p) for p in points) + 1e-9


def law_06_adding_support_to_a_group_never_lowers_it(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    A further sign of the same kind can count little, but not against.
    """
    linked = [cause for cause in kb.causes if cause.evidence]
    needs(linked, "no cause links a finding")
    cause = data.draw(often_of_packs(linked))
    place = next(i for i, each in enumerate(kb.causes) if each.id == cause.id)
    weights = compile_knowledge(kb).scoring.weights
    asked = {link.finding for link in cause.evidence} & {finding.id for finding in askable(kb)}
    support = [
        (kb.finding(id), state)
        for id in sorted(asked)
        for state, found in weights[id].items()
        if any(w.place == place and w.points > 0 for w in found) and says_nothing_else(kb, kb.finding(id), state)
    ]
    assume(support)
    finding, state = data.draw(st.sampled_from(support))
    group = finding.group or finding.id
    others = [kb.finding(id) for id in sorted(asked) if (kb.finding(id).group or id) == group and id != finding.id]
    told = {each.id: data.draw(answer(each)) for each in others}
    profile = attrs.evolve(data.draw(profiles(kb, most=3)), findings=told)
    more = answered(profile, **{finding.id: state == "present" if finding.is_yes_no else state})

    before, after = (by_id(assess(each, kb=kb))[cause.id] for each in (profile, more))

    def total(ranked: RankedCause) -> float:
        parts = [(kb.finding(part.finding), part.points) for part in ranked.contributions]
        return math.fsum(points for own, points in parts if (own.group or own.id) == group)

    assert total(after) >= total(before) - 1e-9
    assert after.points.value >= before.points.value - 1e-9


def law_07_shares_are_no_less_than_0_and_sum_to_1(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    With `something_else` the shares are a whole.
    """
    profile = data.draw(profiles(kb))
    result = assess(profile, kb=kb)

    shares = [cause.share.value for cause in result.causes] + [result.something_else.value]

    assert all(share >= 0 for share in shares)
    assert math.isclose(math.fsum(shares), 1.0, abs_tol=1e-12)


def law_08_low_value_high_ascend_everywhere(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    No value lies outside its own interval.
    """
    profile = data.draw(profiles(kb))
    result = assess(profile, kb=kb)

    intervals = [result.something_else, *(family.share for family in result.families)]
    for cause in result.causes:
        intervals += [cause.share, cause.points, cause.prior]
        assert all(part.low <= part.points <= part.high for part in cause.contributions)
    assert all(interval.low <= interval.value <= interval.high for interval in intervals)


def law_09_numbers_inside_their_intervals_give_results_inside_the_reported_interval(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    Whatever the true numbers are, inside what the sources allow, the true result is inside what we report.
    """
    profile = data.draw(profiles(kb))
    outer = by_id(assess(profile, kb=kb))
    draw = dice_of(data)

    inner = by_id(assess(profile, kb=drawn_inside(kb, draw)))

    # Every weight and every prior is rounded once to 1/1024 dB, so this much can stick out for each.
    slack = (2 + len(kb.findings)) / 1024
    for id, cause in inner.items():
        assert outer[id].points.low - slack <= cause.points.value <= outer[id].points.high + slack
        assert outer[id].share.low * 0.99 <= cause.share.value <= outer[id].share.high * 1.01 + 1e-12


def law_10_widening_an_input_interval_never_narrows_an_output(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Knowing less never makes us surer.
    """
    linked = [cause for cause in kb.causes if cause.evidence]
    needs(linked, "no cause links a finding")
    profile = data.draw(profiles(kb))
    cause = data.draw(often_of_packs(linked))
    wider = attrs.evolve(cause, evidence=tuple(_wider(link) for link in cause.evidence))
    world = attrs.evolve(kb, causes=tuple(wider if c.id == cause.id else c for c in kb.causes))

    before, after = by_id(assess(profile, kb=kb)), by_id(assess(profile, kb=world))

    for id in before:
        assert after[id].points.low <= before[id].points.low
        assert after[id].points.high >= before[id].points.high
        assert after[id].share.low <= before[id].share.low * (1 + 1e-12)
        assert after[id].share.high >= before[id].share.high * (1 - 1e-12)


def law_11_points_give_points_when_every_interval_is_a_point(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    The intervals come from the data and from nowhere else; outward rounding is all that is left.

    What a pack says about a grave cause of the core keeps its upper end at 0 or
    above on purpose, so there only the lower end is looked at.
    """
    sharp = without_intervals(kb)

    for cause in assess(data.draw(profiles(kb)), kb=sharp).causes:
        rounding = 2 * (1 + len(cause.contributions)) / 1024
        lifted = any(":" in part.finding for part in cause.contributions) and ":" not in cause.id
        assert cause.points.value - cause.points.low <= rounding
        assert lifted or cause.points.high - cause.points.value <= rounding
        assert cause.prior.low == cause.prior.value == cause.prior.high


def law_12_permuting_findings_causes_and_answers_changes_no_byte(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    No order of anything shows in the output.
    """
    profile, dice = data.draw(profiles(kb)), dice_of(data)
    mixed = attrs.evolve(
        kb,
        findings=tuple(shuffled(kb.findings, dice)),
        causes=tuple(
            attrs.evolve(cause, evidence=tuple(shuffled(cause.evidence, dice))) for cause in shuffled(kb.causes, dice)
        ),
        red_flags=tuple(shuffled(kb.red_flags, dice)),
        remedies=tuple(shuffled(kb.remedies, dice)),
        groups=tuple(shuffled(kb.groups, dice)),
    )
    other = attrs.evolve(profile, findings=dict(shuffled(profile.findings, dice)))

    assert to_json(assess(other, kb=mixed)) == to_json(assess(profile, kb=kb))


def law_14_a_finding_that_a_cause_does_not_link_leaves_its_points_bit_identical(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    A cause hears only what it speaks about.
    """
    profile = data.draw(profiles(kb))
    finding = data.draw(often_of_packs(askable(kb)))
    given = data.draw(answer(finding))
    assume(says_nothing_else(kb, finding, state_of(finding, given)))

    before, after = by_id(assess(profile, kb=kb)), by_id(assess(answered(profile, **{finding.id: given}), kb=kb))

    for cause in kb.causes:
        if finding.id not in {link.finding for link in cause.evidence}:
            assert after[cause.id].points == before[cause.id].points


def law_15_adding_a_cause_leaves_the_others_points_alone_and_raises_no_other_share(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    A new candidate takes from the others; it cannot lift one of them.
    """
    other = data.draw(knowledge_bases())
    profile = data.draw(profiles(kb))
    newcomer = attrs.evolve(other.causes[0], id="newcomer", evidence=())
    world = attrs.evolve(kb, causes=(*kb.causes, newcomer))

    before, after = by_id(assess(profile, kb=kb)), by_id(assess(profile, kb=world))

    for id, cause in before.items():
        assert after[id].points == cause.points
        assert after[id].share.value <= cause.share.value


def law_17_renaming_ids_by_a_bijection_renames_the_output(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    No id has a meaning of its own.

    Every record gets another id, and so does whatever names it; the prefix of a
    pack stays, because it says whose the record is. Among equals the id decides
    the order, so what is compared is what is said and not where it stands.
    """
    profile = data.draw(anybody(kb))
    names = names_for(kb, dice_of(data))
    other = attrs.evolve(profile, findings={names.findings.get(id, id): value for id, value in profile.findings})

    before, after = assess(profile, kb=kb), assess(other, kb=renamed(kb, names))

    _says_the_same(before, after, names)


def law_18_a_prior_times_a_power_moves_that_cause_and_no_other(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    A prior ten times as high is ten decibans, neither more nor less.
    """
    k = data.draw(st.integers(-10240, 10240))
    profile = data.draw(profiles(kb))
    cause = data.draw(often_of_packs(kb.causes))
    factor = 10 ** (k / 1024 / 10)
    prior = attrs.evolve(
        cause.prior, value=cause.prior.value * factor, low=cause.prior.low * factor, high=cause.prior.high * factor
    )
    world = attrs.evolve(kb, causes=tuple(attrs.evolve(c, prior=prior) if c.id == cause.id else c for c in kb.causes))

    before, after = by_id(assess(profile, kb=kb)), by_id(assess(profile, kb=world))

    for id in before:
        moved = after[id].points.value - before[id].points.value
        assert moved == 0.0 if id != cause.id else abs(moved - k / 1024) <= 1 / 1024


def law_19_every_number_is_finite(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    For every accepted profile; `to_json` refuses anything else.
    """
    profile = data.draw(profiles(kb))

    assert "NaN" not in to_json(assess(profile, kb=kb))


def law_21_a_value_further_into_the_abnormal_never_lowers_the_cause_it_defines(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    Potassium of 2.4 cannot speak for low potassium less than 2.9 does.

    The far end of a laboratory test defines the cause for which it speaks most,
    and every cause for which it speaks with the 20 dB that are the usual limit.
    """
    defined = dict(_defined_by_a_test(kb))
    needs(defined, "no laboratory test has a level that makes one cause at least twice as likely")
    cause, finding, levels = defined[data.draw(often_of_packs(sorted(defined)))]
    near, far = sorted(data.draw(st.lists(st.integers(0, len(levels) - 1), min_size=2, max_size=2)))

    points = [_alone(kb, cause, finding, level) for level in levels]
    less, more = (
        _said(assess({"findings": {finding: level}}, kb=kb), cause, finding) for level in (levels[near], levels[far])
    )

    assert points == sorted(points)
    assert less <= more


def law_22_rounded_contributions_sum_to_the_rounded_total(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    What a reader adds up on paper is what the paper says.
    """
    profile = data.draw(profiles(kb))

    for cause in assess(profile, kb=kb).causes:
        parts = (cause.prior.value, *(part.points for part in cause.contributions))
        rounded = rounded_parts(parts)
        assert sum(rounded) == round(math.fsum(parts))
        assert all(abs(a - b) < 1 for a, b in zip(parts, rounded, strict=True))


def law_23_an_empty_profile_gives_the_priors_and_routine(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Nothing said is never a reason for self-care.
    """
    nothing: Any = data.draw(st.sampled_from([Profile(), Profile(findings={}), {}, {"age": None, "findings": None}]))
    result = assess(nothing, kb=attrs.evolve(kb, causes=tuple(attrs.evolve(c, floor=None) for c in kb.causes)))

    assert all(cause.points == cause.prior and cause.contributions == () for cause in result.causes)
    assert result.urgency.level is Urgency.ROUTINE


def _wider(link: Link) -> Link:
    top = 1.05 if link.statistic.is_ratio else 0.999
    return attrs.evolve(
        link,
        estimates=tuple(
            (s, attrs.evolve(e, low=e.low * 0.5, high=max(e.high, min(e.high * 1.05, top)))) for s, e in link.estimates
        ),
    )


def _says_the_same(before: Assessment, after: Assessment, names: Names) -> None:
    """
    Two answers that differ in ids, and in the order of equals, and in nothing else that is said.
    """
    later = by_id(after)
    assert {names.causes[id] for id in by_id(before)} == set(later)
    for cause in before.causes:
        other = later[names.causes[cause.id]]
        assert other.family == names.families.get(cause.family, cause.family)
        for one, same in ((cause.points, other.points), (cause.share, other.share), (cause.prior, other.prior)):
            assert about(one.value, same.value)
            assert about(one.low, same.low)
            assert about(one.high, same.high)
        assert {_new(names.findings, part.finding) for part in cause.contributions} == {
            part.finding for part in other.contributions
        }
        assert {_new(names.findings, each.finding) for each in cause.unexplained} == {
            each.finding for each in other.unexplained
        }
        assert {_new(names.findings, each.finding) for each in cause.expected_but_absent} == {
            each.finding for each in other.expected_but_absent
        }
    assert after.urgency.level is before.urgency.level
    assert Counter((each.kind, each.urgency, each.text) for each in after.urgency.reasons) == Counter(
        (each.kind, each.urgency, each.text) for each in before.urgency.reasons
    )
    offered = {each.id: each.share_addressed for each in after.remedies}
    assert {_new(names.remedies, each.id) for each in before.remedies} == set(offered)
    assert all(about(offered[_new(names.remedies, each.id)], each.share_addressed) for each in before.remedies)
    assert {_new(names.remedies, each.id) for each in before.withheld} == {each.id for each in after.withheld}


def _new(names: Mapping[str, str], id: str) -> str:
    return names.get(id, id)


def _defined_by_a_test(kb: KnowledgeBase) -> Iterator[tuple[str, tuple[str, str, Sequence[str]]]]:
    """
    Each cause that an end of a laboratory test defines, with the levels from normal to that end, under a name.
    """
    weights = compile_knowledge(kb).scoring.weights
    for finding in kb.findings:
        if finding.kind != "lab_test" or finding.scale is None or not finding.scale.normal:
            continue
        levels = list(finding.scale.levels)
        normal = [levels.index(level) for level in finding.scale.normal]
        for side in (levels[min(normal) :: -1], levels[max(normal) :]):
            far = {w.place: w.points for w in weights[finding.id].get(side[-1], ())} if len(side) > 1 else {}
            for place, points in far.items():
                if points >= WEIGHT_LIMIT_DB or points == max(far.values()) >= TWICE_DB:
                    cause = kb.causes[place].id
                    yield f"{cause} {finding.id} {side[-1]}", (cause, finding.id, side)


def _alone(kb: KnowledgeBase, cause: str, finding: str, level: str) -> float:
    """
    What a level weighs for a cause before its group; nothing where no number was given for it.
    """
    found = compile_knowledge(kb).scoring.weights[finding].get(level, ())
    return next((weight.points for weight in found if kb.causes[weight.place].id == cause), 0.0)


def _said(answer: Assessment, cause: str, finding: str) -> float:
    return math.fsum(part.points for part in by_id(answer)[cause].contributions if part.finding == finding)
