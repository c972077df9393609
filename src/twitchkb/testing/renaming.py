"""
The same knowledge under other ids: for the law that no id has a meaning of its own.

The prefix of a pack stays, because it says whose a record is, and so do the
few ids that the code itself speaks of (`KEPT`).
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import attrs

from ..condition import All, AnyOf, AtLeast, Compare, Condition, Days, Is, MedicineCount, Not, Present, Takes
from ..model import Finding, KnowledgeBase

__all__ = ["KEPT", "Names", "names_for", "renamed"]

KEPT = ("age", "sex", "see_professional")
"""Ids that the library knows: two answers with a place of their own in a profile, and the way to a professional."""


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


@attrs.frozen(kw_only=True)
class Names:
    """
    For each kind of record the new name of each id; what is not named keeps its own.
    """

    causes: Mapping[str, str]
    findings: Mapping[str, str]
    groups: Mapping[str, str]
    families: Mapping[str, str]
    medicines: Mapping[str, str]
    classes: Mapping[str, str]
    remedies: Mapping[str, str]
    red_flags: Mapping[str, str]
    sources: Mapping[str, str]


def names_for(kb: KnowledgeBase, dice: random.Random) -> Names:
    """
    A new name for every id, one to one and in no order.
    """

    def fresh(records: Iterable[_Identified], letter: str) -> Mapping[str, str]:
        ids = sorted({record.id for record in records} - set(KEPT))
        numbers = list(range(len(ids)))
        dice.shuffle(numbers)
        own = [id.rpartition(":") for id in ids]
        return {id: f"{p}{c}{letter}{n:04}" for id, (p, c, _), n in zip(ids, own, numbers, strict=True)}

    return Names(
        causes=fresh(kb.causes, "c"),
        findings=fresh(kb.findings, "f"),
        groups=fresh(kb.groups, "g"),
        families=fresh(kb.families, "y"),
        medicines=fresh(kb.medicines, "m"),
        classes=fresh(kb.medicine_classes, "k"),
        remedies=fresh(kb.remedies, "r"),
        red_flags=fresh(kb.red_flags, "w"),
        sources=fresh(kb.sources, "s"),
    )


def renamed(kb: KnowledgeBase, names: Names) -> KnowledgeBase:
    """
    The knowledge base under the new names; words for people stay as they are.
    """

    def sourced(record: Any) -> Any:
        return attrs.evolve(record, sources=_all(names.sources, record.sources))

    def ruled(condition: Condition | None) -> Condition | None:
        return None if condition is None else _condition(condition, names)

    def finding(each: Finding) -> Finding:
        # A finding without a group stands alone under its own id, which may be that of a group.
        group = each.group or each.id
        return attrs.evolve(
            each,
            id=_one(names.findings, each.id),
            group=names.groups.get(group, each.group),
            background=tuple((state, sourced(estimate)) for state, estimate in each.background),
            when=ruled(each.when),
            absent_when=ruled(each.absent_when),
        )

    return attrs.evolve(
        kb,
        something_else=sourced(kb.something_else),
        findings=tuple(finding(each) for each in kb.findings),
        groups=tuple(attrs.evolve(each, id=_one(names.groups, each.id)) for each in kb.groups),
        families=tuple(attrs.evolve(each, id=_one(names.families, each.id)) for each in kb.families),
        sources=tuple(attrs.evolve(each, id=_one(names.sources, each.id)) for each in kb.sources),
        causes=tuple(
            attrs.evolve(
                cause,
                id=_one(names.causes, cause.id),
                family=_one(names.families, cause.family),
                prior=sourced(cause.prior),
                floor=None
                if cause.floor is None
                else attrs.evolve(sourced(cause.floor), needs=ruled(cause.floor.needs)),
                evidence=tuple(
                    attrs.evolve(sourced(link), finding=_one(names.findings, link.finding)) for link in cause.evidence
                ),
                remedies=_all(names.remedies, cause.remedies),
            )
            for cause in kb.causes
        ),
        medicines=tuple(
            attrs.evolve(
                sourced(medicine),
                id=_one(names.medicines, medicine.id),
                classes=_all(names.classes, medicine.classes),
                causes=_all(names.causes, medicine.causes),
            )
            for medicine in kb.medicines
        ),
        medicine_classes=tuple(
            attrs.evolve(sourced(each), id=_one(names.classes, each.id), includes=_all(names.classes, each.includes))
            for each in kb.medicine_classes
        ),
        remedies=tuple(
            attrs.evolve(
                sourced(remedy),
                id=_one(names.remedies, remedy.id),
                causes=_all(names.causes, remedy.causes),
                needs=ruled(remedy.needs),
                cautions=tuple(attrs.evolve(sourced(each), when=ruled(each.when)) for each in remedy.cautions),
            )
            for remedy in kb.remedies
        ),
        red_flags=tuple(
            attrs.evolve(
                sourced(rule),
                id=_one(names.red_flags, rule.id),
                when=ruled(rule.when),
                causes=_all(names.causes, rule.causes),
            )
            for rule in kb.red_flags
        ),
        gate=attrs.evolve(
            kb.gate,
            questions=tuple(
                attrs.evolve(
                    question,
                    finding=_one(names.findings, question.finding),
                    covers=_all(names.findings, question.covers),
                )
                for question in kb.gate.questions
            ),
            stops=tuple(attrs.evolve(stop, when=_condition(stop.when, names)) for stop in kb.gate.stops),
        ),
        retired=(),
    )


def _one(names: Mapping[str, str], id: str) -> str:
    return names.get(id, id)


def _all(names: Mapping[str, str], ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(_one(names, id) for id in ids)


def _condition(condition: Condition, names: Names) -> Condition:
    match condition:
        case All() | AnyOf() | AtLeast():
            return attrs.evolve(condition, parts=tuple(_condition(part, names) for part in condition.parts))
        case Not():
            return Not(_condition(condition.part, names))
        case Present() | Is() | Compare():
            return attrs.evolve(condition, finding=_one(names.findings, condition.finding))
        case MedicineCount():
            return attrs.evolve(condition, medicine_class=_one(names.classes, condition.medicine_class))
        case Takes():
            return attrs.evolve(condition, medicine=_one(names.medicines, condition.medicine))
        case Days():
            single = condition.subject.removeprefix("medicine.")
            if single != condition.subject:
                return attrs.evolve(condition, subject=f"medicine.{_one(names.medicines, single)}")
            return attrs.evolve(condition, subject=_one(names.classes, condition.subject))
    raise TypeError(f"{condition!r} is no condition")
