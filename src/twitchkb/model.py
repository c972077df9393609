"""
What the library knows: causes, findings, medicines, remedies, red flags, sources.

Records are frozen, keyword-only and made of tuples, so a knowledge base is a
value: it can be shared between threads, hashed, copied and pickled. Reading
and checking are elsewhere (`wire`, `checks`); here stand only the meanings.
"""

import bisect
import enum
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

import attrs

from .condition import Condition
from .errors import UnknownIdError
from .vocabulary import CautionAction, Grade, RemedyKind, Urgency

__all__ = [
    "Cause",
    "Caution",
    "Estimate",
    "Family",
    "Finding",
    "Floor",
    "Gate",
    "GateQuestion",
    "GateStop",
    "Group",
    "Kind",
    "KnowledgeBase",
    "LabTest",
    "Link",
    "LoadedPack",
    "Medicine",
    "MedicineClass",
    "RedFlag",
    "RefusedPack",
    "Remedy",
    "Retired",
    "RiskFactor",
    "Scale",
    "Source",
    "SourcedEstimate",
    "Statistic",
    "Symptom",
    "Wording",
    "name_key",
    "name_keys",
    "nearest",
]

DEFAULT_GROUP_CAP_DB = 15.0
LEVEL_WORDS = ("none", "normal", "high", "low", "minimal", "mild", "moderate", "severe", "fair", "enough", "short")
WHOLE_UNITS = ("years", "points")
UNIT_WORDS = {
    "C": "°C",
    "L": "litres",
    "h": "hours",
    "mL/min/1.73m2": "mL/min",
    "min": "minutes",
    "ug/L": "µg/L",
    "umol/L": "µmol/L",
}


@attrs.frozen(kw_only=True)
class Source:
    """
    A publication with an address, so that a reader can go and look.

    `text_read` is true where the text itself was read for this dataset; `weak`
    marks forums, machine-written digests and copies, which never carry a
    `measured` number alone.

    Example:
        >>> Source(id="nice_ng127", title="Suspected neurological conditions").year is None
        True
    """

    id: str
    title: str
    publisher: str = ""
    year: int | None = None
    kind: str = ""
    url: str | None = None
    doi: str | None = None
    pmid: str | None = None
    text_read: bool = False
    weak: bool = False
    note: str = ""


@attrs.frozen(kw_only=True)
class Estimate:
    """
    A number that is not known exactly: best value, and the range it lies in.

    Example:
        >>> Estimate(value=0.3, low=0.2, high=0.5).high
        0.5
    """

    value: float
    low: float
    high: float


@attrs.frozen(kw_only=True)
class SourcedEstimate(Estimate):
    """
    An estimate that carries its own grade, sources and reasoning.

    Example:
        >>> SourcedEstimate(value=0.1, low=0.05, high=0.2, grade=Grade.EXPERT).sources
        ()
    """

    grade: Grade
    sources: tuple[str, ...] = ()
    note: str = ""


