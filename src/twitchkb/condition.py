"""
The `when` language: one line of text that a clinician can read.

    muscle_weakness and (swallowing_difficulty or breathlessness)
    potassium < 2.5
    medicines.serotonergic >= 2 and any(agitation, tremor, sweating)
    started.ssri <= 30

Python's own expression grammar is the parser; only the nodes listed in `_read`
pass, nothing is ever executed, and length and depth are limited. Evaluation is
three-valued (Kleene): true, false, or unknown (`None`). This module does not
know which ids exist: that is for `checks`.
"""

import ast
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

import attrs

from .errors import Issue, ReadError

__all__ = [
    "MEDICINES",
    "All",
    "Answered",
    "AnyOf",
    "AtLeast",
    "Compare",
    "Condition",
    "Days",
    "Is",
    "MedicineCount",
    "Not",
    "Present",
    "Takes",
    "Truth",
    "atoms",
    "index",
    "is_monotone",
    "open_subjects",
    "parse",
    "subject",
]

Truth = bool | None
"""Kleene's three truth values; `None` is unknown."""

MAX_CHARACTERS = 4_000
MAX_DEPTH = 12
MAX_NUMBER = 1e12
EVENTS = ("started", "changed", "stopped")
MEDICINES = "medicines"
"""The subject under which `index` lists every condition that asks about any medicine."""

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_OPERATOR = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
# A number that is compared, and a word right behind it that joins nothing: `< 2.5 mmol/L`, `>= 5h`, `> 38 °C`.
_UNIT = re.compile(
    r"(?P<bare>(?:<=?|>=?)\s*-?(?>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?))"
    r"\s*(?!(?:and|or|not|if)\b)(?P<unit>[^\W\d_][^\s()]*|[%°][^\s()]*)",
    re.IGNORECASE,
)


class Answered(Protocol):
    """
    What a condition may ask about a person; `None` always means not known.
    """

    def truth(self, finding: str) -> Truth:
        """
        Whether a yes/no finding is present.
        """

    def level(self, finding: str) -> str | None:
        """
        The level or choice that was answered.
        """

    def bounds(self, finding: str) -> tuple[float, float] | None:
        """
        The range, in the canonical unit, that the number lies in: equal ends when it is known.
        """

    def medicine_count(self, medicine_class: str) -> tuple[int, float] | None:
        """
        The least and greatest number of current medicines of a class.
        """

    def takes(self, medicine: str) -> Truth:
        """
        Whether the person takes this medicine now.
        """

    def event_days(self, event: str, subject: str) -> tuple[tuple[float, ...], bool]:
        """
        Days since each told start, change or stop, and whether an untold one is possible.
        """
        ...


class Condition:
    """
    A parsed condition; `str` prints it so that `parse` gives an equal one back.

    Example:
        >>> parse("any(tremor, sweating) and potassium < 2.5")
        parse('any(tremor, sweating) and potassium < 2.5')
    """

    __slots__ = ()

    def truth(self, answers: Answered) -> Truth:  # noqa: ARG002  # the nodes below use it
        """
        True, false, or `None` where the answers do not settle it.
        """
        raise TypeError("a condition is one of the nodes of this module")

    def __repr__(self) -> str:
        return f"parse({str(self)!r})"


@attrs.frozen(repr=False)
class Present(Condition):
    """
    A yes/no finding is present.
    """

    finding: str

    def truth(self, answers: Answered) -> Truth:
        """
        As answered.
        """
        return answers.truth(self.finding)

    def __str__(self) -> str:
        return _dotted(self.finding)


@attrs.frozen(repr=False)
class Is(Condition):
    """
    A scaled finding or a choice is in one of its levels.
    """

    finding: str
    level: str

    def truth(self, answers: Answered) -> Truth:
        """
        Unknown where no level was answered.
        """
        level = answers.level(self.finding)
        return None if level is None else level == self.level

    def __str__(self) -> str:
        return f"{_dotted(self.finding)} == {self.level}"


