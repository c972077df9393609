"""
Choose what to ask next: the answers that could raise the urgency, and those that tell causes apart.

This module asks nothing, reads no file and knows no weight by itself: it
receives a table and plain numbers, and the same ones give the same order.

Two gains are added up in one currency. The first is the steps of urgency that
an answer is expected to raise, the gravest first. The second is the expected
fall of the entropy of the shares, in bits. The chances used here order the
questions and do nothing else: no score and no urgency depends on them.
"""

import heapq
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence

import attrs

from .answers import Answers
from .condition import atoms, subject
from .model import DEFAULT_GROUP_CAP_DB, Finding, GateQuestion
from .questionnaire import DECIBAN, Candidate, Effect, InterviewTable, Leaf, Tree
from .vocabulary import Urgency

__all__ = ["Open", "Situation", "moved_most", "next_open", "open_questions"]

# One step of urgency counts as much as so many bits; from 10 to 100 the order hardly changes.
BITS_PER_STEP = 10.0
# The gravest first: each step up counts twice the one before.
STEPS = ((Urgency.EMERGENCY.rank, 4.0), (Urgency.URGENT.rank, 2.0), (Urgency.SOON.rank, 1.0))
# Chances where the dataset has no number, used for the order alone: of a sign that no cause links, in
# general and where a rule names the cause that is there; and of a medicine, where nobody asked.
RARE = 0.002
RARE_WITH_ITS_CAUSE = 0.1
MEDICINE_NOT_ASKED = 0.03
MEDICINE_UNTOLD = 0.01
# Who cannot say whether any of the signs is there can seldom say which.
AFTER_DO_NOT_KNOW = 0.1
# Few people know their blood values.
KNOWS_THE_VALUE = 0.1
# A cause below this share moves no expectation that anybody could see.
NEGLIGIBLE = 1e-4
SEEN = 0.01
LEAST, MOST = 1e-6, 0.999
FIRST_CAUSES = 3
RANKS = len(Urgency)
LN2 = math.log(2.0)


@attrs.frozen(kw_only=True)
class Situation:
    """
    Where an interview stands: the answers, and the points (value, upper end) of each cause in order.

    `rest` are the points of `something_else`.
    """

    person: Answers
    points: tuple[float, ...]
    upper: tuple[float, ...]
    rest: float


@attrs.frozen(kw_only=True)
class Open:
    """
    A question that is open, and its expected gain.

    `reach` is the highest urgency above that of the red flags in which it has a part.
    """

    finding: Finding
    parts: tuple[str, ...]
    reach: Urgency | None
    at_gate: bool
    steps: float
    bits: float

    @property
    def why(self) -> str:
        """
        `safety`, `gate` or `narrows`.
        """
        if self.reach is not None:
            return "safety"
        return "gate" if self.at_gate else "narrows"

    @property
    def gain(self) -> float:
        """
        Both gains in bits.
        """
        gain = BITS_PER_STEP * self.steps + self.bits
        return gain * KNOWS_THE_VALUE if self.finding.kind == "lab_test" else gain


Node = tuple[float, tuple["Node", ...]]
"""
The chance that a part of a rule holds, and the same of its own parts.
"""

_NO_PARTS: tuple[Node, ...] = ()


def next_open(table: InterviewTable, situation: Situation, limit: int) -> tuple[Open, ...]:
    """
    The first open questions; none where no single answer can change the urgency or the first three causes.
    """
    asked = _Asked(table, situation)
    found = asked.ranked()[:limit]
    trial = _Trial(table, situation, asked.discount, asked.flags)
    # What comes first nearly always changes something, so the whole round is seldom made.
    ids = itertools.chain((each.finding.id for each in found), asked.open)
    return found if any(trial.changes(asked.open[id]) for id in ids) else ()


def open_questions(table: InterviewTable, situation: Situation) -> tuple[Open, ...]:
    """
    Every question that is open and matters, the one with the greatest expected gain first; ties by id.

    A question that a broader open one would answer waits for it, and so does
    one that the answer to another would excuse. What only a clinician can
    answer comes when nothing else is left.
    """
    return _Asked(table, situation).ranked()


