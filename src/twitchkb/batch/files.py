"""
Files of any size in and out, in bounded memory, and never half a result under its final name.

Results are first written in parts beside the output; a part has its name only
when it is whole, so that a run that was killed goes on after the last one. At
the end the parts become one file, which is renamed into place.
"""

import contextlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from twitchkb.errors import Issue
from twitchkb.model import nearest
from twitchkb.wire import parse_json

from .arrow import pa, pacsv, pc, pq
from .columns import MEDICINES, TableError
from .medicines import EVENTS
from .table import BLOCK, Assessor, assess_blocks

__all__ = ["FORMATS", "Source", "Summary", "open_source", "run", "schema_of"]

PART = 4 * BLOCK
FORMATS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
}
FIRST_LINES = 1000
USES = pa.list_(pa.struct([("name", pa.string()), *((f"{event}_days", pa.float64()) for event in EVENTS)]))

Refused = Mapping[int, str]


@attrs.define(kw_only=True)
class Summary:
    """
    What came out: rows, urgencies, first causes, refused rows.
    """

    rows: int = 0
    refused: int = 0
    urgencies: Counter[str] = attrs.field(factory=Counter)
    causes: Counter[str] = attrs.field(factory=Counter)

    def add(self, batch: Any) -> None:
        """
        Count a batch of results.
        """
        self.rows += batch.num_rows
        self.refused += batch.num_rows - batch.column("errors").null_count
        for counter, name in ((self.urgencies, "urgency"), (self.causes, "cause_1")):
            for each in pc.value_counts(batch.column(name)).to_pylist():
                if each["values"] is not None:
                    counter[each["values"]] += each["counts"]

    def include(self, other: "Summary") -> None:
        """
        Add the counts of another part.
        """
        self.rows += other.rows
        self.refused += other.refused
        self.urgencies += other.urgencies
        self.causes += other.causes


@attrs.frozen(kw_only=True, eq=False)
class Source:
    """
    A file of people: its schema, how many rows it has where it says so, and its batches from a row on.
    """

    path: Path
    schema: Any
    rows: int | None
    batches: Callable[[int], Iterator[tuple[Any, Refused]]]


def open_source(path: Path) -> Source:
    """
    Open a Parquet, CSV, JSON Lines or Arrow IPC file by the ending of its name.

    Raises:
        TableError: the ending is none of these, or the file cannot be read.
    """
    kind = _format(path)
    try:
        return {"parquet": _parquet, "csv": _csv, "jsonl": _json_lines, "arrow": _arrow}[kind](path)
    except (OSError, pa.ArrowException) as error:
        raise TableError([Issue(str(path), f"cannot be read: {error}")]) from None


def schema_of(path: Path) -> Any:
    """
    The Arrow schema of a file.
    """
    return open_source(path).schema


def run(
    source: Source,
    output: Path,
    assessor: Assessor,
    *,
    fingerprint: Mapping[str, Any],
    resume: bool = False,
    overwrite: bool = False,
    threads: int = 1,
    progress: Callable[[int, int | None], None] = lambda _done, _all: None,
) -> Summary:
    """
    Assess a file into a file.

    Args:
        source: the people.
        output: where the results go, in the format that its ending names.
        assessor: made ready for the schema of the source.
        fingerprint: what must be the same for `resume`: input, data, options.
        resume: go on after the last whole part of a run that did not finish.
        overwrite: replace an output that exists.
        threads: how many blocks of rows to work on at once.
        progress: told the rows done and, where known, all rows.

    Raises:
        TableError: the output or its parts exist and nobody said what to do, the earlier run was another one,
            or a file cannot be read or written.
    """
    kind = _format(output)
    parts = output.with_name(output.name + ".parts")
    if output.exists() and not overwrite:
        raise TableError([Issue(str(output), "exists already; --overwrite replaces it")])
    summary = _begin(parts, fingerprint, resume=resume)
    try:
        progress(summary.rows, source.rows)
        done = summary.rows
        blocks = _blocks(source, summary.rows)
        part: list[Any] = []
        for results in assess_blocks(blocks, assessor, threads=threads):
            part.append(results)
            done += results.num_rows
            if done - summary.rows >= PART:
                _write_part(parts, part, assessor.schema, summary)
                part = []
            progress(done, source.rows)
        if part:
            _write_part(parts, part, assessor.schema, summary)
        aside = output.with_name(f"{output.name}.unfinished")
        _WRITERS[kind](aside, assessor.schema, _of_parts(parts))
        aside.replace(output)
    except (OSError, pa.ArrowException) as error:
        raise TableError([Issue(str(source.path), f"stopped after {summary.rows:,} rows: {error}")]) from None
    shutil.rmtree(parts)
    return summary


