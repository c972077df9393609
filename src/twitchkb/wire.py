"""
Strict JSON to records and back: the only place that meets untrusted text.

Nothing is coerced, nothing is dropped: repeated keys, unknown keys, NaN and
infinities, lone surrogates, control characters, and values of the wrong type
are faults. All faults of a text are collected, each with its path, and raised
once. Past this line nobody checks types again.
"""

import functools
import json
import math
import re
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs
import cattrs
from cattrs import transform_error
from cattrs.errors import ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from .condition import Condition, parse
from .errors import Issue, ProfileError, ReadError
from .model import Finding, Kind, LabTest, Link, Remedy, RiskFactor, Statistic, Symptom, nearest
from .profile import Answer, MedicineUse, Profile, Quantity
from .vocabulary import CautionAction, Grade, RemedyKind, Urgency

__all__ = ["from_json", "parse_json", "read_profile", "structure", "to_json", "unstructure"]

T = TypeVar("T")

MAX_TEXT_BYTES = 8_000_000
MAX_STRING_CHARACTERS = 20_000
MAX_INTEGER_DIGITS = 18

_FAULTS = (cattrs.BaseValidationError, ForbiddenExtraKeysError, ReadError, TypeError, ValueError, KeyError)
_FINDING_TYPES: dict[str, type[Finding]] = {kind.kind: kind for kind in (Symptom, RiskFactor, LabTest)}
_ENUMS = (Urgency, Grade, RemedyKind, CautionAction, Statistic, Kind)
_UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def to_json(record: Any, *, indent: int | None = None) -> str:
    """
    Write a record as JSON, keys in the order of the record, the same bytes every time.

    Args:
        record: a profile, an assessment, or any record of a pack.
        indent: spaces per level; `None` for one line.

    Example:
        >>> to_json(Profile(age=34, findings={"tremor": False}))
        '{"age":34,"sex":null,"findings":{"tremor":false},"medicines":null}'
    """
    separators = (",", ":") if indent is None else None
    return json.dumps(unstructure(record), ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)


def from_json(text: str | bytes, type: type[T]) -> T:
    """
    Read a record that `to_json` wrote, or that somebody wrote by hand.

    Raises:
        ProfileError: no valid profile; all faults are listed.
        ReadError: no valid record of another type.

    Example:
        >>> from_json('{"age": 34, "findings": {"tremor": null}}', Profile).age
        34
        >>> from_json('{"aeg": 34}', Profile)
        Traceback (most recent call last):
            ...
        twitchkb.errors.ProfileError: $.aeg: unknown key; did you mean 'age'?
    """
    if type is Profile:
        try:
            profile, issues = read_profile(parse_json(text))
        except ReadError as error:
            raise ProfileError(error.issues) from None
        if issues:
            raise ProfileError(issues)
        return typing.cast("T", profile)
    return structure(parse_json(text), type)


def parse_json(text: str | bytes) -> Any:
    """
    Parse JSON text, refusing what Python's reader lets pass.

    Raises:
        ReadError: too large, too deep, no UTF-8, no JSON, a repeated key, a
            number that is not finite or has too many digits.

    Example:
        >>> parse_json('{"seizure": true, "seizure": false}')
        Traceback (most recent call last):
            ...
        twitchkb.errors.ReadError: $: the key 'seizure' is given twice
    """
    if len(text) > MAX_TEXT_BYTES:
        raise _refused(f"at most {MAX_TEXT_BYTES:,} bytes, got {len(text):,}")
    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        if decoded.startswith("\ufeff"):
            raise _refused("begins with a byte order mark; save it as UTF-8 without one")
        return json.loads(
            decoded,
            object_pairs_hook=_no_repeats,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_short_integer,
        )
    except json.JSONDecodeError as error:
        raise _refused(f"line {error.lineno}, column {error.colno}: {error.msg[:1].lower()}{error.msg[1:]}") from None
    except UnicodeDecodeError as error:
        raise _refused(f"byte {error.start} is not UTF-8") from None
    except RecursionError:
        raise _refused("nested too deeply") from None


