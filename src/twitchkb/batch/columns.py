"""
Read a batch of columns as answers: bits for yes and no, a number a level for scales.

What a column means is settled once, from its name and type (`plan`); a faulty
schema is an error before any row is read. A faulty value only marks its person:
`table` reads that person again, alone, to tell every fault.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from twitchkb.answers import read_answers
from twitchkb.condition import Compare, Condition, Days, Is, MedicineCount, Present, Takes, atoms, subject
from twitchkb.engine import Compiled
from twitchkb.errors import Issue, ReadError
from twitchkb.model import Finding, Scale, nearest
from twitchkb.profile import MedicineUse, Profile, Quantity

from .arrow import pa, pc
from .kleene import Bits, Column, all_rows, bits_where, spread, truth
from .kleene import column as column_where
from .medicines import EVENTS, MedicineBook, MedicineColumn, read_medicines

__all__ = [
    "Answered",
    "ColumnPlan",
    "Plan",
    "TableError",
    "about_medicines",
    "bare_numbers",
    "plan",
    "read_columns",
    "told_by_medicines",
]

MEDICINES = "medicines"
_NUMBER = re.compile(r"\s*[+-]?(?:\d{1,15}(?:\.\d{0,17})?|\.\d{1,17})(?:[eE][+-]?\d{1,3})?\s*")
YES = frozenset({"true", "yes", "y", "1", "present"})
NO = frozenset({"false", "no", "n", "0", "absent"})
UNKNOWN = frozenset({"unknown", "don't know", "dont know", "?"})
NOTHING = frozenset({"", "na", "n/a", "nan", "null"})
NONE_TAKEN = "none"


class TableError(ReadError):
    """
    The columns of a table cannot be read as answers; `issues` holds every fault found.

    Example:
        >>> print(TableError([Issue("twich_eyelid", "matches no finding")]))
        twich_eyelid: matches no finding
    """


@attrs.frozen(kw_only=True)
class ColumnPlan:
    """
    One column: which finding it answers, in which unit, and what its own words mean.
    """

    column: str
    finding: str
    unit: str | None = None
    values: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True, eq=False)
class Plan:
    """
    What every column of a table is: an answer, the list of medicines, or passed through.
    """

    answers: tuple[ColumnPlan, ...]
    medicines: ColumnPlan | None
    kept: tuple[str, ...]


@attrs.define(eq=False)
class Answered:
    """
    The answers of many people as the rules see them; the column form of `answers.Answers`.
    """

    rows: int
    yes_no: dict[str, Column]
    levels: dict[str, npt.NDArray[np.uint8]]
    states: Mapping[str, tuple[str, ...]]
    ranges: dict[str, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]
    unknown: dict[str, Bits]
    medicines: MedicineColumn | None
    bad: npt.NDArray[np.bool_]
    _remembered: dict[Condition, Column | None] = attrs.field(factory=dict)

    def leaf(self, atom: Condition) -> Column | None:
        """
        The truth of a leaf for everybody.
        """
        if isinstance(atom, Present):
            return self.yes_no.get(atom.finding)
        if atom not in self._remembered:
            self._remembered[atom] = self._leaf(atom)
        return self._remembered[atom]

    def forget(self) -> None:
        """
        Look at the levels again: some were filled in.
        """
        self._remembered.clear()

    def known(self, finding: str) -> Bits | None:
        """
        Who has answered, or `None` for nobody.
        """
        if finding in self.yes_no:
            return self.yes_no[finding].known
        return bits_where(self.levels[finding] > 0) if finding in self.levels else None

    def touched(self, condition: Condition) -> Bits | None:
        """
        Who has answered something that the condition asks about, or `None` for nobody.
        """
        found: Bits | None = None
        for atom in atoms(condition):
            if about_medicines(atom):
                known = None if self.medicines is None else self.medicines.asked
            else:
                known = self.known(subject(atom))
            if known is not None:
                found = known if found is None else found | known
        return found

    def _leaf(self, atom: Condition) -> Column | None:
        match atom:
            case Is():
                levels = self.levels.get(atom.finding)
                if levels is None:
                    return None
                wanted = self.states[atom.finding].index(atom.level) + 1
                true = bits_where(levels == wanted)
                return Column(true, bits_where(levels > 0) & ~true)
            case Compare():
                return self._compare(atom)
            case MedicineCount() if self.medicines is not None:
                return self.medicines.count(atom)
            case Takes() if self.medicines is not None:
                return self.medicines.takes(atom)
            case Days() if self.medicines is not None:
                return self.medicines.event(atom)
        return None

    def _compare(self, atom: Compare) -> Column | None:
        if atom.finding not in self.ranges:
            return None
        low, high = self.ranges[atom.finding]
        holds = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}[atom.sign]
        at_low = holds(low, atom.number)
        at_high = at_low if high is low else holds(high, atom.number)
        return Column(bits_where(at_low & at_high), bits_where(~at_low & ~at_high & ~np.isnan(low)))


def about_medicines(atom: Condition) -> bool:
    """
    Whether a leaf is answered by the list of medicines.
    """
    return isinstance(atom, MedicineCount | Takes | Days)


def told_by_medicines(compiled: Compiled) -> frozenset[str]:
    """
    The findings that follow from the list of medicines alone.
    """
    return frozenset(
        finding.id for finding, when in compiled.answers.derived if all(about_medicines(atom) for atom in atoms(when))
    )


def plan(
    schema: Any,
    compiled: Compiled,
    *,
    keep: Iterable[str] | None = None,
    units: Mapping[str, str] | None = None,
    mapped: Mapping[str, ColumnPlan] | None = None,
) -> Plan:
    """
    Settle what every column of an Arrow schema is.

    Args:
        schema: the Arrow schema.
        compiled: the knowledge base.
        keep: columns to pass through whatever their name; by default those that resemble no finding.
        units: the unit of a column of numbers, where neither the finding nor the schema says it.
        mapped: what a mapping file says of its columns.

    Raises:
        TableError: a column repeats, looks like a misspelt finding, is worked out from others, or has a type
            or unit that cannot be read; all faults are told.
    """
    issues: list[Issue] = []
    answers, kept, medicines = [], [], None
    findings = compiled.answers.findings
    asked_to_keep = None if keep is None else set(keep)
    for name in sorted((asked_to_keep or set()) - set(schema.names)):
        issues.append(Issue(name, f"is to be kept, and there is no such column{nearest(name, schema.names)}"))
    seen: dict[str, str] = {}
    for field in schema:
        name = field.name
        if schema.names.count(name) > 1:
            issues.append(Issue(name, "two columns have this name"))
            continue
        column = (mapped or {}).get(name) or ColumnPlan(column=name, finding=name)
        if asked_to_keep is not None and name in asked_to_keep:
            kept.append(name)
            continue
        if column.finding != MEDICINES and column.finding not in findings:
            hint = _resembling(name, findings)
            if asked_to_keep is None and not hint:
                kept.append(name)
            else:
                issues.append(Issue(name, f"matches no finding{hint}; to pass it through, name it in `keep`"))
            continue
        if column.finding in seen:
            issues.append(Issue(name, f"answers {column.finding!r}, and so does the column {seen[column.finding]!r}"))
            continue
        seen[column.finding] = name
        if column.finding == MEDICINES:
            medicines = column
            if not _holds_medicines(field.type):
                issues.append(Issue(name, f"expected lists of names, or text with names between ';', got {field.type}"))
            continue
        unit = column.unit or (units or {}).get(name) or _unit_of(field)
        column = attrs.evolve(column, unit=unit)
        fault = _fault(column, findings[column.finding], field.type)
        if fault:
            issues.append(Issue(name, fault))
        answers.append(column)
    if issues:
        raise TableError(issues)
    return Plan(answers=tuple(answers), medicines=medicines, kept=tuple(kept))


def bare_numbers(batch: Any, plan: Plan, compiled: Compiled) -> tuple[Issue, ...]:
    """
    The columns of text whose first number has no unit and needs one; told before a long run, not after it.
    """
    issues = []
    for column in plan.answers:
        finding = compiled.answers.findings[column.finding]
        array = batch.column(column.column)
        if finding.scale is None or not _is_text(array.type) or array.null_count == len(array):
            continue
        first = next((v for v in array.to_pylist() if v is not None and v not in column.values), "")
        fault = _unit_fault(column, finding, finding.scale) if _NUMBER.fullmatch(first) else None
        if fault:
            issues.append(Issue(column.column, f"holds bare numbers, and {fault}"))
    return tuple(issues)


def read_columns(batch: Any, plan: Plan, compiled: Compiled, book: MedicineBook) -> Answered:
    """
    The answers of every person of an Arrow record batch, with all that follows from them.
    """
    rows = batch.num_rows
    answered = Answered(
        rows=rows,
        yes_no={},
        levels={},
        states={},
        ranges={},
        unknown={},
        medicines=None,
        bad=np.zeros(rows, bool),
    )
    states: dict[str, tuple[str, ...]] = {}
    answered.states = states
    for column in plan.answers:
        array = batch.column(column.column)
        if array.null_count == rows:
            continue
        finding = compiled.answers.findings[column.finding]
        if finding.is_yes_no:
            _read_yes_no(array, column, answered)
        else:
            # What is worked out or excused counts as answered, with a state that nothing weighs.
            states[finding.id] = finding.states + (("present", "absent") if _is_filled_in(finding) else ())
            _read_levels(array, column, finding, compiled, answered)
    if plan.medicines is not None:
        lists = _as_lists(batch.column(plan.medicines.column))
        answered.medicines = read_medicines(lists, book, answered.bad)
    _complete(answered, compiled)
    return answered


def row_profile(batch: Any, row: int, plan: Plan, compiled: Compiled) -> Profile:
    """
    One person of the batch as a profile, so that the scalar reader can tell what is wrong.
    """
    findings: dict[str, Any] = {}
    for column in plan.answers:
        value = batch.column(column.column)[row].as_py()
        if value is None or value != value:  # noqa: PLR0124  # NaN is the missing value of many tables
            continue
        told, value = _meaning(value, column, compiled.answers.findings[column.finding])
        if told:
            findings[column.finding] = value
    medicines: list[Any] | None = None
    if plan.medicines is not None:
        given = _as_lists(batch.column(plan.medicines.column).slice(row, 1))[0].as_py()
        medicines = None if given is None else [_use(each) for each in given]
    return Profile(findings=findings, medicines=medicines)


def _use(given: Any) -> Any:
    if isinstance(given, dict):
        return MedicineUse(**{"name": None, **given})
    return given


_USE_FIELDS = frozenset(["name", *(f"{event}_days" for event in EVENTS)])


def _meaning(value: Any, column: ColumnPlan, finding: Finding) -> tuple[bool, Any]:
    """
    Whether a value says anything, and what it says in the terms of a profile.
    """
    if isinstance(value, str):
        if value in column.values:
            value = column.values[value]
            if column.unit is not None and isinstance(value, int | float) and not isinstance(value, bool):
                value = Quantity(value=value, unit=column.unit)
            return value != "", None if value == "unknown" else value
        key = value.strip().casefold()
        if key in NOTHING:
            return False, None
        if key in UNKNOWN:
            return True, None
        if finding.is_yes_no and key in YES | NO:
            return True, key in YES
        if finding.scale is not None and _NUMBER.fullmatch(value):
            number = float(value)
            return True, number if column.unit is None else Quantity(value=number, unit=column.unit)
        return True, value
    if str(value) in column.values and not isinstance(value, bool):
        return _meaning(str(value), column, finding)
    if finding.is_yes_no:
        return True, bool(value) if value in (0, 1) else value
    if isinstance(value, dict):
        return True, Quantity(**value)
    if not isinstance(value, bool | int | float):
        value = float(value)
    return True, value if column.unit is None or isinstance(value, bool) else Quantity(value=value, unit=column.unit)


def _read_yes_no(array: Any, column: ColumnPlan, answered: Answered) -> None:
    if pa.types.is_boolean(array.type) and not column.values:
        answered.yes_no[column.finding] = _boolean(array)
        return
    if _is_number(array.type) and not column.values:
        numbers = _numbers(array)
        answered.yes_no[column.finding] = answers = column_where(numbers == 1.0, numbers == 0.0)
        answered.bad |= ~np.isnan(numbers) & (numbers != 1.0) & (numbers != 0.0)
        if not answers.known.any():
            del answered.yes_no[column.finding]
        return
    yes_no = Finding(id=column.finding, label="")

    def read(value: Any) -> tuple[int, float, float]:
        told, meaning = _meaning(value, column, yes_no)
        code = {True: 1, False: 2, None: 3 if told else 0}.get(meaning, 4)
        return code, 0.0, 0.0

    codes, _, _ = _each(array, read)
    answered.bad |= codes == 4
    answered.yes_no[column.finding] = column_where(codes == 1, codes == 2)
    if (codes == 3).any():
        answered.unknown[column.finding] = bits_where(codes == 3)


def _boolean(array: Any) -> Column:
    """
    The bits of an Arrow boolean array, without unpacking them where they begin at a whole byte.
    """
    rows, start = len(array), array.offset
    validity, values = array.buffers()
    true = _bits(values, start, rows)
    valid = all_rows(rows) if validity is None or array.null_count == 0 else _bits(validity, start, rows)
    return Column(true & valid, valid & ~true)


def _bits(buffer: Any, start: int, rows: int) -> Bits:
    every = np.frombuffer(buffer, np.uint8)
    if start % 8 == 0:
        return every[start // 8 : start // 8 + (rows + 7) // 8] & all_rows(rows)
    spread = np.unpackbits(every[start // 8 : (start + rows + 7) // 8], bitorder="little")
    return np.packbits(spread[start % 8 : start % 8 + rows], bitorder="little")


def _read_levels(array: Any, column: ColumnPlan, finding: Finding, compiled: Compiled, answered: Answered) -> None:
    states = answered.states[finding.id]
    scale = finding.scale
    if scale is not None and _is_number(array.type) and not column.values:
        codes, numbers = _levels_of(_numbers(array), column, scale)
        answered.bad |= codes == 254
        answered.levels[finding.id] = np.where(codes == 254, np.uint8(0), codes)
        answered.ranges[finding.id] = (numbers, numbers)
        return
    plain = scale is not None and _unit_fault(column, finding, scale) is None and not column.values

    def read(value: Any) -> tuple[int, float, float]:
        told, meaning = _meaning(value, column, finding)
        if not told or meaning is None:
            return (255 if told else 0), np.nan, np.nan
        person, issues = read_answers(Profile(findings={finding.id: meaning}), compiled.kb, compiled.answers)
        if issues:
            return 254, np.nan, np.nan
        bounds = person.ranges.get(finding.id, (np.nan, np.nan))
        return states.index(person.states[finding.id]) + 1, *bounds

    def read_plain(values: list[Any]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]] | None:
        if scale is None or not plain:
            return None
        numbers = [float(v) if isinstance(v, str) and _NUMBER.fullmatch(v) else np.nan for v in values]
        return _levels_of(np.array(numbers), column, scale)

    codes, least, most = _each(array, read, read_plain)
    answered.bad |= codes == 254
    if (codes == 255).any():
        answered.unknown[finding.id] = bits_where(codes == 255)
    answered.levels[finding.id] = np.where(codes >= 254, np.uint8(0), codes)
    if scale is not None:
        answered.ranges[finding.id] = (least, most)


def _levels_of(
    numbers: npt.NDArray[np.float64], column: ColumnPlan, scale: Scale
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """
    The level of each number, counted from 1, or 254 where it is out of range, and the number in the canonical unit.
    """
    factor = 1.0 if column.unit is None else {scale.unit: 1.0, **dict(scale.also)}[column.unit]
    numbers = _canonical(numbers, factor)
    low, high = scale.accepts
    fine = (numbers >= low) & (numbers <= high)
    levels = np.searchsorted(np.array(scale.cuts), numbers, side="right").astype(np.uint8) + np.uint8(1)
    codes = np.where(fine, levels, np.where(np.isnan(numbers), np.uint8(0), np.uint8(254)))
    return codes, np.where(fine, numbers, np.nan)


def _each(
    array: Any,
    read: Callable[[Any], tuple[int, float, float]],
    read_plain: Callable[[list[Any]], tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]] | None] = lambda _: None,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """
    Read each different value once: a code and a range for each person.

    `read_plain` reads plain numbers all at once; what it leaves at 0 goes to `read`.
    """
    if pa.types.is_struct(array.type):
        values = array.to_pylist()
        first: dict[Any, int] = {}
        keys = [None if value is None else (value.get("value"), value.get("unit")) for value in values]
        places = np.array([first.setdefault(key, len(first)) for key in keys], np.int64)
        unique: list[Any] = [None if key is None else {"value": key[0], "unit": key[1]} for key in first]
    else:
        if pa.types.is_binary_view(array.type) or pa.types.is_string_view(array.type):
            array = array.cast(pa.large_string())
        encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
        unique = [*encoded.dictionary.to_pylist(), None]
        places = np.asarray(pc.fill_null(encoded.indices.cast(pa.int64()), len(unique) - 1))
    nothing = (0, np.nan, np.nan)
    done = read_plain(unique)
    found = [
        (int(done[0][i]), done[1][i], done[1][i])
        if done is not None and done[0][i]
        else nothing
        if value is None or value != value  # noqa: PLR0124  # NaN
        else read(value)
        for i, value in enumerate(unique)
    ]
    codes = np.array([each[0] for each in found], np.uint8)
    least, most = np.array([each[1] for each in found]), np.array([each[2] for each in found])
    return codes[places], least[places], most[places]


def _numbers(array: Any) -> npt.NDArray[np.float64]:
    """
    The numbers of a column; missing ones, and those that were not computed, are NaN.
    """
    numbers = array.cast(pa.float64(), safe=False)
    return np.asarray(pc.fill_null(numbers, np.nan) if numbers.null_count else numbers)


def _canonical(numbers: npt.NDArray[np.float64], factor: float) -> npt.NDArray[np.float64]:
    """
    Numbers in the canonical unit, to twelve significant digits, as the scalar reader keeps them.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        numbers = numbers * factor
        # A number with at most four decimals and eight digits before them has them all already.
        short = (np.rint(numbers * 1e4) / 1e4 == numbers) & (np.abs(numbers) < 1e8)
    rest = np.flatnonzero(~short & np.isfinite(numbers))
    if len(rest):
        unique, places = np.unique(numbers[rest], return_inverse=True)
        numbers = numbers.copy()
        numbers[rest] = np.array([float(f"{number:.12g}") for number in unique.tolist()])[places]
    return numbers


