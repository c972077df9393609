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

__all__ = ["Open", "Situation", "next_open", "open_questions"]

# One step of urgency counts as much as so many bits; simulated interviews are alike from 10 to 100.
BITS_PER_STEP = 10.0
# The gravest first: each step up counts twice the one before, and so the step down to self-care counts half.
SELF_CARE_STEP = 0.5
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
NEGLIGIBLE = 1e-3
ROUNDING = 1e-9
SEEN = 0.01
# By Pinsker's inequality a share that moves by SEEN costs at least this many bits.
MOVES_NOTHING = 2.0 * SEEN**2 / math.log(2.0)
MOVED = 3
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

    `reach` is the highest urgency above that of the red flags in which it has a
    part, `moves` the causes whose shares the answer is expected to move most.
    """

    finding: Finding
    parts: tuple[str, ...]
    reach: Urgency | None
    at_gate: bool
    steps: float
    bits: float
    moves: tuple[str, ...]

    @property
    def why(self) -> str:
        """
        `safety`, `gate` or `narrows`.
        """
        if self.reach is not None:
            return "safety"
        return "gate" if self.at_gate else "narrows"


Node = tuple[float, list["Node"]]
"""
The chance that a part of a rule holds, and its branches.
"""


def next_open(table: InterviewTable, situation: Situation, limit: int) -> tuple[Open, ...]:
    """
    The first open questions; none where no single answer can change the urgency or the first three causes.
    """
    asked = _Asked(table, situation)
    found = asked.ranked(limit)
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
        # The chance of each state, by its slot.
        self._chances: list[float] = []
        self._expect()
        self._expect_rare()
        self._parts = {
            whole: tuple(part for part in table.candidates[whole].parts if part in self.open) for whole in table.broad
        }
        self._follow_broad_answers()
        self._expect_broad()
        # For each urgency, by its rank, the chance of each question to raise it so far.
        self._gains: list[dict[str, float]] = [{} for _ in range(RANKS)]
        self._reach: dict[str, int] = {}
        self.flags = self._at_rules()
        floors = [floor.urgency.rank for floor in table.floors if floor.holds(self._upper, self._person)]
        self._rank = max([self.flags.rank, *floors])
        self._at_floors()
        self._steps = self._expected_steps()
        self._at_gate = self._open_at_gate()

    def ranked(self, limit: int | None = None) -> tuple[Open, ...]:
        """
        The open questions that matter, best first.
        """
        visible = [each for each in self.open.values() if not (each.guarded and self._waits(each))]
        found = self._mattering([candidate for candidate in visible if not candidate.finding.clinician])
        if not found:
            # Signs for a clinician; and, should a pack let questions wait for each other, all of those.
            found = self._mattering(visible) or self._mattering(self.open.values())
        first = sorted(found) if limit is None else heapq.nsmallest(limit, found)
        return tuple(self._opened(id) for _, id in first)

    def _mattering(self, candidates: Iterable[Candidate]) -> list[tuple[float, str]]:
        """
        Questions by their gain (negative), where any answer to them or to their parts could move anything.
        """
        found = []
        for candidate in candidates:
            id = candidate.finding.id
            steps, matters = self._steps.get(id, 0.0), candidate.linked or id in self._reach
            for part in self._parts.get(id, ()):
                steps += self._steps.get(part, 0.0)
                matters = matters or part in self._reach or self._table.candidates[part].linked
            to_self_care = self._at_gate.get(id)
            if matters or to_self_care is not None:
                gain = BITS_PER_STEP * (steps + (to_self_care or 0.0)) + self._bits.get(id, 0.0)
                found.append((-gain * KNOWS_THE_VALUE if candidate.finding.kind == "lab_test" else -gain, id))
        return found

    def _opened(self, id: str) -> Open:
        parts = self._parts.get(id, ())
        reached = [self._reach[each] for each in (id, *parts) if each in self._reach]
        return Open(
            finding=self._table.candidates[id].finding,
            parts=parts,
            reach=list(Urgency)[max(reached)] if reached else None,
            at_gate=id in self._at_gate,
            steps=math.fsum(self._steps.get(each, 0.0) for each in (id, *parts)) + self._at_gate.get(id, 0.0),
            bits=self._bits.get(id, 0.0),
            moves=self._moved_most(id),
        )

    def _moved_most(self, id: str) -> tuple[str, ...]:
        """
        The causes whose shares the answer is expected to move most, by at least one in a hundred.
        """
        candidate, causes = self._table.candidates[id], self._table.causes
        if self._bits.get(id, 0.0) < MOVES_NOTHING:
            return ()
        moved: dict[int, float] = {}
        for row in candidate.rows:
            total, ratios = 1.0, []
            for effect in row.effects:
                mass = self._masses[effect.place]
                if mass >= NEGLIGIBLE:
                    ratio = math.exp(self.discount.step(candidate, effect) * DECIBAN)
                    total += mass * (ratio - 1.0)
                    ratios.append((effect.place, mass, ratio))
            for place, mass, ratio in ratios:
                moved[place] = moved.get(place, 0.0) + self._chances[row.slot] * abs(mass * ratio / total - mass)
        seen = sorted((place for place, move in moved.items() if move >= SEEN), key=lambda i: (-moved[i], causes[i]))
        return tuple(causes[place] for place in seen[:MOVED])

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
        moved, moved_log = [0.0] * len(table.backgrounds), [0.0] * len(table.backgrounds)
        log_sum = 0.0
        # The last mass is that of `something_else`, which links nothing.
        for mass, sums in zip(masses, (*table.sums, None), strict=True):
            log = mass * math.log(mass) if mass > 0.0 else 0.0
            log_sum += log
            if mass >= NEGLIGIBLE and sums is not None:
                for slot, less_one, ratio_log in zip(sums.slots, sums.less_one, sums.ratio_log, strict=True):
                    moved[slot] += mass * less_one
                    moved_log[slot] += log * less_one + mass * ratio_log
        self._chances = chances = [
            chance if (chance := q * (1.0 + more)) > LEAST else LEAST
            for q, more in zip(table.backgrounds, moved, strict=True)
        ]
        for id in self.discount.touched():
            if id in self.open:
                self._redo(self.open[id], moved, moved_log)
        after = [
            chance * (math.log(1.0 + more) - (log_sum + more_log) / (1.0 + more))
            for chance, more, more_log in zip(chances, moved, moved_log, strict=True)
        ]
        for id, i in table.weighed_yes_no:
            fall = -log_sum - (after[i] + after[i + 1]) / (chances[i] + chances[i + 1])
            self._bits[id] = fall / LN2 if fall > 0.0 else 0.0
        for id, i, end in table.weighed_levels:
            fall = -log_sum - sum(after[i:end]) / sum(chances[i:end])
            self._bits[id] = fall / LN2 if fall > 0.0 else 0.0

    def _redo(self, candidate: Candidate, moved: list[float], moved_log: list[float]) -> None:
        """
        Correct the sums where earlier answers in the group leave less of this one.
        """
        for row in candidate.rows:
            for effect in row.effects:
                mass = self._masses[effect.place]
                if mass >= NEGLIGIBLE and self.discount.concerns(candidate, effect.place):
                    alone = max(-candidate.cap, min(candidate.cap, effect.points)) * DECIBAN
                    step = self.discount.step(candidate, effect) * DECIBAN
                    more = math.exp(step) - math.exp(alone)
                    moved[row.slot] += mass * more
                    moved_log[row.slot] += mass * (math.log(mass) * more + math.exp(step) * step)
                    moved_log[row.slot] -= mass * math.exp(alone) * alone

    def _expect_rare(self) -> None:
        for id, candidate in self.open.items():
            if not candidate.rows and candidate.finding.is_yes_no:
                named = 0.0
                for place in candidate.pointed_at_by:
                    named += self._masses[place]
                self._set_chance(id, min(RARE + RARE_WITH_ITS_CAUSE * named, 0.5))

    def _set_chance(self, id: str, present: float) -> None:
        first, end = self._table.candidates[id].slots
        self._chances[first], self._chances[end - 1] = 1.0 - present, present

    def _chance(self, id: str) -> float:
        """
        That it is present; 0 where that is no answer to it.
        """
        candidate = self._table.candidates[id]
        return self._chances[candidate.slots[1] - 1] if candidate.finding.is_yes_no else 0.0

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
        pools = self._table.pools
        chances = [self._leaf_chance(leaf) for leaf in self._table.leaves]
        held = [_any_of([chances[leaf] for leaf in pool]) for pool in pools]
        rises = {rank: [0.0] * len(pools) for rank in range(RANKS)}
        flags = Urgency.SELF_CARE
        for rule in self._table.rules:
            node = _weigh(rule.tree, held)
            whole = node[0]
            if whole >= 1.0 and rule.when.truth(self._person) is True:
                flags = rule.urgency
                break
            if whole > 0.0:
                _credit(rule.tree, node, 1.0, whole, held, rises[rule.rank])
        # A rule of the urgency that fired can raise nothing, though it may have come before that one.
        for rank in range(flags.rank + 1, RANKS):
            for leaf, rise in self._rise_of_leaves(rises[rank]).items():
                id = self._table.leaves[leaf].finding
                if id in self.open and chances[leaf] > 0.0:
                    self._reach[id] = rank
                    self._may_reach(id, rank, chances[leaf] * rise)
        return flags

    def _rise_of_leaves(self, rises: Sequence[float]) -> dict[int, float]:
        """
        The greatest rise of the pools in which each leaf stands.
        """
        best: dict[int, float] = {}
        for pool, rise in zip(self._table.pools, rises, strict=True):
            if rise > 0.0:
                for leaf in pool:
                    if rise > best.get(leaf, 0.0):
                        best[leaf] = rise
        return best

    def _leaf_chance(self, leaf: Leaf) -> float:
        id = leaf.finding
        if id not in self.open:
            truth = leaf.condition.truth(self._person)
            if truth is not None:
                return 1.0 if truth else 0.0
            if id is None:
                return MEDICINE_NOT_ASKED if self._person.medicines is None else MEDICINE_UNTOLD
            # Asked already, and not known: it will fire nothing.
            return 0.0
        if leaf.holds_in is None:
            return RARE
        holds = 0.0
        for slot, part in leaf.holds_in:
            holds += self._chances[slot] * part
        return LEAST if holds < LEAST else min(holds, MOST)

    def _at_floors(self) -> None:
        """
        Answers that would carry a grave cause over its threshold, or settle what its floor needs.
        """
        for floor in self._table.floors:
            rank = floor.urgency.rank
            needs = None if floor.needs is None else floor.needs.truth(self._person)
            # Above the red flags, which stay; another floor that is reached now may be left again by the next answer.
            if rank <= self.flags.rank or (floor.needs is not None and needs is False):
                continue
            gap = floor.threshold_db - self._upper[floor.place]
            if floor.needs is not None and needs is None:
                for id in floor.subjects:
                    if id in self.open:
                        self._reach[id] = max(self._reach.get(id, 0), rank)
                        if gap <= 0.0:
                            self._may_reach(id, rank, self._chance(id) or RARE)
            if gap > 0.0:
                for id, slot, upper in self._table.towards[floor.place]:
                    if upper < gap:
                        break
                    if id in self.open:
                        self._may_reach(id, rank, self._chances[slot])

    def _may_reach(self, id: str, rank: int, chance: float) -> None:
        gains = self._gains[rank]
        if chance > gains.get(id, 0.0):
            gains[id] = chance

    def _expected_steps(self) -> dict[str, float]:
        """
        For each urgency above the present one the chance to reach it or a higher one, times its worth.
        """
        steps: dict[str, float] = {}
        best: dict[str, float] = {}
        for rank, worth in STEPS:
            if rank > self._rank:
                for id, gain in self._gains[rank].items():
                    if gain > best.get(id, 0.0):
                        best[id] = gain
                for id, gain in best.items():
                    steps[id] = steps.get(id, 0.0) + worth * gain
        return steps

    def _open_at_gate(self) -> dict[str, float]:
        """
        What is open at the gate, and what part of the way to self-care each of it is.

        That part is the chance that all of it is answered no, divided equally;
        nothing where something already stands in the way.
        """
        gate, person = self._table.gate, self._person
        missing = [
            question.finding
            for question in gate.questions
            if not _answered_no(question, person) and not _answered_yes(question, person)
        ]
        stops = [stop.when for stop in gate.stops if stop.when.truth(person) is None]
        open = [id for id in missing if id in self.open]
        open += [id for when in stops for id in dict.fromkeys(map(subject, atoms(when))) if id in self.open]
        closed = (
            not gate.questions
            or self.flags is not Urgency.SELF_CARE
            or len(open) < len(missing) + len(stops)
            or any(_answered_yes(question, person) for question in gate.questions)
            or any(stop.when.truth(person) for stop in gate.stops)
        )
        each = 0.0 if closed or not open else SELF_CARE_STEP * self._none_of(missing) / len(open)
        at_stops = {id for when in stops for id in map(subject, atoms(when))}
        return {id: each for id in open if not closed or id in at_stops}


class _Discount:
    """
    What an answer adds to the points of a cause, its group's earlier answers counted.
    """

    def __init__(self, table: InterviewTable, person: Answers) -> None:
        self._members = table.members
        self._told: dict[str, dict[int, list[Effect]]] = {}
        for id, state in person.states.items():
            effects = table.effects.get((id, state))
            if effects:
                group = self._told.setdefault(table.groups[id], {})
                for effect in effects:
                    group.setdefault(effect.place, []).append(effect)

    def touched(self) -> Iterable[str]:
        """
        The findings in whose groups anything was answered.
        """
        return itertools.chain.from_iterable(self._members.get(group, ()) for group in self._told)

    def concerns(self, candidate: Candidate, place: int) -> bool:
        """
        Whether anything that was answered in its group speaks about this cause.
        """
        return place in self._told[candidate.group]

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
        floors = [floor.urgency for floor in self._table.floors if floor.holds(upper, person)]
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


def _any_of(chances: Sequence[float]) -> float:
    return chances[0] if len(chances) == 1 else 1.0 - math.prod([1.0 - chance for chance in chances])


def _weigh(tree: Tree, held: Sequence[float]) -> Node:
    """
    The chance that a rule holds, its parts taken as independent; with it those of its branches.

    Args:
        tree: the rule, or a part of it.
        held: the chance of each pool.
    """
    need, pools, branches = tree
    nodes = [_weigh(branch, held) for branch in branches]
    if need == len(pools) + len(nodes):
        every = 1.0
        for pool in pools:
            every *= held[pool]
        for node in nodes:
            every *= node[0]
        return every, nodes
    if need == 1:
        none = 1.0
        for pool in pools:
            none *= 1.0 - held[pool]
        for node in nodes:
            none *= 1.0 - node[0]
        return 1.0 - none, nodes
    if need == 0:
        return 1.0 - (nodes[0][0] if nodes else held[pools[0]]), nodes
    return 1.0 - math.fsum(_exactly(need, _own(pools, nodes, held))), nodes


def _own(pools: Iterable[int], nodes: Iterable[Node], held: Sequence[float]) -> list[float]:
    return [*(held[pool] for pool in pools), *(node[0] for node in nodes)]


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


def _credit(tree: Tree, node: Node, slope: float, whole: float, held: Sequence[float], rises: list[float]) -> None:
    """
    For each pool the chance of the rule once the pool holds, the greatest so far.

    Args:
        tree: the rule, or a part of it.
        node: what `_weigh` found for it.
        slope: how much the chance of the rule grows with that of this part; negative below a `not`.
        whole: the chance of the rule.
        held: the chance of each pool.
        rises: the greatest such chance of each pool so far.
    """
    need, pools, branches = tree
    here, nodes = node
    if need == len(pools) + len(nodes) and here > 0.0 and slope > 0.0:
        # The slope of a part is `here` over its own chance, and it can still grow by what that lacks of 1.
        steady = slope * here
        for pool in pools:
            rise = whole + steady / held[pool] - steady
            if rise > rises[pool]:
                rises[pool] = rise
        for branch, part in zip(branches, nodes, strict=True):
            _credit(branch, part, steady / part[0], whole, held, rises)
    elif need == 1 and here < 1.0 and slope > 0.0:
        missing = slope * (1.0 - here)
        for pool in pools:
            if whole + missing > rises[pool]:
                rises[pool] = whole + missing
        for branch, part in zip(branches, nodes, strict=True):
            if part[0] > 0.0:
                _credit(branch, part, missing / (1.0 - part[0]), whole, held, rises)
    else:
        steps = [slope * step for step in _slopes(need, _own(pools, nodes, held))]
        for pool, step in zip(pools, steps, strict=False):
            if step != 0.0:
                # Below a `not` a pool can lose what it has.
                lacks = 1.0 - held[pool] if step > 0.0 else held[pool]
                rises[pool] = max(rises[pool], whole + abs(step) * lacks)
        for branch, part, step in zip(branches, nodes, steps[len(pools) :], strict=True):
            if step != 0.0:
                _credit(branch, part, step, whole, held, rises)


def _slopes(need: int, chances: Sequence[float]) -> list[float]:
    """
    For each part the chance that it decides: that exactly one less than needed of the others hold.
    """
    if need == 0:
        return [-1.0]
    return [_exactly(need, [*chances[:i], *chances[i + 1 :]])[need - 1] for i in range(len(chances))]


def _answered_yes(question: GateQuestion, person: Answers) -> bool:
    return any(person.states.get(id) == "present" for id in (question.finding, *question.covers))


def _answered_no(question: GateQuestion, person: Answers) -> bool:
    if _answered_yes(question, person):
        return False
    parts = [person.states.get(part) for part in question.covers]
    return person.states.get(question.finding) == "absent" or (bool(parts) and all(part == "absent" for part in parts))
