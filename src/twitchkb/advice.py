"""
Choose remedies, and say which are withheld and why.

Remedies follow the shares of the causes they are aimed at. A caution that is
true takes a remedy away or adds a line to its steps; one that is unknown is
shown as a question to settle first and never treated as cleared. Urgency
withholds self-care, but never first aid.
"""

import math
from collections.abc import Mapping, Sequence

import attrs

from .answers import Answers
from .assessment import CautionToSettle, OfferedRemedy, WithheldRemedy
from .condition import Condition, atoms, subject
from .model import Caution, KnowledgeBase, Remedy
from .vocabulary import RemedyKind, Urgency

__all__ = ["AdviceTable", "Situation", "advise", "compile_advice"]

LEAST_SHARE_ADDRESSED = 0.02
LEAST_SHARE_FOR_FIRST_AID = 0.05
CONSULT = "see_professional"


@attrs.frozen(kw_only=True)
class AdviceTable:
    """
    A knowledge base ready for advice: remedies with all their causes.

    `asks` holds the leaves of each caution (by identity) with the label to ask for.
    """

    remedies: tuple[tuple[Remedy, frozenset[str]], ...]
    asks: Mapping[int, tuple[tuple[Condition, str], ...]]
    too_young: str
    urgency_first: str
    gate_first: str


@attrs.frozen(kw_only=True)
class Situation:
    """
    What advice depends on besides the answers.

    `shares` holds each cause with its share, best first; `flagged` the causes
    that a raised red flag names.
    """

    shares: Sequence[tuple[str, float]]
    urgency: Urgency
    gate_passed: bool
    through_professional: bool
    flagged: frozenset[str]


def compile_advice(kb: KnowledgeBase) -> AdviceTable:
    """
    Join each remedy with the causes that name it.
    """
    named: dict[str, set[str]] = {remedy.id: set(remedy.causes) for remedy in kb.remedies}
    for cause in kb.causes:
        for remedy_id in cause.remedies:
            named.setdefault(remedy_id, set()).add(cause.id)
    labels = {finding.id: finding.label for finding in kb.findings}
    labels |= {f"medicines.{each.id}": each.name for each in kb.medicine_classes}
    labels |= {f"medicine.{each.id}": each.name for each in kb.medicines}
    return AdviceTable(
        remedies=tuple((remedy, frozenset(named[remedy.id])) for remedy in kb.remedies),
        asks={
            id(caution): tuple((atom, labels.get(subject(atom), subject(atom))) for atom in atoms(caution.when))
            for remedy in kb.remedies
            for caution in remedy.cautions
        },
        too_young=kb.wording.outside_ages_reason,
        urgency_first=kb.wording.urgency_first_reason,
        gate_first=kb.wording.gate_first_reason,
    )


def advise(
    table: AdviceTable, answers: Answers, situation: Situation
) -> tuple[tuple[OfferedRemedy, ...], tuple[WithheldRemedy, ...]]:
    """
    The remedies to offer, the most useful first, and those withheld, by id.
    """
    offered, withheld = [], []
    place = {cause: number for number, (cause, _) in enumerate(situation.shares)}
    for remedy, causes in table.remedies:
        own = [situation.shares[number] for number in sorted(place[cause] for cause in causes if cause in place)]
        addressed = tuple(cause for cause, _ in own)
        share = math.fsum([share for _, share in own])
        if not _matters(remedy, causes, share, situation):
            continue
        reasons = _reasons_against(table, remedy, answers, situation)
        if reasons:
            withheld.append(WithheldRemedy(id=remedy.id, name=remedy.name, reasons=reasons))
        else:
            offered.append(_offer(table, remedy, addressed, share, answers))
    offered.sort(key=lambda remedy: _order(remedy, situation))
    return tuple(offered), tuple(sorted(withheld, key=lambda remedy: remedy.id))


def _matters(remedy: Remedy, causes: frozenset[str], share: float, situation: Situation) -> bool:
    if remedy.id == CONSULT:
        return True
    if remedy.kind is RemedyKind.FIRST_AID:
        return bool(causes & situation.flagged) or share >= LEAST_SHARE_FOR_FIRST_AID
    return share >= LEAST_SHARE_ADDRESSED


def _order(remedy: OfferedRemedy, situation: Situation) -> tuple[int, float, str, str]:
    first = 3
    if remedy.id == CONSULT and (situation.urgency >= Urgency.SOON or situation.through_professional):
        first = 1
    elif remedy.kind is RemedyKind.FIRST_AID and situation.urgency >= Urgency.URGENT:
        first = 2
    return first, -remedy.share_addressed, remedy.grade, remedy.id


def _reasons_against(table: AdviceTable, remedy: Remedy, answers: Answers, situation: Situation) -> tuple[str, ...]:
    reasons = []
    if situation.urgency >= Urgency.URGENT and remedy.kind in (RemedyKind.SELF_CARE, RemedyKind.ADVICE_AGAINST):
        reasons.append(table.urgency_first)
    if _age_fits(remedy, answers) is False:
        reasons.append(table.too_young)
    if remedy.needs is not None and remedy.needs.truth(answers) is not True:
        reasons.append(remedy.needs_text)
    if remedy.only_after_gate and not situation.gate_passed:
        reasons.append(table.gate_first)
    reasons += [
        caution.why for caution in remedy.cautions if caution.action.withholds and caution.when.truth(answers) is True
    ]
    return tuple(dict.fromkeys(reasons))


def _age_fits(remedy: Remedy, answers: Answers) -> bool | None:
    """
    Whether the age is one the remedy is meant for; `None` where it is not known.
    """
    youngest, oldest = remedy.ages
    if youngest is None and oldest is None:
        return True
    bounds = answers.bounds("age")
    if bounds is None:
        return None
    low = youngest is None or bounds[0] >= youngest
    high = oldest is None or bounds[1] <= oldest
    return low and high


def _offer(
    table: AdviceTable, remedy: Remedy, aimed_at: tuple[str, ...], share: float, answers: Answers
) -> OfferedRemedy:
    added = [
        caution.why
        for caution in remedy.cautions
        if not caution.action.withholds and caution.when.truth(answers) is True
    ]
    return OfferedRemedy(
        id=remedy.id,
        name=remedy.name,
        kind=remedy.kind,
        steps=(*remedy.steps, *added),
        aimed_at=aimed_at,
        share_addressed=share,
        grade=remedy.grade,
        effort=remedy.effort,
        helps_within=remedy.helps_within,
        still_to_check=tuple(
            _to_settle(table, caution, answers) for caution in remedy.cautions if caution.when.truth(answers) is None
        ),
        sources=remedy.sources,
        note=remedy.note,
    )


def _to_settle(table: AdviceTable, caution: Caution, answers: Answers) -> CautionToSettle:
    labels = [label for atom, label in table.asks[id(caution)] if atom.truth(answers) is None]
    return CautionToSettle(action=caution.action, why=caution.why, ask=tuple(dict.fromkeys(labels)))
