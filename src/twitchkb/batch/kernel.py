"""
Points and shares of many people: one token an answered group, one sparse product.

What the answers to one group say together is a row of numbers, one a cause,
already discounted and capped by `scoring`; the number of that row is the
token. Rows are built when a combination of answers first occurs. The points of
everybody are then the sparse matrix of tokens times the dense matrix of rows.
A list of medicines answers many groups at once, and many people have the same
list, so what it says is summed once for all who have it.

The points are those of `scoring`, bit for bit. Weights are multiples of 1/1024
dB and a group halves them again and again, so each row is split in two: a
coarse part, multiples of 2^-14 dB, whose sums are exact in single precision
below 1024 dB, and a fine part for the few rows that need it. Where even that
would not be exact, the person is summed alone, in the order of `scoring`.
"""

import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from twitchkb.assessment import Interval
from twitchkb.engine import Compiled
from twitchkb.model import DEFAULT_GROUP_CAP_DB
from twitchkb.scoring import GRID, grouped_shares

from .arrow import pa, sp
from .columns import Answered, told_by_medicines
from .kleene import Column, as_rows, spread

__all__ = [
    "Encoded",
    "Masses",
    "Points",
    "TokenTable",
    "encode",
    "masses",
    "points",
    "share_intervals",
    "share_values",
    "shares_of_one",
]

Floats: TypeAlias = npt.NDArray[np.float64]
Singles: TypeAlias = npt.NDArray[np.float32]
Tokens: TypeAlias = npt.NDArray[np.int32]
_Known: TypeAlias = Sequence[tuple[str, int]]
"""The answered findings of a group, and what the number of a state of each is multiplied by in a combination."""

COARSE = 2.0**14
FINE = 2.0**34
MOST_EXACT_DB = 1000.0
MOST_LISTED = 2**20
MOST_NUMBERED = 2**62
SURE = 1e-3
GREATEST = 1e200
MOST_HALVED = 24
AT_ONCE = 256
SHARED_BY = 4
NATURAL = math.log(10.0) / 10.0


@attrs.frozen(kw_only=True, eq=False)
class _Group:
    """
    One group: its findings by id, the states of each, and where its combinations are kept.
    """

    members: tuple[str, ...]
    states: tuple[tuple[str, ...], ...]
    radices: tuple[int, ...]
    combinations: int
    cap: float
    listed: Tokens | None
    others: dict[int | bytes, int]

    def answered(self, codes: Sequence[int]) -> tuple[tuple[str, str], ...]:
        """
        The answers that the numbers of their states stand for; 0 is no answer.
        """
        told = zip(self.members, self.states, codes, strict=True)
        return tuple((member, states[code - 1]) for member, states, code in told if code)


@attrs.define(eq=False)
class _Rows:
    """
    The rows built so far, in arrays that grow by doubling.
    """

    used: int
    value: Singles
    ends: Singles
    fine: Singles
    fine_place: Tokens
    odd: dict[int, Floats]
    exact: npt.NDArray[np.bool_]
    first: npt.NDArray[np.int32]
    answered: list[tuple[tuple[str, str], ...]]


@attrs.frozen(kw_only=True, eq=False)
class Shared:
    """
    Sets of tokens that many people have alike: those of set k are `tokens[starts[k]:starts[k + 1]]`.

    `points` are the priors with each set added, and `alone` tells where these sums are not exact.
    """

    starts: Tokens
    tokens: Tokens
    points: "Points"
    alone: npt.NDArray[np.bool_]


