"""
Read a profile against a knowledge base: states, numbers, medicines.

Every fault is found and told with its path and a suggestion; nothing is
guessed. What comes out has three states throughout: present, absent, and not
known, and "not mentioned" never turns into "absent".
"""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from .assessment import UnrecognisedMedicine
from .condition import MEDICINES, Condition, Truth, index
from .errors import Issue
from .model import Finding, KnowledgeBase, Medicine, Scale, nearest
from .profile import Answer, MedicineUse, Profile, Quantity

__all__ = ["AnswerTable", "Answers", "TakenMedicine", "compile_answers", "read_answers"]

MAX_FINDINGS = 2_000
MAX_MEDICINES = 300
MAX_NAME_CHARACTERS = 200
MAX_DAYS = 40_000

AGE, SEX = "age", "sex"


@attrs.frozen(kw_only=True)
class TakenMedicine:
    """
    One recognised medicine of the person, with every class it counts for.
    """

    medicine: Medicine
    classes: frozenset[str]
    started_days: float | None
    changed_days: float | None
    stopped_days: float | None

    @property
    def is_current(self) -> bool:
        """
        Whether it is taken now.
        """
        return self.stopped_days is None


@attrs.frozen(kw_only=True)
class AnswerTable:
    """
    What reading answers needs from a knowledge base, worked out once.
    """

    findings: Mapping[str, Finding]
    derived: tuple[tuple[Finding, Condition], ...]
    derived_from: Mapping[str, tuple[int, ...]]
    excusable: tuple[tuple[Finding, Condition], ...]
    excused_by: Mapping[str, tuple[int, ...]]
    covers: tuple[tuple[str, tuple[str, ...]], ...]
    class_closure: Mapping[str, frozenset[str]]


@attrs.frozen(kw_only=True)
class Answers:
    """
    A person as the rules see them.

    `states` maps each answered finding to its state or level, `ranges` each
    scaled one to the range its number lies in. `medicines` is `None` where
    nobody asked. A medicine of a pack (`strangers`) can make a condition about the medicines
    of others true, and never false: for those it counts as a name that nobody
    knows. Implements `condition.Answered`.
    """

    states: Mapping[str, str]
    ranges: Mapping[str, tuple[float, float]]
    medicines: tuple[TakenMedicine, ...] | None
    unrecognised: tuple[UnrecognisedMedicine, ...]
    unknown: frozenset[str] = frozenset()
    strangers: tuple[TakenMedicine, ...] = ()

    def truth(self, finding: str) -> Truth:
        """
        Whether a yes/no finding is present.
        """
        state = self.states.get(finding)
        return None if state is None else state == "present"

    def level(self, finding: str) -> str | None:
        """
        The level or choice that was answered.
        """
        return self.states.get(finding)

    def bounds(self, finding: str) -> tuple[float, float] | None:
        """
        The range, in the canonical unit, that the number lies in.
        """
        return self.ranges.get(finding)

    def medicine_count(self, medicine_class: str) -> tuple[int, float] | None:
        """
        The least and greatest number of current medicines of a class.
        """
        if self.medicines is None:
            return None
        known = {m.medicine.id for m in self.medicines if m.is_current and medicine_class in m.classes}
        doubtful = len(self.unrecognised)
        strange = self._strangers(medicine_class)
        if strange:
            doubtful += len(strange) - len(known & {m.medicine.id for m in strange})
        return len(known), len(known) + doubtful

    def takes(self, medicine: str) -> Truth:
        """
        Whether the person takes this medicine now.
        """
        if self.medicines is None:
            return None
        if any(m.is_current and m.medicine.id == medicine for m in self.medicines):
            return True
        return None if self.unrecognised or self._strangers(medicine) else False

    def event_days(self, event: str, subject: str) -> tuple[tuple[float, ...], bool]:
        """
        Days since each told start, change or stop, and whether an untold one is possible.
        """
        if self.medicines is None:
            return (), True
        concerned = [m for m in self.medicines if _concerns(m, subject)]
        strange = self._strangers(subject.removeprefix("medicine."))
        if event == "stopped":
            told = [m.stopped_days for m in concerned]
            # A list of what is taken says nothing of what was stopped.
            untold = bool(strange) or not any(days is not None for days in told)
        else:
            told = [m.started_days if event == "started" else m.changed_days for m in concerned if m.is_current]
            untold = None in told or bool(self.unrecognised or strange)
        return tuple(days for days in told if days is not None), untold

    def _strangers(self, subject: str) -> list[TakenMedicine]:
        """
        The medicines of packs other than the one that a class or medicine belongs to.
        """
        if not self.strangers:
            return []
        owner = _owner(subject)
        return [m for m in self.strangers if _owner(m.medicine.id) != owner]


