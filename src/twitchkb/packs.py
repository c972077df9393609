"""
What a pack is, and how its files become records.

A pack is a folder of JSON files; the bundled dataset is the pack `core` and
enters by this same door. Packs are data: none of their code runs here, no path
that stands in a file is ever opened, and nothing is written or extracted.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import attrs
import importlib_resources
from importlib_resources.abc import Traversable

from . import wire
from .errors import Issue, PackError, ReadError
from .model import (
    Cause,
    Caution,
    Family,
    Finding,
    Gate,
    Group,
    Link,
    Medicine,
    MedicineClass,
    RedFlag,
    Remedy,
    Retired,
    Source,
    SourcedEstimate,
    Wording,
)

__all__ = ["API", "CORE", "SCHEMA", "Manifest", "Pack", "PackContents", "core_pack", "read_pack"]

API = 1
"""The number of the agreement between packs and this library."""

SCHEMA = 1
"""The number of the shape of pack files."""

CORE = "core"
MAX_FILES = 5_000
MAX_FILE_BYTES = 8_000_000
MAX_PACK_BYTES = 32_000_000

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Manifest:
    """
    `pack.json`: who the pack is, and what it was written for.

    Example:
        >>> Manifest(id="acme", version="1.0.0", schema=1, api=1).language
        'en'
    """

    id: str
    version: str
    schema: int
    api: int
    language: str = "en"
    title: str = ""
    something_else: SourcedEstimate | None = None


@attrs.frozen(kw_only=True)
class Pack:
    """
    A named folder of data: `root` is any `importlib.resources` traversable.

    Example:
        >>> pack = core_pack()
        >>> pack.id, pack.api
        ('core', 1)
    """

    id: str
    version: str
    api: int
    root: Traversable = attrs.field(repr=False)

    @classmethod
    def from_directory(cls, path: str | Path) -> "Pack":
        """
        The pack in this folder, named by its `pack.json`.

        Raises:
            PackError: there is no readable `pack.json`.
        """
        return cls.from_traversable(Path(path))

    @classmethod
    def from_traversable(cls, root: Traversable) -> "Pack":
        """
        The pack in this folder, which may lie inside a zip file.

        Raises:
            PackError: there is no readable `pack.json`.
        """
        manifest = _manifest(_bytes(root, "pack.json"))
        return cls(id=manifest.id, version=manifest.version, api=manifest.api, root=root)


@attrs.frozen(kw_only=True)
class PackContents:
    """
    Everything in a pack, as records, with the digest of its files.

    `links` and `cautions` pair the id of somebody else's cause or remedy with
    what this pack adds to it.
    """

    manifest: Manifest
    digest: str
    causes: tuple[Cause, ...] = ()
    findings: tuple[Finding, ...] = ()
    groups: tuple[Group, ...] = ()
    families: tuple[Family, ...] = ()
    medicines: tuple[Medicine, ...] = ()
    medicine_classes: tuple[MedicineClass, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    red_flags: tuple[RedFlag, ...] = ()
    gate: Gate = attrs.field(factory=Gate)
    sources: tuple[Source, ...] = ()
    retired: tuple[Retired, ...] = ()
    links: tuple[tuple[str, Link], ...] = ()
    cautions: tuple[tuple[str, Caution], ...] = ()
    wording: Wording | None = None


_LISTS: dict[str, tuple[str, type]] = {
    "families.json": ("families", Family),
    "groups.json": ("groups", Group),
    "medicines.json": ("medicines", Medicine),
    "medicine_classes.json": ("classes", MedicineClass),
    "red_flags.json": ("red_flags", RedFlag),
    "remedies.json": ("remedies", Remedy),
    "retired.json": ("retired", Retired),
    "sources.json": ("sources", Source),
}
_OTHERS = ("pack.json", "gate.json", "wording.json", "evidence.json", "cautions.json")


def core_pack() -> Pack:
    """
    The bundled dataset.
    """
    return Pack.from_traversable(importlib_resources.files(__package__) / "data")


def read_pack(pack: Pack) -> PackContents:
    """
    Read all files of a pack.

    Raises:
        PackError: every fault of every file; the path of each begins with the file.
    """
    issues: list[Issue] = []
    files = _files(pack, issues)
    parsed: dict[str, Any] = {}
    for name, content in files.items():
        try:
            parsed[name] = wire.parse_json(content)
        except ReadError as error:
            issues += _in_file(name, error)
    read = _Reading(parsed, issues)
    manifest = read.record("pack.json", Manifest)
    lists: dict[str, Any] = {
        name.removesuffix(".json"): read.list(name, *shape) for name, shape in _LISTS.items() if name in parsed
    }
    contents = PackContents(
        manifest=manifest or Manifest(id=pack.id, version=pack.version, schema=SCHEMA, api=pack.api),
        digest=_digest(files),
        causes=tuple(c for name in sorted(parsed) if name.startswith("causes/") if (c := read.record(name, Cause))),
        findings=tuple(
            f for name in sorted(parsed) if name.startswith("findings/") for f in read.list(name, None, Finding)
        ),
        gate=read.record("gate.json", Gate) or Gate(),
        wording=read.record("wording.json", Wording),
        links=read.extras("evidence.json", "cause", Link),
        cautions=read.extras("cautions.json", "remedy", Caution),
        **lists,
    )
    if issues:
        raise PackError(issues)
    return contents


class _Reading:
    """
    The parsed files of one pack, and the faults found while reading them.
    """

    def __init__(self, parsed: dict[str, Any], issues: list[Issue]) -> None:
        self._parsed = parsed
        self._issues = issues

    def record(self, name: str, kind: type[T]) -> T | None:
        """
        The one record of a file; `None` where there is no such file or it is faulty.
        """
        return self._structure(name, self._parsed[name], kind, "$") if name in self._parsed else None

    def list(self, name: str, key: str | None, kind: type[T]) -> tuple[T, ...]:
        """
        The records of a list, which stands alone or under one key.
        """
        value, path = self._parsed[name], "$"
        if key is not None:
            path = f"$.{key}"
            if not isinstance(value, dict) or set(value) - {"$schema"} != {key}:
                self._issues.append(Issue(f"{name}: $", f"expected an object with the one key {key!r}"))
                return ()
            value = value[key]
        if not isinstance(value, list):
            self._issues.append(Issue(f"{name}: {path}", "expected a list"))
            return ()
        records = (self._structure(name, each, kind, f"{path}[{i}]") for i, each in enumerate(value))
        return tuple(record for record in records if record is not None)

    def extras(self, name: str, owner: str, kind: type[T]) -> tuple[tuple[str, T], ...]:
        """
        Records that each name, under `owner`, the record of somebody else they belong to.
        """
        if name not in self._parsed:
            return ()
        value, found = self._parsed[name], []
        if not isinstance(value, list):
            self._issues.append(Issue(f"{name}: $", "expected a list"))
            return ()
        for i, each in enumerate(value):
            if not isinstance(each, dict) or not isinstance(each.get(owner), str):
                self._issues.append(Issue(f"{name}: $[{i}]", f"expected an object that names a {owner}"))
                continue
            rest = {key: part for key, part in each.items() if key != owner}
            record = self._structure(name, rest, kind, f"$[{i}]")
            if record is not None:
                found.append((each[owner], record))
        return tuple(found)

    def _structure(self, name: str, value: Any, kind: type[T], path: str) -> T | None:
        try:
            return wire.structure(_for_the_reader(value), kind)
        except ReadError as error:
            self._issues += [
                Issue(f"{name}: {path}{issue.path.removeprefix('$')}", issue.message) for issue in error.issues
            ]
            return None


def _manifest(content: bytes) -> Manifest:
    try:
        return wire.structure(_for_the_reader(wire.parse_json(content)), Manifest)
    except ReadError as error:
        raise PackError(_in_file("pack.json", error)) from None


def _for_the_reader(value: Any) -> Any:
    """
    The value without `$schema`, which is for the editor.
    """
    return {key: part for key, part in value.items() if key != "$schema"} if isinstance(value, dict) else value


def _files(pack: Pack, issues: list[Issue]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    room = MAX_PACK_BYTES
    for name, file in _walk(pack.root):
        if len(files) >= MAX_FILES:
            issues.append(Issue(name, f"a pack has at most {MAX_FILES} files"))
            break
        if not _is_known(name):
            known = ", ".join([*_OTHERS, *_LISTS, "causes/<id>.json", "findings/<area>.json"])
            issues.append(Issue(name, f"no file of a pack; known are {known}"))
            continue
        content = _content(pack.root, name, file, issues)
        if content is None:
            continue
        room -= len(content)
        if room < 0:
            issues.append(Issue(name, f"a pack has at most {MAX_PACK_BYTES:,} bytes"))
            break
        files[name] = content
    if "pack.json" not in files:
        issues.append(Issue("pack.json", "no such file"))
    return files


def _content(root: Traversable, name: str, file: Traversable, issues: list[Issue]) -> bytes | None:
    """
    The bytes of one file; `None`, with an issue, where it must not or cannot be read.
    """
    if _leads_out(root, file):
        issues.append(Issue(name, "is a link that leads out of the pack"))
    elif not file.is_file():
        issues.append(Issue(name, "is no plain file"))
    else:
        try:
            with file.open("rb") as stream:
                # What a compressed file will unfold to is not known before; one byte too many is enough to refuse it.
                content = stream.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            issues.append(Issue(name, f"cannot be read: {error.strerror or error}"))
        else:
            if len(content) <= MAX_FILE_BYTES:
                return content
            issues.append(Issue(name, f"a file has at most {MAX_FILE_BYTES:,} bytes"))
    return None


def _leads_out(root: Traversable, file: Traversable) -> bool:
    if not isinstance(root, Path) or not isinstance(file, Path):
        return False
    linked = file.is_symlink() or (file.parent != root and file.parent.is_symlink())
    return linked and not file.resolve().is_relative_to(root.resolve())


def _walk(root: Traversable) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(root.iterdir(), key=lambda entry: entry.name):
        if entry.name in ("causes", "findings") and entry.is_dir():
            for file in sorted(entry.iterdir(), key=lambda file: file.name):
                if file.name.endswith(".json"):
                    yield f"{entry.name}/{file.name}", file
        elif entry.name.endswith(".json"):
            yield entry.name, entry


def _is_known(name: str) -> bool:
    return name in _OTHERS or name in _LISTS or name.startswith(("causes/", "findings/"))


def _bytes(root: Traversable, name: str) -> bytes:
    try:
        with (root / name).open("rb") as stream:
            return stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise PackError([Issue(name, "cannot be read: a pack is the folder that holds this file")]) from None
    except OSError as error:
        raise PackError([Issue(name, f"cannot be read: {error.strerror or error}")]) from None


def _digest(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()


def _in_file(name: str, error: ReadError) -> list[Issue]:
    return [Issue(f"{name}: {issue.path}", issue.message) for issue in error.issues]