@attrs.frozen(kw_only=True, eq=False)
class Encoded:
    """
    The tokens of people: those of person i are `tokens[starts[i]:starts[i + 1]]`, and set `sets[i]` of `shared`.
    """

    starts: Tokens
    tokens: Tokens
    sets: Tokens = attrs.field(factory=lambda: np.zeros(0, np.int32))
    shared: Shared | None = None

    @property
    def people(self) -> int:
        """
        How many people these are.
        """
        return len(self.starts) - 1

    def part(self, first: int, last: int) -> "Encoded":
        """
        The people from `first` up to `last`.
        """
        starts = self.starts[first : last + 1]
        return attrs.evolve(
            self,
            starts=starts - starts[0],
            tokens=self.tokens[starts[0] : starts[-1]],
            sets=self.sets[first:last],
        )

    def of(self, person: int) -> Tokens:
        """
        All tokens of one person.
        """
        own = self.tokens[self.starts[person] : self.starts[person + 1]]
        if self.shared is None:
            return own
        starts, number = self.shared.starts, self.sets[person]
        return np.concatenate([own, self.shared.tokens[starts[number] : starts[number + 1]]])

    def apart(self) -> "Encoded":
        """
        The same people, each with all tokens, and nothing shared.
        """
        if self.shared is None:
            return self
        own, shared = np.diff(self.starts), np.diff(self.shared.starts)[self.sets]
        starts = np.concatenate([[0], np.cumsum(own + shared)]).astype(np.int32)
        # Each person's own tokens come first, then those of the set.
        is_own = np.zeros(starts[-1], bool)
        is_own[np.arange(len(self.tokens)) + np.repeat(np.cumsum(shared) - shared, own)] = True
        places = np.arange(shared.sum()) + np.repeat(
            self.shared.starts[self.sets] - (np.cumsum(shared) - shared), shared
        )
        tokens = np.empty(starts[-1], np.int32)
        tokens[is_own], tokens[~is_own] = self.tokens, self.shared.tokens[places]
        return Encoded(starts=starts, tokens=tokens)


@attrs.frozen(kw_only=True, eq=False)
class Points:
    """
    Points of people (rows) and causes (columns), in decibans; without ends, `low` and `high` are empty.
    """

    value: Floats
    low: Floats
    high: Floats