def read_profile(value: Any) -> tuple[Profile, tuple[Issue, ...]]:
    """
    A profile from parsed JSON, and every fault of its shape.

    Whether ids, units and values make sense is checked against a knowledge base
    later, so that all faults can be told together.

    Example:
        >>> read_profile({"medicines": "aspirin"})[1][0].message
        "expected a list, got 'aspirin'"
    """
    if isinstance(value, Profile):
        return value, ()
    if not isinstance(value, Mapping):
        return Profile(), (Issue("$", f"expected an object, got {_shown(value)}"),)
    issues: list[Issue] = []
    known = ("age", "sex", "findings", "medicines")
    for key in value:
        if key not in known:
            path = f"$.{key}" if isinstance(key, str) and key.isidentifier() else f"$[{_shown(key)}]"
            issues.append(Issue(path, f"unknown key{nearest(str(key), known)}"))
    findings = value.get("findings")
    if not isinstance(findings, Mapping):
        if findings is not None:
            issues.append(Issue("$.findings", f"expected an object, got {_shown(findings)}"))
        findings = {}
    answers = {key: _read_answer(key, answer, issues) for key, answer in findings.items()}
    return (
        Profile(
            age=value.get("age"),
            sex=value.get("sex"),
            findings=answers,
            medicines=_read_medicines(value.get("medicines"), issues),
        ),
        tuple(issues),
    )


def structure(value: Any, type: type[T]) -> T:
    """
    Turn parsed JSON into a record, or tell every fault.

    Raises:
        ReadError: with a path from `$` for each fault.
    """
    try:
        return _converter(detailed=False).structure(value, type)
    except _FAULTS:
        pass
    # Telling every fault with its path costs time, so only a faulty value is read a second time.
    try:
        return _converter(detailed=True).structure(value, type)
    except _FAULTS as error:
        raise ReadError(_issues(error)) from None


def unstructure(record: Any) -> Any:
    """
    Turn a record into what JSON can hold: dicts, lists, text, numbers.
    """
    return _converter(detailed=True).unstructure(record)


def _read_answer(key: Any, answer: Any, issues: list[Issue]) -> Answer:
    if isinstance(answer, Mapping):
        if set(answer) == {"value", "unit"} and isinstance(answer["unit"], str):
            return Quantity(value=answer["value"], unit=answer["unit"])
        issues.append(
            Issue(f"$.findings.{key}", 'expected {"value": number, "unit": text}' + f", got {_shown(answer)}")
        )
        return None
    return typing.cast("Answer", answer)


def _read_medicines(value: Any, issues: list[Issue]) -> tuple[MedicineUse | str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list | tuple):
        issues.append(Issue("$.medicines", f"expected a list, got {_shown(value)}"))
        return None
    known = [field.name for field in attrs.fields(MedicineUse)]
    uses: list[MedicineUse | str] = []
    for place, given in enumerate(value):
        if not isinstance(given, Mapping):
            uses.append(given)
            continue
        path = f"$.medicines[{place}]"
        faults = [Issue(f"{path}.{key}", f"unknown key{nearest(str(key), known)}") for key in given if key not in known]
        if "name" not in given:
            faults.append(Issue(path, "needs a name"))
        issues += faults
        if not faults:
            uses.append(MedicineUse(**given))
    return tuple(uses)


@functools.cache
def _converter(*, detailed: bool) -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=detailed)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(bool, _boolean)
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(int, _integer)
    for enum in _ENUMS:
        converter.register_structure_hook(enum, _member)
    converter.register_structure_hook_func(lambda t: t is Condition, _condition)
    converter.register_unstructure_hook_func(lambda t: isinstance(t, type) and issubclass(t, Condition), str)
    converter.register_structure_hook_factory(_is_tuple, functools.partial(_tuple_hook, converter))
    converter.register_structure_hook_factory(_is_pairs, functools.partial(_pairs_hook, converter))
    converter.register_unstructure_hook_factory(_is_tuple, functools.partial(_list_writer, converter))
    converter.register_unstructure_hook_factory(_is_pairs, functools.partial(_object_writer, converter))
    converter.register_structure_hook_factory(attrs.has, functools.partial(_record_reader, converter))
    _register_pack_shapes(converter)
    converter.register_unstructure_hook(Profile, _write_profile)
    return converter


def _record_reader(converter: cattrs.Converter, kind: Any) -> Callable[[Any, Any], Any]:
    plain: Callable[[Any, Any], Any] = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True)

    def read(value: Any, kind: Any) -> Any:
        if type(value) is not dict:
            raise TypeError(f"expected an object, got {_shown(value)}")
        return plain(value, kind)

    return read


