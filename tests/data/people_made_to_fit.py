"""
People made to fit: one for each way a condition can be true, one for each cause.

They are built from the data itself, so a rule that nobody can raise, or a cause
that nobody typical reaches, shows up the day it is written.
"""

import functools
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from twitchkb import KnowledgeBase
from twitchkb.condition import (
    All,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Days,
    Is,
    MedicineCount,
    Present,
    Takes,
    is_monotone,
)
from twitchkb.scoring import weights_of

OFTEN_ENOUGH = 0.1
"""A realistic person has only what at least one in ten people with the cause have."""


def ways(condition: Condition) -> list[tuple[Condition, ...]]:
    """
    Sets of leaves that make a condition true, so that each leaf is in one of them.

    Example:
        >>> from twitchkb.condition import parse
        >>> [" + ".join(map(str, way)) for way in ways(parse("a and any(b, c)"))]
        ['a + b', 'a + c']
    """
    if isinstance(condition, All):
        parts = [ways(part) for part in condition.parts]
        return [
            tuple(itertools.chain.from_iterable(part[turn % len(part)] for part in parts))
            for turn in range(max(map(len, parts)))
        ]
    if isinstance(condition, AnyOf):
        return [way for part in condition.parts for way in ways(part)]
    if isinstance(condition, AtLeast):
        parts = [ways(part) for part in condition.parts]
        size = len(parts)
        return [
            tuple(itertools.chain.from_iterable(parts[(turn + step) % size][0] for step in range(1, condition.number)))
            + way
            for turn in range(size)
            for way in parts[turn]
        ]
    return [(condition,)]


def person(kb: KnowledgeBase, leaves: Iterable[Condition]) -> dict[str, Any]:
    """
    A profile in which each of these leaves is true.
    """
    findings: dict[str, Any] = {}
    medicines: dict[str, dict[str, Any]] = {}
    for leaf in leaves:
        _make_true(kb, leaf, findings, medicines)
    return {"findings": findings, "medicines": [{"name": name, **days} for name, days in medicines.items()]}


def typical_of(kb: KnowledgeBase, cause: str, *, apart_from: Collection[str] = ()) -> dict[str, Any]:
    """
    A realistic person with the cause: every supporting answer that one in ten of them give.

    Of the states of one finding it is the one that speaks most for the cause.
    What speaks more for a cause in `apart_from` is left unanswered.
    """
    findings: dict[str, Any] = {}
    medicines: dict[str, dict[str, Any]] = {}
    derived: list[Condition] = []
    for finding, state in _supporting(kb, cause, apart_from):
        record = kb.finding(finding)
        if record.when is None:
            findings[finding] = {"present": True, "absent": False}.get(state, state)
        elif state == "present" and is_monotone(record.when):
            derived.append(record.when)
    for condition in derived:
        for leaf in _easiest(condition, findings):
            _make_true(kb, leaf, findings, medicines)
    return {"findings": findings, "medicines": [{"name": name, **days} for name, days in medicines.items()]}


def _supporting(kb: KnowledgeBase, cause: str, apart_from: Collection[str]) -> list[tuple[str, str]]:
    rivals = {
        (finding, state): points
        for rival in apart_from
        for finding, state, points, _ in _weights(kb)[rival]
        if points > 0
    }
    best: dict[str, tuple[float, str]] = {}
    for finding, state, points, frequency in _weights(kb)[cause]:
        if points > rivals.get((finding, state), 0.0) and frequency >= OFTEN_ENOUGH:
            best[finding] = max(best.get(finding, (0.0, "")), (points, state))
    return [(finding, state) for finding, (_, state) in sorted(best.items())]


@functools.cache
def _weights(kb: KnowledgeBase) -> Mapping[str, Sequence[tuple[str, str, float, float]]]:
    found: dict[str, list[tuple[str, str, float, float]]] = {cause.id: [] for cause in kb.causes}
    for cause in kb.causes:
        for link in cause.evidence:
            for state, weight in weights_of(link, kb.finding(link.finding), {}):
                found[cause.id].append((link.finding, state, weight.points, weight.frequency))
    return found


def _easiest(condition: Condition, findings: Mapping[str, Any]) -> tuple[Condition, ...]:
    """
    The way that contradicts nothing said so far, the shortest first.
    """

    def contradicts(way: Sequence[Condition]) -> bool:
        return any(isinstance(leaf, Present) and findings.get(leaf.finding) is False for leaf in way)

    return min(ways(condition), key=lambda way: (contradicts(way), len(way)))


def _make_true(
    kb: KnowledgeBase, leaf: Condition, findings: dict[str, Any], medicines: dict[str, dict[str, Any]]
) -> None:
    if isinstance(leaf, Present):
        record = kb.finding(leaf.finding)
        if record.when is None:
            findings[leaf.finding] = True
        else:
            for part in _easiest(record.when, findings):
                _make_true(kb, part, findings, medicines)
    elif isinstance(leaf, Is):
        findings[leaf.finding] = leaf.level
    elif isinstance(leaf, Compare):
        findings[leaf.finding] = _quantity(kb, leaf, findings.get(leaf.finding))
    elif isinstance(leaf, Takes):
        medicines.setdefault(leaf.medicine, {})
    elif isinstance(leaf, MedicineCount):
        taken = {name for name in medicines if leaf.medicine_class in _classes_of(kb)[name]}
        wanted = int(leaf.number) + (leaf.sign == ">") - len(taken)
        others = [name for name in _members(kb)[leaf.medicine_class] if name not in medicines]
        medicines.update({name: {} for name in others[: max(0, wanted)]})
    elif isinstance(leaf, Days):
        single = leaf.subject.removeprefix("medicine.")
        members = [single] if single != leaf.subject else _members(kb)[leaf.subject]
        name = next((each for each in members if medicines.get(each) == {}), None)
        if name is None or leaf.event == "stopped":
            name = next(each for each in members if each not in medicines)
        medicines[name] = {f"{leaf.event}_days": leaf.number}
    else:
        raise TypeError(f"cannot make {leaf} true")


def _quantity(kb: KnowledgeBase, leaf: Compare, before: Any) -> Any:
    """
    The number itself where the sign allows it, else one just beyond; in the unit of the scale.
    """
    scale = kb.finding(leaf.finding).scale
    assert scale is not None
    step = 0.01 if abs(leaf.number) < 50 else 1.0
    number = leaf.number + {"<": -step, ">": step}.get(leaf.sign, 0.0)
    if before is not None:
        earlier = before["value"]
        number = min(number, earlier) if leaf.sign.startswith("<") else max(number, earlier)
    return {"value": round(number, 6), "unit": scale.unit} if scale.unit else {"value": number, "unit": ""}


@functools.cache
def _classes_of(kb: KnowledgeBase) -> Mapping[str, frozenset[str]]:
    wider: dict[str, set[str]] = {}
    for medicine_class in kb.medicine_classes:
        for narrow in medicine_class.includes:
            wider.setdefault(narrow, set()).add(medicine_class.id)

    def climb(id: str) -> frozenset[str]:
        return frozenset({id}).union(*(climb(each) for each in wider.get(id, ())))

    return {each.id: frozenset().union(*(climb(narrow) for narrow in each.classes)) for each in kb.medicines}


@functools.cache
def _members(kb: KnowledgeBase) -> Mapping[str, Sequence[str]]:
    members: dict[str, list[str]] = {}
    for medicine, classes in _classes_of(kb).items():
        if len(kb.medicines_named(medicine)) != 1:
            continue  # a name that means two things is asked about, never guessed
        for each in sorted(classes):
            members.setdefault(each, []).append(medicine)
    return members
