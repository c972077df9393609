"""
Urgency of many people at once: the rules of `triage`, asked over columns.

The red flags, floors, stops and questions are those that `triage` compiled; a
person's reasons come out in the same order.
"""

from collections.abc import Sequence
from typing import TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from twitchkb.condition import Condition, atoms, subject
from twitchkb.engine import Compiled
from twitchkb.triage import TriageTable, place_in_list
from twitchkb.vocabulary import Urgency

from .arrow import sp
from .columns import MEDICINES, Answered, about_medicines
from .kernel import Floats
from .kleene import Bits, all_rows, as_rows, spread, truth

__all__ = ["Flagged", "Rules", "flagged", "floors_reached", "urgencies"]

Places: TypeAlias = npt.NDArray[np.intp]


class Rules:
    """
    Every reason that a knowledge base can give, in the order in which `triage` lists them.

    `names` are `kind:id`, `ranks` the rank of the urgency each demands.
    """

    def __init__(self, compiled: Compiled) -> None:
        table = compiled.triage
        self.table: TriageTable = table
        self.findings = compiled.answers.findings
        found = [(rule.reason.urgency, "red_flag", rule.reason.id) for rule in table.rules]
        found += [(floor.reason.urgency, "floor", floor.reason.id) for floor in table.floors]
        found += [(stop.urgency, "stop", str(stop.when)) for stop in table.gate.stops]
        order = sorted(
            range(len(found)),
            key=lambda i: place_in_list(*found[i]),
        )
        place_of = {old: new for new, old in enumerate(order)}
        rules, floors = len(table.rules), len(table.floors)
        self.names = [f"{found[i][1]}:{found[i][2]}" for i in order] + ["gate:gate", "default:default"]
        self.ranks = np.array(
            [found[i][0].rank for i in order] + [Urgency.SELF_CARE.rank, Urgency.ROUTINE.rank], np.int8
        )
        self.rule_places = [place_of[i] for i in range(rules)]
        self.floor_places = [place_of[rules + i] for i in range(floors)]
        self.floor_causes = [floor.place for floor in table.floors]
        self.thresholds = np.full(len(compiled.kb.causes), np.inf)
        self.thresholds[self.floor_causes] = [floor.threshold_db for floor in table.floors]
        self.stop_places = [place_of[rules + floors + i] for i in range(len(table.gate.stops))]
        self.subjects = [frozenset(_subjects(rule.rule.when)) for rule in table.rules]

    @property
    def gate(self) -> int:
        """
        The place of the reason that the gate was passed.
        """
        return len(self.names) - 2

    @property
    def default(self) -> int:
        """
        The place of the reason that nothing else was found.
        """
        return len(self.names) - 1


@attrs.frozen(kw_only=True, eq=False)
class Flagged:
    """
    What the answers alone say: who meets which reason, who passed the gate, and how many questions are open there.

    `may_reach` holds, for each floor that needs something besides points, for whom that is true.
    """

    people: list[Places]
    reasons: list[int]
    passed: npt.NDArray[np.bool_]
    open_at_gate: npt.NDArray[np.int32]
    may_reach: dict[int, npt.NDArray[np.bool_]]


def flagged(answered: Answered, rules: Rules) -> Flagged:
    """
    Ask every red flag and the gate of everybody.
    """
    present = set(answered.yes_no) | set(answered.levels)
    if answered.medicines is not None:
        present.add(MEDICINES)
    people, reasons = [], []
    for rule, place, subjects in zip(rules.table.rules, rules.rule_places, rules.subjects, strict=True):
        if present & subjects:
            found = truth(rule.rule.when, answered)
            if found is not None and found.true.any():
                people.append(as_rows(found.true, answered.rows))
                reasons.append(place)
    passed, open_at_gate = _at_gate(answered, rules, people, reasons)
    may_reach = {}
    for number, floor in enumerate(rules.table.floors):
        if floor.needs is not None:
            needed = truth(floor.needs, answered)
            none = np.zeros(answered.rows, bool)
            may_reach[number] = none if needed is None else spread(needed.true, answered.rows)
    return Flagged(people=people, reasons=reasons, passed=passed, open_at_gate=open_at_gate, may_reach=may_reach)


