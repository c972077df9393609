"""
Published cases: nobody who needs help fast is told to wait, and no harmless case is rushed.
"""

import pytest

from twitchkb import KnowledgeBase, Urgency, assess

from .report import cases, outcomes


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_the_urgency_of_a_published_case_is_acceptable(kb: KnowledgeBase, case: dict) -> None:
    """
    Within one step of a careful clinician's reading, and never hazardous.
    """
    assert assess(case["profile"], kb=kb).urgency.level.value in case["acceptable_urgencies"]


def test_no_harmless_case_is_sent_to_hospital(kb: KnowledgeBase) -> None:
    """
    Over-triage is measured too.
    """
    benign = [outcome for outcome in outcomes(kb) if outcome.case["benign"]]

    assert len(benign) >= 10
    assert all(outcome.answer.urgency.level < Urgency.URGENT for outcome in benign)
