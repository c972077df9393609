"""
An assessment told to a person: what to do, what may be behind it, and every reason for it.

All renderers lay out this one record. A sentence is worked out from the
numbers beside it and stored nowhere, so that the two cannot disagree. Two
rules are settled here, once for all renderers: urgency comes first, and to
somebody who should be seen today or at once nothing is told that invites to
wait.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

import attrs

from .assessment import (
    Assessment,
    Expected,
    Interval,
    NotAsked,
    OfferedRemedy,
    OpenQuestion,
    RankedCause,
    Reason,
    SourceNote,
    Unexplained,
    UnrecognisedMedicine,
    rounded_parts,
)
from .vocabulary import Grade, RemedyKind, Urgency

__all__ = [
    "ASK_FIRST",
    "ExplainedCause",
    "Line",
    "Narrative",
    "ToldReason",
    "answered",
    "ask_first",
    "expected_words",
    "explain",
    "in_100",
    "medicine_words",
    "narrate",
    "not_asked_words",
    "strength",
]

HEADLINES = {
    Urgency.EMERGENCY: "Emergency",
    Urgency.URGENT: "Today",
    Urgency.SOON: "Within two weeks",
    Urgency.ROUTINE: "No hurry",
    Urgency.SELF_CARE: "Look after yourself",
}
STRENGTHS = ((10, "strongly"), (5, "clearly"), (2, "somewhat"), (1, "slightly"), (0, "hardly"))
CERTAINTIES = ((0.6, "very uncertain"), (0.3, "uncertain"), (0.0, "a rough figure"))
GRADES = {
    Grade.MEASURED: "counted in a study",
    Grade.DERIVED: "worked out from a study",
    Grade.GRADED: "a source says so in words",
    Grade.EXPERT: "a judgement",
}
ASK_FIRST = "First ask a doctor or pharmacist about any of these that apply to you:"
LEAST_SHARE_TOLD = 0.005
MOST_CAUSES_WHEN_SEEN_FIRST = 3


@attrs.frozen(kw_only=True)
class Line:
    """
    What one answer says about one cause.

    `points` are whole decibans, rounded so that all lines and the start add up
    to the total; `citations` are numbers in the list of sources.

    Example:
        >>> line = Line(finding="potassium", label="Potassium in blood", state="from_2_5",
        ...             state_label="2.5 to 3.0 mmol/L", points=16, grade=Grade.MEASURED, citations=(1,), note="")
        >>> line.sentence
        'Potassium in blood: 2.5 to 3.0 mmol/L. This speaks strongly for it (+16).'
    """

    finding: str
    label: str
    state: str
    state_label: str
    points: int
    grade: Grade
    citations: tuple[int, ...]
    note: str

    @property
    def answer(self) -> str:
        """
        What was answered, in words.
        """
        return answered(self)

    @property
    def strength(self) -> str:
        """
        How much it says: `strongly`, `clearly`, `somewhat`, `slightly` or `hardly`.
        """
        return strength(self.points)

    @property
    def weight(self) -> str:
        """
        How much it says and which way: `strongly for`, `slightly against`, `hardly either way`.
        """
        if self.points == 0:
            return f"{self.strength} either way"
        return f"{self.strength} {'for' if self.points > 0 else 'against'}"

    @property
    def grade_words(self) -> str:
        """
        Where the number comes from, in words.
        """
        return GRADES[self.grade]

    @property
    def sentence(self) -> str:
        """
        The line as a sentence.
        """
        way = self.weight if self.points == 0 else f"{self.weight} it"
        return f"{self.answer}. This speaks {way} ({self.points:+d})."


@attrs.frozen(kw_only=True)
class ExplainedCause:
    """
    A cause with its place and every reason for it, ready to be laid out.

    `start` are the points before any answer.

    Example:
        >>> import twitchkb
        >>> first = narrate(twitchkb.assess({"findings": {"twitch_eyelid": True}})).causes[0]
        >>> first.start + sum(line.points for line in first.lines) == first.total
        True
    """

    id: str
    name: str
    share: Interval
    start: int
    lines: tuple[Line, ...]
    does_not_fit: tuple[Unexplained, ...]
    expected_but_absent: tuple[Expected, ...]
    not_asked: tuple[NotAsked, ...]

    @property
    def total(self) -> int:
        """
        The points with all answers.
        """
        return self.start + sum(line.points for line in self.lines)

    @property
    def speaks_for(self) -> tuple[Line, ...]:
        """
        The lines that support it, the strongest first.
        """
        return tuple(sorted((line for line in self.lines if line.points > 0), key=lambda line: -line.points))

    @property
    def speaks_against(self) -> tuple[Line, ...]:
        """
        The lines that oppose it, the strongest first.
        """
        return tuple(sorted((line for line in self.lines if line.points < 0), key=lambda line: line.points))

    @property
    def says_little(self) -> tuple[Line, ...]:
        """
        The lines that were weighed and round to nothing.
        """
        return tuple(line for line in self.lines if line.points == 0)

    @property
    def how_many(self) -> str:
        """
        The share of people, as a count in a hundred.
        """
        return in_100(self.share.value)

    @property
    def range_words(self) -> str:
        """
        The ends of the share.
        """
        return f"{in_100(self.share.low)} to {in_100(self.share.high)}"

    @property
    def certainty(self) -> str:
        """
        How far to trust the share: `very uncertain`, `uncertain` or `a rough figure`.
        """
        width = self.share.high - self.share.low
        return next(words for least, words in CERTAINTIES if width >= least)

    @property
    def sentence(self) -> str:
        """
        The share and its range as a sentence.
        """
        return (
            f"{self.name}: about {self.how_many} of 100 people. "
            f"This is {self.certainty}: it could be {self.range_words}."
        )


@attrs.frozen(kw_only=True)
class ToldReason:
    """
    A reason for the urgency; `action` is what to do about it, where it is as urgent as the whole.

    Example:
        >>> ToldReason(text="You had a fit.", action="", citations=(1, 2)).citations
        (1, 2)
    """

    text: str
    action: str
    citations: tuple[int, ...]


@attrs.frozen(kw_only=True)
class Narrative:
    """
    What a person is told, in the order in which it is told.

    Example:
        >>> import twitchkb
        >>> told = narrate(twitchkb.assess({"findings": {"seizure": True}}))
        >>> told.seen_first, told.questions
        (True, ())
    """

    level: Urgency
    action: str
    reasons: tuple[ToldReason, ...]
    questions: tuple[OpenQuestion, ...]
    safety_open: bool
    remedies: tuple[OfferedRemedy, ...]
    causes: tuple[ExplainedCause, ...]
    all_others: float
    something_else: Interval
    alike: tuple[str, ...]
    medicines: tuple[UnrecognisedMedicine, ...]
    citations: tuple[SourceNote, ...]
    notice: str
    versions: str
    refused: tuple[str, ...]

    @property
    def headline(self) -> str:
        """
        The urgency in a few words; "so far" while safety questions are open.
        """
        so_far = " so far" if self.level is Urgency.ROUTINE and self.safety_open else ""
        return f"{HEADLINES[self.level]}{so_far}"

    @property
    def seen_first(self) -> bool:
        """
        Whether being seen comes before everything else.
        """
        return self.level >= Urgency.URGENT

    @property
    def ranking_title(self) -> str:
        """
        What the list of causes is called.
        """
        if self.seen_first:
            return "For the doctor or nurse: what may be behind it"
        return "What may be behind it"

    @property
    def ranking_lead(self) -> str:
        """
        How to read the list of causes.
        """
        if self.seen_first:
            return "Do not wait because of this list. Being seen comes first."
        if not any(cause.lines for cause in self.causes):
            return (
                "No answer so far says anything about a cause. "
                "Of 100 people who come with twitching, about so many have it because of:"
            )
        lead = "Of 100 people who come with twitching and answer like you, about so many have it because of:"
        return f"Only an examination can tell which of these it is. {lead}" if self.level is Urgency.SOON else lead

    @property
    def not_separated(self) -> str:
        """
        Which causes the answers do not tell apart from the first one, as a sentence.
        """
        if not self.alike:
            return ""
        return f"Your answers do not tell {self.causes[0].name} safely apart from {_listed(self.alike, 'or')}."

    @property
    def points_words(self) -> str:
        """
        What a point is.
        """
        return "Points: +10 makes a cause ten times as likely, +3 twice as likely, -3 half as likely."


def narrate(assessment: Assessment, *, causes: int = 5, remedies: int = 4) -> Narrative:
    """
    Tell an assessment to the person it is about.

    From `urgent` on it holds only the reasons that are as urgent as the whole,
    no open question, of the remedies only first aid, and at most three causes.
    What only a specialist prescribes is never among the remedies: its name
    would tell a disease that nobody has found.

    Args:
        assessment: what to tell.
        causes: how many causes to explain, at most.
        remedies: how many remedies to tell, at most.

    Example:
        >>> import twitchkb
        >>> narrate(twitchkb.assess({})).headline
        'No hurry so far'
    """
    urgency = assessment.urgency
    seen_first = urgency.level >= Urgency.URGENT
    reasons = _distinct([each for each in urgency.reasons if not seen_first or each.urgency is urgency.level])
    offered = [each for each in assessment.remedies if _is_for_a_person(each, seen_first)][:remedies]
    told = _told(assessment.causes, min(causes, MOST_CAUSES_WHEN_SEEN_FIRST) if seen_first else causes)
    notes = {source.id: source for source in assessment.sources}
    cited = _in_order(
        [
            *(source for reason in reasons for source in reason.sources),
            *(source for remedy in offered for source in remedy.sources),
            *(source for cause in told for part in cause.contributions for source in part.sources),
        ],
        notes,
    )
    number = {source: place for place, source in enumerate(cited, start=1)}
    explained = tuple(explain(cause, number) for cause in told)
    alike = set(told[0].not_separated_from) if told else set()
    provenance = assessment.provenance
    return Narrative(
        level=urgency.level,
        action=urgency.action,
        reasons=tuple(
            ToldReason(
                text=reason.text,
                action=reason.action if reason.urgency is urgency.level else "",
                citations=_numbers(reason.sources, number),
            )
            for reason in reasons
        ),
        questions=() if seen_first else urgency.unanswered,
        safety_open=bool(urgency.unanswered),
        remedies=tuple(offered),
        causes=explained,
        all_others=math.fsum(cause.share.value for cause in assessment.causes[len(told) :]),
        something_else=assessment.something_else,
        alike=tuple(cause.name for cause in told[1:] if cause.id in alike),
        medicines=assessment.unrecognised_medicines,
        citations=tuple(notes[source] for source in cited),
        notice=assessment.notice,
        versions=(
            f"twitchkb {provenance.library_version}, data {provenance.data_version} ({provenance.digest[:12]}), "
            f"{len(assessment.sources)} sources"
        ),
        refused=tuple(f"Pack {pack.id!r} was refused: {pack.reasons[0]}" for pack in provenance.refused),
    )


def explain(cause: RankedCause, citations: Mapping[str, int] | None = None) -> ExplainedCause:
    """
    One cause with every reason for its place.

    Args:
        cause: the cause, of an assessment.
        citations: the number of each source in the list that is shown beside it; other sources are not cited.

    Example:
        >>> import twitchkb
        >>> explain(twitchkb.assess({}).causes[0]).lines
        ()
    """
    number = citations or {}
    start, *points = rounded_parts((cause.prior.value, *(part.points for part in cause.contributions)))
    return ExplainedCause(
        id=cause.id,
        name=cause.name,
        share=cause.share,
        start=int(start),
        lines=tuple(
            Line(
                finding=part.finding,
                label=part.label,
                state=part.state,
                state_label=part.state_label,
                points=int(whole),
                grade=part.grade,
                citations=_numbers(part.sources, number),
                note=part.note,
            )
            for part, whole in zip(cause.contributions, points, strict=True)
        ),
        does_not_fit=cause.unexplained,
        expected_but_absent=cause.expected_but_absent,
        not_asked=tuple(part for part in cause.not_asked if abs(part.points) >= 1.0),
    )


def answered(part: Line | Unexplained | NotAsked) -> str:
    """
    What was answered, in words: the label alone for a yes, else with the answer behind it.

    Example:
        >>> answered(Unexplained(finding="tremor", label="Shaking", state="absent", state_label="no"))
        'Shaking: no'
    """
    return part.label if part.state == "present" else f"{part.label}: {part.state_label}"


def strength(points: float) -> str:
    """
    The word for so many points, whichever way they speak.

    Example:
        >>> strength(16), strength(-3)
        ('strongly', 'somewhat')
    """
    return next(word for least, word in STRENGTHS if abs(points) >= least)


def in_100(share: float) -> str:
    """
    A share as a whole count in a hundred; never 0 and never all, because neither is known.

    Example:
        >>> in_100(0.34), in_100(0.001), in_100(0.999)
        ('34', 'under 1', 'over 99')
    """
    count = round(100.0 * share)
    if count < 1:
        return "under 1"
    return str(count) if count < 100 else "over 99"


def expected_words(expected: Expected) -> str:
    """
    What most people with the cause have and this person has not.

    Example:
        >>> expected_words(Expected(finding="tremor", label="Shaking", frequency=0.8))
        'Shaking: about 80 of 100 people with it have this, and you do not.'
    """
    return f"{expected.label}: about {in_100(expected.frequency)} of 100 people with it have this, and you do not."


def not_asked_words(part: NotAsked) -> str:
    """
    What an answer that is not there would say.

    Example:
        >>> not_asked_words(NotAsked(finding="tremor", label="Shaking", state="present", state_label="yes", points=7.5))
        'Shaking: "yes" would speak clearly for it.'
    """
    way = "for" if part.points > 0 else "against"
    return f'{part.label}: "{part.state_label}" would speak {strength(part.points)} {way} it.'


def ask_first(remedy: OfferedRemedy) -> tuple[str, ...]:
    """
    What must not be true, or must be asked about, before the remedy is used.

    Example:
        >>> import twitchkb
        >>> any(ask_first(remedy) for remedy in twitchkb.assess({}).remedies)
        True
    """
    labels = (label for caution in remedy.still_to_check if caution.action.withholds for label in caution.ask)
    return tuple(dict.fromkeys(labels))


def medicine_words(medicine: UnrecognisedMedicine) -> tuple[str, str, str]:
    """
    What to say about a name that is not known: before the name, the name as it was given, and after it.

    Example:
        >>> "".join(medicine_words(UnrecognisedMedicine(name="drops", could_be=())))
        'We do not know the medicine "drops", so it was not counted.'
    """
    if medicine.could_be:
        names = _listed([each.replace("_", " ") for each in medicine.could_be], "or")
        return 'The medicine "', medicine.name, f'" can mean {names}. Please say which; it was not counted.'
    return 'We do not know the medicine "', medicine.name, '", so it was not counted.'


def _distinct(reasons: Sequence[Reason]) -> list[Reason]:
    found: dict[str, Reason] = {}
    for reason in reasons:
        found.setdefault(reason.text, reason)
    return list(found.values())


def _is_for_a_person(remedy: OfferedRemedy, seen_first: bool) -> bool:
    if seen_first:
        return remedy.kind is RemedyKind.FIRST_AID
    return remedy.kind is not RemedyKind.SPECIALIST


def _told(causes: Sequence[RankedCause], most: int) -> list[RankedCause]:
    """
    The leading causes that are not next to nothing, and in any case the first.
    """
    return [cause for place, cause in enumerate(causes[:most]) if place == 0 or cause.share.value >= LEAST_SHARE_TOLD]


def _in_order(sources: Iterable[str], notes: dict[str, SourceNote]) -> list[str]:
    return [source for source in dict.fromkeys(sources) if source in notes]


def _numbers(sources: Iterable[str], number: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(sorted(number[source] for source in sources if source in number))


def _listed(names: Sequence[str], last: str) -> str:
    """
    The names as a sentence lists them.
    """
    return f" {last} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