def moved_most(table: InterviewTable, situation: Situation, finding: str, most: int = 3) -> tuple[str, ...]:
    """
    The causes whose shares the answer is expected to move most, by at least one in a hundred.
    """
    candidate = table.candidates[finding]
    masses = _masses(situation)
    discount = _Discount(table, situation.person)
    moved: dict[int, float] = {}
    for row in candidate.rows:
        chance, total, ratios = row.background, 1.0, []
        for effect in row.effects:
            mass, ratio = masses[effect.place], math.exp(discount.step(candidate, effect) * DECIBAN)
            chance += mass * (effect.frequency - row.background)
            total += mass * (ratio - 1.0)
            ratios.append((effect.place, mass, ratio))
        for place, mass, ratio in ratios:
            moved[place] = moved.get(place, 0.0) + max(chance, 0.0) * abs(mass * ratio / total - mass)
    order = sorted((place for place, move in moved.items() if move >= SEEN), key=lambda i: (-moved[i], table.causes[i]))
    return tuple(table.causes[place] for place in order[:most])


class _Asked:
    """
    One weighing of all open questions.
    """

    def __init__(self, table: InterviewTable, situation: Situation) -> None:
        self._table = table
        self._person = situation.person
        self._upper = situation.upper
        states, unknown = self._person.states, self._person.unknown
        self.open = {
            id: candidate for id, candidate in table.candidates.items() if id not in states and id not in unknown
        }
        self.discount = _Discount(table, self._person)
        self._masses = _masses(situation)
        self._bits: dict[str, float] = {}
        self._chances: dict[str, dict[str, float]] = {}
        self._expect()
        self._expect_rare()
        self._parts = {
            whole: tuple(part for part in table.candidates[whole].parts if part in self.open) for whole in table.broad
        }
        self._follow_broad_answers()
        self._expect_broad()
        # For each question the chance to raise the urgency, by the rank of the urgency.
        self._gains: dict[str, list[float]] = {}
        self._reach: dict[str, Urgency] = {}
        self.flags = self._at_rules()
        floors = [urgency.rank for place, (at, urgency) in table.floors.items() if self._upper[place] >= at]
        self._rank = max([self.flags.rank, *floors])
        self._at_floors()
        self._gate_matters = self._can_pass_the_gate()

    def ranked(self) -> tuple[Open, ...]:
        """
        The open questions that matter, best first.
        """
        visible = [candidate for candidate in self.open.values() if not self._waits(candidate)]
        found = self._mattering(candidate for candidate in visible if not candidate.finding.clinician)
        if not found:
            # Signs for a clinician; and, should a pack let questions wait for each other, all of those.
            found = self._mattering(visible) or self._mattering(self.open.values())
        found.sort(key=lambda each: (-each.gain, each.finding.id))
        return tuple(found)

    def _mattering(self, candidates: Iterable[Candidate]) -> list[Open]:
        """
        Questions with their gain, where any answer to them or to their parts could move anything.
        """
        found = []
        for candidate in candidates:
            id = candidate.finding.id
            parts = self._parts.get(id, ())
            reach = self._reach.get(id)
            steps, linked = self._steps(id), candidate.linked
            for part in parts:
                steps += self._steps(part)
                linked = linked or self._table.candidates[part].linked
                of_part = self._reach.get(part)
                if of_part is not None and (reach is None or of_part > reach):
                    reach = of_part
            at_gate = self._gate_matters and id in self._table.gate_subjects
            if linked or at_gate or reach is not None:
                found.append(
                    Open(
                        finding=candidate.finding,
                        parts=parts,
                        reach=reach,
                        at_gate=at_gate,
                        steps=steps,
                        bits=self._bits.get(id, 0.0),
                    )
                )
        return found

    def _waits(self, candidate: Candidate) -> bool:
        """
        Whether an open question would answer or excuse this one.
        """
        for opener in candidate.openers:
            if opener in self.open:
                return True
        excuse = candidate.finding.absent_when
        return (
            excuse is not None
            and excuse.truth(self._person) is None
            and any(subject(atom) in self.open for atom in atoms(excuse))
        )

    def _expect(self) -> None:
        """
        The chance of each state, and the expected fall of the entropy, of what has a background.
        """
        table, masses = self._table, self._masses
        moved, moved_log, chance = [0.0] * table.slots, [0.0] * table.slots, [0.0] * table.slots
        log_sum = 0.0
        for mass, sums in itertools.zip_longest(masses, table.sums, fillvalue=()):
            log = mass * math.log(mass) if mass > 0.0 else 0.0
            log_sum += log
            if mass >= NEGLIGIBLE:
                for slot, less_one, ratio_log, difference in sums:
                    moved[slot] += mass * less_one
                    moved_log[slot] += log * less_one + mass * ratio_log
                    chance[slot] += mass * difference
        for id, candidate in self.open.items():
            if not candidate.rows:
                continue
            if self.discount.concerns(candidate):
                self._redo(candidate, moved, moved_log)
            after = whole = 0.0
            chances = {}
            for row in candidate.rows:
                slot = row.slot
                likely = min(max(row.background + chance[slot], LEAST), 1.0)
                total = 1.0 + moved[slot]
                after += likely * (math.log(total) - (log_sum + moved_log[slot]) / total)
                whole += likely
                chances[row.state] = likely
            if whole != 1.0:
                for state in chances:
                    chances[state] /= whole
            self._chances[id] = chances
            self._bits[id] = max(0.0, (-log_sum - after / whole) / LN2)

    def _redo(self, candidate: Candidate, moved: list[float], moved_log: list[float]) -> None:
        """
        The same sums with the discount of what was answered in the group.
        """
        for row in candidate.rows:
            moved[row.slot] = moved_log[row.slot] = 0.0
            for effect in row.effects:
                mass = self._masses[effect.place]
                if mass >= NEGLIGIBLE:
                    step = self.discount.step(candidate, effect) * DECIBAN
                    ratio = math.exp(step)
                    moved[row.slot] += mass * (ratio - 1.0)
                    moved_log[row.slot] += mass * (math.log(mass) * (ratio - 1.0) + ratio * step)

    def _expect_rare(self) -> None:
        for id, candidate in self.open.items():
            if not candidate.rows and candidate.finding.is_yes_no:
                named = 0.0
                for place in candidate.pointed_at_by:
                    named += self._masses[place]
                self._set_chance(id, min(RARE + RARE_WITH_ITS_CAUSE * named, 0.5))

    def _set_chance(self, id: str, present: float) -> None:
        self._chances[id] = {"present": present, "absent": 1.0 - present}

    def _chance(self, id: str) -> float:
        chances = self._chances.get(id)
        return 0.0 if chances is None else chances.get("present", 0.0)

    def _none_of(self, ids: Iterable[str]) -> float:
        none = 1.0
        for id in ids:
            none *= 1.0 - self._chance(id)
        return none

    def _follow_broad_answers(self) -> None:
        """
        A broad question answered yes makes its parts likelier, "I do not know" makes them less worth asking.
        """
        states, unknown = self._person.states, self._person.unknown
        for whole, parts in self._parts.items():
            if whole in unknown:
                for part in parts:
                    if self._table.candidates[part].finding.is_yes_no:
                        self._set_chance(part, self._chance(part) * AFTER_DO_NOT_KNOW)
                        self._bits[part] = self._bits.get(part, 0.0) * AFTER_DO_NOT_KNOW
            elif states.get(whole) == "present" and not self._table.candidates[whole].rows:
                yes_no = [part for part in parts if self._table.candidates[part].finding.is_yes_no]
                none = self._none_of(yes_no)
                told = any(states.get(part) == "present" for part in self._table.candidates[whole].parts)
                if none < 1.0 and not told:
                    for part in yes_no:
                        self._set_chance(part, min(self._chance(part) / (1.0 - none), 0.95))

    def _expect_broad(self) -> None:
        for whole, parts in self._parts.items():
            if whole in self.open and not self._table.candidates[whole].rows:
                self._set_chance(whole, 1.0 - self._none_of(parts))

    def _at_rules(self) -> Urgency:
        """
        The urgency of the red flags that fire; on the way, what each question could do to the others.
        """
        chances = [self._leaf_chance(leaf) for leaf in self._table.leaves]
        askable = [leaf.finding if leaf.finding in self.open else None for leaf in self._table.leaves]
        for rule in self._table.rules:
            node = _weigh(rule.tree, chances)
            if node[0] <= 0.0:
                continue
            if node[0] >= 1.0 and rule.when.truth(self._person) is True:
                self._forget_up_to(rule.urgency)
                return rule.urgency
            rank, whole = rule.urgency.rank, node[0]
            factors: list[tuple[int, float]] = []
            _spread(rule.tree, node, 1.0, factors)
            for place, factor in factors:
                id = askable[place]
                if id is None:
                    continue
                self._reach.setdefault(id, rule.urgency)
                # The chance of an answer that furthers the rule, times that of the rule once it is given.
                answer = chances[place] if factor > 0.0 else 1.0 - chances[place]
                joint = answer * min(whole + (1.0 - answer) * abs(factor), 1.0)
                own = self._gains.get(id)
                if own is None:
                    own = self._gains[id] = [0.0] * RANKS
                own[rank] = max(own[rank], joint)
        return Urgency.SELF_CARE

    def _forget_up_to(self, urgency: Urgency) -> None:
        """
        Rules of the same urgency came before the one that fired; they can raise nothing.
        """
        self._reach = {id: reach for id, reach in self._reach.items() if reach > urgency}

    def _leaf_chance(self, leaf: Leaf) -> float:
        truth = leaf.condition.truth(self._person)
        if truth is not None:
            return 1.0 if truth else 0.0
        if leaf.finding is None:
            return MEDICINE_NOT_ASKED if self._person.medicines is None else MEDICINE_UNTOLD
        if leaf.finding in self._person.unknown:
            return 0.0
        chances = self._chances.get(leaf.finding)
        if chances is None:
            return RARE
        holds = 0.0
        for state, part in leaf.holds_in:
            holds += chances.get(state, 0.0) * part
        return min(max(holds, LEAST), MOST)

    def _at_floors(self) -> None:
        """
        Answers that would carry a grave cause over its threshold.
        """
        for place, (at, urgency) in self._table.floors.items():
            gap = at - self._upper[place]
            if gap <= 0.0 or urgency.rank <= self._rank:
                continue
            for id, state, upper in self._table.towards[place]:
                if upper >= gap and id in self.open and id in self._chances:
                    own = self._gains.setdefault(id, [0.0] * RANKS)
                    own[urgency.rank] = max(own[urgency.rank], self._chances[id].get(state, 0.0))

    def _steps(self, id: str) -> float:
        """
        Expected steps: for each urgency above the present one the chance to reach it or a higher one.
        """
        own = self._gains.get(id)
        if own is None:
            return 0.0
        steps = best = 0.0
        for rank, worth in STEPS:
            best = max(best, own[rank])
            if rank > self._rank:
                steps += worth * best
        return steps

    def _can_pass_the_gate(self) -> bool:
        """
        Whether self-care can still be reached: no red flag, no stop, nothing answered yes at the gate.
        """
        states, gate = self._person.states, self._table.gate
        return (
            bool(gate.questions)
            and self.flags is Urgency.SELF_CARE
            and not any(stop.when.truth(self._person) for stop in gate.stops)
            and not any(states.get(id) == "present" for q in gate.questions for id in (q.finding, *q.covers))
        )


