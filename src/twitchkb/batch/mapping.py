"""
A mapping file: which column of an existing questionnaire answers which finding.

One entry a finding, because that is the list one works through: the name of
the column, its unit, and what its own codes mean. An empty file is written by
`template`; `read_mapping` reads one and tells every fault.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from twitchkb.errors import Issue
from twitchkb.model import Finding, KnowledgeBase, name_key, nearest
from twitchkb.wire import parse_json

from .columns import MEDICINES, ColumnPlan, TableError

__all__ = ["MappingFile", "check_mapping", "read_mapping", "suggestions", "template"]

_KEYS = ("column", "unit", "values", "question")


@attrs.frozen(kw_only=True)
class MappingFile:
    """
    What a mapping file says: a plan for each column it names, and the columns to pass through.

    Example:
        >>> MappingFile(columns={}, keep=("patient",)).keep
        ('patient',)
    """

    columns: Mapping[str, ColumnPlan]
    keep: tuple[str, ...] = ()


def read_mapping(text: str | bytes, kb: KnowledgeBase) -> MappingFile:
    """
    Read a mapping file.

    Raises:
        TableError: it is no JSON, names an unknown finding, or an entry has a fault; all are told.

    Example:
        >>> import twitchkb
        >>> mapping = read_mapping('{"findings": {"tremor": {"column": "Q7", "values": {"1": true, "2": false}}}}',
        ...                        twitchkb.load())
        >>> mapping.columns["Q7"].finding
        'tremor'
    """
    given = parse_json(text)
    issues: list[Issue] = []
    if not isinstance(given, dict) or not set(given) <= {"findings", "keep"}:
        raise TableError([Issue("$", "expected an object with `findings` and `keep`")])
    keep = given.get("keep", [])
    if not isinstance(keep, list) or not all(isinstance(name, str) for name in keep):
        issues.append(Issue("$.keep", "expected a list of column names"))
        keep = []
    columns: dict[str, ColumnPlan] = {}
    entries = given.get("findings", {})
    for id, entry in entries.items() if isinstance(entries, dict) else ():
        path = f"$.findings.{id}"
        faults = list(_faults(path, id, entry, kb))
        issues += faults
        if faults or entry.get("column") is None:
            continue
        if entry["column"] in columns:
            issues.append(Issue(f"{path}.column", f"{entry['column']!r} answers two findings"))
        columns[entry["column"]] = ColumnPlan(
            column=entry["column"], finding=id, unit=entry.get("unit"), values=entry.get("values") or {}
        )
    if not isinstance(entries, dict):
        issues.append(Issue("$.findings", "expected an object with an entry for each finding"))
    if issues:
        raise TableError(issues)
    return MappingFile(columns=columns, keep=tuple(keep))


def check_mapping(mapping: MappingFile, names: Sequence[str]) -> tuple[Issue, ...]:
    """
    Every column that the mapping names and the file does not have, with the nearest one.

    Columns of the file that neither the mapping nor the knowledge base knows are
    passed through; `suggestions` says what they might be.
    """
    wanted = [*mapping.columns, *mapping.keep]
    return tuple(
        Issue(name, f"the mapping names this column, and the file has none of this name{nearest(name, names)}")
        for name in wanted
        if name not in names
    )


def suggestions(names: Iterable[str], kb: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """
    For each column that is no finding, the finding whose id or label is nearest, if any is near.

    Example:
        >>> import twitchkb
        >>> list(suggestions(["Muscle cramps", "tremor", "zzz"], twitchkb.load()))
        [('Muscle cramps', 'muscle_cramps')]
    """
    import difflib  # noqa: PLC0415  # only columns that match nothing should pay for it

    known = {name_key(word.replace("_", " ")): f.id for f in kb.findings if f.when is None for word in (f.label, f.id)}
    for name in names:
        if name == MEDICINES or kb.has("finding", name):
            continue
        close = difflib.get_close_matches(name_key(name.replace("_", " ")), known, n=1, cutoff=0.75)
        if close:
            yield name, known[close[0]]


def template(kb: KnowledgeBase, names: Sequence[str] | None = None) -> str:
    """
    An empty mapping file: every finding that can be asked, with its question, its unit, and no column.

    Args:
        kb: what is known.
        names: the columns of a file, where there is one; those that match or resemble a finding are filled in.

    Example:
        >>> import twitchkb
        >>> "Do your hands" in template(twitchkb.load()) or "question" in template(twitchkb.load())
        True
    """
    found = {} if names is None else {id: name for name, id in suggestions(names, kb)}
    found |= {name: name for name in names or () if name == MEDICINES or kb.has("finding", name)}
    findings: dict[str, Any] = {
        finding.id: _entry(finding, found.get(finding.id)) for finding in kb.findings if finding.when is None
    }
    findings[MEDICINES] = {
        "column": found.get(MEDICINES),
        "question": "Which medicines do you take? A list of names, or one text with names between semicolons.",
    }
    keep = [name for name in names or () if name not in found.values()]
    return json.dumps({"findings": findings, "keep": keep}, ensure_ascii=False, indent=2) + "\n"


def _entry(finding: Finding, column: str | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"column": column, "question": finding.question}
    if finding.scale is not None:
        entry["unit"] = finding.scale.unit or None
        entry["values"] = {}
    else:
        entry["values"] = {"yes": True, "no": False, "unknown": "unknown"} if finding.is_yes_no else {}
    return entry


def _faults(path: str, id: str, entry: Any, kb: KnowledgeBase) -> Iterator[Issue]:
    if id != MEDICINES and not kb.has("finding", id):
        yield Issue(path, f"unknown finding{nearest(id, (finding.id for finding in kb.findings))}")
        return
    if not isinstance(entry, dict):
        yield Issue(path, f"expected an object, got {entry!r}")
        return
    for key in entry:
        if key not in _KEYS:
            yield Issue(f"{path}.{key}", f"unknown key{nearest(key, _KEYS)}")
    for key in ("column", "unit"):
        if entry.get(key) is not None and not isinstance(entry[key], str):
            yield Issue(f"{path}.{key}", f"expected text or null, got {entry[key]!r}")
    values = entry.get("values")
    if values is not None and not isinstance(values, dict):
        yield Issue(f"{path}.values", f"expected an object from the codes of the column to answers, got {values!r}")
        return
    if values and id != MEDICINES:
        yield from _value_faults(f"{path}.values", values, kb.finding(id))


def _value_faults(path: str, values: Mapping[str, Any], finding: Finding) -> Iterator[Issue]:
    for code, meaning in values.items():
        if meaning in ("", "unknown"):
            continue
        if finding.is_yes_no:
            fits, expected = meaning is True or meaning is False, "true, false"
        elif finding.scale is None:
            fits, expected = meaning in finding.choices, ", ".join(map(repr, finding.choices))
        else:
            number = isinstance(meaning, int | float) and not isinstance(meaning, bool)
            fits, expected = number or meaning in finding.scale.levels, f"a number or one of {finding.scale.levels}"
        if not fits:
            yield Issue(f"{path}.{code}", f"expected {expected}, 'unknown' or '' for not asked, got {meaning!r}")