@attrs.frozen(repr=False)
class Compare(Condition):
    """
    A scaled finding lies on one side of a number in its canonical unit.
    """

    finding: str
    sign: str
    number: float

    def truth(self, answers: Answered) -> Truth:
        """
        Unknown also where only a level is known and the number cuts through it.
        """
        bounds = answers.bounds(self.finding)
        return None if bounds is None else _settled(_COMPARE[self.sign], bounds, self.number)

    def __str__(self) -> str:
        return f"{_dotted(self.finding)} {self.sign} {_plain(self.number)}"


@attrs.frozen(repr=False)
class MedicineCount(Condition):
    """
    So many current medicines belong to a class.
    """

    medicine_class: str
    sign: str
    number: float

    def truth(self, answers: Answered) -> Truth:
        """
        Unknown where the list was not asked, or an unrecognised name could change it.
        """
        bounds = answers.medicine_count(self.medicine_class)
        return None if bounds is None else _settled(_COMPARE[self.sign], bounds, self.number)

    def __str__(self) -> str:
        return f"medicines.{_dotted(self.medicine_class)} {self.sign} {_plain(self.number)}"


@attrs.frozen(repr=False)
class Takes(Condition):
    """
    One medicine is taken now.
    """

    medicine: str

    def truth(self, answers: Answered) -> Truth:
        """
        Unknown where the list was not asked.
        """
        return answers.takes(self.medicine)

    def __str__(self) -> str:
        return f"medicine.{_dotted(self.medicine)}"


@attrs.frozen(repr=False)
class Days(Condition):
    """
    So many days have passed since a medicine was started, changed or stopped.

    `subject` is a class, or `medicine.<id>` for one medicine.
    """

    event: str
    subject: str
    sign: str
    number: float

    def truth(self, answers: Answered) -> Truth:
        """
        True if one told event fits; false only where no untold one is possible.
        """
        told, untold = answers.event_days(self.event, self.subject)
        if any(_COMPARE[self.sign](days, self.number) for days in told):
            return True
        return None if untold else False

    def __str__(self) -> str:
        return f"{self.event}.{_dotted(self.subject)} {self.sign} {_plain(self.number)}"


@attrs.frozen(repr=False)
class Not(Condition):
    """
    The part is false.
    """

    part: Condition

    def truth(self, answers: Answered) -> Truth:
        """
        Unknown stays unknown.
        """
        truth = self.part.truth(answers)
        return None if truth is None else not truth

    def __str__(self) -> str:
        return f"not {_nested(self.part)}"


@attrs.frozen(repr=False)
class All(Condition):
    """
    Every part is true: `a and b`.
    """

    parts: tuple[Condition, ...]

    def truth(self, answers: Answered) -> Truth:
        """
        False as soon as one part is false; else unknown as soon as one is unknown.
        """
        result: Truth = True
        for part in self.parts:
            truth = part.truth(answers)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    def __str__(self) -> str:
        return " and ".join(_nested(part) for part in self.parts)


@attrs.frozen(repr=False)
class AnyOf(Condition):
    """
    One part at least is true: `a or b`.
    """

    parts: tuple[Condition, ...]

    def truth(self, answers: Answered) -> Truth:
        """
        True as soon as one part is true; else unknown as soon as one is unknown.
        """
        result: Truth = False
        for part in self.parts:
            truth = part.truth(answers)
            if truth is True:
                return True
            if truth is None:
                result = None
        return result

    def __str__(self) -> str:
        return " or ".join(_nested(part) for part in self.parts)


@attrs.frozen(repr=False)
class AtLeast(Condition):
    """
    At least so many parts are true: `at_least(2, a, b, c)`; `any(a, b)` with one.
    """

    number: int
    parts: tuple[Condition, ...]

    def truth(self, answers: Answered) -> Truth:
        """
        Unknown while the unanswered parts could still reach the number.
        """
        true = unknown = 0
        for part in self.parts:
            truth = part.truth(answers)
            if truth is True:
                true += 1
                if true >= self.number:
                    return True
            elif truth is None:
                unknown += 1
        return None if true + unknown >= self.number else False

    def __str__(self) -> str:
        inside = ", ".join(str(part) for part in self.parts)
        return f"any({inside})" if self.number == 1 else f"at_least({self.number}, {inside})"


