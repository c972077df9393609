"""
The closed vocabularies: words that data and code must agree on.

Open vocabularies (ids of causes, findings, medicines) are plain text and live
in the packs; what stands here can only grow with a release of the code.
"""

import enum

__all__ = ["CautionAction", "Grade", "RemedyKind", "Urgency"]


class Urgency(enum.Enum):
    """
    How soon somebody should be seen, from `self_care` up to `emergency`.

    Members compare by how urgent they are.

    Example:
        >>> Urgency.SOON < Urgency.EMERGENCY
        True
        >>> max(Urgency.ROUTINE, Urgency("urgent")).value
        'urgent'
    """

    SELF_CARE = "self_care"
    ROUTINE = "routine"
    SOON = "soon"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """
        The place in the order: 0 for `self_care`, 4 for `emergency`.
        """
        return _URGENCY_RANK[self]

    def __lt__(self, other: "Urgency") -> bool:
        return self.rank < other.rank

    def __le__(self, other: "Urgency") -> bool:
        return self.rank <= other.rank

    def __gt__(self, other: "Urgency") -> bool:
        return self.rank > other.rank

    def __ge__(self, other: "Urgency") -> bool:
        return self.rank >= other.rank


_URGENCY_RANK = {level: rank for rank, level in enumerate(Urgency)}


class Grade(enum.Enum):
    """
    Where a number comes from, the best first.

    `measured`: the source gives the number. `derived`: computed from the numbers
    of the source. `graded`: the source gives words, a fixed ladder the number.
    `expert`: no source text was read.

    Example:
        >>> Grade("graded").name
        'GRADED'
    """

    MEASURED = "measured"
    DERIVED = "derived"
    GRADED = "graded"
    EXPERT = "expert"


class RemedyKind(enum.Enum):
    """
    Who does it, which decides when it is withheld.

    Urgency withholds `self_care`; it never withholds `first_aid`.

    Example:
        >>> RemedyKind("first_aid").name
        'FIRST_AID'
    """

    SELF_CARE = "self_care"
    FIRST_AID = "first_aid"
    PROFESSIONAL = "professional"
    SPECIALIST = "specialist"
    ADVICE_AGAINST = "advice_against"


class CautionAction(enum.Enum):
    """
    What a caution does: take the remedy away, or add a line to its steps.

    Example:
        >>> CautionAction.DO_NOT.withholds, CautionAction.SEPARATE_DOSES.withholds
        (True, False)
    """

    DO_NOT = "do_not"
    DO_NOT_WITHOUT_PRESCRIBER = "do_not_without_prescriber"
    DO_NOT_WITHOUT_SPECIALIST = "do_not_without_specialist"
    SPECIALIST_ONLY = "specialist_only"
    ASK_PRESCRIBER_FIRST = "ask_prescriber_first"
    SEEK_CARE_FIRST = "seek_care_first"
    EMERGENCY = "emergency"
    URGENT_SPECIALIST = "urgent_specialist"
    NOT_INDICATED = "not_indicated"
    NOTHING_BY_MOUTH = "nothing_by_mouth"
    DO_NOT_STOP_SUDDENLY = "do_not_stop_suddenly"

    NEVER_STOP_SUDDENLY = "never_stop_suddenly"
    SEPARATE_DOSES = "separate_doses"
    SIT_TO_STRETCH = "sit_to_stretch"
    PROTECT_YOURSELF = "protect_yourself"
    DO_NOT_INDUCE_VOMITING = "do_not_induce_vomiting"
    CHECK_GLUCOSE = "check_glucose"
    KEEP_STEADY = "keep_steady"
    AVOID_HEAT = "avoid_heat"
    LOWER_DOSE = "lower_dose"
    USE_LIQUID = "use_liquid"
    GENTLE_ONLY = "gentle_only"
    WITH_SUPPORT = "with_support"
    ASK_PRESCRIBER = "ask_prescriber"
    TAKE_CARE = "take_care"

    @property
    def withholds(self) -> bool:
        """
        True where the remedy is taken away, False where a line is added to its steps.
        """
        return self in _WITHHOLDING


_WITHHOLDING = frozenset(list(CautionAction)[: list(CautionAction).index(CautionAction.NEVER_STOP_SUDDENLY)])