class TokenTable:
    """
    The rows of a knowledge base, built as their combinations of answers occur.

    Safe to share between threads: rows are only added, under a lock.
    """

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.causes = len(compiled.kb.causes)
        scoring = compiled.scoring
        self.priors = Points(
            value=np.array([prior.value for prior in scoring.priors]),
            low=np.array([prior.low for prior in scoring.priors]),
            high=np.array([prior.high for prior in scoring.priors]),
        )
        self._place = {finding: place for place, finding in enumerate(sorted(scoring.group_of))}
        self._groups = [self._group(members) for members in _members(scoring.group_of).values()]
        self._by_list = told_by_medicines(compiled)
        self._alone: dict[tuple[str, ...], Floats] = {}
        self._lock = threading.Lock()
        self.rows = _Rows(
            used=0,
            value=np.zeros((256, self.causes + 1), np.float32),
            ends=np.zeros((256, 2 * self.causes), np.float32),
            fine=np.zeros((0, 3 * self.causes), np.float32),
            fine_place=np.full(256, -1, np.int32),
            odd={},
            exact=np.zeros(256, bool),
            first=np.zeros(256, np.int32),
            answered=[],
        )

    def answered_groups(self, answered: Answered) -> Iterator[tuple[_Group, _Known]]:
        """
        Each group of which something is answered, and those of its findings that are.
        """
        for group in self._groups:
            known = [
                (member, radix)
                for member, radix in zip(group.members, group.radices, strict=True)
                if member in answered.yes_no or member in answered.levels
            ]
            if known:
                yield group, known

    def by_list(self, group: _Group, known: _Known) -> bool:
        """
        Whether a person's medicines alone told all that is known of this group.
        """
        return group.listed is not None and all(member in self._by_list for member, _ in known)

    def tokens(self, group: _Group, known: _Known, answered: Answered) -> tuple[npt.NDArray[np.intp], Tokens]:
        """
        The people who answered a group, and the token of each.
        """
        if group.listed is None:
            return self._tokens_of_many(group, answered)
        if len(known) == 1 and known[0][0] in answered.yes_no:
            return self._tokens_of_one(group, known[0][1], answered.yes_no[known[0][0]], answered.rows)
        keys = combined(group, known, answered)
        people = np.flatnonzero(keys > 0)
        return people, self.named(group, keys[people])

    def named(self, group: _Group, keys: npt.NDArray[Any]) -> Tokens:
        """
        The tokens of combinations of answers, building the rows that are new.
        """
        assert group.listed is not None  # noqa: S101  # for the type checkers
        tokens: Tokens = group.listed[keys]
        if tokens.min(initial=0) < 0:
            self._build(group, np.unique(keys[tokens < 0]))
            tokens = group.listed[keys]
        return tokens

    def row(self, token: int) -> tuple[Floats, Floats, Floats]:
        """
        What a token says about every cause: points, low and high, exactly.
        """
        rows, causes = self.rows, self.causes
        whole = rows.odd.get(token)
        if whole is None:
            whole = np.concatenate([rows.value[token, :causes], rows.ends[token]]).astype(np.float64)
            if rows.fine_place[token] >= 0:
                whole += rows.fine[rows.fine_place[token]]
        return whole[:causes], whole[causes : 2 * causes], whole[2 * causes :]

    def _group(self, members: Sequence[str]) -> _Group:
        findings = [self.compiled.answers.findings[member] for member in members]
        states = tuple(
            finding.states
            + (() if finding.is_yes_no or (finding.when or finding.absent_when) is None else ("present", "absent"))
            for finding in findings
        )
        radices, combinations = [], 1
        for each in states:
            radices.append(combinations)
            combinations *= len(each) + 1
        listed = np.full(combinations, -1, np.int32) if combinations <= MOST_LISTED else None
        return _Group(
            members=tuple(members),
            states=states,
            radices=tuple(radices),
            combinations=combinations,
            cap=self.compiled.scoring.caps.get(self.compiled.scoring.group_of[members[0]], DEFAULT_GROUP_CAP_DB),
            listed=listed,
            others={},
        )

    def _tokens_of_one(
        self, group: _Group, radix: int, column: Column, rows: int
    ) -> tuple[npt.NDArray[np.intp], Tokens]:
        """
        The same for one answered yes/no finding, straight from its bits.
        """
        present, absent = self.named(group, np.array([radix, 2 * radix]))
        people = as_rows(column.known, rows)
        yes = spread(column.true, rows)[people]
        return people, np.where(yes, present, absent)

    def _tokens_of_many(self, group: _Group, answered: Answered) -> tuple[npt.NDArray[np.intp], Tokens]:
        """
        The same for a group with more combinations than anybody could list.
        """
        codes = [_codes(member, answered) for member in group.members]
        people = np.flatnonzero(np.any(codes, axis=0))
        if not len(people):
            return people, np.zeros(0, np.int32)
        if group.combinations < MOST_NUMBERED:
            keys = sum(own[people].astype(np.int64) * radix for own, radix in zip(codes, group.radices, strict=True))
            known = pa.array(keys).dictionary_encode()
        else:
            # Their number has no number: the codes themselves, byte by byte, are the key.
            side_by_side = pa.py_buffer(np.ascontiguousarray(np.stack(codes, axis=1)[people]))
            kind = pa.binary(len(codes))
            known = pa.FixedSizeBinaryArray.from_buffers(kind, len(people), [None, side_by_side]).dictionary_encode()
        first = np.zeros(len(known.dictionary), np.intp)
        which = np.asarray(known.indices)
        first[which[::-1]] = people[::-1]
        names = known.dictionary.to_pylist()
        with self._lock:
            new = [place for place, key in enumerate(names) if key not in group.others]
            added = self._add(group, np.stack([own[first[new]] for own in codes], axis=1).astype(np.int64))
            group.others.update(zip([names[place] for place in new], added.tolist(), strict=True))
        return people, np.array([group.others[key] for key in names], np.int32)[which]

    def _build(self, group: _Group, keys: npt.NDArray[np.generic]) -> None:
        """
        Build the rows of these combinations, unless another thread has.
        """
        assert group.listed is not None  # noqa: S101  # for the type checkers
        with self._lock:
            new = keys.astype(np.int64)[group.listed[keys.astype(np.int64)] < 0]
            codes = [
                new // radix % (len(states) + 1) for radix, states in zip(group.radices, group.states, strict=True)
            ]
            group.listed[new] = self._add(group, np.stack(codes, axis=1))

    def _add(self, group: _Group, codes: npt.NDArray[np.int64]) -> Tokens:
        """
        Add a row for each combination (rows of codes), and say which it is.
        """
        rows = self.rows
        while rows.used + len(codes) > len(rows.value):
            rows = self.rows = _grown(rows)
        tokens = np.arange(rows.used, rows.used + len(codes), dtype=np.int32)
        for start in range(0, len(codes), AT_ONCE):
            part = tokens[start : start + AT_ONCE]
            self._write(rows, part, self._totals(group, codes[start : start + AT_ONCE]))
        rows.first[tokens] = [self._place[group.members[first]] for first in (codes > 0).argmax(axis=1).tolist()]
        rows.answered += [group.answered(own) for own in codes.tolist()]
        rows.used += len(codes)
        return tokens

    def _totals(self, group: _Group, codes: npt.NDArray[np.int64]) -> Floats:
        """
        What each combination says about every cause: points, low and high, side by side.

        Support and opposition are discounted apart, the strongest first, and
        the total is capped, as `scoring` does it. Where its sums might not be
        exact, `scoring` itself does it.
        """
        alone = self._weights_alone(group)
        if len(group.members) > MOST_HALVED or not _on_grid(group.cap) or not _on_grid(alone).all():
            return np.stack([self._total_of_one(group.answered(own)) for own in codes.tolist()])
        offsets = np.cumsum([0, *(len(states) + 1 for states in group.states[:-1])])
        own = alone[offsets + codes]
        halves = 0.5 ** np.arange(len(group.members))
        support = np.sort(np.maximum(own, 0.0), axis=1)[:, ::-1]
        opposition = np.sort(np.minimum(own, 0.0), axis=1)
        totals: Floats = np.einsum("k,nkc->nc", halves, support) + np.einsum("k,nkc->nc", halves, opposition)
        return np.clip(totals, -group.cap, group.cap, out=totals)

    def _weights_alone(self, group: _Group) -> Floats:
        """
        What each state of each finding of the group says alone, after a row of nothing for no answer.
        """
        found = self._alone.get(group.members)
        if found is None:
            found = np.zeros((sum(len(states) + 1 for states in group.states), 3 * self.causes))
            place = 0
            for member, states in zip(group.members, group.states, strict=True):
                weights = self.compiled.scoring.weights[member]
                for number, state in enumerate(states, place + 1):
                    for weight in weights.get(state, ()):
                        columns = [weight.place, weight.place + self.causes, weight.place + 2 * self.causes]
                        found[number, columns] = weight.points, weight.low, weight.high
                place += len(states) + 1
            self._alone[group.members] = found
        return found

    def _total_of_one(self, answered: tuple[tuple[str, str], ...]) -> Floats:
        whole = np.zeros(3 * self.causes)
        for place, value, low, high, _ in self.compiled.scoring.answered[answered].rows:
            whole[[place, place + self.causes, place + 2 * self.causes]] = value, low, high
        return whole

    def _write(self, rows: _Rows, tokens: Tokens, whole: Floats) -> None:
        """
        Split the rows into their coarse and fine parts.
        """
        coarse = np.rint(whole * COARSE) / COARSE
        rows.value[tokens, :-1] = coarse[:, : self.causes]
        # The greatest of a row, in whole decibans: their sum tells whether a person stays where sums are exact.
        rows.value[tokens, -1] = np.ceil(np.abs(whole).max(axis=1, initial=0.0))
        rows.ends[tokens] = coarse[:, self.causes :]
        exact = (np.rint(whole * FINE) == whole * FINE).all(axis=1)
        rows.exact[tokens] = exact
        rows.odd.update(zip(tokens[~exact].tolist(), whole[~exact], strict=True))
        fine = exact & (whole != coarse).any(axis=1)
        if fine.any():
            rows.fine_place[tokens[fine]] = np.arange(len(rows.fine), len(rows.fine) + int(fine.sum()))
            rows.fine = np.concatenate([rows.fine, (whole - coarse)[fine].astype(np.float32)])


