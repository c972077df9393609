"""
The command line: `twitchkb assess`, `ask`, `causes`, `findings`, `show`; `cli_packs`, `cli_sources`, `batch` add more.

Answers go to standard output, messages to standard error. Exit codes: 0 done,
1 the input has faults (each told with its path), 2 the command itself is wrong.
"""

import argparse
import io
import os
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import ask, cli_packs, cli_sources, dataset, packs, wire
from .adapters import html, svg, text
from .batch import command as batch_command
from .engine import assess
from .errors import Issue, ReadError
from .explain import describe
from .model import KnowledgeBase, nearest
from .profile import Profile
from .version import __version__

__all__ = ["main"]

OK, FAULTY, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run one command and return its exit code.

    Args:
        arguments: the words after `twitchkb`; by default those of this process.

    Example:
        >>> main(["show", "eyelid_myokymia"])  # doctest: +ELLIPSIS
        Twitching eyelid
        ...
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter shows a stand-in; it never stops the answer.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    parser = _parser()
    try:
        options = parser.parse_args(arguments)
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else USAGE
    if options.version:
        print(f"twitchkb {__version__}, data {packs.core_pack().version}")
        return OK
    if options.command is None:
        parser.print_help(sys.stderr)
        return USAGE
    try:
        return int(options.run(options))
    except ReadError as error:
        print(error, file=sys.stderr)
        return FAULTY
    except BrokenPipeError:
        # The reader went away (`twitchkb causes | head`): nothing is left to say.
        sys.stderr.close()
        return OK


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="twitchkb",
        description="What may be behind muscle twitching, how urgent it is, and what to do. Runs offline.",
        epilog="exit codes: 0 done, 1 the input has faults, 2 wrong usage",
    )
    parser.add_argument("--version", action="store_true", help="print the versions of code and data")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    command = commands.add_parser("assess", help="assess a profile (JSON)")
    command.add_argument("file", metavar="FILE", help="a JSON file, or - for standard input")
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    form.add_argument("--html", action="store_true", help="print the report as a web page")
    form.add_argument("--svg", action="store_true", help="print the report as a picture")
    command.add_argument("--pack", action="append", default=[], metavar="DIR", help="add the pack in this folder")
    command.set_defaults(run=_assess)

    command = commands.add_parser("ask", help="an interview: one question at a time, then the answer")
    command.add_argument("--save", type=Path, metavar="FILE", help="keep the answers here, and go on from them")
    command.add_argument("--questions", type=int, default=20, metavar="N", help="how many at most (20)")
    command.add_argument("--form", choices=sorted(ask.FORMATS), default="text", help="how to show the answer")
    command.set_defaults(run=_ask)

    command = commands.add_parser("causes", help="list all causes, the most common first")
    command.add_argument("--json", action="store_true", help="print them as JSON")
    command.set_defaults(run=_causes)

    command = commands.add_parser("findings", help="list the findings, or those that hold a text")
    command.add_argument("text", nargs="?", default="", metavar="TEXT", help="a part of an id, a label or a question")
    command.add_argument("--json", action="store_true", help="print them as JSON")
    command.set_defaults(run=_findings)

    command = commands.add_parser("show", help="show a cause, finding, remedy, medicine, red flag or source")
    command.add_argument("id", metavar="ID", help="an id, or any name of a medicine")
    command.add_argument("--json", action="store_true", help="print a JSON list: one id can name a test and a medicine")
    command.set_defaults(run=_show)

    cli_packs.add_commands(commands)
    cli_sources.add_commands(commands)
    batch_command.add_commands(commands)
    return parser


def _assess(options: argparse.Namespace) -> int:
    added = [packs.Pack.from_directory(folder) for folder in options.pack]
    kb = dataset.load(packs=added, strict=True) if added else None
    assessment = assess(wire.from_json(_content(options.file), Profile), kb=kb)
    if options.json:
        print(wire.to_json(assessment, indent=2))
    elif options.html or options.svg:
        # A page says of itself that it is UTF-8, whatever the terminal speaks.
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        print(html.page(assessment) if options.html else svg.render(assessment), end="")
    else:
        colour = text.wants_colour(os.environ, terminal=sys.stdout.isatty())
        print(text.render(assessment, colour=colour), end="")
    return OK


def _ask(options: argparse.Namespace) -> int:
    return ask.interview(dataset.load(), questions=options.questions, save=options.save, form=options.form)


def _causes(options: argparse.Namespace) -> int:
    causes = sorted(dataset.load().causes, key=lambda cause: (-cause.prior.value, cause.id))
    if options.json:
        print("[" + ",\n".join(wire.to_json(cause) for cause in causes) + "]")
        return OK
    print("Of 1,000 people who come with twitching, about so many have it because of:\n")
    for cause in causes:
        share = 1000 * cause.prior.value
        print(f"  {f'{share:.0f}' if share >= 1 else '<1':>4}  {cause.name:<44} {cause.id}")
    return OK


def _findings(options: argparse.Namespace) -> int:
    kb, wanted = dataset.load(), options.text.casefold()
    found = [each for each in kb.findings if wanted in f"{each.id}\n{each.label}\n{each.question}".casefold()]
    if not found:
        print(f"no finding holds {options.text!r}{_suggestion(kb, options.text)}", file=sys.stderr)
        return FAULTY
    if options.json:
        print("[" + ",\n".join(wire.to_json(finding) for finding in found) + "]")
        return OK
    for finding in found:
        print(finding.id)
        for told in (finding.label, finding.question if finding.when is None else f"worked out: {finding.when}"):
            print(textwrap.fill(told, 80, initial_indent="    ", subsequent_indent="    ", break_long_words=False))
    return OK


def _show(options: argparse.Namespace) -> int:
    kb = dataset.load()
    records = list(_named(kb, options.id))
    if not records:
        print(f"nothing here is called {options.id!r}{_suggestion(kb, options.id)}", file=sys.stderr)
        return FAULTY
    if options.json:
        print("[" + ",\n".join(wire.to_json(record, indent=2) for record in records) + "]")
        return OK
    for record in records:
        print(describe(record, kb))
    return OK


def _content(name: str) -> bytes:
    try:
        if name == "-":
            return sys.stdin.buffer.read(wire.MAX_TEXT_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(wire.MAX_TEXT_BYTES + 1)
    except OSError as error:
        raise ReadError([Issue(name, f"cannot be read: {error.strerror or error}")]) from None


def _named(kb: KnowledgeBase, id: str) -> Iterator[object]:
    for records in (kb.causes, kb.findings, kb.remedies, kb.red_flags, kb.sources, kb.medicine_classes):
        yield from (record for record in records if record.id == id)
    yield from kb.medicines_named(id)


def _suggestion(kb: KnowledgeBase, id: str) -> str:
    known = [r.id for rs in (kb.causes, kb.findings, kb.remedies, kb.red_flags, kb.sources, kb.medicines) for r in rs]
    return next((retired.hint for retired in kb.retired if retired.id == id), nearest(id, known))
