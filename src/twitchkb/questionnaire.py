"""
What an interview needs to know about the questions, worked out once for a knowledge base.

The weights come in as plain numbers; this module knows neither how they were
made nor what is done with them. `interview` asks, this only prepares.
"""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence

import attrs

from .answers import Answers
from .condition import All, AnyOf, AtLeast, Compare, Condition, Is, Not, Present, atoms, subject
from .model import DEFAULT_GROUP_CAP_DB, Cause, Finding, Gate, KnowledgeBase
from .vocabulary import Urgency

__all__ = ["Candidate", "Effect", "InterviewTable", "Leaf", "Row", "Rule", "Tree", "compile_interview"]

DECIBAN = math.log(10.0) / 10.0
"""
One deciban as a natural logarithm.
"""


@attrs.frozen(kw_only=True)
class Effect:
    """
    What one state of a finding does to one cause (by its place), alone in its group.

    `points` and `upper` are decibans, `frequency` is how often the cause shows the state.
    """

    place: int
    points: float
    upper: float
    frequency: float


@attrs.frozen(kw_only=True)
class Row:
    """
    One state of a finding that has a background, with its effects and its slot among the states of all findings.
    """

    state: str
    effects: tuple[Effect, ...]
    slot: int


@attrs.frozen(kw_only=True)
class Candidate:
    """
    A finding that can be asked, and what there is to know about asking it.

    `slots` are the first of its states among those of all findings, and the one after its last.
    `trials` are the answers that can differ from each other in their
    consequences: a state, and the range of the number behind it.
    """

    finding: Finding
    group: str
    cap: float
    rows: tuple[Row, ...]
    slots: tuple[int, int]
    linked: bool
    guarded: bool
    openers: tuple[str, ...]
    parts: tuple[str, ...]
    pointed_at_by: tuple[int, ...]
    trials: tuple[tuple[str, tuple[float, float] | None], ...]


@attrs.frozen(kw_only=True)
class Leaf:
    """
    A leaf of a rule, the finding it asks about, and in which of its states it holds.

    A state stands there as its slot and the part of it that counts; `None`
    where nothing is known of how common the states are.
    """

    condition: Condition
    finding: str | None
    holds_in: tuple[tuple[int, float], ...] | None


Tree = tuple[int, tuple[int, ...], tuple["Tree", ...]]
"""
A rule as a tree: how many parts must hold (0: none, the `not`), the parts that are pools, those that are not.

A pool is a set of leaves any one of which suffices, by its place among the pools of all rules.
"""


@attrs.frozen(kw_only=True)
class Rule:
    """
    A red flag as a tree of pools.
    """

    urgency: Urgency
    rank: int
    when: Condition
    tree: Tree


@attrs.frozen(kw_only=True)
class FloorAt:
    """
    The floor of the grave cause in a place: its threshold in decibans, and what it needs.

    `subjects` are the findings that `needs` asks about, with those that these are derived from.
    """

    place: int
    threshold_db: float
    urgency: Urgency
    needs: Condition | None
    subjects: tuple[str, ...]

    def holds(self, upper: Sequence[float], person: Answers) -> bool:
        """
        Whether the points suffice and what the floor needs is known to be true.
        """
        if upper[self.place] < self.threshold_db:
            return False
        return self.needs is None or self.needs.truth(person) is True


@attrs.frozen(kw_only=True)
class Sums:
    """
    For each state that a cause links its slot, the ratio less one, and the ratio times its logarithm.

    Arrays, because whole tables are run through for every question: numbers side by side
    come from memory twice as fast as objects here and there.
    """

    slots: "array[int]"
    less_one: "array[float]"
    ratio_log: "array[float]"