_JUNCTIONS = (All, AnyOf, AtLeast)
_ABOUT_MEDICINES = (MedicineCount, Takes, Days)


def parse(text: str) -> Condition:
    """
    Read one condition.

    Args:
        text: at most 4,000 characters, nested at most 12 deep.

    Raises:
        ReadError: the text is no condition; the message quotes the offending part.

    Example:
        >>> parse("(potassium<2.5)  and tremor")
        parse('potassium < 2.5 and tremor')
        >>> parse("__import__('os')")
        Traceback (most recent call last):
            ...
        twitchkb.errors.ReadError: $: "__import__('os')" is no part of a condition
    """
    if len(text) > MAX_CHARACTERS:
        raise _refused(f"a condition has at most {MAX_CHARACTERS} characters, this one {len(text)}")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _refused(f"cannot read {_short(text)!r}: {_reason(error, text)}") from None
    try:
        return _read(tree.body, 0)
    except RecursionError:
        # Also a part that is only quoted in an error must be walked through.
        raise _refused(f"a condition nests at most {MAX_DEPTH} deep") from None


def atoms(condition: Condition) -> Iterator[Condition]:
    """
    Every leaf of the condition, from left to right.

    Example:
        >>> [str(atom) for atom in atoms(parse("a and not (b or c > 2)"))]
        ['a', 'b', 'c > 2']
    """
    if isinstance(condition, _JUNCTIONS):
        for part in condition.parts:
            yield from atoms(part)
    elif isinstance(condition, Not):
        yield from atoms(condition.part)
    else:
        yield condition


def subject(atom: Condition) -> str:
    """
    What a leaf asks about: a finding, `medicines.<class>` or `medicine.<id>`.

    Raises:
        TypeError: the condition is no leaf.

    Example:
        >>> [subject(atom) for atom in atoms(parse("tremor and started.ssri <= 30 and medicine.lithium"))]
        ['tremor', 'medicines.ssri', 'medicine.lithium']
    """
    match atom:
        case Present() | Is() | Compare():
            return atom.finding
        case MedicineCount():
            return f"medicines.{atom.medicine_class}"
        case Takes():
            return f"medicine.{atom.medicine}"
        case Days():
            return atom.subject if atom.subject.startswith("medicine.") else f"medicines.{atom.subject}"
    raise TypeError(f"{atom!r} is no leaf of a condition")


def index(conditions: Iterable[Condition]) -> Mapping[str, tuple[int, ...]]:
    """
    From each subject to the places of the conditions that ask about it.

    A condition of which no subject is answered is unknown, so that only those
    that an answer touches need a look.

    Example:
        >>> index([parse("tremor and medicine.lithium"), parse("not tremor")])
        {'tremor': (0, 1), 'medicine.lithium': (0,), 'medicines': (0,)}
    """
    places: dict[str, dict[int, None]] = {}
    for place, condition in enumerate(conditions):
        for atom in atoms(condition):
            places.setdefault(subject(atom), {})[place] = None
            if isinstance(atom, _ABOUT_MEDICINES):
                places.setdefault(MEDICINES, {})[place] = None
    return {subject: tuple(found) for subject, found in places.items()}


def open_subjects(condition: Condition, answers: Answered) -> tuple[str, ...]:
    """
    The subjects that the answers leave unknown, each once, from left to right.
    """
    return tuple(dict.fromkeys(subject(atom) for atom in atoms(condition) if atom.truth(answers) is None))


def is_monotone(condition: Condition) -> bool:
    """
    Whether more present findings and more medicines can never make it false.

    That holds where there is no `not` and no upper limit on a count of medicines.

    Example:
        >>> is_monotone(parse("tremor and potassium < 2.5")), is_monotone(parse("not tremor"))
        (True, False)
    """
    if isinstance(condition, Not):
        return False
    if isinstance(condition, All | AnyOf | AtLeast):
        return all(is_monotone(part) for part in condition.parts)
    if isinstance(condition, MedicineCount):
        return condition.sign in (">", ">=")
    return True