def _blocks(source: Source, first: int) -> Iterator[tuple[Any, Refused]]:
    for batch, refused in source.batches(first):
        for start in range(0, batch.num_rows, BLOCK):
            own = {row - start: why for row, why in refused.items() if start <= row < start + BLOCK}
            yield batch.slice(start, BLOCK), own


def _begin(parts: Path, fingerprint: Mapping[str, Any], *, resume: bool) -> Summary:
    """
    Make the folder of the parts, or take up what an earlier run left in it.
    """
    state = parts / "run.json"
    wanted = json.dumps(fingerprint, sort_keys=True, indent=2)
    summary = Summary()
    if not parts.exists():
        parts.mkdir()
        state.write_text(wanted, "utf-8")
        return summary
    if not resume:
        message = "an earlier run did not finish; --resume goes on with it, or remove this folder"
        raise TableError([Issue(str(parts), message)])
    earlier = json.loads(state.read_text("utf-8")) if state.exists() else {}
    changed = [key for key in {**fingerprint, **earlier} if fingerprint.get(key) != earlier.get(key)]
    if changed:
        message = f"the earlier run was another one: {', '.join(sorted(changed))} differ; remove this folder"
        raise TableError([Issue(str(parts), message)])
    for path in sorted(parts.glob("*.unfinished")):
        path.unlink()
    for path in _part_files(parts):
        summary.include(_summary_in(path))
    return summary


def _part_files(parts: Path) -> list[Path]:
    return sorted(parts.glob("*.arrow"))


def _write_part(parts: Path, results: Sequence[Any], schema: Any, whole: Summary) -> None:
    first = whole.rows
    own = Summary()
    for batch in results:
        own.add(batch)
    noted = json.dumps(attrs.asdict(own)).encode()
    aside = parts / f"{first:015}.unfinished"
    noting = schema.with_metadata({b"summary": noted})
    # Not compressed: a part is read once and thrown away, and shares hardly get smaller.
    with pa.OSFile(str(aside), "wb") as sink, pa.ipc.new_file(sink, noting) as writer:
        for batch in results:
            writer.write_batch(batch)
    aside.replace(parts / f"{first:015}.arrow")
    whole.include(own)


def _summary_in(path: Path) -> Summary:
    with pa.OSFile(str(path)) as file:
        noted = json.loads(pa.ipc.open_file(file).schema.metadata[b"summary"])
    return Summary(
        rows=noted["rows"],
        refused=noted["refused"],
        urgencies=Counter(noted["urgencies"]),
        causes=Counter(noted["causes"]),
    )


def _of_parts(parts: Path) -> Iterator[Any]:
    for path in _part_files(parts):
        with pa.memory_map(str(path)) as file:
            reader = pa.ipc.open_file(file)
            for number in range(reader.num_record_batches):
                yield reader.get_batch(number)


def _format(path: Path) -> str:
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        endings = ", ".join(FORMATS)
        raise TableError([Issue(str(path), f"expected a name that ends in {endings}{nearest(path.suffix, FORMATS)}")])
    return kind


