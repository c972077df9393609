"""
What the library asks, and what an answer changes: questions, comparisons, pairs of causes.

Records beside those of `assessment`; like them they carry ids and labels, so
that an app needs no knowledge base to show them. The ids never depend on the
language of a pack.
"""

import attrs

from .assessment import Assessment, Interval
from .vocabulary import Urgency

__all__ = [
    "AnswerChange",
    "CausePair",
    "Comparison",
    "Modifiable",
    "Question",
    "QuestionPart",
    "ShareChange",
]


@attrs.frozen(kw_only=True)
class QuestionPart:
    """
    One of the findings behind a broad question; an app may show them as boxes to tick.

    Example:
        >>> QuestionPart(finding="seizure", label="Fit").label
        'Fit'
    """

    finding: str
    label: str


@attrs.frozen(kw_only=True)
class Question:
    """
    A question to ask now, how it can be answered, and why it is asked.

    `form` is `yes_no` (answer with true or false), `number` (in `unit`, from
    `least` to `most`; other `units` must be named with the number) or `choice`
    (one of `choices`). In every form `None` says "I do not know".

    `parts` are the findings behind a broad question: answered no, it answers
    them all; answered yes, they are asked next, or ticked on the same screen.

    `why` is `safety` (the answer can raise the urgency), `gate` (it is missing
    before self-care may be said) or `narrows`; `narrows` holds the ids of the
    causes whose shares it moves most. `could_reach` is the highest urgency
    that it can have a part in. The expected gain has two numbers:
    `expected_steps`, the steps by which its answer is expected to move the
    urgency (up to `soon` counts one, on to `urgent` two, to `emergency` four,
    and its part of the way down to `self_care` a half), and
    `expected_bits`, the expected fall of the entropy of the shares.

    Example:
        >>> import twitchkb
        >>> question = twitchkb.next_questions({"age": 30, "findings": {"twitch_eyelid": True}})[0]
        >>> question.form, question.why
        ('yes_no', 'safety')
    """

    finding: str
    label: str
    question: str
    help: str
    form: str
    unit: str
    units: tuple[str, ...]
    least: float | None
    most: float | None
    choices: tuple[str, ...]
    parts: tuple[QuestionPart, ...]
    why: str
    narrows: tuple[str, ...]
    could_reach: Urgency | None
    expected_steps: float
    expected_bits: float


@attrs.frozen(kw_only=True)
class AnswerChange:
    """
    An answer that differs between two profiles, with what follows from it; `None` is not known.

    Example:
        >>> AnswerChange(finding="sleep_hours", label="Sleep per night", before="under_5_h", after="from_7_h").after
        'from_7_h'
    """

    finding: str
    label: str
    before: str | None
    after: str | None


@attrs.frozen(kw_only=True)
class ShareChange:
    """
    The share of a cause before and after.

    Example:
        >>> half, third = Interval(value=0.5, low=0.2, high=0.8), Interval(value=0.25, low=0.1, high=0.6)
        >>> ShareChange(cause="caffeine_stimulants", name="Caffeine", before=half, after=third).difference
        -0.25
    """

    cause: str
    name: str
    before: Interval
    after: Interval

    @property
    def difference(self) -> float:
        """
        After minus before.
        """
        return self.after.value - self.before.value


@attrs.frozen(kw_only=True)
class Comparison:
    """
    The same person with some answers changed: both assessments, and every difference.

    `shares` holds the causes whose share moved, the largest move first. `offered`
    and `no_longer_offered` are ids of remedies.

    Example:
        >>> import twitchkb
        >>> person = {"age": 30, "findings": {"twitch_eyelid": True, "sleep_hours": 4}}
        >>> slept = twitchkb.what_if(person, {"sleep_hours": 8})
        >>> next(change.difference < 0 for change in slept.shares if change.cause == "sleep_deprivation")
        True
    """

    before: Assessment
    after: Assessment
    answers: tuple[AnswerChange, ...]
    shares: tuple[ShareChange, ...]
    offered: tuple[str, ...]
    no_longer_offered: tuple[str, ...]

    @property
    def urgency_steps(self) -> int:
        """
        Steps of urgency from before to after; negative where it is lower.
        """
        return self.after.urgency.level.rank - self.before.urgency.level.rank


@attrs.frozen(kw_only=True)
class Modifiable:
    """
    A risk factor that is present and that a person can change, with what would change.

    `without` is the answer it is compared with: `absent`, or the nearest level
    of its scale that counts as normal. `falls_away` is the share that leaves
    the causes which then become less likely, `from_causes` their ids, the
    largest fall first.

    Example:
        >>> import twitchkb
        >>> person = {"findings": {"twitch_eyelid": True, "caffeine_mg_per_day": 600}}
        >>> twitchkb.modifiable(person)[0].finding
        'caffeine_mg_per_day'
    """

    finding: str
    label: str
    state: str
    without: str
    falls_away: float
    from_causes: tuple[str, ...]


@attrs.frozen(kw_only=True)
class CausePair:
    """
    Two causes that together explain the answers better than the best one alone.

    `points` are those of the pair, `gain` how many decibans it is ahead of the
    best single cause.

    Example:
        >>> CausePair(causes=("a", "b"), names=("A", "B"), points=-2.0, gain=7.5).gain
        7.5
    """

    causes: tuple[str, str]
    names: tuple[str, str]
    points: float
    gain: float
