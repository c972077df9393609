"""
Laws 1 to 24 of the ranking.
"""

import os
import subprocess
import sys
import threading
from typing import Any

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from twitchkb import ProfileError, assess, scoring, to_json
from twitchkb.model import Finding, KnowledgeBase, Statistic
from twitchkb.testing import laws

from . import worlds
from .worlds import bundled, knowledge_bases, profiles


@given(worlds.worlds(), st.data())
def test_01_contributions_plus_prior_sum_to_the_points(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    A number and its explanation cannot disagree: bit for bit where no cap bites, else to 1e-9.
    """
    laws.law_01_contributions_plus_prior_sum_to_the_points(kb, data)


@given(worlds.worlds(), st.data())
def test_02_only_answered_and_linked_findings_contribute(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Silence weighs nothing, and neither does what a cause says nothing about.
    """
    laws.law_02_only_answered_and_linked_findings_contribute(kb, data)


@given(worlds.worlds(), st.data())
def test_03_unknown_equals_not_asked(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    "I don't know" moves no number.
    """
    laws.law_03_unknown_equals_not_asked(kb, data)


@given(worlds.worlds(), st.data())
def test_04_support_never_lowers_and_opposition_never_raises(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    An answer that speaks for a cause cannot move it down.
    """
    laws.law_04_support_never_lowers_and_opposition_never_raises(kb, data)


@given(worlds.worlds(), st.data())
def test_05_a_group_stays_within_its_cap_and_within_twice_its_strongest(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Findings that come together are not counted in full each.
    """
    laws.law_05_a_group_stays_within_its_cap_and_within_twice_its_strongest(kb, data)


@given(st.lists(st.integers(-20480, 20480), min_size=1, max_size=6), st.integers(0, 20480))
def test_06_adding_support_to_a_group_never_lowers_it(points: list[int], more: int) -> None:
    """
    A further sign of the same kind can count little, but not against.
    """
    parts = [p / 1024 for p in points]

    assert scoring._total([*parts, more / 1024]) >= scoring._total(parts)


@given(worlds.worlds(), st.data())
def test_07_shares_are_no_less_than_0_and_sum_to_1(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    With `something_else` the shares are a whole.
    """
    laws.law_07_shares_are_no_less_than_0_and_sum_to_1(kb, data)


@given(worlds.worlds(), st.data())
def test_08_low_value_high_ascend_everywhere(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    No value lies outside its own interval.
    """
    laws.law_08_low_value_high_ascend_everywhere(kb, data)


@given(worlds.worlds(), st.data())
def test_09_numbers_inside_their_intervals_give_results_inside_the_reported_interval(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    Whatever the true numbers are, inside what the sources allow, the true result is inside what we report.
    """
    laws.law_09_numbers_inside_their_intervals_give_results_inside_the_reported_interval(kb, data)


@given(worlds.worlds(), st.data())
def test_10_widening_an_input_interval_never_narrows_an_output(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Knowing less never makes us surer.
    """
    laws.law_10_widening_an_input_interval_never_narrows_an_output(kb, data)


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


@given(worlds.worlds(), st.data())
def test_12_permuting_findings_causes_and_answers_changes_no_byte(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    No order of anything shows in the output.
    """
    laws.law_12_permuting_findings_causes_and_answers_changes_no_byte(kb, data)


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


@given(worlds.worlds(), st.data())
def test_14_a_finding_that_a_cause_does_not_link_leaves_its_points_bit_identical(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    A cause hears only what it speaks about.
    """
    laws.law_14_a_finding_that_a_cause_does_not_link_leaves_its_points_bit_identical(kb, data)


@given(worlds.worlds(), st.data())
def test_15_adding_a_cause_leaves_the_others_points_alone_and_raises_no_other_share(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    A new candidate takes from the others; it cannot lift one of them.
    """
    laws.law_15_adding_a_cause_leaves_the_others_points_alone_and_raises_no_other_share(kb, data)


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

    before, after = laws.by_id(assess(profile, kb=plain)), laws.by_id(assess(other, kb=world))

    for id, cause in before.items():
        assert after[id].points == cause.points
        assert after[id].share == cause.share


@given(worlds.worlds(), st.data())
def test_18_a_prior_times_a_power_moves_that_cause_and_no_other(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    A prior ten times as high is ten decibans, neither more nor less.
    """
    laws.law_18_a_prior_times_a_power_moves_that_cause_and_no_other(kb, data)


@given(worlds.worlds(), st.data())
def test_19_every_number_is_finite(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    For every accepted profile; `to_json` refuses anything else.
    """
    laws.law_19_every_number_is_finite(kb, data)


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
    weights = dict(scoring.weights_of(link, kb.finding(lab), laws.caps(kb)))
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


@given(worlds.worlds(), st.data())
def test_22_rounded_contributions_sum_to_the_rounded_total(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    What a reader adds up on paper is what the paper says.
    """
    laws.law_22_rounded_contributions_sum_to_the_rounded_total(kb, data)


@given(worlds.worlds(), st.data())
def test_23_an_empty_profile_gives_the_priors_and_routine(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Nothing said is never a reason for self-care.
    """
    laws.law_23_an_empty_profile_gives_the_priors_and_routine(kb, data)


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
