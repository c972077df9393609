"""
load(): read packs, merge, check, freeze. All reading of files happens here.

The bundled dataset is the pack `core`. A further pack may only add, under ids
that begin with its own name; it loads whole or not at all, whatever the others
do, and a refused one is named in the provenance and never stops the host.
"""

import hashlib
import threading
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

import attrs

from .checks import check
from .errors import Issue, PackError, PackWarning
from .model import Cause, Gate, KnowledgeBase, Link, LoadedPack, RefusedPack, name_key, nearest
from .packs import API, CORE, SCHEMA, Pack, PackContents, core_pack, read_pack
from .vocabulary import Urgency

__all__ = ["default_knowledge_base", "load"]


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


_R = TypeVar("_R", bound=_Identified)


def load(*, packs: Iterable[Pack] = (), strict: bool = False) -> KnowledgeBase:
    """
    Read the bundled dataset and any further packs into one immutable value.

    Args:
        packs: packs to add to the bundled one.
        strict: raise for a pack that cannot be loaded, instead of going on without it.

    Raises:
        PackError: the bundled dataset is broken, or `strict` and a pack is.

    Warns:
        PackWarning: once for each pack that was refused.

    Example:
        >>> kb = load()
        >>> kb.cause("eyelid_myokymia").name
        'Twitching eyelid'
    """
    core = read_pack(core_pack())
    base = _knowledge(core, [])
    accepted: list[PackContents] = []
    refused: list[RefusedPack] = []
    for pack, rivals in _by_owner(packs):
        try:
            if rivals:
                raise PackError([Issue(pack.id, f"{rivals + 1} packs have this id; none of them is loaded")])
            accepted.append(_accepted(pack, core))
        except PackError as error:
            if strict:
                raise
            refused.append(RefusedPack(id=pack.id, reasons=tuple(str(issue) for issue in error.issues)))
            warnings.warn(f"pack {pack.id!r} was refused: {error.issues[0]}", PackWarning, stacklevel=2)
    if not accepted and not refused:
        return base
    return attrs.evolve(_knowledge(core, accepted), refused=tuple(refused))


def default_knowledge_base() -> KnowledgeBase:
    """
    The bundled dataset, read at the first call and then shared by all threads.
    """
    if not _DEFAULT:
        with _LOCK:
            if not _DEFAULT:
                _DEFAULT.append(load())
    return _DEFAULT[0]


# A cache of an immutable value, filled once under the lock; nothing can change it.
_DEFAULT: list[KnowledgeBase] = []
_LOCK = threading.Lock()


def _by_owner(packs: Iterable[Pack]) -> Iterator[tuple[Pack, int]]:
    """
    Each pack id once, in order, with the number of further packs that claim it.
    """
    owners: dict[str, list[Pack]] = {}
    for pack in packs:
        owners.setdefault(pack.id, []).append(pack)
    for id in sorted(owners):
        yield owners[id][0], len(owners[id]) - 1


def _accepted(pack: Pack, core: PackContents) -> PackContents:
    contents = read_pack(pack)
    issues = [*_manifest_faults(pack, contents), *_trespasses(contents), *_dangers(contents, core)]
    if not issues:
        issues = list(check(_knowledge(core, [contents])))
    if issues:
        raise PackError([Issue(f"{pack.id}: {issue.path}", issue.message) for issue in issues])
    return contents


def _manifest_faults(pack: Pack, contents: PackContents) -> Iterator[Issue]:
    manifest = contents.manifest
    if manifest.id != pack.id:
        yield Issue("pack.json: $.id", f"says {manifest.id!r}, but the pack is known as {pack.id!r}")
    if manifest.id == CORE:
        yield Issue("pack.json: $.id", f"{CORE!r} is the bundled dataset")
    if pack.api != API or manifest.api != API:
        yield Issue("pack.json: $.api", f"was written for api {manifest.api}; this library speaks api {API}")
    if manifest.schema != SCHEMA:
        yield Issue("pack.json: $.schema", f"has schema {manifest.schema}; this library reads schema {SCHEMA}")
    if manifest.something_else is not None:
        yield Issue("pack.json: $.something_else", "only the bundled dataset has one")


def _trespasses(contents: PackContents) -> Iterator[Issue]:
    """
    Whatever a pack would change that is not its own.
    """
    prefix = f"{contents.manifest.id}:"
    owned: Sequence[tuple[str, Iterable[str]]] = (
        ("cause", (c.id for c in contents.causes)),
        ("finding", (f.id for f in contents.findings)),
        ("group", (g.id for g in contents.groups)),
        ("family", (f.id for f in contents.families)),
        ("medicine", (m.id for m in contents.medicines)),
        ("medicine class", (c.id for c in contents.medicine_classes)),
        ("remedy", (r.id for r in contents.remedies)),
        ("red flag", (r.id for r in contents.red_flags)),
        ("source", (s.id for s in contents.sources)),
    )
    for kind, ids in owned:
        for id in ids:
            if not id.startswith(prefix):
                yield Issue(f"{kind} {id}", f"the ids of this pack begin with {prefix!r}")
    for cause, link in contents.links:
        if not link.finding.startswith(prefix):
            yield Issue(f"evidence.json: {cause}", f"may only link findings of this pack, not {link.finding!r}")
    for finding in contents.findings:
        if finding.group and not finding.group.startswith(prefix):
            yield Issue(f"finding {finding.id}.group", "may only belong to a group of this pack")
    for question in contents.gate.questions:
        if not question.finding.startswith(prefix):
            yield Issue(f"gate {question.finding}", "may only ask findings of this pack")
    if contents.wording is not None:
        yield Issue("wording.json", "only the bundled dataset has one")