class _Discount:
    """
    What an answer adds to the points of a cause, its group's earlier answers counted.
    """

    def __init__(self, table: InterviewTable, person: Answers) -> None:
        self._told: dict[str, dict[int, list[Effect]]] = {}
        for id, state in person.states.items():
            effects = table.effects.get((id, state))
            if effects:
                group = self._told.setdefault(table.groups[id], {})
                for effect in effects:
                    group.setdefault(effect.place, []).append(effect)

    def concerns(self, candidate: Candidate) -> bool:
        """
        Whether anything in the group of this question was answered.
        """
        return candidate.group in self._told

    def step(self, candidate: Candidate, effect: Effect) -> float:
        """
        The change of the points by one effect.
        """
        told = [each.points for each in self._told.get(candidate.group, {}).get(effect.place, ())]
        return _group_total([*told, effect.points], candidate.cap) - _group_total(told, candidate.cap)

    def moves(self, table: InterviewTable, added: Mapping[str, str]) -> dict[int, tuple[float, float]]:
        """
        The change of points and of upper points, by place, where several answers come together.
        """
        groups: dict[tuple[str, int], list[Effect]] = {}
        for pair in added.items():
            for effect in table.effects.get(pair, ()):
                groups.setdefault((table.groups[pair[0]], effect.place), []).append(effect)
        moved: dict[int, tuple[float, float]] = {}
        for (group, place), effects in groups.items():
            cap = table.caps.get(group, DEFAULT_GROUP_CAP_DB)
            told = self._told.get(group, {}).get(place, [])
            points, upper = moved.get(place, (0.0, 0.0))
            points += _group_total([e.points for e in (*told, *effects)], cap)
            points -= _group_total([e.points for e in told], cap)
            upper += _group_total([e.upper for e in (*told, *effects)], cap)
            upper -= _group_total([e.upper for e in told], cap)
            moved[place] = points, upper
        return moved


