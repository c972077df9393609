"""
Decide how soon somebody should be seen: red flags, floors, gate.

This module looks at present findings, at values, and at the upper points of
grave causes. It knows no shares and no benign cause, so nothing reassuring can
lower what it finds. Missing a red flag is worse than raising one too many.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

import attrs

from .answers import Answers
from .assessment import OpenQuestion, Reason, UrgencyAdvice
from .condition import Condition, atoms, index, open_subjects, subject
from .model import Finding, Gate, GateQuestion, KnowledgeBase, RedFlag, Wording
from .vocabulary import Urgency

__all__ = ["CompiledRule", "FloorRule", "TriageTable", "compile_triage", "place_in_list", "triage"]


@attrs.frozen(kw_only=True)
class FloorRule:
    """
    A grave cause (by its place), the upper points at which it demands an urgency, and what must be true besides.
    """

    place: int
    threshold_db: float
    needs: Condition | None
    reason: Reason


@attrs.frozen(kw_only=True)
class CompiledRule:
    """
    A red flag with its leaves and the open question of each, and the reason it gives when it fires.
    """

    rule: RedFlag
    leaves: tuple[tuple[Condition, OpenQuestion], ...]
    reason: Reason


@attrs.frozen(kw_only=True)
class TriageTable:
    """
    A knowledge base ready for triage.

    `rules_about` leads from a subject to the places of the red flags that ask
    about it. A rule holds no `not`, so it can only fire when one of its
    subjects is present; the rest is skipped.
    """

    rules: tuple[CompiledRule, ...]
    rules_about: Mapping[str, tuple[int, ...]]
    floors: tuple[FloorRule, ...]
    gate: Gate
    at_gate: Mapping[str, OpenQuestion]
    wording: Wording


def compile_triage(kb: KnowledgeBase) -> TriageTable:
    """
    Index the red flags and work out the thresholds of the floors.
    """
    safety = {finding.id: _question(finding, "safety") for finding in kb.findings if finding.when is None}
    return TriageTable(
        rules=tuple(_compiled(rule, safety) for rule in kb.red_flags),
        rules_about=index(rule.when for rule in kb.red_flags),
        floors=tuple(_floor_rules(kb)),
        gate=kb.gate,
        at_gate={finding.id: _question(finding, "gate") for finding in kb.findings if finding.when is None},
        wording=kb.wording,
    )


def place_in_list(urgency: Urgency, kind: str, id: str) -> tuple[int, bool, str, str]:
    """
    The key by which reasons are listed: the gravest first, red flags before others, then by id.

    Example:
        >>> place_in_list(Urgency.SOON, "red_flag", "rf_bulbar") < place_in_list(Urgency.SOON, "floor", "anything")
        True
    """
    return -urgency.rank, kind != "red_flag", kind, id


def triage(table: TriageTable, answers: Answers, upper_points: Sequence[float]) -> UrgencyAdvice:
    """
    The urgency: the highest of the red flags, the floors, and what the gate leaves.

    Args:
        table: the compiled knowledge base.
        answers: the person.
        upper_points: the upper points (decibans) of each cause, in the order of the table.
    """
    fired, pending = [], []
    for place in _touched(table, answers):
        compiled = table.rules[place]
        truth = compiled.rule.when.truth(answers)
        if truth is True:
            fired.append(compiled.reason)
        elif truth is None:
            pending.append(compiled)
    reasons = [*fired]
    reasons += [floor.reason for floor in table.floors if _reached(floor, answers, upper_points)]
    stops, open_at_gate, passed = _at_gate(table, answers)
    reasons += stops
    if not reasons:
        reasons = [_default_reason(table.wording, passed)]
    reasons.sort(key=lambda reason: place_in_list(reason.urgency, reason.kind, reason.id))
    level = reasons[0].urgency
    return UrgencyAdvice(
        level=level,
        action=dict(table.wording.actions)[level],
        reasons=tuple(reasons),
        unanswered=_unanswered(table, answers, [each for each in pending if each.rule.urgency > level], open_at_gate),
    )


def _touched(table: TriageTable, answers: Answers) -> list[int]:
    """
    The places of the rules that ask about something present.
    """
    present = [id for id, state in answers.states.items() if state != "absent"]
    for medicine in answers.medicines or ():
        present.append(f"medicine.{medicine.medicine.id}")
        present += [f"medicines.{medicine_class}" for medicine_class in medicine.classes]
    return sorted({place for each in present for place in table.rules_about.get(each, ())})


def _reached(floor: FloorRule, answers: Answers, upper_points: Sequence[float]) -> bool:
    """
    Whether the points suffice and what the floor needs is known to be true; not known opens nothing.
    """
    if upper_points[floor.place] < floor.threshold_db:
        return False
    return floor.needs is None or floor.needs.truth(answers) is True


def _question(finding: Finding, why: str) -> OpenQuestion:
    return OpenQuestion(finding=finding.id, label=finding.label, question=finding.question, why=why)


def _compiled(rule: RedFlag, questions: Mapping[str, OpenQuestion]) -> CompiledRule:
    leaves = [(atom, questions.get(subject(atom))) for atom in atoms(rule.when)]
    return CompiledRule(
        rule=rule,
        leaves=tuple((atom, question) for atom, question in leaves if question is not None),
        reason=_flag_reason(rule),
    )


def _floor_rules(kb: KnowledgeBase) -> Iterable[FloorRule]:
    for place, cause in enumerate(kb.causes):
        if cause.floor is not None:
            share = cause.floor.at_share
            yield FloorRule(
                place=place,
                threshold_db=10.0 * math.log10(share / (1.0 - share)),
                needs=cause.floor.needs,
                reason=Reason(
                    kind="floor",
                    id=cause.id,
                    urgency=cause.floor.urgency,
                    text=kb.wording.floor_reason.replace("{cause}", cause.name),
                    sources=cause.floor.sources,
                ),
            )


def _flag_reason(rule: RedFlag) -> Reason:
    return Reason(
        kind="red_flag",
        id=rule.id,
        urgency=rule.urgency,
        text=rule.reason,
        action=rule.action,
        sources=rule.sources,
        grade=rule.grade,
    )


def _default_reason(wording: Wording, passed: bool) -> Reason:
    if passed:
        return Reason(kind="gate", id="gate", urgency=Urgency.SELF_CARE, text=wording.gate_passed_reason)
    return Reason(kind="default", id="default", urgency=Urgency.ROUTINE, text=wording.default_reason)


def _at_gate(table: TriageTable, answers: Answers) -> tuple[list[Reason], list[str], bool]:
    """
    Reasons of the stops, the findings still open at the gate, and whether it is passed.
    """
    reasons, still_open, passed = [], [], bool(table.gate.questions)
    for question in table.gate.questions:
        state = _gate_state(question, answers)
        passed = passed and state == "absent"
        if state is None:
            still_open.append(question.finding)
    for stop in table.gate.stops:
        truth = stop.when.truth(answers)
        passed = passed and truth is False
        if truth:
            reasons.append(Reason(kind="stop", id=str(stop.when), urgency=stop.urgency, text=stop.reason))
        elif truth is None:
            still_open += open_subjects(stop.when, answers)
    return reasons, still_open, passed


def _gate_state(question: GateQuestion, answers: Answers) -> str | None:
    """
    Present if the question or any part is; absent if the question, or every part, is.
    """
    own = answers.states.get(question.finding)
    parts = [answers.states.get(part) for part in question.covers]
    if own == "present" or "present" in parts:
        return "present"
    if own == "absent" or (parts and all(part == "absent" for part in parts)):
        return "absent"
    return None


def _unanswered(
    table: TriageTable, answers: Answers, pending: Sequence[CompiledRule], open_at_gate: Sequence[str]
) -> tuple[OpenQuestion, ...]:
    """
    What could still raise the urgency, the gravest first, and what is open at the gate; each question once.
    """
    questions: dict[str, OpenQuestion] = {}
    for compiled in sorted(pending, key=lambda each: (-each.rule.urgency.rank, each.rule.id)):
        for atom, question in compiled.leaves:
            if question.finding not in questions and atom.truth(answers) is None:
                questions[question.finding] = question
    for finding in open_at_gate:
        if finding in table.at_gate:
            questions.setdefault(finding, table.at_gate[finding])
    return tuple(questions.values())