def _complete(answered: Answered, compiled: Compiled) -> None:
    """
    Fill in what follows from the answers, in the order of `answers.read_answers`.
    """
    table = compiled.answers
    for whole, parts in table.covers:
        if whole in answered.yes_no:
            for part in parts:
                if table.findings[part].when is None:
                    told = answered.unknown.get(part)
                    denied = answered.yes_no[whole].false
                    _fill_in(answered, part, Column(np.zeros_like(denied), denied if told is None else denied & ~told))
    excused = [(finding, when, answered.touched(when)) for finding, when in table.excusable]
    for finding, when, touched in excused:
        excuse = None if touched is None else truth(when, answered)
        if excuse is not None and touched is not None:
            _fill_in(answered, finding.id, Column(np.zeros_like(touched), excuse.true & touched), finding)
    derived = [(finding, when, answered.touched(when)) for finding, when in table.derived]
    for finding, when, touched in derived:
        found = None if touched is None else truth(when, answered)
        if found is not None and touched is not None:
            _fill_in(answered, finding.id, Column(found.true & touched, found.false & touched), finding)


def _fill_in(answered: Answered, id: str, given: Column, finding: Finding | None = None) -> None:
    """
    Answer a finding where it is not answered yet.
    """
    if finding is not None and not finding.is_yes_no:
        _fill_in_level(answered, finding, given)
        return
    known = answered.yes_no.get(id)
    if known is None:
        if given.known.any():
            answered.yes_no[id] = given
    else:
        still_open = ~known.known
        answered.yes_no[id] = Column(known.true | (given.true & still_open), known.false | (given.false & still_open))