def _register_pack_shapes(converter: cattrs.Converter) -> None:
    """
    Where the JSON of a pack reads better than the record: findings, links, ages, left-out defaults.
    """
    for kind in _FINDING_TYPES.values():
        plain = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True)
        converter.register_structure_hook(kind, _finding_reader(plain))
    converter.register_structure_hook_func(
        lambda t: t is Finding, lambda value, _: converter.structure(value, _finding_type(value))
    )
    link = make_dict_structure_fn(Link, converter, _cattrs_forbid_extra_keys=True)
    converter.register_structure_hook(Link, lambda value, kind: link(_read_link(value), kind))
    remedy = make_dict_structure_fn(Remedy, converter, _cattrs_forbid_extra_keys=True)
    converter.register_structure_hook(Remedy, lambda value, kind: remedy(_read_ages(value), kind))
    # Pack files leave out what is at its default; an assessment leaves out nothing.
    converter.register_unstructure_hook_factory(
        lambda t: attrs.has(t) and t.__module__.endswith(".model"), functools.partial(_brief_writer, converter)
    )


def _brief_writer(converter: cattrs.Converter, kind: Any) -> Callable[[Any], Any]:
    hidden: Any = {field.name: override(omit=True) for field in attrs.fields(kind) if not field.init}
    plain: Callable[[Any], Any] = make_dict_unstructure_fn(kind, converter, _cattrs_omit_if_default=True, **hidden)
    if issubclass(kind, Finding):
        return lambda record: _write_finding(plain(record), record)
    if kind is Link:
        return lambda record: _write_link(plain(record), record)
    if kind is Remedy:
        return lambda record: _write_ages(plain(record))
    return plain


def _finding_type(value: Any) -> type[Finding]:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _FINDING_TYPES:
        raise TypeError(f"expected an object with a type of {', '.join(_FINDING_TYPES)}, got {_shown(kind)}")
    return _FINDING_TYPES[kind]


