"""
load(): read packs, merge, check, freeze. All reading of files happens here.

The bundled dataset is the pack `core`. A further pack may only add, under ids
that begin with its own name; it loads whole or not at all, whatever the others
do, and a refused one is named in the provenance and never stops the host.
"""

import functools
import hashlib
import itertools
import operator
import threading
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

import attrs

from .checks import check
from .errors import Issue, PackError, PackWarning
from .guard import check_guard, rivals
from .model import Cause, Gate, KnowledgeBase, Link, LoadedPack, RefusedPack
from .packs import Pack, PackContents, core_pack, read_pack
from .plugins import Offer, by_hand, guarded, installed

__all__ = ["assemble", "default_knowledge_base", "join", "load"]

MOST_ISSUES = 100


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


_R = TypeVar("_R", bound=_Identified)


def load(*, packs: Iterable[Pack] = (), plugins: bool = True, strict: bool = False) -> KnowledgeBase:
    """
    Read the bundled dataset and any further packs into one immutable value.

    Args:
        packs: packs to add to the bundled one.
        plugins: also add the packs that installed distributions offer; the
            environment variable `TWITCHKB_NO_PLUGINS=1` turns this off for good.
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
    offers = [by_hand(pack) for pack in packs]
    if plugins:
        offers += installed()
    kb = assemble(core_pack(), offers, strict=strict)
    for refused in kb.refused:
        warnings.warn(f"pack {refused.id!r} was refused: {refused.reasons[0]}", PackWarning, stacklevel=2)
    return kb


def assemble(core: Pack, offers: Iterable[Offer], *, strict: bool) -> KnowledgeBase:
    """
    What this core and the packs that are offered beside it make together.

    Raises:
        PackError: the core is broken, or `strict` and a pack is.

    Example:
        >>> assemble(core_pack(), [], strict=True) == load(plugins=False)
        True
    """
    own = read_pack(core)
    return join(own, _knowledge(own, []), offers, strict=strict)


def join(own: PackContents, base: KnowledgeBase, offers: Iterable[Offer], *, strict: bool) -> KnowledgeBase:
    """
    As `assemble`, for a core that was read before and the knowledge base that it makes alone.

    Raises:
        PackError: `strict`, and a pack is broken.

    Example:
        >>> kb = load(plugins=False)
        >>> join(read_pack(core_pack()), kb, [], strict=True) is kb
        True
    """
    accepted: dict[str, PackContents] = {}
    refused: dict[str, PackError] = {}
    for id, claims in _by_id(offers):
        try:
            accepted[id] = guarded(id, functools.partial(_accepted, claims, own, base))
        except PackError as error:
            refused[id] = error
    for id, issues in _rivals(accepted.values()).items():
        del accepted[id]
        refused[id] = PackError(issues)
    if strict:
        for id in sorted(refused):
            raise refused[id]
    if not accepted and not refused:
        return base
    return attrs.evolve(
        _knowledge(own, list(accepted.values())) if accepted else base,
        refused=tuple(
            RefusedPack(id=id, reasons=tuple(str(issue) for issue in refused[id].issues)) for id in sorted(refused)
        ),
    )


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


def _by_id(offers: Iterable[Offer]) -> Iterator[tuple[str, list[Offer]]]:
    """
    Each id once, in order, with everybody who offers a pack of this name.
    """
    found: dict[str, list[Offer]] = {}
    for offer in offers:
        found.setdefault(offer.id, []).append(offer)
    for id in sorted(found):
        yield id, found[id]


def _accepted(claims: Sequence[Offer], core: PackContents, base: KnowledgeBase) -> PackContents:
    offer = claims[0]
    if len(claims) > 1:
        owners = ", ".join(sorted(claim.owner for claim in claims))
        told = f"{len(claims)} packs have this id ({owners}); none of them is loaded"
        raise PackError([Issue(offer.id, f"{told}: keep one, or set TWITCHKB_NO_PLUGINS=1")])
    pack = offer.fetch()
    contents = read_pack(pack)
    issues = list(itertools.islice(check_guard(pack, contents, base), MOST_ISSUES))
    if not issues:
        extended = {id for id, _ in (*contents.links, *contents.cautions)}
        found = check(_knowledge(core, [contents]), pack=pack.id, extended=extended)
        issues = list(itertools.islice(found, MOST_ISSUES))
    if issues:
        raise PackError(issues)
    return contents


def _rivals(accepted: Iterable[PackContents]) -> dict[str, list[Issue]]:
    """
    Packs that are sound alone, and claim the same name of a medicine.
    """
    found: dict[str, list[Issue]] = {}
    for id, issue in rivals(list(accepted)):
        found.setdefault(id, []).append(Issue(f"{id}: {issue.path}", issue.message))
    return found


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
    kb = KnowledgeBase(
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
        retired=tuple(sorted((r for pack in every for r in pack.retired), key=lambda r: (r.id, r.kind.value))),
        wording=core.wording,
        packs=tuple(
            LoadedPack(id=pack.manifest.id, version=pack.manifest.version, digest=pack.digest) for pack in every
        ),
        digest=_digest(every),
    )
    _no_strays(kb, (to for to, _ in links), "evidence.json", "cause")
    _no_strays(kb, (to for to, _ in cautions), "cautions.json", "remedy")
    return kb


def _with_links(cause: Cause, links: Sequence[tuple[str, Link]]) -> Cause:
    added = sorted((link for to, link in links if to == cause.id), key=lambda link: link.finding)
    return attrs.evolve(cause, evidence=(*cause.evidence, *added)) if added else cause


def _no_strays(kb: KnowledgeBase, named: Iterable[str], file: str, kind: str) -> None:
    strays = sorted({id for id in named if not kb.has(kind, id)})
    if strays:
        raise PackError([Issue(file, f"unknown {kind} {id!r}{kb.hint(kind, id)}") for id in strays])


def _sorted(records: Iterable[_R]) -> tuple[_R, ...]:
    return tuple(sorted(records, key=_id_of))


_id_of = operator.attrgetter("id")


def _digest(packs: Sequence[PackContents]) -> str:
    """
    One digest of all data: that of the core alone, or of all packs in id order.
    """
    if len(packs) == 1:
        return packs[0].digest
    parts = sorted(f"{pack.manifest.id}\0{pack.digest}" for pack in packs)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