@attrs.frozen(kw_only=True)
class InterviewTable:
    """
    A knowledge base ready for an interview.

    `rules` are the red flags, the gravest first; `pools` are their leaves (by
    place), any one of which suffices, each pool once. `towards` maps the place
    of a cause with a floor to the answers that speak for it (finding, slot,
    upper weight), the strongest first.

    The chance of an answer and the entropy after it follow from the `sums` of
    the causes and the `backgrounds` of the slots: no logarithm is taken for
    each cause. `weighed_yes_no` and `weighed_levels` are the findings that have
    a background, with their first slot (and the one after their last);
    `members` are the findings of each group that can be asked.

    `wholes` are the questions of the gate; `excusing` and `deriving` are what
    excused and derived findings depend on, `broad` every question that stands
    for others.
    """

    candidates: Mapping[str, Candidate]
    effects: Mapping[tuple[str, str], tuple[Effect, ...]]
    groups: Mapping[str, str]
    members: Mapping[str, tuple[str, ...]]
    caps: Mapping[str, float]
    leaves: tuple[Leaf, ...]
    pools: tuple[tuple[int, ...], ...]
    rules: tuple[Rule, ...]
    rules_about: Mapping[str, tuple[int, ...]]
    floors: tuple[FloorAt, ...]
    towards: Mapping[int, tuple[tuple[str, int, float], ...]]
    sums: tuple[Sums, ...]
    backgrounds: tuple[float, ...]
    weighed_yes_no: tuple[tuple[str, int], ...]
    weighed_levels: tuple[tuple[str, int, int], ...]
    broad: tuple[str, ...]
    gate: Gate
    wholes: frozenset[str]
    derived: tuple[Finding, ...]
    deriving: frozenset[str]
    excusable: tuple[Finding, ...]
    excusing: frozenset[str]
    causes: tuple[str, ...]


def compile_interview(
    kb: KnowledgeBase, effects: Mapping[tuple[str, str], tuple[Effect, ...]], caps: Mapping[str, float]
) -> InterviewTable:
    """
    Work out once what an interview needs.

    Args:
        kb: what is known.
        effects: for each state of each finding what it does to each cause, by the place in `kb.causes`.
        caps: the caps of the groups that have one of their own, in decibans.
    """
    findings = {finding.id: finding for finding in kb.findings}
    places = {cause.id: place for place, cause in enumerate(kb.causes)}
    askable = [finding for finding in kb.findings if finding.when is None]
    slots = {pair: slot for slot, pair in enumerate(_stated(askable))}
    rows = _rows(askable, effects, slots)
    leaves = _Leaves(findings, slots)
    rules = [
        Rule(urgency=rule.urgency, rank=rule.urgency.rank, when=rule.when, tree=leaves.tree(rule.when))
        for rule in kb.red_flags
    ]
    order = sorted(range(len(rules)), key=lambda i: (-rules[i].urgency.rank, i))
    pointed: dict[str, set[int]] = {}
    about: dict[str, list[int]] = {}
    for place, i in enumerate(order):
        for id in _subjects(rules[i].when, findings):
            about.setdefault(id, []).append(place)
            pointed.setdefault(id, set()).update(places[cause] for cause in kb.red_flags[i].causes if cause in places)
    parts = _parts(kb)
    openers: dict[str, list[str]] = {}
    for question in kb.gate.questions:
        for part in question.covers:
            openers.setdefault(part, []).append(question.finding)
    thresholds = _thresholds(kb)
    groups = {finding.id: finding.group or finding.id for finding in kb.findings}
    members: dict[str, list[str]] = {}
    for finding in askable:
        members.setdefault(groups[finding.id], []).append(finding.id)
    return InterviewTable(
        candidates={
            finding.id: Candidate(
                finding=finding,
                group=groups[finding.id],
                cap=caps.get(groups[finding.id], DEFAULT_GROUP_CAP_DB),
                rows=rows[finding.id],
                slots=(min(own), max(own) + 1) if (own := [slots[pair] for pair in _stated([finding])]) else (0, 0),
                linked=any((finding.id, state) in effects for state in finding.states),
                guarded=finding.id in openers or finding.absent_when is not None,
                openers=tuple(openers.get(finding.id, ())),
                parts=tuple(id for id in parts.get(finding.id, ()) if findings[id].when is None),
                pointed_at_by=tuple(sorted(pointed.get(finding.id, ()))),
                trials=tuple(_trials(finding, thresholds.get(finding.id, ()))),
            )
            for finding in askable
        },
        effects=effects,
        groups=groups,
        members={group: tuple(ids) for group, ids in members.items()},
        caps=caps,
        leaves=tuple(leaves.found),
        pools=tuple(leaves.pools),
        rules=tuple(rules[i] for i in order),
        rules_about={id: tuple(found) for id, found in about.items()},
        floors=tuple(_floors(kb, findings)),
        towards={place: _towards(place, cause, effects, slots) for place, cause in enumerate(kb.causes) if cause.floor},
        sums=_sums(len(kb.causes), [(finding, rows[finding.id]) for finding in askable], caps),
        backgrounds=tuple(_stated(askable).values()),
        weighed_yes_no=tuple((f.id, slots[f.id, "absent"]) for f in askable if rows[f.id] and f.is_yes_no),
        weighed_levels=tuple(
            (f.id, rows[f.id][0].slot, rows[f.id][-1].slot + 1) for f in askable if rows[f.id] and not f.is_yes_no
        ),
        broad=tuple(sorted(id for id, found in parts.items() if any(findings[part].when is None for part in found))),
        gate=kb.gate,
        wholes=frozenset(question.finding for question in kb.gate.questions),
        derived=tuple(finding for finding in kb.findings if finding.when is not None),
        deriving=_asked_by(finding.when for finding in kb.findings),
        excusable=tuple(finding for finding in kb.findings if finding.absent_when is not None),
        excusing=_asked_by(finding.absent_when for finding in kb.findings),
        causes=tuple(cause.id for cause in kb.causes),
    )