def _dangers(contents: PackContents, core: PackContents) -> Iterator[Issue]:
    """
    Whatever a pack would add that could make somebody less safe.
    """
    prefix = f"{contents.manifest.id}:"
    for stop in contents.gate.stops:
        if stop.urgency is Urgency.SELF_CARE:
            yield Issue(f"gate stop {stop.when}", "demands routine or more; only the gate itself says self_care")
    for question in contents.gate.questions:
        for part in question.covers:
            if not part.startswith(prefix):
                yield Issue(f"gate {question.finding}.covers", f"may only cover findings of this pack, not {part!r}")
    grave = {cause.id for cause in core.causes if cause.floor is not None}
    for to, _ in contents.links:
        if to in grave:
            yield Issue(f"evidence.json: {to}", "may not weigh on a cause that demands an urgency of its own")
    taken = {name_key(name) for each in core.medicines for name in (each.id, each.name, *each.names, *each.brands)}
    for medicine in contents.medicines:
        for name in (medicine.name, *medicine.names, *medicine.brands):
            if name_key(name) in taken:
                yield Issue(f"medicine {medicine.id}", f"the name {name!r} already belongs to a medicine of the core")


def _knowledge(core: PackContents, packs: Sequence[PackContents]) -> KnowledgeBase:
    """
    Merge: the records of all packs, each kind in id order, so that no order of packs or files shows.
    """
    if core.wording is None or core.manifest.something_else is None:
        raise PackError([Issue("core", "needs wording.json, and something_else in pack.json")])
    every = [core, *packs]
    links = [(cause, link) for pack in every for cause, link in pack.links]
    cautions = [(remedy, caution) for pack in every for remedy, caution in pack.cautions]
    causes = [_with_links(cause, links) for pack in every for cause in pack.causes]
    remedies = [
        attrs.evolve(remedy, cautions=(*remedy.cautions, *(extra for to, extra in cautions if to == remedy.id)))
        for pack in every
        for remedy in pack.remedies
    ]
    _no_strays([c.id for c in causes], [to for to, _ in links], "evidence.json", "cause")
    _no_strays([r.id for r in remedies], [to for to, _ in cautions], "cautions.json", "remedy")
    return KnowledgeBase(
        causes=_sorted(causes),
        findings=_sorted(f for pack in every for f in pack.findings),
        something_else=core.manifest.something_else,
        groups=_sorted(g for pack in every for g in pack.groups),
        families=(*core.families, *_sorted(f for pack in packs for f in pack.families)),
        medicines=_sorted(m for pack in every for m in pack.medicines),
        medicine_classes=_sorted(c for pack in every for c in pack.medicine_classes),
        remedies=_sorted(remedies),
        red_flags=_sorted(r for pack in every for r in pack.red_flags),
        gate=Gate(
            questions=tuple(
                sorted((q for pack in every for q in pack.gate.questions), key=lambda q: (q.order, q.finding))
            ),
            stops=tuple(sorted((s for pack in every for s in pack.gate.stops), key=lambda s: str(s.when))),
        ),
        sources=_sorted(s for pack in every for s in pack.sources),
        wording=core.wording,
        packs=tuple(
            LoadedPack(id=pack.manifest.id, version=pack.manifest.version, digest=pack.digest) for pack in every
        ),
        digest=_digest(every),
    )


def _with_links(cause: Cause, links: Sequence[tuple[str, Link]]) -> Cause:
    added = sorted((link for to, link in links if to == cause.id), key=lambda link: link.finding)
    return attrs.evolve(cause, evidence=(*cause.evidence, *added)) if added else cause


def _no_strays(known: Sequence[str], named: Iterable[str], file: str, kind: str) -> None:
    strays = sorted({id for id in named if id not in known})
    if strays:
        raise PackError([Issue(file, f"unknown {kind} {id!r}{nearest(id, known)}") for id in strays])


def _sorted(records: Iterable[_R]) -> tuple[_R, ...]:
    return tuple(sorted(records, key=lambda record: record.id))


def _digest(packs: Sequence[PackContents]) -> str:
    """
    One digest of all data: that of the core alone, or of all packs in id order.
    """
    if len(packs) == 1:
        return packs[0].digest
    parts = sorted(f"{pack.manifest.id}\0{pack.digest}" for pack in packs)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