def _finding_reader(plain: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    def read(value: Any, kind: type[Finding]) -> Any:
        if _finding_type(value) is not kind:
            raise TypeError(f"expected a {kind.kind}, got a {value['type']}")
        fields = {key: part for key, part in value.items() if key != "type"}
        background = fields.get("background")
        if isinstance(background, dict) and "value" in background:
            fields["background"] = {"present": background}
        return plain(fields, kind)

    return read


def _write_finding(fields: dict[str, Any], record: Finding) -> dict[str, Any]:
    if record.is_yes_no and "background" in fields:
        fields["background"] = fields["background"]["present"]
    return {"id": fields.pop("id"), "type": record.kind, **fields}


def _read_link(value: Any) -> Any:
    if not isinstance(value, dict):
        raise TypeError(f"expected an object, got {_shown(value)}")
    given = [statistic.value for statistic in Statistic if statistic.value in value]
    if len(given) != 1:
        raise ValueError(f"expected exactly one of {', '.join(s.value for s in Statistic)}, got {given or 'none'}")
    if "statistic" in value or "estimates" in value:
        raise ValueError("the number stands under the name of its statistic")
    numbers = value[given[0]]
    estimates = {"present": numbers} if isinstance(numbers, dict) and "value" in numbers else numbers
    rest = {key: part for key, part in value.items() if key != given[0]}
    return {**rest, "statistic": given[0], "estimates": estimates}


def _write_link(fields: dict[str, Any], record: Link) -> dict[str, Any]:
    numbers = fields.pop("estimates")
    if set(numbers) == {"present"}:
        numbers = numbers["present"]
    fields.pop("statistic")
    return {"finding": fields.pop("finding"), record.statistic.value: numbers, **fields}


def _read_ages(value: Any) -> Any:
    if not isinstance(value, dict):
        raise TypeError(f"expected an object, got {_shown(value)}")
    if "ages" not in value:
        return value
    ages = value["ages"]
    if not isinstance(ages, dict) or not set(ages) <= {"from", "to"}:
        raise TypeError(f'ages: expected {{"from": years, "to": years}}, got {_shown(ages)}')
    return {**value, "ages": [ages.get("from"), ages.get("to")]}


def _write_ages(fields: dict[str, Any]) -> dict[str, Any]:
    if "ages" in fields:
        youngest, oldest = fields["ages"]
        fields["ages"] = {"from": youngest, "to": oldest}
    return fields


def _write_profile(profile: Profile) -> dict[str, Any]:
    return {
        "age": profile.age,
        "sex": profile.sex,
        "findings": {name: attrs.asdict(a) if isinstance(a, Quantity) else a for name, a in profile.findings},
        "medicines": None
        if profile.medicines is None
        else [use if isinstance(use, str) else _written_use(use) for use in profile.medicines],
    }


def _written_use(use: MedicineUse) -> dict[str, Any]:
    return {key: value for key, value in attrs.asdict(use).items() if value is not None}


def _text(value: Any, _: Any) -> str:
    if type(value) is not str:
        raise TypeError(f"expected text, got {_shown(value)}")
    if len(value) > MAX_STRING_CHARACTERS:
        raise ValueError(f"expected at most {MAX_STRING_CHARACTERS} characters, got {len(value)}")
    if not value.isprintable() and (found := _UNPRINTABLE.search(value)):
        raise ValueError(f"holds the character U+{ord(found[0]):04X}, which cannot be printed")
    return value


def _boolean(value: Any, _: Any) -> bool:
    if type(value) is not bool:
        raise TypeError(f"expected true or false, got {_shown(value)}")
    return value


def _number(value: Any, _: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise TypeError(f"expected a finite number, got {_shown(value)}")
    return float(value)


def _integer(value: Any, _: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"expected a whole number, got {_shown(value)}")
    return value


def _member(value: Any, kind: Any) -> Any:
    members = _members(kind)
    if type(value) is not str or value not in members:
        hint = nearest(value, members) if isinstance(value, str) else ""
        raise ValueError(f"expected one of {', '.join(members)}, got {_shown(value)}{hint}")
    return members[value]


@functools.cache
def _members(kind: Any) -> dict[str, Any]:
    return {member.value: member for member in kind}


def _condition(value: Any, _: Any) -> Condition:
    return parse(_text(value, str))


def _is_tuple(kind: Any) -> bool:
    return typing.get_origin(kind) is tuple and not _is_pairs(kind)


def _is_pairs(kind: Any) -> bool:
    """
    A tuple of (key, value) pairs: an object in JSON.
    """
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is not tuple or len(arguments) != 2 or arguments[1] is not Ellipsis:
        return False
    inner = typing.get_args(arguments[0])
    return typing.get_origin(arguments[0]) is tuple and len(inner) == 2 and inner[1] is not Ellipsis


def _tuple_hook(converter: cattrs.Converter, kind: Any) -> Callable[[Any, Any], Any]:
    arguments = typing.get_args(kind)
    if arguments[1:] == (Ellipsis,):
        as_list = converter.get_structure_hook(list[arguments[0]])  # type: ignore[valid-type]  # built at run time
        return lambda value, _: tuple(as_list(_list(value), list))

    def fixed(value: Any, _: Any) -> Any:
        if len(_list(value)) != len(arguments):
            raise ValueError(f"expected {len(arguments)} values, got {len(value)}")
        return tuple(converter.structure(part, kind) for part, kind in zip(value, arguments, strict=True))

    return fixed


def _pairs_hook(converter: cattrs.Converter, kind: Any) -> Callable[[Any, Any], Any]:
    key, value = typing.get_args(typing.get_args(kind)[0])
    as_dict = converter.get_structure_hook(dict[key, value])  # type: ignore[valid-type]  # built at run time

    def read(given: Any, _: Any) -> Any:
        if not isinstance(given, dict):
            raise TypeError(f"expected an object, got {_shown(given)}")
        return tuple(as_dict(given, dict).items())

    return read


def _list_writer(converter: cattrs.Converter, _: Any) -> Callable[[Any], Any]:
    return lambda values: [converter.unstructure(value) for value in values]


def _object_writer(converter: cattrs.Converter, _: Any) -> Callable[[Any], Any]:
    return lambda pairs: {converter.unstructure(key): converter.unstructure(value) for key, value in pairs}


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise TypeError(f"expected a list, got {_shown(value)}")
    return value


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _refused(f"the key {twice!r} is given twice")
    return found


def _no_constant(name: str) -> Any:
    raise _refused(f"{name} is no number here")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _refused(f"{text[:30]} is too large")
    return number


def _short_integer(text: str) -> int:
    if len(text) > MAX_INTEGER_DIGITS:
        raise _refused(f"a whole number has at most {MAX_INTEGER_DIGITS} digits, this one {len(text)}")
    return int(text)


def _issues(error: Exception) -> list[Issue]:
    if isinstance(error, ReadError):
        return list(error.issues)
    lines = transform_error(error, path="$", format_exception=_format)
    split = (line.rpartition(" @ ") for line in lines)
    return [Issue(path, message) for message, _, path in split]


def _format(error: BaseException, _: type | None) -> str:
    if isinstance(error, ForbiddenExtraKeysError):
        known = [field.name for field in attrs.fields(error.cl)]
        return "; ".join(f"unknown key {key!r}{nearest(key, known)}" for key in sorted(error.extra_fields))
    if isinstance(error, ReadError):
        return "; ".join(issue.message for issue in error.issues)
    if isinstance(error, KeyError):
        return f"needs the key {error.args[0]!r}"
    return str(error)


def _refused(message: str) -> ReadError:
    return ReadError([Issue("$", message)])


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
