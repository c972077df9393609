"""
The command `twitchkb batch`: a file of people in, a file of answers out.

NumPy and Arrow are imported only when it runs; a missing one is an error that
names the extra.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twitchkb.dataset import default_knowledge_base, load
from twitchkb.errors import Issue, ReadError
from twitchkb.model import KnowledgeBase
from twitchkb.packs import Pack
from twitchkb.version import __version__

if TYPE_CHECKING:
    from .files import Source, Summary
    from .mapping import MappingFile

__all__ = ["add_commands"]

OK, FAULTY = 0, 1
BAR = 24
EVERY = 0.2
MOST_CAUSES = 10


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """
    Add the command of this module to the command line.

    Example:
        >>> parser = argparse.ArgumentParser()
        >>> add_commands(parser.add_subparsers())
        >>> parser.parse_args(["batch", "people.parquet", "answers.parquet", "--threads", "2"]).threads
        2
    """
    command = commands.add_parser(
        "batch",
        help="assess a file of people, one row each",
        description="Assess a Parquet, CSV, JSON Lines or Arrow IPC file: a row in, a row out, in the same order.",
    )
    command.add_argument("input", nargs="?", type=Path, metavar="IN", help="the people: .parquet .csv .jsonl .arrow")
    command.add_argument("output", nargs="?", type=Path, metavar="OUT", help="the answers, in the format of its ending")
    command.add_argument("--map", type=Path, metavar="FILE", help="which column answers which finding (JSON)")
    command.add_argument(
        "--template", action="store_true", help="print an empty mapping file, filled in as far as IN allows"
    )
    command.add_argument("--keep", action="append", metavar="COLUMN", help="pass this column through, and no other")
    command.add_argument("--unit", action="append", default=[], metavar="COLUMN=UNIT", help="the unit of a column")
    command.add_argument("--first", type=int, default=3, metavar="N", help="how many causes and families (3)")
    command.add_argument("--contributions", action="store_true", help="add what each answer contributed")
    command.add_argument("--threads", type=int, default=1, metavar="N", help="how many cores to work with (1)")
    command.add_argument("--resume", action="store_true", help="go on with a run that did not finish")
    command.add_argument("--overwrite", action="store_true", help="replace OUT if it is there")
    command.add_argument("--pack", action="append", default=[], metavar="DIR", help="add the pack in this folder")
    command.set_defaults(run=_batch)


def _batch(options: argparse.Namespace) -> int:
    try:
        from . import files, mapping  # noqa: PLC0415  # the extra is needed here and nowhere before
        from .table import Assessor  # noqa: PLC0415  # likewise
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in {"numpy", "scipy", "pyarrow"}:
            raise
        print(f"twitchkb batch needs {error.name}: pip install 'twitchkb[batch]'", file=sys.stderr)
        return FAULTY
    added = [Pack.from_directory(folder) for folder in options.pack]
    kb = load(packs=added, strict=True) if added else default_knowledge_base()
    if options.template:
        names = None if options.input is None else files.open_source(options.input).schema.names
        print(mapping.template(kb, names), end="")
        return OK
    if options.input is None or options.output is None:
        raise ReadError([Issue("IN, OUT", "name the file of people, and the file for the answers")])
    source = files.open_source(options.input)
    mapped = _mapping(options, source, kb)
    assessor = Assessor(
        source.schema,
        kb=kb,
        first=options.first,
        contributions=options.contributions,
        keep=options.keep or (mapped.keep if mapped and mapped.keep else None),
        units=dict(_unit(each) for each in options.unit),
        mapped=mapped.columns if mapped else None,
    )
    for batch, _ in source.batches(0):
        assessor.check(batch)
        break
    _tell_passed_through(source, assessor.kept, kb)
    progress = _Progress() if sys.stderr.isatty() else None
    started = time.monotonic()
    summary = files.run(
        source,
        options.output,
        assessor,
        fingerprint=_fingerprint(options, kb),
        resume=options.resume,
        overwrite=options.overwrite,
        threads=options.threads,
        progress=progress or _silent,
    )
    if progress:
        progress.end()
    _tell(summary, time.monotonic() - started, kb)
    return OK


def _mapping(options: argparse.Namespace, source: "Source", kb: KnowledgeBase) -> "MappingFile | None":
    """
    The mapping file, checked against the columns before any row is read.
    """
    from .mapping import check_mapping, read_mapping  # noqa: PLC0415  # needs the extra

    if options.map is None:
        return None
    try:
        mapping = read_mapping(options.map.read_bytes(), kb)
    except OSError as error:
        raise ReadError([Issue(str(options.map), f"cannot be read: {error.strerror or error}")]) from None
    issues = check_mapping(mapping, source.schema.names)
    if issues:
        raise ReadError(issues)
    return mapping


def _unit(text: str) -> tuple[str, str]:
    column, equals, unit = text.partition("=")
    if not equals:
        raise ReadError([Issue("--unit", f"expected COLUMN=UNIT, got {text!r}")])
    return column, unit


def _fingerprint(options: argparse.Namespace, kb: KnowledgeBase) -> dict[str, Any]:
    """
    What must be the same for two halves of a run to be one run.
    """
    about = options.input.stat()
    return {
        "input": [str(options.input.resolve()), about.st_size, about.st_mtime_ns],
        "library": __version__,
        "data": kb.digest,
        "map": None if options.map is None else options.map.read_text("utf-8"),
        "options": [options.keep, sorted(options.unit), options.first, options.contributions],
    }


def _tell_passed_through(source: "Source", kept: tuple[str, ...], kb: KnowledgeBase) -> None:
    from .mapping import suggestions  # noqa: PLC0415  # needs the extra

    if kept:
        near = dict(suggestions(kept, kb))
        told = [f"{name} (like {near[name]})" if name in near else name for name in kept]
        print(f"passed through: {', '.join(told)}", file=sys.stderr)
    answers = len(source.schema.names) - len(kept)
    print(f"{answers} column{'' if answers == 1 else 's'} of answers", file=sys.stderr)


def _tell(summary: "Summary", seconds: float, kb: KnowledgeBase) -> None:
    """
    The summary, for people and for a log.
    """
    rows, rate = summary.rows, summary.rows / max(seconds, 1e-9)
    lines = [f"{rows:,} rows in {_clock(seconds)}, {rate:,.0f} a second; {summary.refused:,} refused"]
    for level, count in sorted(summary.urgencies.items(), key=lambda pair: -_rank(pair[0])):
        lines.append(f"  {level:<12} {count:>14,}  {_percent(count, rows)}")
    lines.append("first causes:")
    for cause, count in summary.causes.most_common(MOST_CAUSES):
        lines.append(f"  {kb.cause(cause).name:<44} {count:>14,}  {_percent(count, rows)}")
    print("\n".join(lines), file=sys.stderr)


def _rank(level: str) -> int:
    from twitchkb.vocabulary import Urgency  # noqa: PLC0415  # only the summary sorts by it

    return Urgency(level).rank


def _percent(count: int, rows: int) -> str:
    return f"{100.0 * count / rows:5.1f}%" if rows else ""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _silent(_done: int, _rows: int | None) -> None:
    """
    Nobody looks: say nothing.
    """


class _Progress:
    """
    A bar on the terminal, with the rate and the time that remains.
    """

    def __init__(self, write: Callable[[str], Any] = sys.stderr.write) -> None:
        self._write = write
        self._started = time.monotonic()
        self._first: int | None = None
        self._last = 0.0

    def __call__(self, done: int, rows: int | None) -> None:
        now = time.monotonic()
        if self._first is None:
            # What an earlier run did is no part of this one's rate.
            self._first = done
        if now - self._last < EVERY and done != rows:
            return
        self._last = now
        rate = (done - self._first) / max(now - self._started, 1e-9)
        text = f"{done:>13,} rows  {rate:>9,.0f}/s"
        if rows:
            filled = round(BAR * done / rows)
            left = _clock((rows - done) / rate) if rate else "?"
            text = f"[{'#' * filled}{'.' * (BAR - filled)}] {100.0 * done / rows:3.0f}% {text}  {left} left"
        self._write(f"\r{text:<78}")

    def end(self) -> None:
        """
        Leave the line.
        """
        self._write("\n")