class _Trial:
    """
    What one more answer would do to the urgency and to the first three causes.
    """

    def __init__(self, table: InterviewTable, situation: Situation, discount: "_Discount", flags: Urgency) -> None:
        self._table = table
        self._person = situation.person
        self._points = situation.points
        self._upper = situation.upper
        self._discount = discount
        self._flags = flags
        self._urgency = self._level(situation.person, situation.upper, self._flags)
        self._first = self._leading(situation.points)

    def changes(self, candidate: Candidate) -> bool:
        """
        Whether some answer to it would change the urgency or the first three causes.
        """
        return any(self._differs(candidate.finding.id, state, range) for state, range in candidate.trials)

    def _differs(self, id: str, state: str, range: tuple[float, float] | None) -> bool:
        person, added = self._with(id, state, range)
        points, upper = list(self._points), list(self._upper)
        for place, (more, more_upper) in self._discount.moves(self._table, added).items():
            points[place] += more
            upper[place] += more_upper
        if self._leading(points) != self._first:
            return True
        places = {place for each in added for place in self._table.rules_about.get(each, ())}
        rules = [self._table.rules[place] for place in places]
        fired = (rule.urgency for rule in rules if rule.urgency > self._flags and rule.when.truth(person) is True)
        return self._level(person, upper, max(fired, default=self._flags)) is not self._urgency

    def _with(self, id: str, state: str, range: tuple[float, float] | None) -> tuple[Answers, dict[str, str]]:
        """
        The person with one more answer and all that follows from it, and the states that are new.
        """
        table, before = self._table, self._person
        states = {**before.states, id: state}
        ranges = before.ranges if range is None else {**before.ranges, id: range}
        person = attrs.evolve(before, states=states, ranges=ranges)
        added = {id: state}

        def add(finding: str, state: str) -> None:
            states[finding] = added[finding] = state

        if id in table.wholes and state == "absent":
            for question in table.gate.questions:
                if states.get(question.finding) == "absent":
                    for part in question.covers:
                        if part not in states and part not in before.unknown and part in table.candidates:
                            add(part, "absent")
        if not table.excusing.isdisjoint(added):
            for finding in table.excusable:
                if finding.id not in states and finding.absent_when is not None and finding.absent_when.truth(person):
                    add(finding.id, "absent")
        if not table.deriving.isdisjoint(added):
            for finding in table.derived:
                if finding.id not in states and finding.when is not None:
                    truth = finding.when.truth(person)
                    if truth is not None:
                        add(finding.id, "present" if truth else "absent")
        return person, added

    def _leading(self, points: Sequence[float]) -> list[int]:
        # Causes stand in the order of their ids, so a tie goes to the first place.
        return heapq.nsmallest(FIRST_CAUSES, range(len(points)), key=lambda i: (-points[i], self._table.causes[i]))

    def _level(self, person: Answers, upper: Sequence[float], flags: Urgency) -> Urgency:
        floors = [urgency for place, (at, urgency) in self._table.floors.items() if upper[place] >= at]
        stops = [stop for stop in self._table.gate.stops if stop.when.truth(person)]
        reasons = [flags] if flags is not Urgency.SELF_CARE else []
        level = max([*reasons, *floors, *(stop.urgency for stop in stops)], default=None)
        if level is not None:
            return level
        passed = (
            bool(self._table.gate.questions)
            and all(_answered_no(question, person) for question in self._table.gate.questions)
            and all(stop.when.truth(person) is False for stop in self._table.gate.stops)
        )
        return Urgency.SELF_CARE if passed else Urgency.ROUTINE