def _on_grid(numbers: Floats | float) -> Any:
    """
    Which are whole multiples of the grid of `scoring`, so that halves of them add up exactly.
    """
    return np.rint(np.multiply(numbers, GRID)) == np.multiply(numbers, GRID)


def encode(answered: Answered, table: TokenTable) -> Encoded:
    """
    The tokens of everybody, building the rows that are new.
    """
    groups = list(table.answered_groups(answered))
    sets, shared = _share([each for each in groups if table.by_list(*each)], answered, table)
    people, tokens, ends = [], [], [0]
    for group, known in groups:
        if shared is None or not table.by_list(group, known):
            who, which = table.tokens(group, known, answered)
            people.append(who)
            tokens.append(which)
            ends.append(ends[-1] + len(who))
    if not people:
        starts = np.zeros(answered.rows + 1, np.int32)
        return Encoded(starts=starts, tokens=np.zeros(0, np.int32), sets=sets, shared=shared)
    # Columns to rows is what a sparse matrix does best; token 0 is a value like any other here.
    by_group = sp.csc_matrix(
        (np.concatenate(tokens), np.concatenate(people).astype(np.int32), np.array(ends, np.int32)),
        shape=(answered.rows, len(people)),
    )
    by_person = by_group.tocsr()
    return Encoded(starts=by_person.indptr.astype(np.int32), tokens=by_person.data, sets=sets, shared=shared)


