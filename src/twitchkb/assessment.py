"""
What the library answers: urgency, ranked causes with every reason, remedies, provenance.

An assessment carries ids and labels and the sources it cites, so that a
renderer needs no knowledge base. Numbers and sentences come from the same
record and cannot disagree.
"""

import math
from collections.abc import Callable, Collection

import attrs

from .vocabulary import CautionAction, Grade, RemedyKind, Urgency

__all__ = [
    "Assessment",
    "CautionToSettle",
    "Contribution",
    "Expected",
    "FamilyShare",
    "Interval",
    "LoadedPackNote",
    "NotAsked",
    "OfferedRemedy",
    "OpenQuestion",
    "Provenance",
    "RankedCause",
    "Reason",
    "RefusedPackNote",
    "SourceNote",
    "Unexplained",
    "UnrecognisedMedicine",
    "UrgencyAdvice",
    "WithheldRemedy",
    "rounded_parts",
]


# Records of which an answer holds a hundred take their values by place as well, and the widest has no
# slots: both make it some two times as fast to build.
@attrs.frozen
class Interval:
    """
    A value and the range it may lie in.

    Example:
        >>> Interval(value=0.34, low=0.2, high=0.51).value
        0.34
    """

    value: float
    low: float
    high: float


@attrs.frozen(kw_only=True)
class Reason:
    """
    Why the urgency is what it is: a red flag, a floor, the gate, or a default.

    `kind` is `red_flag`, `floor`, `stop`, `gate` or `default`; `id` names the
    rule or the cause.

    Example:
        >>> Reason(kind="gate", id="gate", urgency=Urgency.SELF_CARE, text="All questions answered no.").sources
        ()
    """

    kind: str
    id: str
    urgency: Urgency
    text: str
    action: str = ""
    sources: tuple[str, ...] = ()
    grade: Grade | None = None


@attrs.frozen(kw_only=True)
class OpenQuestion:
    """
    A question whose answer could still raise the urgency, or is missing at the gate.

    `why` is `safety` or `gate`.

    Example:
        >>> OpenQuestion(finding="seizure", label="Fit", question="Have you had a fit?", why="safety").why
        'safety'
    """

    finding: str
    label: str
    question: str
    why: str


@attrs.frozen(kw_only=True)
class UrgencyAdvice:
    """
    How soon to be seen, what to do, every reason, and what was not answered.

    The level equals the highest of the reasons.

    Example:
        >>> import twitchkb
        >>> twitchkb.assess({}).urgency.level.value
        'routine'
    """

    level: Urgency
    action: str
    reasons: tuple[Reason, ...]
    unanswered: tuple[OpenQuestion, ...]


@attrs.frozen(kw_only=True)
class Contribution:
    """
    What one answer says about one cause, in decibans: +10 is ten times likelier, +3 twice.

    `points` already holds what its group left of it; `state_label` is the state
    in plain words, such as `yes`, `no` or `2.5 to 3.0 mmol/L`.

    Example:
        >>> Contribution(finding="tremor", label="Shaking", state="present", state_label="yes", points=3.0, low=1.0,
        ...              high=5.0, grade=Grade.EXPERT, sources=(), note="").points
        3.0
    """

    finding: str
    label: str
    state: str
    state_label: str
    points: float
    low: float
    high: float
    grade: Grade
    sources: tuple[str, ...]
    note: str


@attrs.frozen(kw_only=True)
class Unexplained:
    """
    Something present, or a value that is not normal, that this cause says nothing about.

    Example:
        >>> Unexplained(finding="fever", label="Fever", state="present", state_label="yes").label
        'Fever'
    """

    finding: str
    label: str
    state: str
    state_label: str


@attrs.frozen(kw_only=True)
class Expected:
    """
    Something most people with this cause have, and this person has not.

    `frequency` is the share of people with the cause who have it.

    Example:
        >>> Expected(finding="muscle_weakness", label="Muscle weakness", frequency=0.9).frequency
        0.9
    """

    finding: str
    label: str
    frequency: float


@attrs.frozen(kw_only=True)
class NotAsked:
    """
    Something not answered that could say much about this cause.

    `state` is the answer that would weigh most, `points` what it would say on
    its own, in decibans.

    Example:
        >>> NotAsked(finding="tremor", label="Shaking", state="present", state_label="yes", points=7.5).state_label
        'yes'
    """

    finding: str
    label: str
    state: str
    state_label: str
    points: float


@attrs.frozen(slots=False)
class RankedCause:
    """
    A cause with every reason for its place.

    `points` is the prior plus the sum of the contributions; `share` is the part
    of people who answer like this for whom it is the cause. `not_asked` is
    worked out for the ten leading causes only.

    Example:
        >>> import twitchkb
        >>> first = twitchkb.assess({"findings": {"twitch_eyelid": True}}).causes[0]
        >>> first.points.value == first.prior.value + sum(c.points for c in first.contributions)
        True
    """

    id: str
    name: str
    family: str
    share: Interval
    points: Interval
    prior: Interval
    contributions: tuple[Contribution, ...]
    unexplained: tuple[Unexplained, ...]
    expected_but_absent: tuple[Expected, ...]
    not_asked: tuple[NotAsked, ...]
    not_separated_from: tuple[str, ...]