def _read(node: ast.expr, depth: int) -> Condition:
    if depth > MAX_DEPTH:
        raise _refused(f"a condition nests at most {MAX_DEPTH} deep")
    # A bare name is the commonest leaf by far, and `match` would come to it last.
    if type(node) is ast.Name:
        return Present(_finding([node.id], node))
    match node:
        case ast.BoolOp(op=op, values=values):
            parts = tuple(_read(value, depth + 1) for value in values)
            return All(parts) if isinstance(op, ast.And) else AnyOf(parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Not(_read(operand, depth + 1))
        case ast.Call(func=ast.Name(id="any"), args=[_, *_] as args, keywords=[]):
            return AtLeast(1, tuple(_read(argument, depth + 1) for argument in args))
        case ast.Call(func=ast.Name(id="at_least"), args=[ast.Constant(value=int(number)), *args], keywords=[]) if (
            not isinstance(number, bool) and 1 <= number <= len(args)
        ):
            return AtLeast(number, tuple(_read(argument, depth + 1) for argument in args))
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Name(id=level)]):
            return Is(_finding(_words(left), left), level)
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATOR:
            return _comparison(_words(left), _OPERATOR[type(op)], _number(right), left)
        case ast.Attribute():
            words = _words(node)
            return Takes(_joined(words[1:], node)) if words[0] == "medicine" else Present(_finding(words, node))
    raise _refused(f"{_short(ast.unparse(node))!r} is no part of a condition")


def _comparison(words: list[str], sign: str, number: float, node: ast.expr) -> Condition:
    if words[0] == "medicines":
        return MedicineCount(_joined(words[1:], node), sign, number)
    if words[0] in EVENTS:
        single = words[1:2] == ["medicine"]
        subject = _joined(words[2:] if single else words[1:], node)
        return Days(words[0], f"medicine.{subject}" if single else subject, sign, number)
    return Compare(_finding(words, node), sign, number)


def _words(node: ast.expr) -> list[str]:
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=value, attr=name):
            return [*_words(value), name]
    raise _refused(f"{_short(ast.unparse(node))!r} is no name")


def _finding(words: list[str], node: ast.expr) -> str:
    if words[0] in ("medicines", "medicine", *EVENTS):
        raise _refused(f"{_short(ast.unparse(node))!r} needs a comparison with a number")
    return _joined(words, node)


def _joined(words: list[str], node: ast.expr) -> str:
    if not 1 <= len(words) <= 2:
        raise _refused(f"{_short(ast.unparse(node))!r} is no name of a finding, class or medicine")
    return ":".join(words)


def _number(node: ast.expr) -> float:
    sign = 1.0
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, node = -1.0, node.operand
    match node:
        case ast.Constant(value=int() | float() as number) if type(number) is not bool and abs(number) < MAX_NUMBER:
            return sign * float(number)
    raise _refused(f"expected a number, got {_short(ast.unparse(node))!r}")


def _settled(holds: Callable[[float, float], bool], bounds: tuple[float, float], number: float) -> Truth:
    at_low, at_high = holds(bounds[0], number), holds(bounds[1], number)
    return at_low if at_low == at_high else None


def _nested(part: Condition) -> str:
    return f"({part})" if isinstance(part, All | AnyOf | Not) else str(part)


def _dotted(identifier: str) -> str:
    return identifier.replace(":", ".")


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _reason(error: Exception, text: str) -> str:
    if found := _UNIT.search(text):
        return (
            f"{_short(found['unit'])!r} follows a number; write the bare number, {found['bare']!r}, "
            "in the unit of the finding's scale (in days for a medicine)"
        )
    reason = str(error.msg) if isinstance(error, SyntaxError) else str(error) or type(error).__name__
    return reason + _advice(text)


def _advice(text: str) -> str:
    # The slips of somebody who comes from the JSON around it, from SQL or from a spreadsheet.
    if ":" in text:
        return "; in a condition the colon of an id is a dot"
    if {"AND", "OR", "NOT"} & set(text.split()):
        return "; write and, or, not in small letters"
    if " = " in text:
        return "; equal is =="
    return ""


def _refused(message: str) -> ReadError:
    return ReadError([Issue("$", message)])