def _fill_in_level(answered: Answered, finding: Finding, given: Column) -> None:
    levels = answered.levels.get(finding.id)
    if levels is None:
        levels = np.zeros(answered.rows, np.uint8)
    true, false = spread(given.true, answered.rows), spread(given.false, answered.rows)
    number = len(finding.states)
    filled = np.where(true, np.uint8(number + 1), np.where(false, np.uint8(number + 2), np.uint8(0)))
    answered.states = {**answered.states, finding.id: (*finding.states, "present", "absent")}
    answered.levels[finding.id] = np.where(levels > 0, levels, filled)
    answered.forget()


def _is_filled_in(finding: Finding) -> bool:
    return finding.when is not None or finding.absent_when is not None


def _fault(column: ColumnPlan, finding: Finding, type: Any) -> str | None:
    if finding.when is not None:
        return f"is worked out from other answers ({finding.when}); give those, and leave this out"
    if pa.types.is_null(type) or _is_text(type):
        return None
    if column.values and (_is_number(type) or pa.types.is_boolean(type)):
        return None
    if finding.is_yes_no:
        fits = pa.types.is_boolean(type) or _is_number(type)
        return None if fits else f"expected yes or no (boolean, 0 and 1, or text), got {type}"
    if finding.scale is None:
        return f"expected text: one of {', '.join(finding.choices)}; got {type}"
    if pa.types.is_struct(type) and {type.field(i).name for i in range(type.num_fields)} == {"value", "unit"}:
        return None
    if not _is_number(type):
        return f"expected numbers in {finding.scale.unit}, or text, got {type}"
    return _unit_fault(column, finding, finding.scale)