@attrs.frozen(kw_only=True)
class FamilyShare:
    """
    The share of a family of causes: the sum over its causes.

    Example:
        >>> FamilyShare(id="medicines", name="Medicines", share=Interval(value=0.1, low=0.0, high=0.3)).name
        'Medicines'
    """

    id: str
    name: str
    share: Interval


@attrs.frozen(kw_only=True)
class CautionToSettle:
    """
    A question to settle before the remedy is used: its answer could take it away.

    Example:
        >>> CautionToSettle(action=CautionAction.DO_NOT, why="Too much can harm.", ask=("Kidney disease",)).ask
        ('Kidney disease',)
    """

    action: CautionAction
    why: str
    ask: tuple[str, ...]


@attrs.frozen(kw_only=True)
class OfferedRemedy:
    """
    Something to do, with all its steps, for the causes it is aimed at.

    `share_addressed` is the sum of the shares of those causes. `steps` already
    hold the lines that cautions add.

    Example:
        >>> import twitchkb
        >>> twitchkb.assess({}).remedies[0].steps != ()
        True
    """

    id: str
    name: str
    kind: RemedyKind
    steps: tuple[str, ...]
    aimed_at: tuple[str, ...]
    share_addressed: float
    grade: str
    effort: str
    helps_within: str
    still_to_check: tuple[CautionToSettle, ...]
    sources: tuple[str, ...]
    note: str


@attrs.frozen(kw_only=True)
class WithheldRemedy:
    """
    A remedy that is not offered, and why.

    Example:
        >>> WithheldRemedy(id="hydrate", name="Drink enough", reasons=("You have a fluid limit.",)).reasons
        ('You have a fluid limit.',)
    """

    id: str
    name: str
    reasons: tuple[str, ...]


@attrs.frozen(kw_only=True)
class UnrecognisedMedicine:
    """
    A name that no medicine goes by, or more than one; `could_be` lists those.

    Example:
        >>> UnrecognisedMedicine(name="grandma's drops", could_be=()).could_be
        ()
    """

    name: str
    could_be: tuple[str, ...]


@attrs.frozen(kw_only=True)
class SourceNote:
    """
    A source cited in this assessment.

    Example:
        >>> SourceNote(id="x", title="A study", publisher="A journal", year=2020, address="https://doi.org/10.1/x").year
        2020
    """

    id: str
    title: str
    publisher: str
    year: int | None
    address: str


@attrs.frozen(kw_only=True)
class LoadedPackNote:
    """
    A pack that took part in this answer.

    Example:
        >>> LoadedPackNote(id="core", version="2026.11.0", digest="0" * 64).id
        'core'
    """

    id: str
    version: str
    digest: str


@attrs.frozen(kw_only=True)
class RefusedPackNote:
    """
    A pack that was left out of this answer, and why.

    Example:
        >>> RefusedPackNote(id="acme", reasons=("no such file",)).id
        'acme'
    """

    id: str
    reasons: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Provenance:
    """
    Which code and which data gave this answer; `digest` is the SHA-256 of the data.

    Example:
        >>> import twitchkb
        >>> twitchkb.assess({}).provenance.packs[0].id
        'core'
    """

    library_version: str
    data_version: str
    digest: str
    packs: tuple[LoadedPackNote, ...]
    refused: tuple[RefusedPackNote, ...]


@attrs.frozen(kw_only=True)
class Assessment:
    """
    The whole answer: what to do, what may be behind it, and how we come to say so.

    Example:
        >>> import twitchkb
        >>> answer = twitchkb.assess({"age": 30, "findings": {"twitch_eyelid": True, "sleep_hours": 4.5}})
        >>> answer.causes[0].name
        'Twitching eyelid'
    """

    urgency: UrgencyAdvice
    causes: tuple[RankedCause, ...]
    something_else: Interval
    families: tuple[FamilyShare, ...]
    remedies: tuple[OfferedRemedy, ...]
    withheld: tuple[WithheldRemedy, ...]
    unrecognised_medicines: tuple[UnrecognisedMedicine, ...]
    sources: tuple[SourceNote, ...]
    provenance: Provenance
    notice: str

    def _repr_html_(self) -> str:
        """
        How a notebook shows it.
        """
        # The one place where a record reaches an adapter, and only once somebody looks.
        from .adapters import html  # noqa: PLC0415  # an adapter reads this module

        return html.render(self)

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """
        The forms in which a notebook can show it, the one to prefer first.
        """
        from .adapters import html, svg, text  # noqa: PLC0415  # an adapter reads this module

        forms: dict[str, Callable[[Assessment], str]] = {
            "text/html": html.render,
            "image/svg+xml": svg.render,
            "text/plain": text.render,
        }
        wanted = [form for form in forms if (include is None or form in include) and form not in (exclude or ())]
        return {form: forms[form](self) for form in wanted}


def rounded_parts(parts: tuple[float, ...], *, step: float = 1.0) -> tuple[float, ...]:
    """
    Round the parts so that they sum to their rounded total (largest remainder method).

    Each part moves by less than one step.

    Example:
        >>> rounded_parts((1.4, 1.4, 1.4))
        (2.0, 1.0, 1.0)
    """
    scaled = [part / step for part in parts]
    floors = [math.floor(part) for part in scaled]
    missing = round(math.fsum(scaled)) - sum(floors)
    by_remainder = sorted(range(len(parts)), key=lambda i: (floors[i] - scaled[i], i))
    raised = set(by_remainder[:missing])
    return tuple((floor + (i in raised)) * step for i, floor in enumerate(floors))