def combined(group: _Group, known: _Known, answered: Answered) -> npt.NDArray[Any]:
    """
    For each person the number of the combination of answers to this group, 0 for none.
    """
    # The narrowest numbers that hold every combination make the quickest sums.
    kind = np.min_scalar_type(group.combinations)
    keys = np.zeros(answered.rows, kind)
    for member, radix in known:
        keys += _codes(member, answered) * kind.type(radix)
    return keys


def points(encoded: Encoded, table: TokenTable, *, ends: bool = True) -> Points:
    """
    The points of every cause for everybody, bit for bit those of `scoring.score`.

    Args:
        encoded: the people.
        table: the rows that their tokens name.
        ends: whether to work out the low and high points too.
    """
    return _points(encoded, table, ends=ends)[0]


def share_values(points: Floats, table: TokenTable) -> Floats:
    """
    The shares of every cause, without intervals.
    """
    else_value = table.compiled.scoring.something_else.value
    top = np.maximum(points.max(axis=1), else_value)[:, None]
    # In place, because a new array of this size costs as much as what is worked out in it.
    mass: Floats = np.subtract(points, top)
    mass *= NATURAL
    np.exp(mass, out=mass)
    mass /= mass.sum(axis=1, keepdims=True) + np.exp((else_value - top) * NATURAL)
    return mass


@attrs.frozen(kw_only=True, eq=False)
class Masses:
    """
    The powers whose ratios are the shares: of every cause, of `something_else`, and of all together.

    `greatest` is that of the greatest upper end, and `too_great` tells where a power has no number.
    """

    value: Floats
    low: Floats
    high: Floats
    something_else: float
    all_value: Floats
    all_low: Floats
    all_high: Floats
    greatest: Floats
    too_great: npt.NDArray[np.bool_]


def masses(points: Points, table: TokenTable) -> Masses:
    """
    The powers of the points: what `scoring.shares` has, but for a factor that is the same for all of a person.
    """
    rest = table.compiled.scoring.something_else
    value, low, high = (_powers(own) for own in (points.value, points.low, points.high))
    rest_value, rest_low, rest_high = (10.0 ** (own / 10.0) for own in (rest.value, rest.low, rest.high))
    greatest = high.max(axis=1, initial=rest_high)
    return Masses(
        value=value,
        low=low,
        high=high,
        something_else=rest_value,
        all_value=value.sum(axis=1) + rest_value,
        all_low=low.sum(axis=1) + rest_low,
        all_high=high.sum(axis=1) + rest_high,
        greatest=greatest,
        too_great=greatest > GREATEST,
    )