@attrs.frozen(kw_only=True)
class Scale:
    """
    How a number falls into ordered levels.

    `cuts` are ascending and belong to the level above them; there is one level
    more than cuts. `also` turns other units into the canonical one by a factor.
    `critical` holds the values below and above which waiting is dangerous.

    Example:
        >>> sleep = Scale(unit="h", cuts=(5.0, 7.0), levels=("short", "fair", "enough"), accepts=(0.0, 24.0))
        >>> sleep.level_of(5), sleep.level_of(8)
        ('fair', 'enough')
    """

    unit: str
    cuts: tuple[float, ...]
    levels: tuple[str, ...]
    accepts: tuple[float, float]
    also: tuple[tuple[str, float], ...] = ()
    normal: tuple[str, ...] = ()
    critical: tuple[float | None, float | None] = (None, None)

    def level_of(self, number: float) -> str:
        """
        The level of a number in the canonical unit.
        """
        return self.levels[bisect.bisect_right(self.cuts, number)]

    def bounds_of(self, level: str) -> tuple[float, float]:
        """
        The least and the greatest number of a level, in the canonical unit.
        """
        place = self.levels.index(level)
        low = self.cuts[place - 1] if place else self.accepts[0]
        high = math.nextafter(self.cuts[place], -math.inf) if place < len(self.cuts) else self.accepts[1]
        return low, high

    def words_of(self, level: str) -> str:
        """
        A level in plain words, with its numbers and their unit.

        Example:
            >>> sleep = Scale(unit="h", cuts=(5.0, 7.0), levels=("under_5_h", "fair", "from_7_h"), accepts=(0.0, 24.0))
            >>> [sleep.words_of(level) for level in sleep.levels]
            ['under 5 hours', 'fair (5 to 7 hours)', '7 hours or more']
        """
        place = self.levels.index(level)
        word = next((word for word in LEVEL_WORDS if level == word or level.startswith(f"{word}_")), "")
        if word == "none":
            return word
        if place == 0:
            numbers = f"under {_with_unit(self.unit, self.cuts[0])}"
        elif place == len(self.cuts):
            numbers = f"{_with_unit(self.unit, self.cuts[-1])} or more"
        elif level.startswith("up_to_"):
            numbers = f"up to {_with_unit(self.unit, self.cuts[place])}"
        else:
            # Whole units end one before the next level begins: nobody says that they are "30 to 40" at 39.
            upper = self.cuts[place] - (self.unit in WHOLE_UNITS)
            numbers = _with_unit(self.unit, self.cuts[place - 1], upper)
        return f"{word} ({numbers})" if word else numbers


def _with_unit(unit: str, *numbers: float) -> str:
    """
    One number or two with the unit in words, both ends with the same decimals.
    """
    words = UNIT_WORDS.get(unit, unit)
    if numbers == (1.0,):
        words = words.removesuffix("s")
    plain = [f"{number:.12g}" for number in numbers]
    decimals = max(len(number.partition(".")[2]) for number in plain)
    told = plain if len(plain) == 1 else [f"{number:.{decimals}f}" for number in numbers]
    return f"{' to '.join(told)} {words}".strip()


@attrs.frozen(kw_only=True)
class Finding:
    """
    Something about a person that can be answered; see its three kinds below.

    A finding has the states `present` and `absent`, or the levels of its
    `scale`, or one of its `choices`. Not answered is no state. `when` makes it
    derived: computed from other answers, never asked. `absent_when` answers it
    with `absent` where the question makes no sense. `background` says how often
    a person whose cause does not produce the finding is in each state anyway;
    without one, no cause may weigh it.

    Example:
        >>> Symptom(id="tremor", label="Shaking", question="Do your hands shake?").states
        ('present', 'absent')
    """

    kind: ClassVar[str] = "finding"

    id: str
    label: str
    question: str = ""
    help: str = ""
    scale: Scale | None = None
    choices: tuple[str, ...] = ()
    background: tuple[tuple[str, SourcedEstimate], ...] = ()
    group: str = ""
    group_cap: float | None = None
    when: Condition | None = None
    absent_when: Condition | None = None
    codes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    clinician: bool = False

    @property
    def states(self) -> tuple[str, ...]:
        """
        Every state that can be answered.
        """
        if self.scale is not None:
            return self.scale.levels
        return self.choices or ("present", "absent")

    def words_of(self, state: str) -> str:
        """
        A state in plain words: `yes`, `no`, a range with its unit, or the choice.

        Example:
            >>> Symptom(id="tremor", label="Shaking").words_of("absent")
            'no'
        """
        if self.scale is not None:
            return self.scale.words_of(state)
        return {"present": "yes", "absent": "no"}.get(state, state.replace("_", " "))

    @property
    def is_yes_no(self) -> bool:
        """
        Whether the states are `present` and `absent`.
        """
        return self.scale is None and not self.choices


@attrs.frozen(kw_only=True)
class Symptom(Finding):
    """
    Something that a person feels, or that somebody sees on them.

    Example:
        >>> Symptom(id="muscle_cramps", label="Cramps").kind
        'symptom'
    """

    kind: ClassVar[str] = "symptom"


@attrs.frozen(kw_only=True)
class RiskFactor(Finding):
    """
    A habit, an illness, an exposure, a medicine class, or who the person is.

    Example:
        >>> RiskFactor(id="nicotine", label="Smokes or vapes", modifiable=True).modifiable
        True
    """

    kind: ClassVar[str] = "risk_factor"

    modifiable: bool = False


