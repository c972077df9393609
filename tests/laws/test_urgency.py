"""
Laws 26 to 34 of urgency and advice.
"""

import attrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twitchkb import Urgency, assess
from twitchkb.condition import Condition, Present
from twitchkb.model import Cause, KnowledgeBase
from twitchkb.profile import Profile
from twitchkb.testing.laws import urgency
from twitchkb.testing.laws.parts import yes_no

from . import worlds
from .worlds import answered, people


@given(worlds.worlds(), st.data())
def test_26_turning_a_finding_to_present_never_lowers_the_red_flag_urgency(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    More that is wrong is never less urgent.
    """
    urgency.law_26_turning_a_finding_to_present_never_lowers_the_red_flag_urgency(kb, data)


@given(worlds.worlds(), st.data())
def test_27_unknown_is_never_more_reassuring_than_absent(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Not having asked never makes anybody safer.
    """
    urgency.law_27_unknown_is_never_more_reassuring_than_absent(kb, data)


@given(people(), st.data())
def test_a_floor_counts_only_while_what_it_needs_is_known_to_be_true(
    person: tuple[KnowledgeBase, Profile], data: st.DataObject
) -> None:
    """
    Nobody is sent to hospital for a poison that nobody asked about; told of, it counts like any floor.
    """
    kb, profile = person
    finding = data.draw(st.sampled_from(yes_no(kb)))
    grave = [cause.id for cause in kb.causes if cause.floor is not None]

    def floors(needs: Condition | None, answer: bool | None) -> set[str]:
        changed = attrs.evolve(kb, causes=tuple(_needing(cause, needs) for cause in kb.causes))
        reasons = assess(answered(profile, **{finding: answer}), kb=changed).urgency.reasons
        return {reason.id for reason in reasons if reason.kind == "floor"}

    assert floors(Present(finding), False) == floors(Present(finding), None) == set()
    assert floors(Present(finding), True) == floors(None, True)
    assert floors(None, True) <= set(grave)


def _needing(cause: Cause, needs: Condition | None) -> Cause:
    return cause if cause.floor is None else attrs.evolve(cause, floor=attrs.evolve(cause.floor, needs=needs))


@given(worlds.worlds(), st.data())
def test_28_evidence_that_only_benign_causes_link_never_lowers_urgency(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    A benign explanation calms nobody who is in danger.
    """
    urgency.law_28_evidence_that_only_benign_causes_link_never_lowers_urgency(kb, data)


# Few people of a made-up world come near self-care, and only of these the law speaks.
@settings(suppress_health_check=list(HealthCheck))
@given(worlds.worlds(), st.data())
def test_30_self_care_implies_that_the_gate_was_answered_and_no_rule_fired(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    Only the gate may say self-care.
    """
    urgency.law_30_self_care_implies_that_the_gate_was_answered_and_no_rule_fired(kb, data)


@given(worlds.worlds(), st.data())
def test_31_the_urgency_equals_the_highest_listed_reason(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    There is no urgency without a reason, and no reason that is not heard.
    """
    urgency.law_31_the_urgency_equals_the_highest_listed_reason(kb, data)


@given(worlds.worlds(), st.data())
def test_32_changing_only_sex_or_age_changes_no_red_flag_that_does_not_name_it(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    Who somebody is does not hide what is wrong with them.
    """
    urgency.law_32_changing_only_sex_or_age_changes_no_red_flag_that_does_not_name_it(kb, data)


@given(worlds.worlds(), st.data())
def test_33_an_emergency_text_starts_with_the_action(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    The first words are what to do.
    """
    urgency.law_33_an_emergency_text_starts_with_the_action(kb, data)


@given(worlds.worlds(), st.data())
def test_34_no_remedy_is_offered_whose_withholding_caution_is_true(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    What is unknown shows as a question; first aid is never withheld by urgency.
    """
    urgency.law_34_no_remedy_is_offered_whose_withholding_caution_is_true(kb, data)


@given(st.data())
def test_self_care_is_reached_by_a_well_person_who_answers_everything(data: st.DataObject) -> None:
    """
    The gate can be passed: alarming a tired person over an eyelid is a failure too.
    """
    kb = worlds.bundled()
    answers = {question.finding: False for question in kb.gate.questions}
    profile = Profile(age=data.draw(st.integers(18, 45)), sex="male", findings={**answers, "twitch_eyelid": True})

    assert assess(profile, kb=kb).urgency.level is Urgency.SELF_CARE


def test_under_16_and_in_pregnancy_the_answer_is_never_below_routine(kb: KnowledgeBase) -> None:
    """
    A child or a pregnant woman is seen by a professional, whatever the gate says.
    """
    answers = {question.finding: False for question in kb.gate.questions}

    child = assess({"age": 9, "sex": "male", "findings": answers}, kb=kb)
    pregnant = assess({"age": 30, "sex": "female", "findings": {**answers, "pregnant": True}}, kb=kb)
    not_asked = assess({"age": 30, "sex": "female", "findings": answers}, kb=kb)

    assert child.urgency.level is Urgency.ROUTINE
    assert pregnant.urgency.level is Urgency.ROUTINE
    assert not_asked.urgency.level is Urgency.ROUTINE
