"""
The laws of scoring, urgency and explanation, each for any knowledge base.

A law takes a knowledge base, or packs, and draws the people it needs; it fails
by an assertion, and says `Silent` where there is nothing to try it on. Its name
is the law, and its number that of the list in the documentation. Law 25 is
about many people at once and lives with the tests of the batch engine.
"""

from collections.abc import Callable

from hypothesis import strategies as st

from ...model import KnowledgeBase
from ...packs import Pack
from . import explanation, loading, ranking, reading, urgency

__all__ = ["LAWS", "LOADING_LAWS", "PACK_LAWS"]

LAWS: tuple[Callable[[KnowledgeBase, st.DataObject], None], ...] = (
    ranking.law_01_contributions_plus_prior_sum_to_the_points,
    ranking.law_02_only_answered_and_linked_findings_contribute,
    ranking.law_03_unknown_equals_not_asked,
    ranking.law_04_support_never_lowers_and_opposition_never_raises,
    ranking.law_05_a_group_stays_within_its_cap_and_within_twice_its_strongest,
    ranking.law_06_adding_support_to_a_group_never_lowers_it,
    ranking.law_07_shares_are_no_less_than_0_and_sum_to_1,
    ranking.law_08_low_value_high_ascend_everywhere,
    ranking.law_09_numbers_inside_their_intervals_give_results_inside_the_reported_interval,
    ranking.law_10_widening_an_input_interval_never_narrows_an_output,
    ranking.law_11_points_give_points_when_every_interval_is_a_point,
    ranking.law_12_permuting_findings_causes_and_answers_changes_no_byte,
    ranking.law_14_a_finding_that_a_cause_does_not_link_leaves_its_points_bit_identical,
    ranking.law_15_adding_a_cause_leaves_the_others_points_alone_and_raises_no_other_share,
    ranking.law_17_renaming_ids_by_a_bijection_renames_the_output,
    ranking.law_18_a_prior_times_a_power_moves_that_cause_and_no_other,
    ranking.law_19_every_number_is_finite,
    reading.law_20_equal_quantities_in_different_units_give_the_same_answer,
    ranking.law_21_a_value_further_into_the_abnormal_never_lowers_the_cause_it_defines,
    ranking.law_22_rounded_contributions_sum_to_the_rounded_total,
    ranking.law_23_an_empty_profile_gives_the_priors_and_routine,
    reading.law_24_contradictions_are_errors_that_name_both_places,
    urgency.law_26_turning_a_finding_to_present_never_lowers_the_red_flag_urgency,
    urgency.law_27_unknown_is_never_more_reassuring_than_absent,
    urgency.law_28_evidence_that_only_benign_causes_link_never_lowers_urgency,
    urgency.law_30_self_care_implies_that_the_gate_was_answered_and_no_rule_fired,
    urgency.law_31_the_urgency_equals_the_highest_listed_reason,
    urgency.law_32_changing_only_sex_or_age_changes_no_red_flag_that_does_not_name_it,
    urgency.law_33_an_emergency_text_starts_with_the_action,
    urgency.law_34_no_remedy_is_offered_whose_withholding_caution_is_true,
    explanation.law_35_every_contribution_resolves_to_a_source_or_is_graded_expert,
    explanation.law_36_an_explanation_recomputed_from_the_json_alone_equals_the_original,
    explanation.law_37_what_if_equals_assessing_the_changed_profile,
    reading.law_38_anything_given_to_a_reader_ends_in_a_result_or_in_an_error_of_the_library,
)
"""Every law that holds for any knowledge base."""

LOADING_LAWS: tuple[Callable[[tuple[Pack, ...], st.DataObject], None], ...] = (
    loading.law_12_permuting_packs_and_their_files_changes_no_byte,
    loading.law_13_the_same_input_and_data_give_the_same_bytes,
    loading.law_38_a_broken_pack_is_refused_and_named,
)
"""Every law about reading the core with packs."""

PACK_LAWS: tuple[Callable[[Pack, tuple[Pack, ...], st.DataObject], None], ...] = (
    loading.law_16_unloading_a_pack_restores_the_earlier_output,
    loading.law_29_loading_a_pack_never_lowers_the_urgency,
)
"""Every law about one pack beside the others."""
