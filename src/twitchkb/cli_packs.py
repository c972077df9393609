"""
The commands for authors of packs: `twitchkb new-pack`, `check`, `format`, `diff`.

Each command prints its answer and returns an exit code, as `cli` says it. Only
`new-pack` and `format` write, and only where they are told to.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import importlib_resources

from . import dataset, packs, plugins, wire
from .checks import check
from .compare import compare
from .errors import Issue, PackError, ReadError
from .guard import RESERVED
from .layout import laid_out
from .model import KnowledgeBase
from .review import review
from .template import project

__all__ = ["add_commands"]

OK, FAULTY = 0, 1
_ID = re.compile(r"[a-z][a-z0-9_]*")


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """
    Add the commands of this module to the command line.

    Example:
        >>> parser = argparse.ArgumentParser()
        >>> add_commands(parser.add_subparsers())
        >>> parser.parse_args(["check", "my-pack"]).folder
        'my-pack'
    """
    command = commands.add_parser("new-pack", help="write a complete project for a new pack")
    command.add_argument("name", metavar="NAME", help="the id of the pack: lower case letters, digits and _")
    command.add_argument("--into", default=".", metavar="DIR", help="the folder that gets the project (default: here)")
    command.set_defaults(run=_new_pack)

    command = commands.add_parser("check", help="check the bundled data, or the pack in a folder")
    command.add_argument(
        "folder", nargs="?", metavar="PACK-DIR", help="the folder of a pack; without it the bundled data"
    )
    command.set_defaults(run=_check)

    command = commands.add_parser("format", help="give every file of a pack its one layout")
    command.add_argument("folder", metavar="PACK-DIR", help="the folder of a pack")
    command.set_defaults(run=_format)

    command = commands.add_parser("diff", help="show which answers change from one set of data to another")
    for name, which in (("before", "the first"), ("after", "the second")):
        command.add_argument(name, metavar=name.upper(), help=f"{which}: the folder of a pack or of a core, or `core`")
    command.add_argument(
        "--profile", action="append", default=[], metavar="FILE", help="compare these instead of the bundled people"
    )
    command.set_defaults(run=_diff)


def _new_pack(options: argparse.Namespace) -> int:
    if not _ID.fullmatch(options.name) or options.name in RESERVED or options.name == packs.CORE:
        raise ReadError(
            [Issue(options.name, "no id of a pack: lower case letters, digits and _, and no reserved word")]
        )
    files = project(options.name)
    folder = Path(options.into) / f"twitchkb-{options.name.replace('_', '-')}"
    if folder.exists():
        raise ReadError([Issue(str(folder), "exists already; nothing was written")])
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        print(file)
    print(f"a new pack is in {folder}; its README.md says what comes next", file=sys.stderr)
    return OK


def _check(options: argparse.Namespace) -> int:
    if options.folder is None:
        return _told(list(check(dataset.load(plugins=False))), [])
    try:
        pack = packs.Pack.from_directory(options.folder)
        kb = dataset.load(packs=[pack], plugins=False, strict=True)
    except PackError as error:
        return _told([Issue(_in_folder(issue), issue.message) for issue in error.issues], [])
    return _told([], list(review(kb, pack.id)))


def _in_folder(issue: Issue) -> str:
    """
    The path without the id of the pack, which the author knows.
    """
    _, colon, rest = issue.path.partition(": ")
    return rest if colon and not issue.path.partition(":")[0].endswith(".json") else issue.path


def _told(faults: list[Issue], warnings: list[Issue]) -> int:
    for issue in faults:
        print(issue)
    for issue in warnings:
        print(f"warning: {issue}")
    counted = f", {_count(len(warnings), 'warning')}" if warnings else ""
    print(f"{_count(len(faults), 'fault')} found{counted}", file=sys.stderr)
    return FAULTY if faults else OK


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _format(options: argparse.Namespace) -> int:
    folder = Path(options.folder)
    files = [
        *sorted(folder.glob("*.json")),
        *sorted(folder.glob("causes/*.json")),
        *sorted(folder.glob("findings/*.json")),
    ]
    if not files:
        raise ReadError([Issue(str(folder), "holds no file of a pack")])
    texts = {file: file.read_bytes() for file in files}
    new = {file: laid_out(_parsed(str(file), text)).encode() for file, text in texts.items()}
    changed = [file for file in files if new[file] != texts[file]]
    for file in changed:
        file.write_bytes(new[file])
        print(file)
    print(f"{_count(len(changed), 'file')} of {len(files)} laid out anew", file=sys.stderr)
    return OK


def _diff(options: argparse.Namespace) -> int:
    people = list(_people(options.profile))
    changes = list(compare(_side(options.before), _side(options.after), people))
    for change in changes:
        print(change)
    print(f"{len(changes)} of {_count(len(people), 'answer')} changed", file=sys.stderr)
    return OK


def _side(name: str) -> KnowledgeBase:
    """
    The bundled data, another version of it, or a pack together with it.
    """
    if name == packs.CORE:
        return dataset.load(plugins=False)
    pack = packs.Pack.from_directory(name)
    if pack.id == packs.CORE:
        return dataset.assemble(pack, [], strict=True)
    return dataset.assemble(packs.core_pack(), [plugins.by_hand(pack)], strict=True)


def _people(files: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not files:
        bundled = wire.parse_json((importlib_resources.files(__package__) / "people.json").read_bytes())
        yield from ((each["id"], each["profile"]) for each in bundled)
    for name in files:
        try:
            content = Path(name).read_bytes()
        except OSError as error:
            raise ReadError([Issue(name, f"cannot be read: {error.strerror or error}")]) from None
        profile = _parsed(name, content)
        if not isinstance(profile, dict):
            raise ReadError([Issue(name, "expected an object")])
        yield name, profile


def _parsed(name: str, content: bytes) -> Any:
    try:
        return wire.parse_json(content)
    except ReadError as error:
        raise ReadError([Issue(f"{name}: {issue.path}", issue.message) for issue in error.issues]) from None
