"""
JSON Schemas (2020-12) of every pack file, the profile and the assessment, made from the records.

They say what the strict reader says about shapes, and nothing of meaning:
whether ids exist, numbers ascend or a rule is monotone is for `twitchkb check`.
Three things a schema cannot say, so the reader refuses more: the grammar of a
condition, a key that is given twice, and a whole number written as `1.0`.
"""

import sys
import types
import typing
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import attrs

from ..assessment import Assessment
from ..condition import Condition
from ..layout import laid_out
from ..model import (
    Cause,
    Caution,
    Estimate,
    Family,
    Finding,
    Gate,
    Group,
    LabTest,
    Link,
    Medicine,
    MedicineClass,
    RedFlag,
    Remedy,
    Retired,
    RiskFactor,
    Source,
    SourcedEstimate,
    Statistic,
    Symptom,
    Wording,
)
from ..packs import Manifest

__all__ = ["MAX_CONDITION_CHARACTERS", "schemas"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAX_STRING_CHARACTERS = 20_000
MAX_CONDITION_CHARACTERS = 4_000
UNPRINTABLE = "[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\ud800-\\udfff\\u202a-\\u202e\\u2066-\\u2069]"

_TEXT: dict[str, Any] = {"type": "string", "maxLength": MAX_STRING_CHARACTERS, "not": {"pattern": UNPRINTABLE}}
_LISTS: dict[str, tuple[str, type]] = {
    "families": ("families", Family),
    "groups": ("groups", Group),
    "medicines": ("medicines", Medicine),
    "medicine_classes": ("classes", MedicineClass),
    "red_flags": ("red_flags", RedFlag),
    "remedies": ("remedies", Remedy),
    "retired": ("retired", Retired),
    "sources": ("sources", Source),
}


def schemas() -> dict[str, dict[str, Any]]:
    """
    Every schema by its name: `pack`, `cause`, `findings` ... `profile`, `assessment`.

    Example:
        >>> schemas()["cause"]["properties"]["name"]["type"]
        'string'
    """
    found = {
        "pack": _file(Manifest, "pack.json"),
        "cause": _file(Cause, "causes/<id>.json"),
        "gate": _file(Gate, "gate.json"),
        "wording": _file(Wording, "wording.json"),
        "findings": _listed("findings/<area>.json", _finding),
        "evidence": _listed("evidence.json", lambda defs: _with_owner(Link, "cause", defs)),
        "cautions": _listed("cautions.json", lambda defs: _with_owner(Caution, "remedy", defs)),
        "assessment": _file(Assessment, "the answer of twitchkb.assess", schema_key=False),
        "profile": _profile(),
    }
    for name, (key, kind) in _LISTS.items():
        defs: dict[str, Any] = {}
        items = {"type": "array", "items": _outermost(kind, defs)}
        body = _object({key: items, "$schema": True}, required=[key])
        found[name] = _finished(body, defs, f"{name}.json")
    return {name: found[name] for name in sorted(found)}


def main(folder: str) -> None:
    """
    Write every schema into a folder.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (target / f"{name}.schema.json").write_text(laid_out(schema), "utf-8")


def _file(kind: type, title: str, *, schema_key: bool = True) -> dict[str, Any]:
    defs: dict[str, Any] = {}
    return _finished(_outermost(kind, defs) if schema_key else _record(kind, defs), defs, title)


def _outermost(kind: type, defs: dict[str, Any]) -> dict[str, Any]:
    """
    A record that may name its schema, for the editor of the file.
    """
    body = _record(kind, defs)
    body["properties"]["$schema"] = True
    return body


def _listed(title: str, item: Any) -> dict[str, Any]:
    defs: dict[str, Any] = {}
    return _finished({"type": "array", "items": item(defs)}, defs, title)


def _finished(body: dict[str, Any], defs: dict[str, Any], title: str) -> dict[str, Any]:
    shared = {"$defs": {name: defs[name] for name in sorted(defs)}} if defs else {}
    return {"$schema": DIALECT, "title": f"twitchkb: {title}", **body, **shared}


def _object(properties: Mapping[str, Any], *, required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _of(kind: Any, defs: dict[str, Any]) -> dict[str, Any]:
    """
    The schema of a type, with records by reference.
    """
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_of(each, defs) for each in arguments]}
    if kind is type(None):
        return {"type": "null"}
    if kind is Condition:
        return {"type": "string", "maxLength": MAX_CONDITION_CHARACTERS, "not": {"pattern": UNPRINTABLE}}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    if kind in _SCALARS:
        return dict(_SCALARS[kind])
    if origin is tuple:
        return _tuple(arguments, defs)
    name = kind.__name__
    if name not in defs:
        defs[name] = {}
        defs[name] = _record(kind, defs)
    return {"$ref": f"#/$defs/{name}"}


_SCALARS: dict[Any, dict[str, Any]] = {
    str: _TEXT,
    bool: {"type": "boolean"},
    float: {"type": "number"},
    int: {"type": "integer"},
}


def _tuple(arguments: tuple[Any, ...], defs: dict[str, Any]) -> dict[str, Any]:
    if arguments[1:] != (Ellipsis,):
        parts = [_of(each, defs) for each in arguments]
        return {"type": "array", "prefixItems": parts, "minItems": len(parts), "maxItems": len(parts)}
    inner = typing.get_args(arguments[0])
    if typing.get_origin(arguments[0]) is tuple and len(inner) == 2 and inner[1] is not Ellipsis:
        key = _of(inner[0], defs)
        return {"type": "object", "propertyNames": key, "additionalProperties": _of(inner[1], defs)}
    return {"type": "array", "items": _of(arguments[0], defs)}


def _record(kind: type, defs: dict[str, Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    fields = [field for field in attrs.fields(kind) if field.init]
    properties = {field.name: _of(hints[field.name], defs) for field in fields}
    required = [field.name for field in fields if field.default is attrs.NOTHING]
    if kind is Link:
        return _link(properties, required, defs)
    if kind is Remedy:
        year = {"anyOf": [{"type": "number"}, {"type": "null"}]}
        properties["ages"] = _object({"from": year, "to": year}, required=[])
    if issubclass(kind, Finding):
        states = properties["background"]
        named = {**states, "not": {"required": ["value"]}}
        properties["background"] = {"anyOf": [_of(SourcedEstimate, defs), named]}
        properties = {"type": {"const": kind.kind}, **properties}
        required = ["type", *required]
    return _object(properties, required=required)


def _link(properties: dict[str, Any], required: list[str], defs: dict[str, Any]) -> dict[str, Any]:
    named = {**properties.pop("estimates"), "not": {"required": ["value"]}}
    del properties["statistic"]
    numbers = {"anyOf": [_of(Estimate, defs), named]}
    names = [statistic.value for statistic in Statistic]
    body = _object(
        {**properties, **dict.fromkeys(names, numbers)},
        required=[name for name in required if name not in ("statistic", "estimates")],
    )
    return {**body, "oneOf": [{"required": [name]} for name in names]}


def _finding(defs: dict[str, Any]) -> dict[str, Any]:
    return {"oneOf": [_outermost(kind, defs) for kind in (Symptom, RiskFactor, LabTest)]}


def _with_owner(kind: type, owner: str, defs: dict[str, Any]) -> dict[str, Any]:
    body = _outermost(kind, defs)
    body["properties"] = {owner: {"type": "string"}, **body["properties"]}
    body["required"] = [owner, *body["required"]]
    return body


def _profile() -> dict[str, Any]:
    """
    What a profile may look like; which findings exist is for the knowledge base.
    """
    number = {"type": "number"}
    name = {"type": "string", "minLength": 1, "maxLength": 200}
    quantity = _object({"value": number, "unit": {"type": "string"}}, required=["value", "unit"])
    days = {"anyOf": [{"type": "number", "minimum": 0, "maximum": 40_000}, {"type": "null"}]}
    use = _object({"name": name, "started_days": days, "changed_days": days, "stopped_days": days}, required=["name"])
    answer = {"anyOf": [{"type": ["boolean", "number", "string", "null"]}, quantity]}
    body = _object(
        {
            "age": {"anyOf": [{"type": "number", "minimum": 0, "maximum": 120}, {"type": "string"}, {"type": "null"}]},
            "sex": {"type": ["string", "null"]},
            "findings": {"anyOf": [{"type": "object", "additionalProperties": answer}, {"type": "null"}]},
            "medicines": {"anyOf": [{"type": "array", "items": {"anyOf": [name, use]}}, {"type": "null"}]},
        },
        required=[],
    )
    return _finished(body, {}, "a profile, as twitchkb.assess takes it")


if __name__ == "__main__":
    main(*sys.argv[1:])