def _parquet(path: Path) -> Source:
    # What is read ahead stays in memory to the end of the file.
    file = pq.ParquetFile(path, pre_buffer=False)

    def batches(first: int) -> Iterator[tuple[Any, Refused]]:
        groups: list[int] = []
        skipped = 0
        for group in range(file.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            if not groups and skipped + rows <= first:
                skipped += rows
            else:
                groups.append(group)
        found = file.iter_batches(batch_size=BLOCK, row_groups=groups, use_threads=False) if groups else ()
        yield from _skipping(((batch, {}) for batch in found), first - skipped)

    return Source(path=path, schema=file.schema_arrow, rows=file.metadata.num_rows, batches=batches)


def _arrow(path: Path) -> Source:
    with pa.memory_map(str(path)) as file:
        try:
            schema = pa.ipc.open_file(file).schema
            is_file = True
        except pa.ArrowInvalid:
            schema = pa.ipc.open_stream(file).schema
            is_file = False

    def found() -> Iterator[tuple[Any, Refused]]:
        with pa.memory_map(str(path)) as file:
            if not is_file:
                for batch in pa.ipc.open_stream(file):
                    yield batch, {}
                return
            reader = pa.ipc.open_file(file)
            for number in range(reader.num_record_batches):
                yield reader.get_batch(number), {}

    return Source(path=path, schema=schema, rows=None, batches=lambda first: _skipping(found(), first))


def _csv(path: Path) -> Source:
    lenient = pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=lambda _row: "skip")
    with pacsv.open_csv(path, parse_options=lenient) as reader:
        names = reader.schema.names
    # All cells are text: what a word or a number means is for `columns`, which keeps a faulty row.
    schema = pa.schema([pa.field(name, pa.string()) for name in names])

    def found() -> Iterator[tuple[Any, Refused]]:
        faulty: list[tuple[int, str]] = []

        def note(row: Any) -> str:
            faulty.append((row.number - 2, f"expected {row.expected_columns} cells, got {row.actual_columns}"))
            return "skip"

        reader = pacsv.open_csv(
            path,
            read_options=pacsv.ReadOptions(use_threads=False, block_size=1 << 23),
            parse_options=pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=note),
            convert_options=pacsv.ConvertOptions(
                column_types=schema, strings_can_be_null=True, null_values=[""], quoted_strings_can_be_null=True
            ),
        )
        done = 0
        with reader:
            for cut in reader:
                batch, refused = _put_back(cut, faulty, done)
                done += batch.num_rows
                yield batch, refused
        if faulty:
            yield _put_back(pa.RecordBatch.from_pylist([], schema), faulty, done)

    return Source(path=path, schema=schema, rows=None, batches=lambda first: _skipping(found(), first))


def _put_back(batch: Any, faulty: list[tuple[int, str]], done: int) -> tuple[Any, dict[int, str]]:
    """
    Give each faulty line of the file its place among the rows that could be cut into cells.
    """
    refused: dict[int, str] = {}
    places: list[int | None] = []
    good = 0
    while good < batch.num_rows or (faulty and faulty[0][0] == done + len(places)):
        if faulty and faulty[0][0] == done + len(places):
            refused[len(places)] = faulty.pop(0)[1]
            places.append(None)
        else:
            ahead = (
                batch.num_rows - good if not faulty else min(batch.num_rows - good, faulty[0][0] - done - len(places))
            )
            places += range(good, good + ahead)
            good += ahead
    return (batch.take(pa.array(places, pa.int64())) if refused else batch), refused


def _json_lines(path: Path) -> Source:
    """
    One object a line: columns by name, or a profile with its `findings`.

    The names are those of the first lines; a later line with another one is refused.
    """
    names: dict[str, None] = {}
    for line in _lines(path, FIRST_LINES):
        with contextlib.suppress(TableError, ValueError):
            names.update(dict.fromkeys(_flat(line)))
    schema = pa.schema([pa.field(name, USES if name == MEDICINES else pa.string()) for name in names])

    def found() -> Iterator[tuple[Any, Refused]]:
        rows: list[dict[str, Any]] = []
        refused: dict[int, str] = {}
        for line in _lines(path):
            row: dict[str, Any] = {}
            try:
                row = _flat(line)
                extra = sorted(set(row) - set(names))
                if extra:
                    raise TableError([Issue(f"$.{extra[0]}", f"is in none of the first {FIRST_LINES} lines")])
                rows.append({name: _cell(name, row[name]) for name in row})
            except ValueError as error:
                refused[len(rows)] = str(error)
                rows.append({})
            if len(rows) == BLOCK:
                yield pa.RecordBatch.from_pylist(rows, schema), refused
                rows, refused = [], {}
        if rows:
            yield pa.RecordBatch.from_pylist(rows, schema), refused

    return Source(path=path, schema=schema, rows=None, batches=lambda first: _skipping(found(), first))


def _lines(path: Path, most: int | None = None) -> Iterator[bytes]:
    with path.open("rb") as file:
        for number, line in enumerate(file):
            if most is not None and number >= most:
                return
            if line.strip():
                yield line


