"""
What a pack may not do: take what is not its own, or make anybody less safe.

A pack only adds. Each rule here closes one way in which an addition could
still weaken what the core says; the two ways that are neutralised instead of
refused stand where they work: `scoring` lets nothing of a pack lower the upper
points of a grave cause of the core, and `answers` lets no medicine of a pack
settle a question about the medicines of others. Yields faults, raises nothing.
"""

import keyword
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs

from .condition import EVENTS, Condition, Days, MedicineCount, atoms
from .errors import Issue
from .model import KnowledgeBase, name_keys
from .packs import API, CORE, SCHEMA, Pack, PackContents
from .scoring import weights_of
from .vocabulary import RemedyKind, Urgency

__all__ = ["RESERVED", "check_guard", "rivals"]

RESERVED = frozenset({*keyword.kwlist, "medicine", "medicines", *EVENTS})
"""What no pack can be called, because a condition could not name its ids."""

_PACK_ID = re.compile(r"[a-z][a-z0-9_]*")
_MARKUP = re.compile(r"<[A-Za-z/!?]|&#|\]\(|javascript:", re.IGNORECASE)
_NEVER_WITHHELD = (RemedyKind.FIRST_AID, RemedyKind.PROFESSIONAL)


def check_guard(pack: Pack, contents: PackContents, core: KnowledgeBase) -> Iterator[Issue]:
    """
    Every fault of a pack that would make it more than an addition.

    Args:
        pack: the pack as it was offered.
        contents: what its files say.
        core: the bundled dataset alone.

    Example:
        >>> from twitchkb.packs import core_pack, read_pack
        >>> import twitchkb
        >>> faults = check_guard(core_pack(), read_pack(core_pack()), twitchkb.load(plugins=False))
        >>> print(next(faults))
        pack.json: $.id: 'core' is the bundled dataset
    """
    yield from _manifest(pack, contents)
    yield from _trespasses(contents)
    yield from _at_the_gate(contents)
    yield from _medicines(contents, core)
    yield from _cautions(contents, core)
    yield from _markup(contents)


def rivals(contents: Sequence[PackContents]) -> Iterator[tuple[str, Issue]]:
    """
    The ids of packs that claim one name of a medicine, each with its fault.

    Nobody knows whose medicine a person means by it, so none of them is loaded.
    """
    claims: dict[str, set[str]] = {}
    for id, name in _medicine_names(contents):
        claims.setdefault(name_keys(name)[0], set()).add(id)
    for id, name in _medicine_names(contents):
        # A name with a dose is looked up with it first, and then without.
        others = {other for key in name_keys(name) for other in claims.get(key, ())} - {id}
        for other in sorted(others):
            yield id, Issue("medicines.json", f"the name {name!r} is also claimed by the pack {other!r}")
            yield other, Issue("medicines.json", f"a name is also claimed by the pack {id!r}: {name!r}")


def _medicine_names(contents: Iterable[PackContents]) -> Iterator[tuple[str, str]]:
    for each in contents:
        for medicine in each.medicines:
            for name in (medicine.id, medicine.name, *medicine.names, *medicine.brands):
                yield each.manifest.id, name


def _manifest(pack: Pack, contents: PackContents) -> Iterator[Issue]:
    manifest = contents.manifest
    if manifest.id != pack.id:
        yield Issue("pack.json: $.id", f"says {manifest.id!r}, but the pack is known as {pack.id!r}")
    if manifest.id == CORE:
        yield Issue("pack.json: $.id", f"{CORE!r} is the bundled dataset")
    elif not _PACK_ID.fullmatch(manifest.id) or manifest.id in RESERVED:
        yield Issue(
            "pack.json: $.id",
            f"{manifest.id!r}: an id is lower case letters, digits and _, and no word of the condition language",
        )
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
        ("retired", (r.id for r in contents.retired)),
    )
    for kind, ids in owned:
        for id in ids:
            if not id.startswith(prefix):
                yield Issue(f"{kind} {id}", f"the ids of this pack begin with {prefix!r}")
    for cause, link in contents.links:
        if not link.finding.startswith(prefix):
            yield Issue(f"evidence.json: {cause}", f"may only link findings of this pack, not {link.finding!r}")
    for finding in contents.findings:
        # In a group of the core a finding of a pack would halve what its neighbours there weigh.
        if finding.group and not finding.group.startswith(prefix):
            yield Issue(f"finding {finding.id}.group", "may only belong to a group of this pack")
    if contents.wording is not None:
        yield Issue("wording.json", "only the bundled dataset has one")