def _unit_fault(column: ColumnPlan, finding: Finding, scale: Scale) -> str | None:
    known = {scale.unit: 1.0, **dict(scale.also)}
    if column.unit is not None:
        if column.unit in known:
            return None
        return f"unknown unit {column.unit!r}; known here: {', '.join(map(repr, known))}{nearest(column.unit, known)}"
    if finding.kind == "lab_test" and scale.unit and not finding.id.endswith(f"_{scale.unit.lower()}"):
        return (
            f"needs its unit, such as {scale.unit!r}: units={{...}}, `--unit {column.column}={scale.unit}`, or metadata"
        )
    return None


def _unit_of(field: Any) -> str | None:
    unit = (field.metadata or {}).get(b"unit")
    return None if unit is None else unit.decode("utf-8")


def _resembling(name: str, findings: Mapping[str, Finding]) -> str:
    """
    A suggestion where a column looks so much like a finding that it must be one.
    """
    import difflib  # noqa: PLC0415  # only a column that matches nothing should pay for it

    close = difflib.get_close_matches(name.casefold()[:80], findings, n=1, cutoff=0.85)
    return f"; did you mean {close[0]!r}?" if close else ""


def _is_number(type: Any) -> bool:
    return bool(pa.types.is_integer(type) or pa.types.is_floating(type) or pa.types.is_decimal(type))