def _flat(line: bytes) -> dict[str, Any]:
    row = parse_json(line)
    if not isinstance(row, dict):
        raise TableError([Issue("$", "expected an object")])
    findings = row.pop("findings", None)
    if findings is None:
        return row
    if not isinstance(findings, dict):
        raise TableError([Issue("$.findings", "expected an object")])
    # In a profile, null is an answer: the person does not know.
    return {**row, **{name: "unknown" if value is None else value for name, value in findings.items()}}


def _cell(name: str, value: Any) -> Any:
    if name == MEDICINES:
        return _uses(value)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dict) and set(value) == {"value", "unit"}:
        return f"{value['value']} {value['unit']}"
    raise TableError([Issue(f"$.{name}", f"expected a value, got {value!r}")])


def _uses(value: Any) -> list[dict[str, Any]] | None:
    if value is None:
        return None
    uses = [{"name": each} if isinstance(each, str) else each for each in value] if isinstance(value, list) else [value]
    known = {"name", *(f"{event}_days" for event in EVENTS)}
    for use in uses:
        if not isinstance(use, dict) or not set(use) <= known or not isinstance(use.get("name"), str):
            raise TableError([Issue(f"$.{MEDICINES}", f"expected a list of names or uses, got {value!r}")])
        for event in EVENTS:
            days = use.get(f"{event}_days")
            if days is not None and (isinstance(days, bool) or not isinstance(days, int | float)):
                raise TableError([Issue(f"$.{MEDICINES}", f"expected days as a number, got {days!r}")])
    return uses


def _skipping(batches: Iterable[tuple[Any, Refused]], rows: int) -> Iterator[tuple[Any, Refused]]:
    """
    Leave out so many rows.
    """
    for batch, refused in batches:
        if rows >= batch.num_rows:
            rows -= batch.num_rows
        elif rows:
            yield batch.slice(rows), {row - rows: why for row, why in refused.items() if row >= rows}
            rows = 0
        else:
            yield batch, refused


def _write_parquet(path: Path, schema: Any, batches: Iterable[Any]) -> None:
    # Points and shares hardly repeat; looking for repeats in them would take half of the time.
    words = [name for field in schema for name in _text_in(field)]
    with pq.ParquetWriter(path, schema, compression="snappy", use_dictionary=words) as writer:
        for batch in batches:
            writer.write_batch(batch)


def _text_in(field: Any) -> list[str]:
    """
    The Parquet names of the columns of text in a field.
    """
    if pa.types.is_struct(field.type):
        return [f"{field.name}.{name}" for inner in field.type for name in _text_in(inner)]
    if pa.types.is_list(field.type):
        return [f"{field.name}.list.{name}" for name in _text_in(field.type.value_field.with_name("element"))]
    return [field.name] if pa.types.is_string(field.type) else []


def _write_arrow(path: Path, schema: Any, batches: Iterable[Any]) -> None:
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema, options=options) as writer:
        for batch in batches:
            writer.write_batch(batch.replace_schema_metadata(schema.metadata))


def _write_csv(path: Path, schema: Any, batches: Iterable[Any]) -> None:
    """
    Lists of text become one text with `; ` between; contributions become JSON.
    """
    flat = pa.schema([pa.field(f.name, pa.string() if pa.types.is_nested(f.type) else f.type) for f in schema])
    with pacsv.CSVWriter(str(path), flat) as writer:
        for batch in batches:
            columns = [_flattened(column) for column in batch.columns]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=flat))


def _flattened(column: Any) -> Any:
    if not pa.types.is_nested(column.type):
        return column
    if pa.types.is_list(column.type) and pa.types.is_string(column.type.value_type):
        return pc.binary_join(column, "; ")
    return pa.array([None if value is None else json.dumps(value, ensure_ascii=False) for value in column.to_pylist()])


def _write_json_lines(path: Path, schema: Any, batches: Iterable[Any]) -> None:  # noqa: ARG001  # each line says its names
    with path.open("w", encoding="utf-8") as file:
        for batch in batches:
            for row in batch.to_pylist():
                file.write(json.dumps(row, ensure_ascii=False, allow_nan=False, default=str) + "\n")


_WRITERS: Mapping[str, Callable[[Path, Any, Iterable[Any]], None]] = {
    "parquet": _write_parquet,
    "arrow": _write_arrow,
    "csv": _write_csv,
    "jsonl": _write_json_lines,
}