@attrs.frozen(kw_only=True)
class LabTest(Finding):
    """
    A measured value with a unit.

    Example:
        >>> LabTest(id="potassium", label="Potassium in blood").kind
        'lab_test'
    """

    kind: ClassVar[str] = "lab_test"


@attrs.frozen(kw_only=True)
class Group:
    """
    Findings that tend to come together and must not be counted in full each.

    Example:
        >>> Group(id="arousal", label="Sweating, shaking, racing heart").cap
        15.0
    """

    id: str
    label: str
    cap: float = DEFAULT_GROUP_CAP_DB
    note: str = ""


@attrs.frozen(kw_only=True)
class Medicine:
    """
    An active ingredient, with the names under which people know it.

    Example:
        >>> Medicine(id="sertraline", name="Sertraline", brands=("Zoloft",)).brands
        ('Zoloft',)
    """

    id: str
    name: str
    names: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    strength: str | None = None
    causes: tuple[str, ...] = ()
    mechanism: str = ""
    sources: tuple[str, ...] = ()
    grade: Grade = Grade.EXPERT


@attrs.frozen(kw_only=True)
class MedicineClass:
    """
    Medicines that work alike; a broad class includes narrower ones.

    Example:
        >>> MedicineClass(id="any_diuretic", name="Water tablets", includes=("loop_diuretic",)).includes
        ('loop_diuretic',)
    """

    id: str
    name: str
    includes: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    does: str = ""
    sources: tuple[str, ...] = ()
    grade: Grade = Grade.EXPERT


class Statistic(enum.Enum):
    """
    The published form of a link's number.

    Example:
        >>> Statistic("odds_ratio").is_ratio
        True
    """

    FREQUENCY = "frequency"
    ODDS_RATIO = "odds_ratio"
    RISK_RATIO = "risk_ratio"
    LIKELIHOOD_RATIO = "likelihood_ratio"

    @property
    def is_ratio(self) -> bool:
        """
        Whether the number compares with people who have another cause.
        """
        return self is not Statistic.FREQUENCY


@attrs.frozen(kw_only=True)
class Link:
    """
    How often a person with the cause is in each state of a finding.

    `estimates` pairs states with numbers; what the numbers mean is `statistic`.

    Example:
        >>> link = Link(finding="tremor", statistic=Statistic.FREQUENCY, grade=Grade.EXPERT,
        ...             estimates=(("present", Estimate(value=0.6, low=0.4, high=0.8)),))
        >>> link.estimates[0][0]
        'present'
    """

    finding: str
    statistic: Statistic
    estimates: tuple[tuple[str, Estimate], ...]
    grade: Grade
    sources: tuple[str, ...] = ()
    note: str = ""


@attrs.frozen(kw_only=True)
class Floor:
    """
    The urgency that a grave cause demands once it is not improbable.

    Where `needs` is given, the floor counts only while that is known to be
    true: an exposure that makes the cause possible, or a sign of its own.

    Example:
        >>> Floor(urgency=Urgency.SOON, at_share=0.3).urgency.value
        'soon'
    """

    urgency: Urgency
    at_share: float
    needs: Condition | None = None
    sources: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Family:
    """
    A family of causes, for people who want the picture before the detail.

    Example:
        >>> Family(id="dehydration", name="Dehydration").name
        'Dehydration'
    """

    id: str
    name: str
    summary: str = ""


@attrs.frozen(kw_only=True)
class Cause:
    """
    Something that makes muscles twitch: its prior, and all evidence on it.

    `prior` is the share of people presenting with twitching for whom this is
    the cause.

    Example:
        >>> import twitchkb
        >>> twitchkb.load().cause("hypokalaemia").name
        'Low potassium'
    """

    id: str
    name: str
    clinical_name: str
    family: str
    summary: str
    course: str
    prior: SourcedEstimate
    floor: Floor | None = None
    evidence: tuple[Link, ...] = ()
    remedies: tuple[str, ...] = ()
    codes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    reviewed: str = ""


@attrs.frozen(kw_only=True)
class Caution:
    """
    A condition under which a remedy is withheld, or a line is added to its steps.

    Example:
        >>> import twitchkb
        >>> any(caution.action.withholds for caution in twitchkb.load().remedy("hydrate").cautions)
        True
    """

    when: Condition
    action: CautionAction
    why: str
    sources: tuple[str, ...] = ()
    grade: Grade = Grade.EXPERT