def _owner(id: str) -> str:
    """
    The pack that an id belongs to; empty for the core.
    """
    return id.partition(":")[0] if ":" in id else ""


def compile_answers(kb: KnowledgeBase) -> AnswerTable:
    """
    Work out once what reading needs: derived findings, gate covers, class inclusion.
    """
    derived = tuple((finding, finding.when) for finding in kb.findings if finding.when is not None)
    excusable = tuple((finding, finding.absent_when) for finding in kb.findings if finding.absent_when is not None)
    return AnswerTable(
        findings={finding.id: finding for finding in kb.findings},
        derived=derived,
        derived_from=index(when for _, when in derived),
        excusable=excusable,
        excused_by=index(when for _, when in excusable),
        covers=tuple((question.finding, question.covers) for question in kb.gate.questions),
        class_closure=_class_closure(kb),
    )


def read_answers(profile: Profile, kb: KnowledgeBase, table: AnswerTable) -> tuple[Answers, tuple[Issue, ...]]:
    """
    The answers of a profile, and every fault in it.

    Where there are faults the answers are those parts that could be read; the
    caller raises.
    """
    issues: list[Issue] = []
    given = _given(profile, issues)
    states: dict[str, str] = {}
    ranges: dict[str, tuple[float, float]] = {}
    unknown: set[str] = set()
    for path, name, value in given:
        finding = table.findings.get(name) if isinstance(name, str) else None
        if finding is None:
            issues.append(Issue(path, f"unknown finding{_hint(name, kb)}"))
        elif finding.when is not None:
            issues.append(
                Issue(path, f"is worked out from other answers ({finding.when}); give those, and leave this out")
            )
        elif value is None:
            unknown.add(finding.id)
        else:
            _read_value(path, finding, value, states, ranges, issues)
    medicines, unrecognised = _read_medicines(profile.medicines, kb, table, issues)
    answers = Answers(
        states=states,
        ranges=ranges,
        medicines=medicines,
        unrecognised=unrecognised,
        unknown=frozenset(unknown),
        strangers=tuple(medicine for medicine in medicines or () if _owner(medicine.medicine.id)),
    )
    _complete(answers, states, table)
    return answers, tuple(issues)


def _given(profile: Profile, issues: list[Issue]) -> Iterable[tuple[str, Any, Any]]:
    """
    Every answer as (path, finding id, value), age and sex among them.
    """
    if len(profile.findings) > MAX_FINDINGS:
        issues.append(Issue("$.findings", f"at most {MAX_FINDINGS} findings, got {len(profile.findings)}"))
        return
    names = [name for name, _ in profile.findings]
    own: tuple[tuple[str, Answer], ...] = ((AGE, profile.age), (SEX, profile.sex))
    for attribute, value in own:
        if value is None:
            continue
        if attribute in names and dict(profile.findings)[attribute] not in (None, value):
            issues.append(
                Issue(f"$.{attribute}", f"contradicts $.findings.{attribute}: {value!r} and another value; give one")
            )
        yield f"$.{attribute}", attribute, value
    for place, (name, answer) in enumerate(profile.findings):
        if names.count(name) > 1 and names.index(name) != place:
            issues.append(Issue(f"$.findings.{_key(name)}", "is given twice"))
        if (name == AGE and profile.age is not None) or (name == SEX and profile.sex is not None):
            continue
        yield f"$.findings.{_key(name)}", name, answer


def _read_value(
    path: str,
    finding: Finding,
    value: Any,
    states: dict[str, str],
    ranges: dict[str, tuple[float, float]],
    issues: list[Issue],
) -> None:
    if finding.scale is not None:
        number = _number(path, finding, finding.scale, value, issues)
        if isinstance(number, str):
            states[finding.id] = number
            ranges[finding.id] = finding.scale.bounds_of(number)
        elif number is not None:
            states[finding.id] = finding.scale.level_of(number)
            ranges[finding.id] = (number, number)
    elif finding.choices:
        if isinstance(value, str) and value in finding.choices:
            states[finding.id] = value
        else:
            expected = ", ".join(repr(choice) for choice in finding.choices)
            issues.append(Issue(path, f"expected one of {expected}, got {_shown(value)}"))
    elif value is True or value is False:
        states[finding.id] = "present" if value else "absent"
    else:
        issues.append(Issue(path, f"expected true, false or null for unknown, got {_shown(value)}"))


