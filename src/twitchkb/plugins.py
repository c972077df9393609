"""
Find the packs that installed distributions offer, and let none of them stop the host.

A distribution offers a pack through the entry-point group `twitchkb.packs`:
the name is the id of the pack, the value a `Pack`. Finding one imports its
module; that is the only moment in which code of somebody else runs here, and
whatever it raises becomes a refusal that names the pack.
"""

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

import attrs

from .errors import Issue, PackError
from .packs import Pack

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, PackageMetadata

__all__ = ["GROUP", "SWITCH", "Offer", "by_hand", "guarded", "installed"]

GROUP = "twitchkb.packs"
"""The entry-point group in which distributions offer their packs."""

SWITCH = "TWITCHKB_NO_PLUGINS"
"""The environment variable that turns discovery off for a whole process."""

MOST_CHARACTERS = 300

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Offer:
    """
    A pack that somebody offers: its id, who offers it, and how to get it.

    Example:
        >>> from twitchkb.packs import core_pack
        >>> by_hand(core_pack()).owner
        'given to load'
    """

    id: str
    owner: str
    fetch: Callable[[], Pack] = attrs.field(repr=False)


def by_hand(pack: Pack) -> Offer:
    """
    The offer of a pack that the host itself gives to `load`.

    Example:
        >>> from twitchkb.packs import core_pack
        >>> by_hand(core_pack()).fetch().id
        'core'
    """
    return Offer(id=pack.id, owner="given to load", fetch=lambda: pack)


def installed() -> Iterator[Offer]:
    """
    What the installed distributions offer; nothing where the switch is set.

    No module of theirs is imported before `fetch` is called.

    Example:
        >>> os.environ[SWITCH] = "1"
        >>> list(installed())
        []
        >>> del os.environ[SWITCH]
    """
    if os.environ.get(SWITCH, "") not in ("", "0"):
        return
    from importlib import metadata  # noqa: PLC0415  # it takes longer to import than all the rest of this room

    for entry in metadata.entry_points(group=GROUP):
        owner = _owner(entry.dist.metadata) if entry.dist is not None else entry.value
        yield Offer(id=_printable(entry.name), owner=_printable(owner), fetch=_fetch(entry))


def guarded(id: str, action: Callable[[], T]) -> T:
    """
    Do something with a pack of somebody else; whatever it raises becomes a `PackError`.

    A loop without end, or a process that is killed, is beyond any library:
    install packs as carefully as any other code. `KeyboardInterrupt` passes
    through, also where a pack raises it, because it is how a person ends a loop.

    Raises:
        PackError: the action raised it, or raised anything else but `KeyboardInterrupt`.

    Example:
        >>> guarded("acme", lambda: 1 / 0)
        Traceback (most recent call last):
            ...
        twitchkb.errors.PackError: acme: raised ZeroDivisionError: division by zero
    """
    try:
        return action()
    except PackError as error:
        raise PackError([_naming(id, issue) for issue in error.issues]) from None
    except (Exception, SystemExit) as error:  # noqa: BLE001  # the one place where a stranger's code may fail
        raise PackError([Issue(id, f"raised {_told(error)}")]) from None


def _owner(about: "PackageMetadata") -> str:
    """
    Name and version from one reading of the metadata, where each property of a distribution reads it again.
    """
    return f"{about['Name']} {about['Version']}"


def _fetch(entry: "EntryPoint") -> Callable[[], Pack]:
    def fetch() -> Pack:
        found = entry.load()
        if not isinstance(found, Pack):
            raise PackError([Issue(entry.name, f"expected a twitchkb.Pack at {entry.value!r}, got {_shown(found)}")])
        if found.id != entry.name:
            raise PackError([Issue(entry.name, f"the pack at {entry.value!r} calls itself {_shown(found.id)}")])
        return found

    return fetch


def _naming(id: str, issue: Issue) -> Issue:
    return issue if issue.path == id else Issue(f"{id}: {issue.path}", issue.message)


def _told(error: BaseException) -> str:
    try:
        message = str(error)
    except Exception:  # noqa: BLE001  # an error may lie even about itself
        message = ""
    return _printable(f"{type(error).__name__}: {message}" if message else type(error).__name__)


def _shown(value: object) -> str:
    return f"a {type(value).__name__}" if not isinstance(value, str) else repr(value[:60])


def _printable(text: str) -> str:
    """
    What a terminal can show: no control characters, no endless text.
    """
    return "".join(letter if letter.isprintable() else "?" for letter in text[:MOST_CHARACTERS])
