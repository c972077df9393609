"""
The commands for authors of packs: `twitchkb check`.

Each command prints its answer and returns an exit code, as `cli` says it.
"""

import argparse
import sys
from typing import Any

from . import dataset, packs
from .checks import check
from .errors import PackError

__all__ = ["add_commands"]

OK, FAULTY = 0, 1


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """
    Add the commands of this module to the command line.

    Example:
        >>> parser = argparse.ArgumentParser()
        >>> add_commands(parser.add_subparsers())
        >>> parser.parse_args(["check", "my-pack"]).folder
        'my-pack'
    """
    command = commands.add_parser("check", help="check the bundled data, or the pack in a folder")
    command.add_argument(
        "folder", nargs="?", metavar="PACK-DIR", help="the folder of a pack; without it the bundled data"
    )
    command.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    try:
        if options.folder is None:
            issues = list(check(dataset.load(plugins=False)))
        else:
            dataset.load(packs=[packs.Pack.from_directory(options.folder)], plugins=False, strict=True)
            issues = []
    except PackError as error:
        issues = list(error.issues)
    for issue in issues:
        print(issue)
    print(f"{len(issues)} fault{'' if len(issues) == 1 else 's'} found", file=sys.stderr)
    return FAULTY if issues else OK
