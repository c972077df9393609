"""
Published cases: nobody who needs help fast is told to wait, and no harmless case is rushed.
"""

from twitchkb import KnowledgeBase, Urgency

from .report import SECOND, outcomes

# Cramps on a long hot walk, from too much water: nothing that was told sets this apart from tired muscles.
KNOWN = ["sa20"]


def test_nobody_who_needs_help_fast_is_told_to_wait(kb: KnowledgeBase) -> None:
    """
    Hazardous: an emergency answered soon or lower, an urgent case answered routine or lower.
    """
    found = outcomes(kb)

    assert len(found) >= 82
    assert [outcome.case["id"] for outcome in found if outcome.is_hazardous] == []


def test_no_harmless_case_is_sent_to_hospital(kb: KnowledgeBase) -> None:
    """
    Over-triage is measured too.
    """
    benign = [outcome for outcome in outcomes(kb) if outcome.case["benign"]]

    assert len(benign) >= 10
    assert all(outcome.answer.urgency.level < Urgency.URGENT for outcome in benign)


def test_of_the_cases_searched_for_afterwards_only_the_known_one_is_told_to_wait(kb: KnowledgeBase) -> None:
    """
    Nobody had looked at these while the data were written, so a new one here is a finding.
    """
    found = outcomes(kb, SECOND)

    assert len(found) >= 60
    assert [outcome.case["id"] for outcome in found if outcome.is_hazardous] == KNOWN