@attrs.frozen(kw_only=True)
class Remedy:
    """
    Something to do, aimed at causes, with the strength of its evidence (A best, D worst).

    `ages` are the years it is meant for, `needs` a condition that must be known
    to be true, `only_after_gate` keeps reassurance back until every gate
    question was answered no. `article` marks the five of the founding article.

    Example:
        >>> import twitchkb
        >>> twitchkb.load().remedy("hydrate").article
        True
    """

    id: str
    name: str
    kind: RemedyKind
    grade: str
    steps: tuple[str, ...]
    causes: tuple[str, ...] = ()
    article: bool = False
    effort: str = ""
    helps_within: str = ""
    ages: tuple[float | None, float | None] = (None, None)
    needs: Condition | None = None
    needs_text: str = ""
    only_after_gate: bool = False
    cautions: tuple[Caution, ...] = ()
    sources: tuple[str, ...] = ()
    note: str = ""


@attrs.frozen(kw_only=True)
class RedFlag:
    """
    A rule over present findings that demands an urgency, whatever the ranking says.

    Example:
        >>> import twitchkb
        >>> twitchkb.load().red_flag("rf_seizure_any").urgency > Urgency.SOON
        True
    """

    id: str
    urgency: Urgency
    when: Condition
    reason: str
    action: str
    causes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    grade: Grade = Grade.EXPERT
    note: str = ""


@attrs.frozen(kw_only=True)
class GateQuestion:
    """
    One question that must be answered no before `self_care` may be said.

    `covers` are the findings behind it: an answered part closes its part, and
    the answer no closes them all.

    Example:
        >>> GateQuestion(finding="fit_or_blackout", order=7, covers=("seizure",)).covers
        ('seizure',)
    """

    finding: str
    order: int
    why: str = ""
    covers: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class GateStop:
    """
    A condition that must be known to be false before `self_care` may be said.

    Example:
        >>> from twitchkb.condition import parse
        >>> str(GateStop(when=parse("age < 16"), urgency=Urgency.ROUTINE, reason="A child is seen.").when)
        'age < 16'
    """

    when: Condition
    urgency: Urgency
    reason: str


@attrs.frozen(kw_only=True)
class Gate:
    """
    Everything between a person and the words "you can look after this yourself".

    Example:
        >>> import twitchkb
        >>> len(twitchkb.load().gate.questions)
        18
    """

    questions: tuple[GateQuestion, ...] = ()
    stops: tuple[GateStop, ...] = ()


@attrs.frozen(kw_only=True)
class Wording:
    """
    The fixed sentences of an answer, kept with the data so that they can be translated.

    Example:
        >>> import twitchkb
        >>> dict(twitchkb.load().wording.actions)[Urgency.EMERGENCY].startswith("Call")
        True
    """

    notice: str
    actions: tuple[tuple[Urgency, str], ...]
    default_reason: str
    gate_passed_reason: str
    floor_reason: str
    outside_ages_reason: str
    urgency_first_reason: str
    gate_first_reason: str


@attrs.frozen(kw_only=True)
class LoadedPack:
    """
    A pack that is part of the knowledge base.

    Example:
        >>> LoadedPack(id="core", version="2026.11.0", digest="0" * 64).id
        'core'
    """

    id: str
    version: str
    digest: str


@attrs.frozen(kw_only=True)
class RefusedPack:
    """
    A pack that was left out, and every reason for it.

    Example:
        >>> RefusedPack(id="acme", reasons=("acme/pack.json: no such file",)).reasons
        ('acme/pack.json: no such file',)
    """

    id: str
    reasons: tuple[str, ...]


class Kind(enum.Enum):
    """
    What an id names: ids are one of a kind, so a cause and a finding may share one.

    Example:
        >>> Kind("medicine_class").words
        'medicine class'
    """

    CAUSE = "cause"
    FINDING = "finding"
    GROUP = "group"
    FAMILY = "family"
    MEDICINE = "medicine"
    MEDICINE_CLASS = "medicine_class"
    REMEDY = "remedy"
    RED_FLAG = "red_flag"
    SOURCE = "source"

    @property
    def words(self) -> str:
        """
        The kind as a message says it, and as `KnowledgeBase.has` takes it.
        """
        return self.value.replace("_", " ")