def _at_the_gate(contents: PackContents) -> Iterator[Issue]:
    """
    A question of a pack may keep the gate shut, and may close no question of others.
    """
    prefix = f"{contents.manifest.id}:"
    for question in contents.gate.questions:
        if not question.finding.startswith(prefix):
            yield Issue(f"gate {question.finding}", "may only ask findings of this pack")
        for part in question.covers:
            if not part.startswith(prefix):
                yield Issue(f"gate {question.finding}.covers", f"may only cover findings of this pack, not {part!r}")
    for stop in contents.gate.stops:
        if stop.urgency is Urgency.SELF_CARE:
            yield Issue(f"gate stop {stop.when}", "demands routine or more; only the gate itself says self_care")


def _medicines(contents: PackContents, core: KnowledgeBase) -> Iterator[Issue]:
    """
    A medicine of a pack may answer to no name that a medicine of the core answers to.
    """
    calming: dict[str, str] | None = None
    for medicine in contents.medicines:
        for name in (medicine.id, medicine.name, *medicine.names, *medicine.brands):
            if core.medicines_named(name):
                yield Issue(f"medicine {medicine.id}", f"the name {name!r} already belongs to a medicine of the core")
        if calming is None:
            calming = _calming_classes(core)
        for each in medicine.classes:
            if each in calming:
                yield Issue(
                    f"medicine {medicine.id}.classes",
                    f"may not join {each!r}: its members speak against {calming[each]!r}, which demands an urgency",
                )


def _calming_classes(core: KnowledgeBase) -> dict[str, str]:
    """
    Each class of the core that can speak against a grave cause of the core, with that cause.

    It does so through a derived finding that asks for the class, or for a
    broader one that includes it.
    """
    asked: dict[str, set[str]] = {}
    for finding in core.findings:
        if finding.when is not None:
            found = {atom.medicine_class for atom in atoms(finding.when) if isinstance(atom, MedicineCount)}
            found |= {atom.subject for atom in atoms(finding.when) if isinstance(atom, Days)}
            asked[finding.id] = found
    calming: dict[str, str] = {}
    for cause in core.causes:
        for link in cause.evidence if cause.floor is not None else ():
            for medicine_class in asked.get(link.finding, ()):
                weights = dict(weights_of(link, core.finding(link.finding), {}))
                if any(state != "absent" and weight.high < 0.0 for state, weight in weights.items()):
                    calming.setdefault(medicine_class, cause.id)
    narrower = {each.id: each.includes for each in core.medicine_classes}
    reached = list(calming)
    for each in reached:
        for narrow in narrower.get(each, ()):
            if narrow not in calming:
                calming[narrow] = calming[each]
                reached.append(narrow)
    return calming


def _cautions(contents: PackContents, core: KnowledgeBase) -> Iterator[Issue]:
    """
    A pack may take remedies away, but neither first aid nor the way to a professional.
    """
    kinds = {remedy.id: remedy.kind for remedy in core.remedies}
    for to, caution in contents.cautions:
        if caution.action.withholds and kinds.get(to) in _NEVER_WITHHELD:
            yield Issue(f"cautions.json: {to}", "may add a line here, but not take away first aid or a professional")


def _markup(contents: PackContents) -> Iterator[Issue]:
    """
    Text is plain: what a page could take for markup is refused before it reaches one.
    """
    for field in attrs.fields(PackContents):
        value = getattr(contents, field.name)
        for text in _texts(value):
            if found := _MARKUP.search(text):
                start = max(found.start() - 20, 0)
                yield Issue(field.name, f"text is plain, without markup: {text[start : found.end() + 20]!r}")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif attrs.has(type(value)) and not isinstance(value, Condition):
        for field in attrs.fields(type(value)):
            yield from _texts(getattr(value, field.name))