def share_intervals(
    own: tuple[Floats, Floats, Floats], masses: Masses
) -> tuple[Floats, Floats, Floats, npt.NDArray[np.bool_]]:
    """
    Share, low and high of chosen causes or families (columns), from their own powers.

    The last array tells where the low end hangs on the last bits of the sums,
    or a power has no number, so that only `scoring.shares` itself gives its
    value to 1e-12.
    """
    value, low, high = own
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = value / masses.all_value[:, None]
        others_low, others_high = masses.all_low[:, None] - low, masses.all_high[:, None] - high
        weak = (low + others_high < SURE * masses.greatest[:, None]) | masses.too_great[:, None]
        least = np.where(others_high > 0.0, low / (low + others_high), share)
        most = np.where(others_low > 0.0, high / (high + others_low), 1.0)
    return share, np.minimum(least, share), np.maximum(most, share), weak


def shares_of_one(points: Points, person: int, table: TokenTable) -> tuple[tuple[Interval, ...], tuple[Interval, ...]]:
    """
    The shares of causes and of families of one person, as `scoring` works them out.
    """
    own = zip(points.value[person].tolist(), points.low[person].tolist(), points.high[person].tolist(), strict=True)
    all_points = [*(Interval(*each) for each in own), table.compiled.scoring.something_else]
    return grouped_shares(all_points, table.compiled.families.values())


def _powers(points: Floats) -> Floats:
    # In place, because a new array of this size costs as much as what is worked out in it.
    found: Floats = np.multiply(points, NATURAL)
    with np.errstate(over="ignore"):
        return np.exp(found, out=found)


