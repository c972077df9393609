"""
No rule that nobody can raise, no cause that nobody typical reaches first.
"""

import pytest

import twitchkb
from tests.data.people_made_to_fit import person, typical_of, ways
from twitchkb import KnowledgeBase, Urgency, assess

KB = twitchkb.load()


@pytest.mark.parametrize("rule", [rule.id for rule in KB.red_flags])
def test_for_every_red_flag_and_each_of_its_signs_somebody_raises_it(rule: str) -> None:
    """
    A sign in a rule that can never count would be a promise not kept.
    """
    flag = KB.red_flag(rule)
    for way in ways(flag.when):
        urgency = assess(person(KB, way), kb=KB).urgency

        assert rule in {reason.id for reason in urgency.reasons}, " + ".join(map(str, way))
        assert urgency.level >= flag.urgency


@pytest.mark.parametrize("cause", [cause.id for cause in KB.causes])
def test_for_every_cause_a_realistic_person_ranks_it_first(cause: str) -> None:
    """
    Every cause can be found by the people who have it.

    They tell all that is typical; where a look-alike leads, they tell what sets the two apart.
    """
    ranked = assess(typical_of(KB, cause), kb=KB).causes
    if ranked[0].id != cause:
        ranked = assess(typical_of(KB, cause, apart_from=[ranked[0].id]), kb=KB).causes

    assert ranked[0].id == cause, [(each.id, round(each.share.value, 3)) for each in ranked[:3]]


@pytest.mark.parametrize("rule", [rule.id for rule in KB.red_flags if rule.urgency is Urgency.EMERGENCY])
def test_an_emergency_text_begins_with_what_to_do(rule: str) -> None:
    """
    Nobody in danger reads to the second sentence; no country's own number stands in it.
    """
    action = KB.red_flag(rule).action

    assert action.split()[0] in {"Call", "Go", "Take", "Get"}
    assert not any(number in action for number in ("999", "911", "112", "111", "000 "))
    assert "drive" in action


@pytest.mark.parametrize("rule", [rule.id for rule in KB.red_flags])
def test_every_red_flag_says_why_and_what_to_do(rule: str) -> None:
    """
    A reason in plain words, an action, and a source or the honest word for none.
    """
    flag = KB.red_flag(rule)

    assert flag.reason.endswith(".")
    assert flag.action.endswith(".")
    assert bool(flag.sources) != (flag.grade is twitchkb.vocabulary.Grade.EXPERT)


def test_every_sign_of_a_red_flag_can_be_asked(kb: KnowledgeBase) -> None:
    """
    Findings are asked in words, or worked out from what was asked.
    """
    for rule in kb.red_flags:
        for way in ways(rule.when):
            for id in person(kb, way)["findings"]:
                assert kb.finding(id).question, (rule.id, id)
