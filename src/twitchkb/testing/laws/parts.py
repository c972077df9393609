"""
What the laws share: how a law says that it has nothing to say, and short ways to look at an answer.
"""

import math
import random
from collections.abc import Iterable
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

from ...answers import Answers, read_answers
from ...assessment import Assessment, RankedCause
from ...engine import compile_knowledge
from ...model import Finding, KnowledgeBase
from ...profile import Profile

__all__ = [
    "Silent",
    "about",
    "answers_of",
    "by_id",
    "dice_of",
    "flag_level",
    "flags",
    "needs",
    "says_nothing_else",
    "shuffled",
    "state_of",
    "yes_no",
]

_T = TypeVar("_T")


class Silent(UnsatisfiedAssumption):
    """
    A law has nothing to say about this knowledge base; the reason says what is missing.

    To Hypothesis it is an assumption that does not hold, so a generated world is
    passed over. `check_laws` lists the law as silent, and never as one that held.
    """


def needs(what: object, why: str) -> None:
    """
    Go on only where there is something to try the law on.

    Raises:
        Silent: there is not; `why` says what is missing.

    Example:
        >>> needs([], "no laboratory test")
        Traceback (most recent call last):
            ...
        twitchkb.testing.laws.parts.Silent: no laboratory test
    """
    if not what:
        raise Silent(why)


def dice_of(data: st.DataObject) -> random.Random:
    """
    A source of many numbers from one drawn seed: a whole knowledge base needs more than an example may draw.
    """
    return random.Random(data.draw(st.integers(0, 2**32)))  # noqa: S311  # a test is no secret


def shuffled(items: Iterable[_T], dice: random.Random) -> list[_T]:
    """
    In another order.
    """
    mixed = list(items)
    dice.shuffle(mixed)
    return mixed


def about(one: float, other: float) -> bool:
    """
    Equal but for the last digits, which a printed number may lose.
    """
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)


def by_id(assessment: Assessment) -> dict[str, RankedCause]:
    """
    The causes of an answer, by their ids.
    """
    return {cause.id: cause for cause in assessment.causes}


def yes_no(kb: KnowledgeBase) -> list[str]:
    """
    What can be asked and answered by yes or no.
    """
    return [finding.id for finding in kb.findings if finding.is_yes_no and finding.when is None]


def answers_of(kb: KnowledgeBase, profile: Profile) -> Answers:
    """
    A person as the rules see them.
    """
    return read_answers(profile, kb, compile_knowledge(kb).answers)[0]


def flags(assessment: Assessment) -> set[str]:
    """
    The red flags that fired.
    """
    return {reason.id for reason in assessment.urgency.reasons if reason.kind == "red_flag"}


def flag_level(assessment: Assessment) -> int:
    """
    The highest urgency of the red flags that fired, as a number.
    """
    return max((r.urgency.rank for r in assessment.urgency.reasons if r.kind == "red_flag"), default=0)


def state_of(finding: Finding, given: Any) -> str:
    """
    The state that a drawn answer means.
    """
    if finding.is_yes_no:
        return "present" if given else "absent"
    if isinstance(given, dict):
        assert finding.scale is not None
        return finding.scale.level_of(given["value"])
    return str(given)


def says_nothing_else(kb: KnowledgeBase, finding: Finding, state: str) -> bool:
    """
    Whether the answer says nothing about other findings (as a gate question answered no does).
    """
    covers = {question.finding for question in kb.gate.questions if question.covers}
    used = {str(f.when) + str(f.absent_when) for f in kb.findings if f.when is not None or f.absent_when is not None}
    dotted = finding.id.replace(":", ".")
    return not (state == "absent" and finding.id in covers) and not any(dotted in text for text in used)