def _number(path: str, finding: Finding, scale: Scale, value: Any, issues: list[Issue]) -> float | str | None:
    """
    A number in the canonical unit, the name of a level, or `None` with the fault told.
    """
    unit: str | None = None
    if isinstance(value, Quantity):
        value, unit = value.value, value.unit
    elif isinstance(value, str):
        if value in scale.levels:
            return value
        match = _QUANTITY.fullmatch(value)
        if match is None:
            issues.append(
                Issue(path, f"expected a number with its unit such as '{_example(scale)}', got {_shown(value)}")
            )
            return None
        value, unit = float(match["number"]), match["unit"]
    if type(value) not in (int, float) or not math.isfinite(value):
        issues.append(Issue(path, f"expected a finite number, got {_shown(value)}"))
        return None
    if unit is None:
        if not _names_its_unit(finding, scale):
            issues.append(Issue(path, f"{_plain(value)} has no unit; write for example '{_plain(value)} {scale.unit}'"))
            return None
        factor = 1.0
    else:
        factors = {scale.unit: 1.0, **dict(scale.also)}
        if unit not in factors:
            known = ", ".join(repr(known) for known in factors)
            issues.append(Issue(path, f"unknown unit {unit!r}; known here: {known}{nearest(unit, factors)}"))
            return None
        factor = factors[unit]
    # Twelve significant digits, so that a converted value meets the same cut as the canonical one.
    number = float(f"{value * factor:.12g}")
    low, high = scale.accepts
    if not low <= number <= high:
        issues.append(
            Issue(path, f"{_plain(value)} {unit or scale.unit} is outside {_plain(low)} to {_plain(high)} {scale.unit}")
        )
        return None
    return number


def _names_its_unit(finding: Finding, scale: Scale) -> bool:
    """
    Whether a bare number is safe: the unit is part of the id, or no other unit exists.

    A laboratory value always needs its unit.
    """
    return finding.kind != "lab_test" or not scale.unit or finding.id.endswith(f"_{scale.unit.lower()}")


def _read_medicines(
    medicines: Any, kb: KnowledgeBase, table: AnswerTable, issues: list[Issue]
) -> tuple[tuple[TakenMedicine, ...] | None, tuple[UnrecognisedMedicine, ...]]:
    if medicines is None:
        return None, ()
    if len(medicines) > MAX_MEDICINES:
        issues.append(Issue("$.medicines", f"at most {MAX_MEDICINES} medicines, got {len(medicines)}"))
        return (), ()
    taken: list[tuple[str, TakenMedicine]] = []
    unrecognised: dict[str, UnrecognisedMedicine] = {}
    for place, given in enumerate(medicines):
        path = f"$.medicines[{place}]"
        use = MedicineUse(name=given) if isinstance(given, str) else given
        if not _check_use(path, use, issues):
            continue
        found = kb.medicines_named(use.name)
        if len(found) == 1:
            taken.append((path, _taken(use, found[0], table)))
        else:
            could_be = tuple(medicine.id for medicine in found)
            unrecognised[use.name] = UnrecognisedMedicine(name=use.name, could_be=could_be)
    _check_repeats(taken, issues)
    return tuple(medicine for _, medicine in taken), tuple(unrecognised[name] for name in sorted(unrecognised))


def _check_use(path: str, use: Any, issues: list[Issue]) -> bool:
    if not isinstance(use, MedicineUse):
        issues.append(Issue(path, f"expected a name or a MedicineUse, got {_shown(use)}"))
        return False
    before = len(issues)
    if not isinstance(use.name, str) or not 1 <= len(use.name.strip()) <= MAX_NAME_CHARACTERS:
        issues.append(Issue(f"{path}.name", f"expected a name of 1 to {MAX_NAME_CHARACTERS} characters"))
    elif not use.name.isprintable():
        issues.append(Issue(f"{path}.name", f"holds a character that cannot be printed: {_shown(use.name)}"))
    for event in ("started_days", "changed_days", "stopped_days"):
        days = getattr(use, event)
        if days is None:
            continue
        if type(days) not in (int, float) or not math.isfinite(days) or not 0 <= days <= MAX_DAYS:
            issues.append(Issue(f"{path}.{event}", f"expected days from 0 to {MAX_DAYS}, got {_shown(days)}"))
    if len(issues) == before and use.started_days is not None:
        for event in ("changed_days", "stopped_days"):
            days = getattr(use, event)
            if days is not None and days > use.started_days:
                issues.append(
                    Issue(
                        f"{path}.{event}",
                        f"contradicts {path}.started_days: {_plain(days)} days ago it was not yet taken",
                    )
                )
    return len(issues) == before


