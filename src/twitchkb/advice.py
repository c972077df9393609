"""
Choose remedies, and say which are withheld and why.

Remedies follow the shares of the causes they are aimed at. A caution that is
true takes a remedy away or adds a line to its steps; one that is unknown is
shown as a question to settle first and never treated as cleared. Urgency
withholds self-care, but never first aid.
"""

import itertools
import math
from collections.abc import Mapping, Sequence

import attrs

from .answers import Answers
from .assessment import CautionToSettle, OfferedRemedy, WithheldRemedy
from .condition import MEDICINES, Condition, Truth, atoms, index, subject
from .model import Caution, KnowledgeBase, Remedy
from .vocabulary import RemedyKind, Urgency

__all__ = ["AdviceTable", "Situation", "advise", "compile_advice"]

LEAST_SHARE_ADDRESSED = 0.02
LEAST_SHARE_FOR_FIRST_AID = 0.05
CONSULT = "see_professional"


@attrs.frozen(kw_only=True)
class CompiledCaution:
    """
    A caution with its leaves and the label to ask each for, and how it reads while none is answered.
    """

    caution: Caution
    asks: tuple[tuple[Condition, str], ...]
    unanswered: CautionToSettle


@attrs.frozen(kw_only=True)
class CompiledRemedy:
    """
    A remedy with all its causes, and the places of its cautions among those of all remedies.

    `unanswered` is what is still to check while no caution is touched.
    """

    remedy: Remedy
    causes: frozenset[str]
    places: range
    unanswered: tuple[CautionToSettle, ...]


@attrs.frozen(kw_only=True)
class AdviceTable:
    """
    A knowledge base ready for advice.

    `cautions_about` leads from a subject to the places of the cautions that ask about it.
    """

    remedies: tuple[CompiledRemedy, ...]
    cautions: tuple[CompiledCaution, ...]
    cautions_about: Mapping[str, tuple[int, ...]]
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
    known = {cause.id for cause in kb.causes}
    cautions = [_compiled(caution, labels) for remedy in kb.remedies for caution in remedy.cautions]
    remedies = []
    for remedy, end in zip(kb.remedies, itertools.accumulate(len(each.cautions) for each in kb.remedies), strict=True):
        places = range(end - len(remedy.cautions), end)
        remedies.append(
            CompiledRemedy(
                remedy=remedy,
                causes=frozenset(named[remedy.id]) & known,
                places=places,
                unanswered=tuple(cautions[place].unanswered for place in places),
            )
        )
    return AdviceTable(
        remedies=tuple(remedies),
        cautions=tuple(cautions),
        cautions_about=index(each.caution.when for each in cautions),
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
    shares = dict(situation.shares)
    ranks = {cause: rank for rank, cause in enumerate(shares)}
    touched = _touched(table, answers)
    for compiled in table.remedies:
        remedy = compiled.remedy
        share = math.fsum([shares[cause] for cause in compiled.causes])
        if not _matters(remedy, compiled.causes, share, situation):
            continue
        truths = {
            place: table.cautions[place].caution.when.truth(answers) for place in compiled.places if place in touched
        }
        true = [table.cautions[place].caution for place, truth in truths.items() if truth is True]
        reasons = _reasons_against(table, remedy, true, answers, situation)
        if reasons:
            withheld.append(WithheldRemedy(id=remedy.id, name=remedy.name, reasons=reasons))
        else:
            aimed_at = tuple(sorted(compiled.causes, key=ranks.__getitem__))
            offered.append(_offer(table, compiled, aimed_at, share, true, truths, answers))
    offered.sort(key=lambda remedy: _order(remedy, situation))
    return tuple(offered), tuple(sorted(withheld, key=lambda remedy: remedy.id))


def _compiled(caution: Caution, labels: Mapping[str, str]) -> CompiledCaution:
    asks = tuple((atom, labels.get(subject(atom), subject(atom))) for atom in atoms(caution.when))
    unanswered = CautionToSettle(
        action=caution.action, why=caution.why, ask=tuple(dict.fromkeys(label for _, label in asks))
    )
    return CompiledCaution(caution=caution, asks=asks, unanswered=unanswered)


def _touched(table: AdviceTable, answers: Answers) -> set[int]:
    """
    The places of the cautions that an answer touches; all others are unknown.
    """
    asked = answers.states if answers.medicines is None else [*answers.states, MEDICINES]
    return {place for subject in asked for place in table.cautions_about.get(subject, ())}


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


def _reasons_against(
    table: AdviceTable, remedy: Remedy, true: Sequence[Caution], answers: Answers, situation: Situation
) -> tuple[str, ...]:
    reasons = []
    if situation.urgency >= Urgency.URGENT and remedy.kind in (RemedyKind.SELF_CARE, RemedyKind.ADVICE_AGAINST):
        reasons.append(table.urgency_first)
    if _age_fits(remedy, answers) is False:
        reasons.append(table.too_young)
    if remedy.needs is not None and remedy.needs.truth(answers) is not True:
        reasons.append(remedy.needs_text)
    if remedy.only_after_gate and not situation.gate_passed:
        reasons.append(table.gate_first)
    reasons += [caution.why for caution in true if caution.action.withholds]
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
    table: AdviceTable,
    compiled: CompiledRemedy,
    aimed_at: tuple[str, ...],
    share: float,
    true: Sequence[Caution],
    truths: Mapping[int, Truth],
    answers: Answers,
) -> OfferedRemedy:
    remedy = compiled.remedy
    added = [caution.why for caution in true if not caution.action.withholds]
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
        still_to_check=_still_to_check(table, compiled, truths, answers),
        sources=remedy.sources,
        note=remedy.note,
    )


def _still_to_check(
    table: AdviceTable, compiled: CompiledRemedy, truths: Mapping[int, Truth], answers: Answers
) -> tuple[CautionToSettle, ...]:
    if not truths:
        return compiled.unanswered
    cautions = table.cautions
    return tuple(
        [
            _to_settle(cautions[place], answers) if place in truths else cautions[place].unanswered
            for place in compiled.places
            if truths.get(place) is None
        ]
    )


def _to_settle(compiled: CompiledCaution, answers: Answers) -> CautionToSettle:
    labels = dict.fromkeys([label for atom, label in compiled.asks if atom.truth(answers) is None])
    return CautionToSettle(action=compiled.caution.action, why=compiled.caution.why, ask=tuple(labels))