def _masses(situation: Situation) -> list[float]:
    top = max(*situation.points, situation.rest) if situation.points else situation.rest
    masses = [10.0 ** ((points - top) / 10.0) for points in (*situation.points, situation.rest)]
    whole = math.fsum(masses)
    return [mass / whole for mass in masses]


def _group_total(weights: Sequence[float], cap: float) -> float:
    """
    Support minus opposition of a group within its cap; the k-th of each side counts (1/2)^k.
    """
    total, support, opposition = 0.0, 1.0, 1.0
    for weight in sorted(weights, key=abs, reverse=True):
        if weight >= 0.0:
            total += weight * support
            support /= 2.0
        else:
            total += weight * opposition
            opposition /= 2.0
    return max(-cap, min(cap, total))


def _weigh(tree: Tree, chances: Sequence[float]) -> Node:
    """
    The chance that a rule holds, its parts taken as independent, with that of every part.
    """
    if isinstance(tree, int):
        return chances[tree], _NO_PARTS
    need, branches = tree
    parts = tuple(
        [(chances[branch], _NO_PARTS) if branch.__class__ is int else _weigh(branch, chances) for branch in branches]
    )
    if need == 0:
        return 1.0 - parts[0][0], parts
    if need == len(parts):
        every = 1.0
        for part in parts:
            every *= part[0]
        return every, parts
    if need == 1:
        none = 1.0
        for part in parts:
            none *= 1.0 - part[0]
        return 1.0 - none, parts
    return 1.0 - math.fsum(_exactly(need, [part[0] for part in parts])), parts


