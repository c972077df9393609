"""
Laws 26 to 34 of urgency and advice.
"""

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from twitchkb import Urgency, assess
from twitchkb.assessment import Assessment
from twitchkb.condition import Compare, Condition, Is, Present, atoms, subject
from twitchkb.engine import compile_knowledge
from twitchkb.model import Cause, KnowledgeBase
from twitchkb.profile import Profile
from twitchkb.vocabulary import RemedyKind

from . import worlds
from .worlds import answered, people, profiles


def flags(assessment: Assessment) -> set[str]:
    return {reason.id for reason in assessment.urgency.reasons if reason.kind == "red_flag"}


def flag_level(assessment: Assessment) -> int:
    return max((r.urgency.rank for r in assessment.urgency.reasons if r.kind == "red_flag"), default=0)


def yes_no(kb: KnowledgeBase) -> list[str]:
    return [finding.id for finding in kb.findings if finding.is_yes_no and finding.when is None]


@given(people(), st.data())
def test_26_turning_a_finding_to_present_never_lowers_the_red_flag_urgency(
    person: tuple[KnowledgeBase, Profile], data: st.DataObject
) -> None:
    """
    More that is wrong is never less urgent.
    """
    kb, profile = person
    finding = data.draw(st.sampled_from(yes_no(kb)))

    before, after = assess(profile, kb=kb), assess(answered(profile, **{finding: True}), kb=kb)

    covers = {question.finding for question in kb.gate.questions if question.covers}
    assert flag_level(after) >= flag_level(before)
    if finding not in covers:
        assert flags(after) >= flags(before)


@given(people(), st.data())
def test_27_unknown_is_never_more_reassuring_than_absent(
    person: tuple[KnowledgeBase, Profile], data: st.DataObject
) -> None:
    """
    Not having asked never makes anybody safer.
    """
    kb, profile = person
    finding = data.draw(st.sampled_from(yes_no(kb)))
    no_floors = attrs.evolve(kb, causes=tuple(attrs.evolve(cause, floor=None) for cause in kb.causes))

    absent = assess(answered(profile, **{finding: False}), kb=no_floors)
    unknown = assess(answered(profile, **{finding: None}), kb=no_floors)

    assert unknown.urgency.level >= absent.urgency.level


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


@given(people(), st.data())
def test_28_evidence_that_only_benign_causes_link_never_lowers_urgency(
    person: tuple[KnowledgeBase, Profile], data: st.DataObject
) -> None:
    """
    A benign explanation calms nobody who is in danger.
    """
    kb, profile = person
    grave = {link.finding for cause in kb.causes if cause.floor for link in cause.evidence}
    gate = {question.finding for question in kb.gate.questions} | {p for q in kb.gate.questions for p in q.covers}
    stops = {subject(atom) for stop in kb.gate.stops for atom in atoms(stop.when)}
    excused = {f.id for f in kb.findings if f.absent_when is not None} | {
        subject(atom) for f in kb.findings if f.absent_when is not None for atom in atoms(f.absent_when)
    }
    used = {subject(atom) for rule in kb.red_flags for atom in atoms(rule.when)}
    benign = [
        f
        for f in kb.findings
        if f.when is None
        and f.id not in grave | gate | stops | excused | used | {"age", "sex"} | set(dict(profile.findings))
    ]
    assume(benign)
    finding = data.draw(st.sampled_from(benign))

    before = assess(profile, kb=kb)
    after = assess(answered(profile, **{finding.id: data.draw(worlds.answer(finding))}), kb=kb)

    assert after.urgency.level >= before.urgency.level


@given(people())
def test_30_self_care_implies_that_the_gate_was_answered_and_no_rule_fired(
    person: tuple[KnowledgeBase, Profile],
) -> None:
    """
    Only the gate may say self-care.
    """
    _assert_self_care_only_through_the_gate(*person)


@given(st.data())
def test_30_self_care_with_the_gate_answered_in_every_way(data: st.DataObject) -> None:
    """
    The same for people who answered most of the gate, where self-care is near.
    """
    kb = worlds.bundled()
    profile = data.draw(profiles(kb, most=4))
    answers = {
        q.finding: data.draw(st.sampled_from([False, False, False, False, False, False, True, None]))
        for q in kb.gate.questions
    }

    _assert_self_care_only_through_the_gate(kb, answered(profile, **answers))


def _assert_self_care_only_through_the_gate(kb: KnowledgeBase, profile: Profile) -> None:
    answer = assess(profile, kb=kb)
    if answer.urgency.level is not Urgency.SELF_CARE:
        return
    told = dict(profile.findings)

    assert flags(answer) == set()
    assert [reason.kind for reason in answer.urgency.reasons] == ["gate"]
    for question in kb.gate.questions:
        parts = [told.get(part) for part in question.covers]
        assert told.get(question.finding) is False or (parts and not any(part is True for part in parts))
    assert profile.age is not None
    assert profile.age >= 16


@given(people())
def test_31_the_urgency_equals_the_highest_listed_reason(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    There is no urgency without a reason, and no reason that is not heard.
    """
    kb, profile = person
    urgency = assess(profile, kb=kb).urgency

    assert urgency.reasons
    assert urgency.level is max(reason.urgency for reason in urgency.reasons)


@given(people(), st.integers(0, 110), st.sampled_from(["female", "male"]))
def test_32_changing_only_sex_or_age_changes_no_red_flag_that_does_not_name_it(
    person: tuple[KnowledgeBase, Profile], age: int, sex: str
) -> None:
    """
    Who somebody is does not hide what is wrong with them.
    """
    kb, profile = person
    other = attrs.evolve(profile, age=float(age), sex=sex if kb.has("finding", "sex") else None)
    excused = {f.id for f in kb.findings if f.absent_when is not None or (f.when is not None and _names_person(f.when))}
    named = {
        rule.id for rule in kb.red_flags if _names_person(rule.when) or excused & {subject(a) for a in atoms(rule.when)}
    }

    assert flags(assess(profile, kb=kb)) - named == flags(assess(other, kb=kb)) - named


def _names_person(condition: object) -> bool:
    return any(isinstance(a, Compare | Is) and a.finding in ("age", "sex") for a in atoms(condition))  # type: ignore[arg-type]


@given(people())
def test_33_an_emergency_text_starts_with_the_action(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    The first words are what to do.
    """
    kb, profile = person
    answer = assess(profile, kb=kb)

    if answer.urgency.level is Urgency.EMERGENCY:
        assert answer.urgency.action.startswith("Call an ambulance now")


@given(people())
def test_34_no_remedy_is_offered_whose_withholding_caution_is_true(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    What is unknown shows as a question; first aid is never withheld by urgency.
    """
    kb, profile = person
    answer = assess(profile, kb=kb)
    answers = _answers(kb, profile)

    for offered in answer.remedies:
        remedy = kb.remedy(offered.id)
        truths = [(caution, caution.when.truth(answers)) for caution in remedy.cautions]
        assert not any(truth is True for caution, truth in truths if caution.action.withholds)
        unknown = [caution.why for caution, truth in truths if truth is None]
        assert set(unknown) <= {check.why for check in offered.still_to_check}
        assert remedy.needs is None or remedy.needs.truth(answers) is True
    for withheld in answer.withheld:
        if kb.remedy(withheld.id).kind is RemedyKind.FIRST_AID:
            assert kb.wording.urgency_first_reason not in withheld.reasons


def _answers(kb: KnowledgeBase, profile: Profile) -> object:
    from twitchkb.answers import read_answers

    return read_answers(profile, kb, compile_knowledge(kb).answers)[0]


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
