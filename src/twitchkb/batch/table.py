"""
assess_table(): many people in a table, one row of answers each, one row of results each.

A row that cannot be read comes back in its place with its errors; nothing is
lost, and nothing stops the run. Only a table whose columns cannot be read at
all is an error.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from twitchkb.answers import read_answers
from twitchkb.dataset import default_knowledge_base
from twitchkb.engine import compile_knowledge
from twitchkb.errors import Issue
from twitchkb.model import KnowledgeBase
from twitchkb.vocabulary import Urgency

from .arrow import pa, sp
from .columns import Answered, ColumnPlan, TableError, bare_numbers, plan, read_columns, row_profile
from .contributions import CONTRIBUTIONS, Contributions
from .kernel import Floats, Masses, Points, TokenTable, encode, masses, points, share_intervals, shares_of_one
from .medicines import MedicineBook
from .urgency import Rules, flagged, floors_reached, urgencies

__all__ = ["Assessor", "as_table", "assess_batches", "assess_blocks", "assess_table"]

BLOCK = 65_536
STRETCH = 4_096
MOST_TOKENS = 100_000
MOST_CAUSES = 100
FEW = 8
_NOTHING: Mapping[int, str] = {}


class Assessor:
    """
    A knowledge base made ready for tables of one schema; safe to share between threads.

    `schema` is that of the results, `kept` names the columns that are passed through.

    Args:
        schema: the Arrow schema of the tables to come.
        kb: what is known; by default the bundled dataset with the installed packs.
        first: how many causes and families to report.
        contributions: whether to add, for each of these causes, what each answer contributed.
        keep: columns to pass through; by default those that resemble no finding.
        units: the unit of each column of numbers that needs one.
        mapped: what a mapping file says about columns.

    Raises:
        TableError: the columns cannot be read; every fault is listed.

    Example:
        >>> assessor = Assessor(pa.schema({"id": pa.int64(), "twitch_eyelid": pa.bool_()}), first=1)
        >>> assessor.schema.names[:4]
        ['id', 'urgency', 'cause_1', 'cause_1_share']
    """

    def __init__(
        self,
        schema: Any,
        *,
        kb: KnowledgeBase | None = None,
        first: int = 3,
        contributions: bool = False,
        keep: Iterable[str] | None = None,
        units: Mapping[str, str] | None = None,
        mapped: Mapping[str, ColumnPlan] | None = None,
    ) -> None:
        if not 1 <= first <= MOST_CAUSES:
            raise ValueError(f"first: expected 1 to {MOST_CAUSES} causes, got {first}")
        self._compiled = compile_knowledge(default_knowledge_base() if kb is None else kb)
        self._plan = plan(schema, self._compiled, keep=keep, units=units, mapped=mapped)
        self.kept: tuple[str, ...] = self._plan.kept
        self._book = MedicineBook(self._compiled)
        self._rules = Rules(self._compiled)
        self._first = first
        self._with_contributions = contributions
        self._lock = threading.Lock()
        self._causes = [cause.id for cause in self._compiled.kb.causes]
        families = sorted(self._compiled.families, key=lambda family: family.id)
        self._families = [family.id for family in families]
        members = np.zeros((len(families), len(self._causes)))
        for place, family in enumerate(families):
            members[place, list(self._compiled.families[family])] = 1.0
        self._members = sp.csr_matrix(members)
        self._new_tokens()
        self.schema = self._result_schema(schema)

    def assess(self, batch: Any, *, refused: Mapping[int, str] | None = None) -> Any:
        """
        Assess every row of an Arrow record batch, in order.

        Args:
            batch: the people.
            refused: rows that could not even be read as cells, and why; they come back with that error.
        """
        parts = [
            self._assess(
                batch.slice(start, BLOCK),
                {row - start: why for row, why in (refused or {}).items() if start <= row < start + BLOCK},
            )
            for start in range(0, max(batch.num_rows, 1), BLOCK)
        ]
        return parts[0] if len(parts) == 1 else pa.Table.from_batches(parts).combine_chunks().to_batches()[0]

    def check(self, batch: Any) -> None:
        """
        Look at the first rows for what would refuse many.

        Raises:
            TableError: a column of text holds numbers without the unit that they need.
        """
        issues = bare_numbers(batch, self._plan, self._compiled)
        if issues:
            raise TableError(issues)

    def _new_tokens(self) -> None:
        self._tokens = TokenTable(self._compiled)
        self._contributions = Contributions(self._tokens) if self._with_contributions else None

    def _assess(self, batch: Any, refused: Mapping[int, str]) -> Any:
        with self._lock:
            if self._tokens.rows.used > MOST_TOKENS:
                self._new_tokens()
            tokens, contributions = self._tokens, self._contributions
        answered = read_columns(batch, self._plan, self._compiled, self._book)
        answered.bad[list(refused)] = True
        flags = flagged(answered, self._rules)
        encoded = encode(answered, tokens)
        ranking = _Ranking(
            tokens,
            self._members,
            rows=answered.rows,
            causes=self._ranked,
            families=min(self._first, len(self._families)),
        )
        people, reasons = flags.people, flags.reasons
        for start in range(0, answered.rows, STRETCH):
            part = encoded.part(start, min(start + STRETCH, answered.rows))
            own = points(part, tokens)
            reached, floors = floors_reached(own.high, self._rules, flags, start)
            people += reached
            reasons += floors
            ranking.rank(start, own)
        level, starts, met = urgencies(people, reasons, flags.passed, self._rules)
        nested = []
        if contributions is not None:
            apart = encoded.apart()
            with self._lock:
                nested = [contributions.of(apart, ranking.causes[:, place]) for place in range(self._ranked)]
        return self._result(batch, answered, ranking, (level, starts, met), flags.open_at_gate, nested, refused)

    @property
    def _ranked(self) -> int:
        return min(self._first, len(self._causes))

    def _result_schema(self, schema: Any) -> Any:
        fields = [schema.field(name) for name in self._plan.kept]
        fields.append(pa.field("urgency", pa.string()))
        for place in range(1, self._first + 1):
            fields.append(pa.field(f"cause_{place}", pa.string()))
            fields += [pa.field(f"cause_{place}_{what}", pa.float64()) for what in ("share", "low", "high", "points")]
            if self._with_contributions:
                fields.append(pa.field(f"cause_{place}_contributions", CONTRIBUTIONS))
        fields.append(pa.field("something_else_share", pa.float64()))
        for place in range(1, self._first + 1):
            fields.append(pa.field(f"family_{place}", pa.string()))
            fields += [pa.field(f"family_{place}_{what}", pa.float64()) for what in ("share", "low", "high")]
        fields.append(pa.field("reasons", pa.list_(pa.string())))
        fields.append(pa.field("open_gate_questions", pa.int32()))
        fields.append(pa.field("unrecognised_medicines", pa.list_(pa.string())))
        fields.append(pa.field("errors", pa.list_(pa.string())))
        results = {field.name for field in fields[len(self._plan.kept) :]}
        clashes = [Issue(name, "has the name of a result; rename it") for name in self._plan.kept if name in results]
        if clashes:
            raise TableError(clashes)
        return pa.schema(fields)

    def _result(
        self,
        batch: Any,
        answered: Answered,
        ranking: "_Ranking",
        urgency: tuple[npt.NDArray[np.int8], npt.NDArray[np.int32], npt.NDArray[np.int32]],
        open_at_gate: npt.NDArray[np.int32],
        nested: Sequence[Any],
        refused: Mapping[int, str],
    ) -> Any:
        rows, bad = answered.rows, answered.bad
        level, starts, met = urgency
        faulty = bool(bad.any())
        mask = bad if faulty else None

        def chosen(names: Sequence[str], places: npt.NDArray[Any]) -> Any:
            return pa.array(names, pa.string()).take(pa.array(places, mask=mask))

        def numbers(values: npt.NDArray[Any]) -> Any:
            return pa.array(values, mask=mask)

        columns = [batch.column(name) for name in self._plan.kept]
        columns.append(chosen([urgency.value for urgency in Urgency], level))
        for place in range(self._first):
            if place >= self._ranked:
                columns += [pa.nulls(rows, pa.string()), *[pa.nulls(rows, pa.float64())] * 4]
                columns += [pa.nulls(rows, CONTRIBUTIONS)] * self._with_contributions
                continue
            columns.append(chosen(self._causes, ranking.causes[:, place]))
            columns += [numbers(np.ascontiguousarray(each[:, place])) for each in ranking.of_causes]
            if self._with_contributions:
                columns.append(_without(nested[place], mask))
        columns.append(numbers(ranking.something_else))
        for place in range(self._first):
            if place >= len(self._families):
                columns += [pa.nulls(rows, pa.string()), *[pa.nulls(rows, pa.float64())] * 3]
                continue
            columns.append(chosen(self._families, ranking.families[:, place]))
            columns += [numbers(np.ascontiguousarray(each[:, place])) for each in ranking.of_families]
        texts = pa.array(self._rules.names, pa.string()).take(pa.array(met))
        columns.append(_without(pa.ListArray.from_arrays(pa.array(starts), texts), mask))
        columns.append(numbers(open_at_gate))
        columns.append(_unrecognised(answered))
        columns.append(self._errors(batch, bad, refused) if faulty else pa.nulls(rows, pa.list_(pa.string())))
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def _errors(self, batch: Any, bad: npt.NDArray[np.bool_], refused: Mapping[int, str]) -> Any:
        """
        Read every faulty person alone, so that each fault is told as it would be for one profile.
        """
        told: list[list[str] | None] = [None] * len(bad)
        for row in np.flatnonzero(bad).tolist():
            if row in refused:
                told[row] = [refused[row]]
                continue
            profile = row_profile(batch, row, self._plan, self._compiled)
            _, issues = read_answers(profile, self._compiled.kb, self._compiled.answers)
            told[row] = [str(issue) for issue in issues] or ["$: cannot be read"]
        return pa.array(told, pa.list_(pa.string()))


class _Ranking:
    """
    The first causes and families of a block of people, filled in stretch by stretch.
    """

    def __init__(self, tokens: TokenTable, members: Any, *, rows: int, causes: int, families: int) -> None:
        self._tokens = tokens
        self._members = members
        in_id_order = np.array(tokens.compiled.in_id_order, np.intp)
        self._in_id_order = None if (np.diff(in_id_order) == 1).all() else in_id_order
        self._order = [list(tokens.compiled.families).index(f) for f in sorted(tokens.compiled.families, key=_by_id)]
        self.causes = np.zeros((rows, causes), np.intp)
        self.of_causes = tuple(np.zeros((rows, causes)) for _ in range(4))
        self.something_else = np.zeros(rows)
        self.families = np.zeros((rows, families), np.intp)
        self.of_families = tuple(np.zeros((rows, families)) for _ in range(3))

    def rank(self, start: int, own: Points) -> None:
        """
        Rank the people whose points these are, from `start` on.
        """
        people = slice(start, start + len(own.value))
        powers = masses(own, self._tokens)
        self.something_else[people] = powers.something_else / powers.all_value
        places = _greatest(own.value, self.causes.shape[1], self._in_id_order)
        weak = self._fill(places, (powers.value, powers.low, powers.high), powers, self.causes, self.of_causes, people)
        self.of_causes[3][people] = np.take_along_axis(own.value, places, axis=1)
        # Sparse times dense adds in one order, whoever stands beside a person; dense products do not promise that.
        in_families = tuple(
            (self._members @ np.ascontiguousarray(each.T)).T for each in (powers.value, powers.low, powers.high)
        )
        best = _greatest(in_families[0], self.families.shape[1])
        weak_too = self._fill(best, in_families, powers, self.families, self.of_families, people)
        for person in np.flatnonzero(np.logical_or(weak, weak_too)).tolist():
            self._alone(start + person, person, own)

    def _fill(
        self,
        places: npt.NDArray[np.intp],
        powers: Sequence[Floats],
        whole: Masses,
        into: npt.NDArray[np.intp],
        numbers: Sequence[Floats],
        people: slice,
    ) -> npt.NDArray[np.bool_]:
        value, low, high = (np.take_along_axis(each, places, axis=1) for each in powers)
        share, least, most, weak = share_intervals((value, low, high), whole)
        into[people] = places
        numbers[0][people], numbers[1][people], numbers[2][people] = share, least, most
        found: npt.NDArray[np.bool_] = np.asarray(weak.any(axis=1))
        return found

    def _alone(self, row: int, person: int, own: Points) -> None:
        of_causes, of_families = shares_of_one(own, person, self._tokens)
        sorted_families = [of_families[place] for place in self._order]
        best = sorted(range(len(sorted_families)), key=lambda place: -sorted_families[place].value)
        self.families[row] = best[: self.families.shape[1]]
        for found, places, numbers in (
            (of_causes, self.causes, self.of_causes),
            (sorted_families, self.families, self.of_families),
        ):
            for rank, place in enumerate(places[row].tolist()):
                share = found[place]
                numbers[0][row, rank], numbers[1][row, rank], numbers[2][row, rank] = share.value, share.low, share.high


def assess_table(
    table: Any,
    *,
    kb: KnowledgeBase | None = None,
    first: int = 3,
    contributions: bool = False,
    keep: Iterable[str] | None = None,
    units: Mapping[str, str] | None = None,
    threads: int = 1,
) -> Any:
    """
    Assess a table of people: a row in, a row out, in the same order.

    A column answers the finding whose id is its name: yes and no (boolean, 0
    and 1, or text), a number in the finding's unit, or a level. `medicines` is
    a column of lists of names. A missing value is a question not asked. Points
    equal those of `twitchkb.assess` bit for bit, shares to 1e-12; urgency and
    reasons are the same.

    Args:
        table: an Arrow table, record batch or reader; a pandas or Polars frame; anything that offers the Arrow
            PyCapsule stream.
        kb: what is known; by default the bundled dataset with the installed packs.
        first: how many causes and families to report.
        contributions: whether to add, for each of these causes, what each answer contributed.
        keep: columns to pass through; by default those that resemble no finding.
        units: the unit of each column of numbers that needs one, such as `{"potassium": "mmol/L"}`.
        threads: how many blocks of rows to work on at once.

    Returns:
        An Arrow table: the columns passed through, `urgency`, `cause_1` with its share, low, high and points,
        the families, `reasons`, `open_gate_questions`, `unrecognised_medicines`, and `errors` for the rows that
        cannot be read.

    Raises:
        TableError: the columns cannot be read; every fault is listed.

    Example:
        >>> people = pa.table({"id": [7, 8], "twitch_eyelid": [True, None], "sleep_hours": [4.5, 99.0]})
        >>> result = assess_table(people, first=1)
        >>> result.column("cause_1").to_pylist()
        ['eyelid_myokymia', None]
        >>> result.column("errors").to_pylist()
        [None, ['$.findings.sleep_hours: 99 h is outside 0 to 24 h']]
    """
    given = as_table(table)
    assessor = Assessor(given.schema, kb=kb, first=first, contributions=contributions, keep=keep, units=units)
    return pa.Table.from_batches(assess_batches(given.to_batches(), assessor, threads=threads), assessor.schema)


def assess_batches(batches: Iterable[Any], assessor: Assessor, *, threads: int = 1) -> Iterator[Any]:
    """
    Assess a stream of record batches, in order, with no more of them in memory than threads need.
    """
    blocks = ((batch.slice(start, BLOCK), _NOTHING) for batch in batches for start in range(0, batch.num_rows, BLOCK))
    return assess_blocks(blocks, assessor, threads=threads)


def assess_blocks(
    blocks: Iterable[tuple[Any, Mapping[int, str]]], assessor: Assessor, *, threads: int = 1
) -> Iterator[Any]:
    """
    The same for blocks that come with the rows refused in them.
    """
    if threads == 1:
        for block, refused in blocks:
            yield assessor.assess(block, refused=refused)
        return
    coming = iter(blocks)
    with ThreadPoolExecutor(threads) as pool:

        def begin(number: int) -> list[Future[Any]]:
            return [pool.submit(assessor.assess, block, refused=refused) for block, refused in islice(coming, number)]

        waiting = begin(threads + 1)
        while waiting:
            done = waiting.pop(0).result()
            waiting += begin(1)
            yield done


def as_table(table: Any) -> Any:
    """
    An Arrow table from whatever holds columns, without a copy where the owner allows it.

    Raises:
        TypeError: the object holds no columns that Arrow can take.

    Example:
        >>> as_table({"twitch_eyelid": [True]}).num_rows
        1
    """
    if isinstance(table, pa.Table):
        return table
    if isinstance(table, pa.RecordBatch):
        return pa.Table.from_batches([table])
    if isinstance(table, pa.RecordBatchReader):
        return table.read_all()
    if type(table).__module__.split(".")[0] == "pandas":
        return pa.Table.from_pandas(table, preserve_index=False)
    if hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__") or isinstance(table, Mapping):
        return pa.table(table)
    raise TypeError(f"expected an Arrow table, a pandas or Polars frame, or an Arrow stream, got {type(table)!r}")


def _by_id(record: Any) -> str:
    return str(record.id)


def _greatest(values: Floats, number: int, order: npt.NDArray[np.intp] | None = None) -> npt.NDArray[np.intp]:
    """
    The places of the greatest values of each row; among equals the first, or the first in this order.
    """
    if order is not None:
        return order[_greatest(values[:, order], number)]
    if number > FEW:
        return np.argsort(-values, axis=1, kind="stable")[:, :number]
    left = values.copy()
    found = np.zeros((len(values), number), np.intp)
    rows = np.arange(len(values))
    for place in range(number):
        best = left.argmax(axis=1)
        found[:, place] = best
        left[rows, best] = -np.inf
    return found


def _unrecognised(answered: Answered) -> Any:
    """
    Names of medicines that nobody knows, sorted, for those who gave any.
    """
    kind = pa.list_(pa.string())
    found = answered.medicines
    if found is None or not len(found.unrecognised_row):
        return pa.nulls(answered.rows, kind)
    pairs = sorted(zip(found.unrecognised_row.tolist(), found.unrecognised_name, strict=True))
    starts = np.concatenate([[0], np.cumsum(found.unrecognised)]).astype(np.int32)
    lists = pa.ListArray.from_arrays(pa.array(starts), pa.array([name for _, name in pairs], pa.string()))
    return _without(lists, found.unrecognised == 0)


def _without(lists: Any, mask: npt.NDArray[np.bool_] | None) -> Any:
    """
    The same lists, with none at all where the mask says so.
    """
    if mask is None:
        return lists
    return pa.ListArray.from_arrays(lists.offsets, lists.values, type=lists.type, mask=pa.array(mask))
