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
from .condition import Condition, atoms, open_subjects, subject
from .model import Finding, Gate, GateQuestion, KnowledgeBase, RedFlag, Wording
from .vocabulary import Urgency

__all__ = ["FloorRule", "TriageTable", "compile_triage", "triage"]


@attrs.frozen(kw_only=True)
class FloorRule:
    """
    A grave cause (by its place) and the upper points at which it demands an urgency.
    """

    place: int
    threshold_db: float
    reason: Reason


@attrs.frozen(kw_only=True)
class TriageTable:
    """
    A knowledge base ready for triage.

    `rules_about` maps a subject (a finding, `medicines.<class>` or
    `medicine.<id>`) to the red flags that mention it. A rule holds no `not`, so
    it can only fire when one of its subjects is present; the rest is skipped.
    `leaves` holds the leaves of each rule with what they ask about.
    """

    rules: tuple[RedFlag, ...]
    leaves: Mapping[str, tuple[tuple[Condition, str], ...]]
    rules_about: Mapping[str, tuple[int, ...]]
    floors: tuple[FloorRule, ...]
    gate: Gate
    findings: Mapping[str, Finding]
    wording: Wording


def compile_triage(kb: KnowledgeBase) -> TriageTable:
    """
    Index the red flags and work out the thresholds of the floors.
    """
    about: dict[str, set[int]] = {}
    for place, rule in enumerate(kb.red_flags):
        for atom in atoms(rule.when):
            about.setdefault(subject(atom), set()).add(place)
    return TriageTable(
        rules=kb.red_flags,
        leaves={rule.id: tuple((atom, subject(atom)) for atom in atoms(rule.when)) for rule in kb.red_flags},
        rules_about={id: tuple(sorted(places)) for id, places in about.items()},
        floors=tuple(_floor_rules(kb)),
        gate=kb.gate,
        findings={finding.id: finding for finding in kb.findings},
        wording=kb.wording,
    )


def triage(table: TriageTable, answers: Answers, upper_points: Sequence[float]) -> UrgencyAdvice:
    """
    The urgency: the highest of the red flags, the floors, and what the gate leaves.

    Args:
        table: the compiled knowledge base.
        answers: the person.
        upper_points: the upper points (decibans) of each cause, in the order of the table.
    """
    touched = _touched(table, answers)
    fired, pending = [], []
    for place in touched:
        rule = table.rules[place]
        truth = rule.when.truth(answers)
        if truth is True:
            fired.append(rule)
        elif truth is None:
            pending.append(rule)
    reasons = [_flag_reason(rule) for rule in fired]
    reasons += [floor.reason for floor in table.floors if upper_points[floor.place] >= floor.threshold_db]
    stops, open_at_gate, passed = _at_gate(table, answers)
    reasons += stops
    if not reasons:
        reasons = [_default_reason(table.wording, passed)]
    reasons.sort(key=lambda reason: (-reason.urgency.rank, reason.kind != "red_flag", reason.kind, reason.id))
    level = reasons[0].urgency
    return UrgencyAdvice(
        level=level,
        action=dict(table.wording.actions)[level],
        reasons=tuple(reasons),
        unanswered=_unanswered(table, answers, [rule for rule in pending if rule.urgency > level], open_at_gate),
    )


def _touched(table: TriageTable, answers: Answers) -> list[int]:
    present = {id for id, state in answers.states.items() if state != "absent"}
    for medicine in answers.medicines or ():
        present.add(f"medicine.{medicine.medicine.id}")
        present.update(f"medicines.{medicine_class}" for medicine_class in medicine.classes)
    places = {place for each in present for place in table.rules_about.get(each, ())}
    return sorted(places)


def _floor_rules(kb: KnowledgeBase) -> Iterable[FloorRule]:
    for place, cause in enumerate(kb.causes):
        if cause.floor is not None:
            share = cause.floor.at_share
            yield FloorRule(
                place=place,
                threshold_db=10.0 * math.log10(share / (1.0 - share)),
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
    table: TriageTable, answers: Answers, pending: Sequence[RedFlag], open_at_gate: Sequence[str]
) -> tuple[OpenQuestion, ...]:
    by_urgency = sorted(pending, key=lambda rule: (-rule.urgency.rank, rule.id))
    leaves = (leaf for rule in by_urgency for leaf in table.leaves[rule.id])
    asked = [(finding, "safety") for atom, finding in leaves if atom.truth(answers) is None]
    asked += [(finding, "gate") for finding in open_at_gate]
    questions: dict[str, OpenQuestion] = {}
    for id, why in asked:
        finding = table.findings.get(id)
        if finding is not None and finding.when is None and id not in questions:
            questions[id] = OpenQuestion(finding=id, label=finding.label, question=finding.question, why=why)
    return tuple(questions.values())