class _Leaves:
    """
    The leaves of all rules and their pools, each once; what is derived is replaced by what it is derived from.
    """

    def __init__(self, findings: Mapping[str, Finding], slots: Mapping[tuple[str, str], int]) -> None:
        self.found: list[Leaf] = []
        self.pools: dict[tuple[int, ...], int] = {}
        self._findings = findings
        self._slots = slots
        self._weighed = {finding for finding, _ in slots}
        self._places: dict[str, int] = {}

    def tree(self, condition: Condition) -> Tree:
        """
        The condition over the places of its leaves.
        """
        match condition:
            case All(parts=parts):
                return self._split(len(parts), parts)
            case AnyOf(parts=parts):
                return self._split(1, parts)
            case AtLeast(number=number, parts=parts):
                return self._split(number, parts)
            case Not(part=part):
                return self._split(0, (part,))
            case Present(finding=id) if (when := self._findings[id].when) is not None:
                return self.tree(when)
        return self._split(1, (condition,))

    def _split(self, need: int, parts: tuple[Condition, ...]) -> Tree:
        plain = [
            part for part in parts if not isinstance(part, All | AnyOf | AtLeast | Not) and not self._derived(part)
        ]
        leaves = [self._place(part) for part in plain]
        together = [tuple(sorted(set(leaves)))] if need == 1 and leaves else [(leaf,) for leaf in leaves]
        pools, branches = [self._pool(each) for each in together], []
        for part in parts:
            if part not in plain:
                match self.tree(part):
                    case (1, (pool,), ()):
                        pools.append(pool)
                    case (1, (), (branch,)) | branch:
                        branches.append(branch)
        return need, tuple(pools), tuple(branches)

    def _pool(self, leaves: tuple[int, ...]) -> int:
        return self.pools.setdefault(leaves, len(self.pools))

    def _derived(self, part: Condition) -> bool:
        return isinstance(part, Present) and self._findings[part.finding].when is not None

    def _place(self, condition: Condition) -> int:
        key = str(condition)
        if key not in self._places:
            self._places[key] = len(self.found)
            self.found.append(self._leaf(condition))
        return self._places[key]

    def _leaf(self, condition: Condition) -> Leaf:
        match condition:
            case Present():
                holds = [("present", 1.0)]
            case Is():
                holds = [(condition.level, 1.0)]
            case Compare():
                holds = list(self._holding(condition))
            case _:
                return Leaf(condition=condition, finding=None, holds_in=())
        id = condition.finding
        slots = [(self._slots[id, state], part) for state, part in holds if (id, state) in self._slots]
        return Leaf(condition=condition, finding=id, holds_in=tuple(slots) if id in self._weighed else None)

    def _holding(self, condition: Compare) -> Iterable[tuple[str, float]]:
        scale = self._findings[condition.finding].scale
        levels = [] if scale is None else [(level, scale.bounds_of(level)) for level in scale.levels]
        for level, bounds in levels:
            truth = condition.truth(_only({}, {condition.finding: bounds}))
            if truth is not False:
                yield level, 1.0 if truth else 0.5


def _stated(findings: Iterable[Finding]) -> dict[tuple[str, str], float]:
    """
    The background of each state, by finding and state; nobody has a sign whose background is not given.
    """
    found: dict[tuple[str, str], float] = {}
    for finding in findings:
        stated = {state: estimate.value for state, estimate in finding.background}
        if finding.is_yes_no:
            present = stated.get("present", 0.0)
            stated = {"absent": 1.0 - present, "present": present}
        found.update(((finding.id, state), stated[state]) for state in sorted(stated))
    return found


def _rows(
    askable: Iterable[Finding],
    effects: Mapping[tuple[str, str], tuple[Effect, ...]],
    slots: Mapping[tuple[str, str], int],
) -> dict[str, tuple[Row, ...]]:
    return {
        finding.id: tuple(
            Row(state=state, effects=effects.get((id, state), ()), slot=slots[id, state])
            for id, state in (_stated([finding]) if finding.background else ())
        )
        for finding in askable
    }