def floors_reached(high: Floats, rules: Rules, flags: Flagged, start: int) -> tuple[list[Places], list[int]]:
    """
    Who reaches the floor of which grave cause with its upper points; the people are those from `start` on.
    """
    # A cause without a floor is never reached.
    who, cause = np.divmod(np.flatnonzero(high >= rules.thresholds), high.shape[1])
    order = np.argsort(cause, kind="stable")
    who, starts = who[order], np.searchsorted(cause[order], np.arange(high.shape[1] + 1)).tolist()
    people, reasons = [], []
    for number, (place, reason) in enumerate(zip(rules.floor_causes, rules.floor_places, strict=True)):
        found = who[starts[place] : starts[place + 1]] + start
        if number in flags.may_reach:
            found = found[flags.may_reach[number][found]]
        if len(found):
            people.append(found)
            reasons.append(reason)
    return people, reasons


def urgencies(
    people: Sequence[Places], reasons: Sequence[int], passed: npt.NDArray[np.bool_], rules: Rules
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """
    The rank of the urgency of everybody, and all reasons as (starts, places), in the order of `triage`.
    """
    rows = len(passed)
    level = np.where(passed, np.int8(Urgency.SELF_CARE.rank), np.int8(Urgency.ROUTINE.rank))
    without = np.ones(rows, bool)
    for who in people:
        without[who] = False
    alone = np.flatnonzero(without)
    met = [*people, alone[passed[alone]], alone[~passed[alone]]]
    places = [*reasons, rules.gate, rules.default]
    order = sorted(range(len(places)), key=places.__getitem__)
    merged: dict[int, list[Places]] = {}
    for i in order:
        merged.setdefault(places[i], []).append(met[i])
    columns = [np.concatenate(each) if len(each) > 1 else each[0] for each in merged.values()]
    starts = np.cumsum([0, *(len(each) for each in columns)])
    indices = np.concatenate(columns).astype(np.int32)
    data = np.repeat(np.array(list(merged), np.int32), np.diff(starts))
    by_reason = sp.csc_matrix((data, indices, starts.astype(np.int32)), shape=(rows, len(columns)))
    by_person = by_reason.tocsr()
    # The gravest stands first; where nobody else speaks, the default itself is first.
    level = rules.ranks[by_person.data[by_person.indptr[:-1]]] if rows else level
    return level, by_person.indptr.astype(np.int32), by_person.data


def _at_gate(
    answered: Answered, rules: Rules, people: list[Places], reasons: list[int]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int32]]:
    """
    Who passed, and for how many askable findings each gate question or stop is open.
    """
    rows, every = answered.rows, all_rows(answered.rows)
    none = np.zeros_like(every)
    passed = every if rules.table.gate.questions else none
    still_open: dict[str, Bits] = {}

    def leave_open(finding: str, where: Bits) -> None:
        if finding in rules.table.at_gate:
            still_open[finding] = still_open.get(finding, none) | where

    for question in rules.table.gate.questions:
        own = answered.yes_no.get(question.finding)
        parts = [answered.yes_no.get(part) for part in question.covers]
        true, false = (none, none) if own is None else (own.true, own.false)
        all_absent = every if parts else none
        for part in parts:
            true = true | (none if part is None else part.true)
            all_absent = all_absent & (none if part is None else part.false)
        absent = (false | all_absent) & ~true
        passed = passed & absent
        leave_open(question.finding, every & ~true & ~absent)
    for stop, place in zip(rules.table.gate.stops, rules.stop_places, strict=True):
        found = truth(stop.when, answered)
        true, false = (none, none) if found is None else (found.true, found.false)
        passed = passed & false
        if true.any():
            people.append(as_rows(true, rows))
            reasons.append(place)
        unknown = every & ~true & ~false
        for atom in atoms(stop.when):
            leaf = truth(atom, answered)
            leave_open(subject(atom), unknown if leaf is None else unknown & ~leaf.known)
    count = np.zeros(rows, np.int32)
    for where in still_open.values():
        count += spread(where, rows)
    return spread(passed, rows), count


def _subjects(condition: Condition) -> list[str]:
    return [MEDICINES if about_medicines(atom) else subject(atom) for atom in atoms(condition)]