@attrs.frozen(kw_only=True)
class Retired:
    """
    An id that is gone and is never given to anything else, and what takes its place.

    `since` is the version of the data that no longer had it; `use` is empty
    where nothing takes its place.

    Example:
        >>> Retired(id="eye_twitch", kind=Kind.FINDING, since="2027.1.0", use="twitch_eyelid").hint
        "; retired in 2027.1.0, use 'twitch_eyelid'"
    """

    id: str
    kind: Kind
    since: str
    use: str = ""

    @property
    def hint(self) -> str:
        """
        The tail of an error message about somebody who still uses the id.
        """
        instead = f"use {self.use!r}" if self.use else "and nothing takes its place"
        return f"; retired in {self.since}, {instead}"


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


_R = TypeVar("_R", bound=_Identified)


@attrs.frozen(kw_only=True, repr=False)
class KnowledgeBase:
    """
    All that is known, as one immutable value: tuples of records, each in id order.

    Build one with `twitchkb.load`. The look-ups raise `UnknownIdError`, a
    `LookupError` that names the nearest id.

    Example:
        >>> import twitchkb
        >>> kb = twitchkb.load()
        >>> kb.cause("hypokalemia")
        Traceback (most recent call last):
            ...
        twitchkb.errors.UnknownIdError: unknown cause 'hypokalemia'; did you mean 'hypokalaemia'?
    """

    causes: tuple[Cause, ...]
    findings: tuple[Finding, ...]
    something_else: SourcedEstimate
    groups: tuple[Group, ...] = ()
    families: tuple[Family, ...] = ()
    medicines: tuple[Medicine, ...] = ()
    medicine_classes: tuple[MedicineClass, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    red_flags: tuple[RedFlag, ...] = ()
    gate: Gate = attrs.field(factory=Gate)
    sources: tuple[Source, ...] = ()
    retired: tuple[Retired, ...] = ()
    wording: Wording
    packs: tuple[LoadedPack, ...] = ()
    refused: tuple[RefusedPack, ...] = ()
    digest: str = ""

    _index: dict[str, dict[str, Any]] = attrs.field(init=False, repr=False, eq=False)
    # The engine and the conversation keep their compiled tables here, so that they live and die with the value.
    _compiled: Any = attrs.field(init=False, repr=False, eq=False, default=None)
    _conversation: Any = attrs.field(init=False, repr=False, eq=False, default=None)

    def __attrs_post_init__(self) -> None:
        index = {
            "cause": _by_id(self.causes),
            "finding": _by_id(self.findings),
            "family": _by_id(self.families),
            "group": _by_id(self.groups),
            "medicine": _by_id(self.medicines),
            "medicine class": _by_id(self.medicine_classes),
            "remedy": _by_id(self.remedies),
            "red flag": _by_id(self.red_flags),
            "source": _by_id(self.sources),
            "retired": {f"{each.kind.words} {each.id}": each for each in self.retired},
        }
        object.__setattr__(self, "_index", index)

    def __repr__(self) -> str:
        names = ", ".join(f"{pack.id} {pack.version}" for pack in self.packs)
        return f"<KnowledgeBase {names}: {len(self.causes)} causes, {len(self.findings)} findings>"

    def __getstate__(self) -> dict[str, Any]:
        """
        Everything but what can be built again.
        """
        return {field.name: getattr(self, field.name) for field in attrs.fields(type(self)) if field.init}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_compiled", None)
        object.__setattr__(self, "_conversation", None)
        self.__attrs_post_init__()

    def cause(self, id: str) -> Cause:
        """
        The cause with this id.

        Raises:
            UnknownIdError: there is none.
        """
        found: Cause = self._look_up("cause", id)
        return found

    def finding(self, id: str) -> Finding:
        """
        The finding with this id.

        Raises:
            UnknownIdError: there is none.
        """
        found: Finding = self._look_up("finding", id)
        return found

    def remedy(self, id: str) -> Remedy:
        """
        The remedy with this id.

        Raises:
            UnknownIdError: there is none.
        """
        found: Remedy = self._look_up("remedy", id)
        return found

    def red_flag(self, id: str) -> RedFlag:
        """
        The red flag with this id.

        Raises:
            UnknownIdError: there is none.
        """
        found: RedFlag = self._look_up("red flag", id)
        return found

    def source(self, id: str) -> Source:
        """
        The source with this id.

        Raises:
            UnknownIdError: there is none.
        """
        found: Source = self._look_up("source", id)
        return found

    def medicine(self, name: str) -> Medicine:
        """
        The one medicine known by this ingredient, other name or brand, with or without a dose.

        Raises:
            UnknownIdError: no medicine has this name, or more than one has.
        """
        found = self.medicines_named(name)
        if len(found) == 1:
            return found[0]
        if found:
            names = " or ".join(repr(medicine.id) for medicine in found)
            raise UnknownIdError(f"{name!r} can mean {names}; please say which")
        raise UnknownIdError(f"unknown medicine {name!r}{self._medicine_hint(name)}")

    def medicines_named(self, name: str) -> tuple[Medicine, ...]:
        """
        Every medicine that people call by this name; empty where it is not known.
        """
        names = self._medicines_by_name()
        key = name_key(name)
        return tuple(names.get(key) or names.get(_without_dose(key)) or ())

    def has(self, kind: str, id: str) -> bool:
        """
        Whether a record of this kind (`cause`, `finding`, `medicine class` ...) exists.
        """
        return id in self._index[kind]

    def hint(self, kind: str, id: str) -> str:
        """
        The tail of an error message about an unknown id: what took its place, or the nearest one, or nothing.
        """
        retired: Retired | None = self._index["retired"].get(f"{kind} {id}")
        return nearest(id, self._index[kind]) if retired is None else retired.hint

    def _medicine_hint(self, name: str) -> str:
        retired: Retired | None = self._index["retired"].get(f"medicine {name}")
        return nearest(name_key(name), self._medicines_by_name()) if retired is None else retired.hint

    def _medicines_by_name(self) -> Mapping[str, Sequence[Medicine]]:
        """
        The medicines under every key of their names; built when the first name is looked up.
        """
        names: dict[str, list[Medicine]] | None = self._index.get("medicine name")
        if names is None:
            names = {}
            for medicine in self.medicines:
                for key in {name_key(name) for name in (medicine.id, medicine.name, *medicine.names, *medicine.brands)}:
                    names.setdefault(key, []).append(medicine)
            self._index["medicine name"] = names
        return names

    def _look_up(self, kind: str, id: str) -> Any:
        records = self._index[kind]
        if id not in records:
            raise UnknownIdError(f"unknown {kind} {id!r}{self.hint(kind, id)}")
        return records[id]


def nearest(word: str, known: Iterable[str]) -> str:
    """
    The tail of an error message: the nearest known word as a suggestion, or nothing.

    Example:
        >>> nearest("twich_eyelid", ["twitch_eyelid", "tremor"])
        "; did you mean 'twitch_eyelid'?"
    """
    import difflib  # noqa: PLC0415  # only a mistake should pay for it

    close = difflib.get_close_matches(word[:80], known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def name_key(name: str) -> str:
    """
    What two spellings of the same name have in common.

    Example:
        >>> name_key(" St. John's-Wort ") == name_key("st johns wort")
        True
    """
    plain = unicodedata.normalize("NFKD", name).casefold().replace("'", "").replace("\u2019", "")
    return " ".join(re.findall(r"[^\W_]+", plain))


def name_keys(name: str) -> tuple[str, str]:
    """
    The two keys under which a name is looked up, in this order: as it is, and without a dose.

    Example:
        >>> name_keys("Lithium 400 mg")
        ('lithium 400 mg', 'lithium')
    """
    key = name_key(name)
    return key, _without_dose(key)


def _without_dose(key: str) -> str:
    return _DOSE.sub("", key)


_DOSE = re.compile(
    r" (?:\d.*|(?:mg|mcg|ug|g|ml|tablets?|capsules?|pills?|drops|inhaler|patch|once|twice|daily|at night)( .*)?)$"
)


def _by_id(records: tuple[_R, ...]) -> dict[str, _R]:
    return {record.id: record for record in records}