def _sums(causes: int, rows: Iterable[tuple[Finding, tuple[Row, ...]]], caps: Mapping[str, float]) -> tuple[Sums, ...]:
    found = tuple(Sums(slots=array("L"), less_one=array("d"), ratio_log=array("d")) for _ in range(causes))
    for finding, own in rows:
        cap = caps.get(finding.group or finding.id, DEFAULT_GROUP_CAP_DB)
        for row in own:
            for effect in row.effects:
                step = max(-cap, min(cap, effect.points)) * DECIBAN
                ratio = math.exp(step)
                sums = found[effect.place]
                sums.slots.append(row.slot)
                sums.less_one.append(ratio - 1.0)
                sums.ratio_log.append(ratio * step)
    return found


def _floors(kb: KnowledgeBase, findings: Mapping[str, Finding]) -> Iterable[FloorAt]:
    for place, cause in enumerate(kb.causes):
        if cause.floor is not None:
            needs, share = cause.floor.needs, cause.floor.at_share
            yield FloorAt(
                place=place,
                threshold_db=10.0 * math.log10(share / (1.0 - share)),
                urgency=cause.floor.urgency,
                needs=needs,
                subjects=() if needs is None else tuple(_subjects(needs, findings)),
            )


def _towards(
    place: int,
    cause: Cause,
    effects: Mapping[tuple[str, str], tuple[Effect, ...]],
    slots: Mapping[tuple[str, str], int],
) -> tuple[tuple[str, int, float], ...]:
    linked = {link.finding for link in cause.evidence}
    found = [
        (id, slots[id, state], effect.upper)
        for (id, state), each in effects.items()
        if id in linked and (id, state) in slots
        for effect in each
        if effect.place == place and effect.upper > 0.0
    ]
    return tuple(sorted(found, key=lambda each: (-each[2], each[:2])))


def _trials(finding: Finding, thresholds: Iterable[float]) -> Iterable[tuple[str, tuple[float, float] | None]]:
    if finding.scale is None:
        yield from ((state, None) for state in finding.states)
        return
    least, most = finding.scale.accepts
    for level in finding.scale.levels:
        yield level, finding.scale.bounds_of(level)
    ends = {end for level in finding.scale.levels for end in finding.scale.bounds_of(level)}
    near = {math.nextafter(t, way) for t in thresholds for way in (-math.inf, math.inf)}
    for number in sorted(ends | near | set(thresholds)):
        if least <= number <= most:
            yield finding.scale.level_of(number), (number, number)


def _thresholds(kb: KnowledgeBase) -> dict[str, set[float]]:
    """
    The numbers that any condition compares a finding with.
    """
    conditions = [rule.when for rule in kb.red_flags] + [stop.when for stop in kb.gate.stops]
    conditions += [
        cause.floor.needs for cause in kb.causes if cause.floor is not None and cause.floor.needs is not None
    ]
    conditions += [when for finding in kb.findings for when in (finding.when, finding.absent_when) if when is not None]
    found: dict[str, set[float]] = {}
    for condition in conditions:
        for atom in atoms(condition):
            if isinstance(atom, Compare):
                found.setdefault(atom.finding, set()).add(atom.number)
    return found


def _parts(kb: KnowledgeBase) -> dict[str, list[str]]:
    """
    For each broad question what its answer no answers: the parts at the gate, and what it alone excuses.
    """
    found = {question.finding: list(question.covers) for question in kb.gate.questions}
    for finding in kb.findings:
        if finding.absent_when is not None:
            for whole in dict.fromkeys(subject(atom) for atom in atoms(finding.absent_when)):
                if finding.absent_when.truth(_only({whole: "absent"}, {})) and finding.id not in found.get(whole, ()):
                    found.setdefault(whole, []).append(finding.id)
    return found


def _asked_by(conditions: Iterable[Condition | None]) -> frozenset[str]:
    return frozenset(subject(atom) for condition in conditions if condition is not None for atom in atoms(condition))


def _subjects(condition: Condition, findings: Mapping[str, Finding]) -> Iterable[str]:
    """
    The findings that a condition asks about, with those that these are derived from.
    """
    for id in dict.fromkeys(subject(atom) for atom in atoms(condition)):
        finding = findings.get(id)
        if finding is not None:
            yield id
            if finding.when is not None:
                yield from _subjects(finding.when, findings)


def _only(states: Mapping[str, str], ranges: Mapping[str, tuple[float, float]]) -> Answers:
    """
    Somebody of whom nothing else is known.
    """
    return Answers(states=states, ranges=ranges, medicines=None, unrecognised=())