def _taken(use: MedicineUse, medicine: Medicine, table: AnswerTable) -> TakenMedicine:
    classes: set[str] = set()
    for narrow in medicine.classes:
        classes |= table.class_closure.get(narrow, frozenset({narrow}))
    return TakenMedicine(
        medicine=medicine,
        classes=frozenset(classes),
        started_days=use.started_days,
        changed_days=use.changed_days,
        stopped_days=use.stopped_days,
    )


def _check_repeats(taken: list[tuple[str, TakenMedicine]], issues: list[Issue]) -> None:
    first: dict[str, tuple[str, TakenMedicine]] = {}
    for path, medicine in taken:
        earlier_path, earlier = first.setdefault(medicine.medicine.id, (path, medicine))
        if earlier.is_current != medicine.is_current:
            issues.append(
                Issue(path, f"contradicts {earlier_path}: {medicine.medicine.id!r} is both taken and stopped")
            )


def _complete(answers: Answers, states: dict[str, str], table: AnswerTable) -> None:
    """
    Fill in what follows from the answers: gate covers, excused questions, derived findings.
    """
    for whole, parts in table.covers:
        if states.get(whole) == "absent":
            for part in parts:
                if part not in answers.unknown and table.findings[part].when is None:
                    states.setdefault(part, "absent")
    for place in _touched(answers, table.excused_by):
        finding, excuse = table.excusable[place]
        if finding.id not in states and excuse.truth(answers):
            states[finding.id] = "absent"
    for place in _touched(answers, table.derived_from):
        finding, when = table.derived[place]
        truth = when.truth(answers)
        if truth is not None:
            states[finding.id] = "present" if truth else "absent"


def _touched(answers: Answers, about: Mapping[str, tuple[int, ...]]) -> list[int]:
    """
    The places of the conditions that an answer touches; all others are unknown.
    """
    asked = answers.states if answers.medicines is None else [*answers.states, MEDICINES]
    return sorted({place for subject in asked for place in about.get(subject, ())})


def _class_closure(kb: KnowledgeBase) -> dict[str, frozenset[str]]:
    """
    For each class, itself and every broader class that includes it, directly or not.
    """
    broader: dict[str, set[str]] = {}
    for medicine_class in kb.medicine_classes:
        for narrow in medicine_class.includes:
            broader.setdefault(narrow, set()).add(medicine_class.id)

    def climb(id: str, seen: frozenset[str]) -> frozenset[str]:
        for wider in sorted(broader.get(id, set()) - seen):
            seen = climb(wider, seen | {wider})
        return seen

    ids = {c.id for c in kb.medicine_classes} | {c for medicine in kb.medicines for c in medicine.classes}
    return {id: climb(id, frozenset({id})) for id in ids}


def _concerns(medicine: TakenMedicine, subject: str) -> bool:
    if subject.startswith("medicine."):
        return medicine.medicine.id == subject.removeprefix("medicine.")
    return subject in medicine.classes


def _hint(name: Any, kb: KnowledgeBase) -> str:
    if not isinstance(name, str):
        return f": expected an id, got {_shown(name)}"
    if not name.isascii():
        points = " ".join(f"U+{ord(letter):04X}" for letter in name if not letter.isascii())
        return f": ids are plain ASCII, this one has {points}{kb.hint('finding', name)}"
    return kb.hint("finding", name)


def _example(scale: Scale) -> str:
    middle = scale.cuts[len(scale.cuts) // 2] if scale.cuts else scale.accepts[0]
    return f"{_plain(middle)} {scale.unit}".strip()


def _plain(number: float) -> str:
    return f"{number:.12g}"


def _key(name: Any) -> str:
    return name if isinstance(name, str) and name.isidentifier() and len(name) <= 60 else _shown(name)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


_QUANTITY = re.compile(
    r"\s*(?P<number>[+-]?(?:[0-9]{1,15}(?:\.[0-9]{1,15})?|\.[0-9]{1,15}))"
    r"\s*(?P<unit>(?:[^\W\d_]|[%°/])[^\s]{0,20}(?: [^\s]{1,20})?)\s*"
)
