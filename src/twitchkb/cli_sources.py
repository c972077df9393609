"""
The command `twitchkb sources`: how much of the data is cited, and how well.
"""

import argparse
import textwrap
from collections.abc import Iterator
from typing import Any

from . import dataset, packs, wire
from .citations import Citations, citations

__all__ = ["add_commands"]

OK = 0


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """
    Add the command of this module to the command line.

    Example:
        >>> parser = argparse.ArgumentParser()
        >>> add_commands(parser.add_subparsers())
        >>> parser.parse_args(["sources", "--json"]).json
        True
    """
    command = commands.add_parser("sources", help="show how much of the data is cited, and how well")
    command.add_argument("--json", action="store_true", help="print the counts as JSON")
    command.add_argument("--pack", action="append", default=[], metavar="DIR", help="add the pack in this folder")
    command.set_defaults(run=_sources)


def _sources(options: argparse.Namespace) -> int:
    added = [packs.Pack.from_directory(folder) for folder in options.pack]
    found = citations(dataset.load(packs=added, strict=True) if added else dataset.load())
    print(wire.to_json(found, indent=2) if options.json else "\n".join(_lines(found)))
    return OK


def _lines(found: Citations) -> Iterator[str]:
    yield "WHAT IS CITED"
    for each in found.coverage:
        yield f"  {each.kind:<15}{each.cited:>5} of {each.count:>5} cited ({100 * each.share_cited:.0f}%)"
        yield " " * 17 + ", ".join(f"{grade} {count} ({_share(count, each.count)})" for grade, count in each.grades)
    yield ""
    yield "SOURCES"
    yield f"  {found.sources} sources; the text of {found.read} was read"
    kinds = ", ".join(f"{kind.replace('_', ' ')} {count}" for kind, count in found.source_kinds)
    yield from textwrap.wrap(f"by kind: {kinds}", 80, initial_indent="  ", subsequent_indent="    ")
    if found.uncited:
        yield f"  {len(found.uncited)} of them are cited by nothing"
        yield from textwrap.wrap(", ".join(found.uncited), 80, initial_indent="    ", subsequent_indent="    ")
    yield ""
    yield "WEAK SOURCES"
    yield f"  {len(found.weak)}; a star marks a place where no better one stands beside it"
    for source in found.weak:
        yield f"  {source.id}"
        for place in source.places:
            yield f"    {'*' if place in source.alone else ' '} {place}"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%"
