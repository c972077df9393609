"""
Laws 1 to 24 of the ranking, on generated knowledge bases and the bundled one.

The laws themselves are those of the testing kit; what is told here is on whom they are tried.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twitchkb import scoring
from twitchkb.model import KnowledgeBase, Statistic
from twitchkb.testing.laws import loading, ranking, reading

from . import worlds
from .worlds import bundled


@given(worlds.worlds(), st.data())
def test_01_contributions_plus_prior_sum_to_the_points(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    A number and its explanation cannot disagree: bit for bit where no cap bites, else to 1e-9.
    """
    ranking.law_01_contributions_plus_prior_sum_to_the_points(kb, data)


@given(worlds.worlds(), st.data())
def test_02_only_answered_and_linked_findings_contribute(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Silence weighs nothing, and neither does what a cause says nothing about.
    """
    ranking.law_02_only_answered_and_linked_findings_contribute(kb, data)


@given(worlds.worlds(), st.data())
def test_03_unknown_equals_not_asked(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    "I don't know" moves no number.
    """
    ranking.law_03_unknown_equals_not_asked(kb, data)


@given(worlds.worlds(), st.data())
def test_04_support_never_lowers_and_opposition_never_raises(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    An answer that speaks for a cause cannot move it down.
    """
    ranking.law_04_support_never_lowers_and_opposition_never_raises(kb, data)


@given(worlds.worlds(), st.data())
def test_05_a_group_stays_within_its_cap_and_within_twice_its_strongest(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Findings that come together are not counted in full each.
    """
    ranking.law_05_a_group_stays_within_its_cap_and_within_twice_its_strongest(kb, data)


@given(worlds.worlds(), st.data())
def test_06_adding_support_to_a_group_never_lowers_it(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    A further sign of the same kind can count little, but not against.
    """
    ranking.law_06_adding_support_to_a_group_never_lowers_it(kb, data)


@given(worlds.worlds(), st.data())
def test_07_shares_are_no_less_than_0_and_sum_to_1(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    With `something_else` the shares are a whole.
    """
    ranking.law_07_shares_are_no_less_than_0_and_sum_to_1(kb, data)


@given(worlds.worlds(), st.data())
def test_08_low_value_high_ascend_everywhere(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    No value lies outside its own interval.
    """
    ranking.law_08_low_value_high_ascend_everywhere(kb, data)


@given(worlds.worlds(), st.data())
def test_09_numbers_inside_their_intervals_give_results_inside_the_reported_interval(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    Whatever the true numbers are, inside what the sources allow, the true result is inside what we report.
    """
    ranking.law_09_numbers_inside_their_intervals_give_results_inside_the_reported_interval(kb, data)


@given(worlds.worlds(), st.data())
def test_10_widening_an_input_interval_never_narrows_an_output(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Knowing less never makes us surer.
    """
    ranking.law_10_widening_an_input_interval_never_narrows_an_output(kb, data)


@given(worlds.worlds(), st.data())
def test_11_points_give_points_when_every_interval_is_a_point(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    The intervals come from the data and from nowhere else; outward rounding is all that is left.
    """
    ranking.law_11_points_give_points_when_every_interval_is_a_point(kb, data)


@given(worlds.worlds(), st.data())
def test_12_permuting_findings_causes_and_answers_changes_no_byte(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    No order of anything shows in the output.
    """
    ranking.law_12_permuting_findings_causes_and_answers_changes_no_byte(kb, data)


@settings(max_examples=2)
@given(st.data())
def test_13_same_input_and_data_give_the_same_bytes_across_processes_hash_seeds_and_threads(
    data: st.DataObject,
) -> None:
    """
    An answer can be replayed anywhere.
    """
    loading.law_13_the_same_input_and_data_give_the_same_bytes((), data)


@given(worlds.worlds(), st.data())
def test_14_a_finding_that_a_cause_does_not_link_leaves_its_points_bit_identical(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    A cause hears only what it speaks about.
    """
    ranking.law_14_a_finding_that_a_cause_does_not_link_leaves_its_points_bit_identical(kb, data)


@given(worlds.worlds(), st.data())
def test_15_adding_a_cause_leaves_the_others_points_alone_and_raises_no_other_share(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    A new candidate takes from the others; it cannot lift one of them.
    """
    ranking.law_15_adding_a_cause_leaves_the_others_points_alone_and_raises_no_other_share(kb, data)


@given(worlds.worlds(), st.data())
def test_17_renaming_ids_by_a_bijection_renames_the_output(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    No id has a meaning of its own.
    """
    ranking.law_17_renaming_ids_by_a_bijection_renames_the_output(kb, data)


@given(worlds.worlds(), st.data())
def test_18_a_prior_times_a_power_moves_that_cause_and_no_other(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    A prior ten times as high is ten decibans, neither more nor less.
    """
    ranking.law_18_a_prior_times_a_power_moves_that_cause_and_no_other(kb, data)


@given(worlds.worlds(), st.data())
def test_19_every_number_is_finite(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    For every accepted profile; `to_json` refuses anything else.
    """
    ranking.law_19_every_number_is_finite(kb, data)


@given(worlds.worlds(), st.data())
def test_20_equal_quantities_in_different_units_give_the_same_answer(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    A unit is a way of writing, not a fact about the person.
    """
    reading.law_20_equal_quantities_in_different_units_give_the_same_answer(kb, data)


@given(st.data())
def test_21_a_value_further_into_the_abnormal_never_lowers_the_cause_it_defines(data: st.DataObject) -> None:
    """
    Potassium of 2.4 cannot speak for low potassium less than 2.9 does.
    """
    ranking.law_21_a_value_further_into_the_abnormal_never_lowers_the_cause_it_defines(bundled(), data)


@pytest.mark.parametrize(
    ("cause", "lab", "end"),
    [
        ("hypokalaemia", "potassium", "low"),
        ("hyperkalaemia", "potassium", "high"),
        ("hypocalcaemia", "calcium", "low"),
        ("hypercalcaemia", "calcium", "high"),
        ("hypomagnesaemia", "magnesium", "low"),
        ("hyponatraemia", "sodium", "low"),
        ("hypoglycaemia", "glucose", "low"),
        ("vitamin_d_deficiency", "vitamin_d", "low"),
    ],
)
def test_21_knows_which_cause_a_test_defines(kb: KnowledgeBase, cause: str, lab: str, end: str) -> None:
    """
    What every clinician would name is among what the law looks at.
    """
    scale = kb.finding(lab).scale
    assert scale is not None
    far = scale.levels[0 if end == "low" else -1]

    assert f"{cause} {lab} {far}" in dict(ranking._defined_by_a_test(kb))


@given(worlds.worlds(), st.data())
def test_22_rounded_contributions_sum_to_the_rounded_total(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    What a reader adds up on paper is what the paper says.
    """
    ranking.law_22_rounded_contributions_sum_to_the_rounded_total(kb, data)


@given(worlds.worlds(), st.data())
def test_23_an_empty_profile_gives_the_priors_and_routine(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Nothing said is never a reason for self-care.
    """
    ranking.law_23_an_empty_profile_gives_the_priors_and_routine(kb, data)


@given(worlds.worlds(), st.data())
def test_24_contradictions_are_errors_that_name_both_places(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Two answers to one question are not averaged, and the last one does not win.
    """
    reading.law_24_contradictions_are_errors_that_name_both_places(kb, data)


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
