"""
Children, pregnancy, an overdose, thoughts of self-harm: a person comes first.
"""

from typing import Any

import pytest

from twitchkb import KnowledgeBase, Urgency, assess
from twitchkb.vocabulary import RemedyKind

CONSULT = "see_professional"
BLAME = ("should have", "your fault", "selfish", "attention", "commit", "weak of you", "stupid", "shame")


def all_no(kb: KnowledgeBase) -> dict[str, Any]:
    """
    The gate answered no, as a well person does.
    """
    return {question.finding: False for question in kb.gate.questions}


@pytest.mark.parametrize("age", [0, 0.5, 3, 9, 15.9])
def test_a_child_is_never_left_to_self_care(kb: KnowledgeBase, age: float) -> None:
    """
    Under 16 the level is routine at least, and the first advice is to see somebody.
    """
    answer = assess({"age": age, "findings": {**all_no(kb), "pregnant": False, "twitch_eyelid": True}}, kb=kb)

    assert answer.urgency.level >= Urgency.ROUTINE
    assert answer.remedies[0].id == CONSULT


def test_the_same_eyelid_at_sixteen_may_be_self_care(kb: KnowledgeBase) -> None:
    """
    The limit is the age, not the eyelid.
    """
    profile = {"age": 16, "sex": "male", "findings": {**all_no(kb), "twitch_eyelid": True}}

    assert assess(profile, kb=kb).urgency.level is Urgency.SELF_CARE


@pytest.mark.parametrize("weeks", [6, 20, 39])
def test_pregnancy_goes_through_a_professional(kb: KnowledgeBase, weeks: int) -> None:
    """
    Plain cramps in pregnancy are mostly harmless, and a midwife says so, not an app.
    """
    findings = {**all_no(kb), "pregnant": True, "pregnancy_weeks": weeks, "muscle_cramps": True, "twitch_calf": True}
    answer = assess({"age": 30, "sex": "female", "findings": findings}, kb=kb)

    assert answer.urgency.level is Urgency.ROUTINE
    assert answer.remedies[0].id == CONSULT


@pytest.mark.parametrize(
    "sign", ["severe_headache", "vision_loss", "pain_under_ribs_severe", "sudden_swelling_face_hands", "seizure"]
)
@pytest.mark.parametrize("time", ["pregnant", "postpartum"])
def test_a_warning_sign_in_or_after_pregnancy_is_an_emergency(kb: KnowledgeBase, time: str, sign: str) -> None:
    """
    Each sign of pre-eclampsia is heard alone, before birth and after.
    """
    assert assess({"findings": {time: True, sign: True}}, kb=kb).urgency.level is Urgency.EMERGENCY


@pytest.mark.parametrize("sign", ["overdose_taken", "self_harm_now", "suicidal_plan_or_intent", "corrosive_swallowed"])
def test_an_overdose_or_a_plan_to_die_leads_to_emergency_help(kb: KnowledgeBase, sign: str) -> None:
    """
    Whatever else is answered no, and however calm the rest sounds.
    """
    answer = assess({"age": 24, "findings": {**all_no(kb), "suicidal_thoughts": None, sign: True}}, kb=kb)

    assert answer.urgency.level is Urgency.EMERGENCY
    assert answer.urgency.reasons[0].action.split()[0] in {"Call", "Go", "Take", "Get"}


def test_thoughts_without_a_plan_are_heard_the_same_day(kb: KnowledgeBase) -> None:
    """
    Many people have them. They get a crisis line and a person today, and the way to an ambulance.
    """
    reason = assess({"findings": {"suicidal_thoughts": True}}, kb=kb).urgency.reasons[0]

    assert reason.urgency is Urgency.URGENT
    assert "crisis line" in reason.action
    assert "emergency number" in reason.action


@pytest.mark.parametrize("rule", ["rf_suicidal", "rf_suicidal_thoughts"])
def test_words_to_somebody_in_despair_are_kind(kb: KnowledgeBase, rule: str) -> None:
    """
    They say that the person matters, and hold no blame.
    """
    flag = kb.red_flag(rule)
    text = f"{flag.reason} {flag.action}".lower()

    assert "you matter" in text
    assert not any(word in text for word in BLAME)


@pytest.mark.parametrize("sign", ["suicidal_thoughts", "suicidal_plan_or_intent", "overdose_taken"])
def test_nothing_reassuring_is_said_to_somebody_in_despair(kb: KnowledgeBase, sign: str) -> None:
    """
    Not "stop checking", not "relax", not "it is only worry".
    """
    findings = {"twitch_migrating": True, "health_anxiety": True, "perceived_stress": True, sign: True}
    offered = assess({"age": 30, "findings": findings}, kb=kb).remedies

    assert not {"reassure_watch", "relaxation", "cbt_health_anxiety"} & {remedy.id for remedy in offered}
    assert offered[0].id == CONSULT


@pytest.mark.parametrize("remedy", ["glucose_treat", "cool_down", "remove_exposure"])
def test_first_aid_is_never_withheld_by_urgency(kb: KnowledgeBase, remedy: str) -> None:
    """
    Sugar, cooling and fresh air come with the ambulance, not after it.
    """
    situations: dict[str, dict[str, Any]] = {
        "glucose_treat": {"glucose": "2.2 mmol/L", "confusion": True, "sweating": True},
        "cool_down": {"exertion_in_heat": True, "body_temperature_c": 40.5, "confusion": True},
        "remove_exposure": {"pesticide_exposure_recent": True, "excess_saliva_or_tears": True, "vomiting": True},
    }
    answer = assess({"age": 40, "findings": situations[remedy]}, kb=kb)

    assert answer.urgency.level is Urgency.EMERGENCY
    assert kb.remedy(remedy).kind is RemedyKind.FIRST_AID
    assert remedy in {each.id for each in answer.remedies}


def test_nothing_reassuring_is_offered_before_the_gate(kb: KnowledgeBase) -> None:
    """
    "Stop checking" needs every safety question answered no, also when harmless twitching leads.
    """
    findings = {"twitch_eyelid": True, "twitch_fine": True, "duration_days": 5}
    before = assess({"age": 30, "sex": "male", "findings": findings}, kb=kb)
    after = assess({"age": 30, "sex": "male", "findings": {**all_no(kb), **findings}}, kb=kb)

    assert "reassure_watch" in {remedy.id for remedy in before.withheld}
    assert "reassure_watch" in {remedy.id for remedy in after.remedies}


@pytest.mark.parametrize(
    "sign",
    [{"fever": True}, {"body_temperature_c": 38.4}],
    ids=["told", "measured"],
)
def test_a_measured_fever_counts_like_a_told_one(kb: KnowledgeBase, sign: dict[str, Any]) -> None:
    """
    A person who gives a number has said more, not less.
    """
    assert assess({"findings": {"confusion": True, **sign}}, kb=kb).urgency.level is Urgency.EMERGENCY