def _exactly(below: int, chances: Sequence[float]) -> list[float]:
    """
    The chances that exactly 0, 1, ... (fewer than `below`) of the parts hold.
    """
    counts = [1.0] + [0.0] * (below - 1)
    for chance in chances:
        for number in range(below - 1, 0, -1):
            counts[number] = counts[number] * (1.0 - chance) + counts[number - 1] * chance
        counts[0] *= 1.0 - chance
    return counts


def _spread(tree: Tree, node: Node, factor: float, found: list[tuple[int, float]]) -> None:
    """
    How much the chance of the rule grows with that of each leaf that can move it.
    """
    if isinstance(tree, int):
        found.append((tree, factor))
        return
    need, branches = tree
    parts = node[1]
    if need == 0:
        _spread(branches[0], parts[0], -factor, found)
        return
    for branch, part, slope in zip(branches, parts, _slopes(need, [part[0] for part in parts]), strict=True):
        if slope > 0.0:
            if isinstance(branch, int):
                found.append((branch, factor * slope))
            else:
                _spread(branch, part, factor * slope, found)


def _slopes(need: int, chances: Sequence[float]) -> list[float]:
    """
    For each part the chance that it decides: that exactly one less than needed of the others hold.
    """
    if need == 1 and len(chances) > 1:
        none = math.prod([1.0 - chance for chance in chances])
        if none > 0.0:
            return [none / (1.0 - chance) for chance in chances]
        if sum(chance >= 1.0 for chance in chances) > 1:
            return [0.0] * len(chances)
    if need == len(chances):
        every = math.prod(chances)
        if every > 0.0:
            return [every / chance for chance in chances]
        if sum(chance <= 0.0 for chance in chances) > 1:
            return [0.0] * len(chances)
    return [_exactly(need, [*chances[:i], *chances[i + 1 :]])[need - 1] for i in range(len(chances))]


def _answered_no(question: GateQuestion, person: Answers) -> bool:
    own = person.states.get(question.finding)
    parts = [person.states.get(part) for part in question.covers]
    if own == "present" or "present" in parts:
        return False
    return own == "absent" or (bool(parts) and all(part == "absent" for part in parts))
