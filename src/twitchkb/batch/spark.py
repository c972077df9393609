"""
The same answers on a cluster: `assess(frame)` for a Spark DataFrame, through `mapInArrow`.

Needs the extra `spark`, on the driver and on every worker. The knowledge base
travels once, as a broadcast; a worker checks its digest before it opens it,
and keeps what it built from it for all partitions that come to it.
"""

import hashlib
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from twitchkb.dataset import default_knowledge_base
from twitchkb.errors import Issue, PackError
from twitchkb.model import KnowledgeBase

from .arrow import pa
from .table import BLOCK, Assessor

__all__ = ["assess"]

_built: dict[tuple[str, bytes], Assessor] = {}


def assess(
    frame: Any,
    *,
    kb: KnowledgeBase | None = None,
    first: int = 3,
    contributions: bool = False,
    keep: Iterable[str] | None = None,
    units: Mapping[str, str] | None = None,
) -> Any:
    """
    Assess every row of a Spark DataFrame; the columns are those of `assess_table`.

    Nothing runs before an action asks for the rows. A row that cannot be read
    comes back with its errors, on whatever worker it was.

    Args:
        frame: the people.
        kb: what is known; by default the bundled dataset with the driver's packs, which travel with it.
        first: how many causes and families to report.
        contributions: whether to add, for each of these causes, what each answer contributed.
        keep: columns to pass through; by default those that resemble no finding.
        units: the unit of each column of numbers that needs one.

    Raises:
        TableError: the columns cannot be read; told on the driver, before anything runs.
        ModuleNotFoundError: pyspark is not installed.
    """
    types = _spark_types()
    given = types.to_arrow_schema(frame.schema)
    whole = default_knowledge_base() if kb is None else kb
    options: dict[str, Any] = {
        "first": first,
        "contributions": contributions,
        "keep": None if keep is None else tuple(keep),
        "units": dict(units or {}),
    }
    # The driver builds one too: whatever is wrong with the columns is told here, once.
    results = Assessor(given, kb=whole, **options).schema
    packed = pickle.dumps(whole)
    sent = frame.sparkSession.sparkContext.broadcast(packed)
    work = _work(sent, hashlib.sha256(packed).hexdigest(), pickle.dumps((given.serialize().to_pybytes(), options)))
    return frame.mapInArrow(work, types.from_arrow_schema(results.remove_metadata()))


def _spark_types() -> Any:
    try:
        # The extra is needed here and nowhere before, so the types are checked without it too.
        from pyspark.sql.pandas import types  # noqa: PLC0415  # pyright: ignore[reportMissingImports]
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"twitchkb.batch.spark needs {error.name}: pip install 'twitchkb[spark]'", name=error.name
        ) from None
    return types


def _work(sent: Any, digest: str, asked: bytes) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """
    What every worker does with the batches of a partition.
    """

    def work(batches: Iterator[Any]) -> Iterator[Any]:
        assessor: Assessor | None = None
        for batch in _gathered(batches):
            # An empty partition builds nothing.
            assessor = assessor or _assessor(sent, digest, asked)
            yield assessor.assess(batch)

    return work


def _assessor(sent: Any, digest: str, asked: bytes) -> Assessor:
    """
    The assessor of this worker process, built when the first partition comes.
    """
    found = _built.get((digest, asked))
    if found is None:
        packed = sent.value
        if hashlib.sha256(packed).hexdigest() != digest:
            raise PackError([Issue("broadcast", f"what arrived is not the one sent ({digest[:12]})")])
        schema, options = pickle.loads(asked)  # noqa: S301  # made by our own driver, like the code itself
        kb = pickle.loads(packed)  # noqa: S301  # likewise, and its digest was checked
        _built.clear()
        found = _built[digest, asked] = Assessor(pa.ipc.read_schema(pa.py_buffer(schema)), kb=kb, **options)
    return found


def _gathered(batches: Iterator[Any]) -> Iterator[Any]:
    """
    Whole blocks from the small batches that Spark hands over: a block costs hardly more than a small batch.
    """
    waiting: list[Any] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += batch.num_rows
        if rows >= BLOCK:
            yield _one(waiting)
            waiting, rows = [], 0
    if rows:
        yield _one(waiting)


def _one(batches: list[Any]) -> Any:
    return pa.Table.from_batches(batches).combine_chunks().to_batches()[0]