def _members(group_of: Mapping[str, str]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for finding in sorted(group_of):
        members.setdefault(group_of[finding], []).append(finding)
    return members


def _codes(member: str, answered: Answered) -> npt.NDArray[np.uint8]:
    """
    For each person the number of the state, from 1, or 0 where it is not known.
    """
    if member in answered.levels:
        return answered.levels[member]
    if member not in answered.yes_no:
        return np.zeros(answered.rows, np.uint8)
    column = answered.yes_no[member]
    codes = np.unpackbits(column.true, count=answered.rows, bitorder="little")
    codes += np.unpackbits(column.false, count=answered.rows, bitorder="little") << 1
    return codes


def _grown(rows: _Rows) -> _Rows:
    def longer(array: Any) -> Any:
        return np.concatenate([array, np.zeros_like(array)])

    return attrs.evolve(
        rows,
        value=longer(rows.value),
        ends=longer(rows.ends),
        fine_place=np.concatenate([rows.fine_place, np.full_like(rows.fine_place, -1)]),
        exact=longer(rows.exact),
        first=longer(rows.first),
    )


def _share(
    groups: Sequence[tuple[_Group, _Known]], answered: Answered, table: TokenTable
) -> tuple[Tokens, Shared | None]:
    """
    Number the combinations of answers that people have in all these groups together, and sum each once.

    Nothing is shared where there are nearly as many combinations as people.
    """
    none = np.zeros(0, np.int32)
    if len(groups) < SHARED_BY:
        return none, None
    keys = [combined(group, known, answered) for group, known in groups]
    sets = _numbered(keys, [group.combinations for group, _ in groups])
    first = np.zeros(sets.max() + 1, np.intp)
    first[sets[::-1]] = np.arange(len(sets))[::-1]
    if len(first) * SHARED_BY > len(sets):
        return none, None
    of_set = np.full((len(first), len(groups)), -1, np.int32)
    for place, (group, _) in enumerate(groups):
        own = keys[place][first]
        of_set[own > 0, place] = table.named(group, own[own > 0])
    starts = np.concatenate([[0], np.cumsum((of_set >= 0).sum(axis=1))]).astype(np.int32)
    tokens = of_set[of_set >= 0]
    points, alone = _points(Encoded(starts=starts, tokens=tokens), table, ends=True)
    return sets, Shared(starts=starts, tokens=tokens, points=points, alone=alone)


def _numbered(keys: Sequence[npt.NDArray[Any]], combinations: Sequence[int]) -> Tokens:
    """
    For each person a number, the same for all who have the same keys throughout.
    """
    joint, span = np.zeros(len(keys[0]), np.int64), 1
    for own, most in zip(keys, combinations, strict=True):
        if span * most >= MOST_NUMBERED:
            known = pa.array(joint).dictionary_encode()
            joint, span = np.asarray(known.indices).astype(np.int64), len(known.dictionary)
        joint *= most
        joint += own
        span *= most
    return np.asarray(pa.array(joint).dictionary_encode().indices)


def _points(encoded: Encoded, table: TokenTable, *, ends: bool) -> tuple[Points, npt.NDArray[np.bool_]]:
    """
    The points of everybody, and who was summed alone.
    """
    rows, causes = table.rows, table.causes
    matrix = sp.csr_matrix(
        (np.ones(len(encoded.tokens), np.float32), encoded.tokens, encoded.starts),
        shape=(encoded.people, len(rows.value)),
    )
    coarse = matrix @ rows.value
    both = matrix @ rows.ends if ends else np.zeros((encoded.people, 0), np.float32)
    found = _begun(encoded, table, ends=ends)
    # In place, because a new array of this size costs as much as what is worked out in it.
    np.add(found.value, coarse[:, :causes], out=found.value)
    if ends:
        np.add(found.low, both[:, :causes], out=found.low)
        np.add(found.high, both[:, causes:], out=found.high)
    _add_fine(found, encoded, table)
    alone = coarse[:, causes] >= MOST_EXACT_DB
    if encoded.shared is not None:
        alone |= encoded.shared.alone[encoded.sets]
    if not rows.exact[: rows.used].all():
        alone[np.repeat(np.arange(encoded.people), np.diff(encoded.starts))[~rows.exact[encoded.tokens]]] = True
    for person in np.flatnonzero(alone).tolist():
        _sum_alone(person, found, encoded, table)
    return found, alone


def _begun(encoded: Encoded, table: TokenTable, *, ends: bool) -> Points:
    """
    The priors of everybody, with what the set of each says.
    """
    if encoded.shared is not None:
        begun, sets = encoded.shared.points, encoded.sets
        none = np.zeros((encoded.people, 0))
        return Points(
            value=begun.value[sets], low=begun.low[sets] if ends else none, high=begun.high[sets] if ends else none
        )
    priors, causes = table.priors, table.causes
    size, size_of_ends = (encoded.people, causes), (encoded.people, causes if ends else 0)
    return Points(
        value=np.broadcast_to(priors.value, size).copy(),
        low=np.broadcast_to(priors.low[: size_of_ends[1]], size_of_ends).copy(),
        high=np.broadcast_to(priors.high[: size_of_ends[1]], size_of_ends).copy(),
    )


def _add_fine(found: Points, encoded: Encoded, table: TokenTable) -> None:
    """
    Add what the coarse rows left out, for those who have such a part.
    """
    rows, causes = table.rows, table.causes
    which = rows.fine_place[encoded.tokens]
    places = np.flatnonzero(which >= 0)
    if not len(places):
        return
    starts = np.searchsorted(places, encoded.starts).astype(np.int32)
    people = np.flatnonzero(np.diff(starts))
    own = (np.ones(len(places), np.float32), which[places], np.append(starts[people], len(places)))
    fine = sp.csr_matrix(own, shape=(len(people), len(rows.fine))) @ rows.fine
    found.value[people] += fine[:, :causes]
    if found.low.shape[1]:
        found.low[people] += fine[:, causes : 2 * causes]
        found.high[people] += fine[:, 2 * causes :]


def _sum_alone(person: int, found: Points, encoded: Encoded, table: TokenTable) -> None:
    """
    Sum one person in the order of `scoring.score`: by the first answered finding of each group.
    """
    tokens = encoded.of(person).tolist()
    tokens.sort(key=lambda token: table.rows.first[token])
    value, low, high = (np.array(own) for own in (table.priors.value, table.priors.low, table.priors.high))
    for token in tokens:
        row = table.row(token)
        value += row[0]
        low += row[1]
        high += row[2]
    found.value[person] = value
    if found.low.shape[1]:
        found.low[person], found.high[person] = low, high