def _is_text(type: Any) -> bool:
    if pa.types.is_dictionary(type):
        return _is_text(type.value_type)
    return bool(pa.types.is_string(type) or pa.types.is_large_string(type) or pa.types.is_string_view(type))


def _holds_medicines(type: Any) -> bool:
    if pa.types.is_null(type) or _is_text(type):
        return True
    if not (pa.types.is_list(type) or pa.types.is_large_list(type) or pa.types.is_list_view(type)):
        return False
    inner = type.value_type
    if pa.types.is_struct(inner):
        fields = {inner.field(i).name: inner.field(i).type for i in range(inner.num_fields)}
        days = [kind for name, kind in fields.items() if name != "name"]
        return (
            "name" in fields and set(fields) <= _USE_FIELDS and all(_is_number(d) or pa.types.is_null(d) for d in days)
        )
    return _is_text(inner) or bool(pa.types.is_null(inner))


def _as_lists(array: Any) -> Any:
    """
    Lists of names from lists, or from text with names between semicolons.
    """
    if pa.types.is_null(array.type):
        return array.cast(pa.list_(pa.string()))
    if pa.types.is_list_view(array.type):
        return array.cast(pa.large_list(array.type.value_type))
    if pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
        inner = array.type.value_type
        if pa.types.is_string_view(inner) or pa.types.is_null(inner):
            return array.cast(pa.large_list(pa.string()))
        return array
    if pa.types.is_dictionary(array.type) or pa.types.is_string_view(array.type):
        array = array.cast(pa.large_string())
    text = pc.utf8_trim_whitespace(array)
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, text.type), text)
    lists = pc.split_pattern_regex(text, r"\s*;\s*")
    nobody = pc.equal(pc.utf8_lower(text), NONE_TAKEN)
    empty = pa.array([[]], lists.type)[0]
    return pc.if_else(pc.fill_null(nobody, False), empty, lists)  # noqa: FBT003  # Arrow takes the value by place
