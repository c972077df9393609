"""
Laws 26 to 34 of urgency and advice, each for any knowledge base; the one about loading stands beside.
"""

import attrs
from hypothesis import assume
from hypothesis import strategies as st

from ...condition import Compare, Is, atoms, subject
from ...engine import assess
from ...model import KnowledgeBase
from ...vocabulary import RemedyKind, Urgency
from ..worlds import answer as answer_to
from ..worlds import answered, anybody, at_the_gate, in_danger, often_of_packs
from .parts import answers_of, flag_level, flags, needs, yes_no


def law_26_turning_a_finding_to_present_never_lowers_the_red_flag_urgency(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    More that is wrong is never less urgent.
    """
    profile = data.draw(anybody(kb))
    finding = data.draw(often_of_packs(yes_no(kb)))

    before, after = assess(profile, kb=kb), assess(answered(profile, **{finding: True}), kb=kb)

    covers = {question.finding for question in kb.gate.questions if question.covers}
    assert flag_level(after) >= flag_level(before)
    if finding not in covers:
        assert flags(after) >= flags(before)


def law_27_unknown_is_never_more_reassuring_than_absent(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Not having asked never makes anybody safer.
    """
    profile = data.draw(anybody(kb))
    finding = data.draw(often_of_packs(yes_no(kb)))
    no_floors = attrs.evolve(kb, causes=tuple(attrs.evolve(cause, floor=None) for cause in kb.causes))

    absent = assess(answered(profile, **{finding: False}), kb=no_floors)
    unknown = assess(answered(profile, **{finding: None}), kb=no_floors)

    assert unknown.urgency.level >= absent.urgency.level


def law_28_evidence_that_only_benign_causes_link_never_lowers_urgency(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    A benign explanation calms nobody who is in danger.
    """
    profile = data.draw(anybody(kb))
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
    finding = data.draw(often_of_packs(benign))

    before = assess(profile, kb=kb)
    after = assess(answered(profile, **{finding.id: data.draw(answer_to(finding))}), kb=kb)

    assert after.urgency.level >= before.urgency.level


def law_30_self_care_implies_that_the_gate_was_answered_and_no_rule_fired(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    Only the gate may say self-care.
    """
    profile = data.draw(at_the_gate(kb))
    answer = assess(profile, kb=kb)
    assume(answer.urgency.level is Urgency.SELF_CARE)
    told = dict(profile.findings)

    assert flags(answer) == set()
    assert [reason.kind for reason in answer.urgency.reasons] == ["gate"]
    for question in kb.gate.questions:
        parts = [told.get(part) for part in question.covers]
        assert told.get(question.finding) is False or (parts and not any(part is True for part in parts))
    assert profile.age is not None
    assert profile.age >= 16


def law_31_the_urgency_equals_the_highest_listed_reason(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    There is no urgency without a reason, and no reason that is not heard.
    """
    profile = data.draw(anybody(kb))
    urgency = assess(profile, kb=kb).urgency

    assert urgency.reasons
    assert urgency.level is max(reason.urgency for reason in urgency.reasons)


def law_32_changing_only_sex_or_age_changes_no_red_flag_that_does_not_name_it(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    Who somebody is does not hide what is wrong with them.
    """
    age, sex = data.draw(st.integers(0, 110)), data.draw(st.sampled_from(["female", "male"]))
    profile = data.draw(anybody(kb))
    other = attrs.evolve(profile, age=float(age), sex=sex if kb.has("finding", "sex") else None)
    excused = {f.id for f in kb.findings if f.absent_when is not None or (f.when is not None and _names_person(f.when))}
    named = {
        rule.id for rule in kb.red_flags if _names_person(rule.when) or excused & {subject(a) for a in atoms(rule.when)}
    }

    assert flags(assess(profile, kb=kb)) - named == flags(assess(other, kb=kb)) - named


def law_33_an_emergency_text_starts_with_the_action(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    The first words are what to do.
    """
    levels = [rule.urgency for rule in kb.red_flags] + [c.floor.urgency for c in kb.causes if c.floor is not None]
    needs(Urgency.EMERGENCY in levels, "no red flag and no floor demands an emergency")
    answer = assess(data.draw(in_danger(kb, least=Urgency.EMERGENCY)), kb=kb)
    assume(answer.urgency.level is Urgency.EMERGENCY)

    assert answer.urgency.action.startswith("Call an ambulance now")


def law_34_no_remedy_is_offered_whose_withholding_caution_is_true(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    What is unknown shows as a question; first aid is never withheld by urgency.
    """
    profile = data.draw(anybody(kb))
    answer = assess(profile, kb=kb)
    answers = answers_of(kb, profile)

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


def _names_person(condition: object) -> bool:
    return any(isinstance(a, Compare | Is) and a.finding in ("age", "sex") for a in atoms(condition))  # type: ignore[arg-type]
