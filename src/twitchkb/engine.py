"""
How an answer comes about: read the profile, score beside triage, then advise.

    profile ─> answers ─┬─> scoring ─> points, shares ─┬─> causes, families
                        │        upper points          │
                        └─> triage <┘ ─> urgency ──────┴─> advice ─> remedies

Scoring and triage do not know each other's mind: triage sees only the upper
points of grave causes. Everything here is pure; the compiled tables are kept
on the knowledge base they belong to.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from . import advice, answers, scoring, triage, wire
from .answers import Answers
from .assessment import (
    Assessment,
    FamilyShare,
    Interval,
    LoadedPackNote,
    OfferedRemedy,
    Provenance,
    RankedCause,
    RefusedPackNote,
    SourceNote,
    Unexplained,
    UrgencyAdvice,
)
from .dataset import default_knowledge_base
from .errors import ProfileError
from .model import Family, Finding, KnowledgeBase, Source
from .profile import Profile
from .version import __version__
from .vocabulary import Urgency

__all__ = ["Compiled", "assess", "compile_knowledge"]

LEADING = 10


@attrs.frozen(kw_only=True)
class Compiled:
    """
    A knowledge base with every table that an assessment needs, worked out once.
    """

    kb: KnowledgeBase
    answers: answers.AnswerTable
    scoring: scoring.ScoringTable
    triage: triage.TriageTable
    advice: advice.AdviceTable
    in_id_order: Sequence[int]
    families: Mapping[Family, Sequence[int]]
    flagged_causes: Mapping[str, frozenset[str]]
    source_notes: Mapping[str, SourceNote]
    provenance: Provenance


def assess(profile: Profile | Mapping[str, Any], *, kb: KnowledgeBase | None = None) -> Assessment:
    """
    Say what may be behind a person's twitching, how urgent it is, and what to do.

    Pure: the same profile and the same data give the same answer, bit for bit.

    Args:
        profile: a `Profile`, or the same as parsed JSON.
        kb: what is known; by default the bundled dataset with the installed
            packs, loaded once.

    Raises:
        ProfileError: the profile cannot be read; every fault is listed.

    Example:
        >>> import twitchkb
        >>> answer = twitchkb.assess({"age": 41, "findings": {"muscle_weakness": True, "muscle_wasting": True}})
        >>> answer.urgency.level.value
        'soon'
    """
    compiled = compile_knowledge(default_knowledge_base() if kb is None else kb)
    person = _read(profile, compiled)
    scores = scoring.score(compiled.scoring, person.states)
    urgency = triage.triage(compiled.triage, person, [points.high for points in scores.points])
    causes, something_else, families = _ranking(compiled, person, scores)
    remedies, withheld = advice.advise(compiled.advice, person, _situation(compiled, causes, urgency))
    return Assessment(
        urgency=urgency,
        causes=causes,
        something_else=something_else,
        families=families,
        remedies=remedies,
        withheld=withheld,
        unrecognised_medicines=person.unrecognised,
        sources=_cited(compiled, scores.sources, urgency, remedies),
        provenance=compiled.provenance,
        notice=compiled.kb.wording.notice,
    )


def compile_knowledge(kb: KnowledgeBase) -> Compiled:
    """
    The tables of a knowledge base; built at the first call, then kept on it.

    Two threads that come first together build the same tables twice, which
    costs time and changes nothing.
    """
    compiled: Compiled | None = kb._compiled
    if compiled is None:
        compiled = Compiled(
            kb=kb,
            answers=answers.compile_answers(kb),
            scoring=scoring.compile_scoring(kb),
            triage=triage.compile_triage(kb),
            advice=advice.compile_advice(kb),
            in_id_order=sorted(range(len(kb.causes)), key=lambda place: kb.causes[place].id),
            families=_families(kb),
            flagged_causes={rule.id: frozenset(rule.causes) for rule in kb.red_flags},
            source_notes={source.id: _note(source) for source in kb.sources},
            provenance=_provenance(kb),
        )
        object.__setattr__(kb, "_compiled", compiled)
    return compiled


def _read(profile: Profile | Mapping[str, Any], compiled: Compiled) -> Answers:
    shaped, faults = wire.read_profile(profile)
    person, more = answers.read_answers(shaped, compiled.kb, compiled.answers)
    if faults or more:
        raise ProfileError((*faults, *more))
    return person


def _ranking(
    compiled: Compiled, person: Answers, scores: scoring.Scores
) -> tuple[tuple[RankedCause, ...], Interval, tuple[FamilyShare, ...]]:
    causes = compiled.kb.causes
    points = [*scores.points, compiled.scoring.something_else]
    shares, of_families = scoring.grouped_shares(points, compiled.families.values())
    # Sorting keeps the order of ids among equals.
    order = sorted(compiled.in_id_order, key=[-each.value for each in scores.points].__getitem__)
    overlapping = _overlapping(order, shares, compiled)
    unexplained = _unexplained(compiled, _present_signs(compiled, person))
    ranked = [
        RankedCause(
            causes[i].id,
            causes[i].name,
            causes[i].family,
            shares[i],
            scores.points[i],
            compiled.scoring.priors[i],
            scores.contributions[i],
            unexplained[i],
            scores.expected.get(i, ()),
            scoring.not_asked(compiled.scoring, i, person.states) if rank < LEADING else (),
            overlapping.get(i, ()),
        )
        for rank, i in enumerate(order)
    ]
    families = [
        FamilyShare(id=family.id, name=family.name, share=share)
        for family, share in zip(compiled.families, of_families, strict=True)
    ]
    return tuple(ranked), shares[-1], tuple(sorted(families, key=lambda family: (-family.share.value, family.id)))


def _overlapping(order: Sequence[int], shares: Sequence[Interval], compiled: Compiled) -> dict[int, tuple[str, ...]]:
    """
    Which causes the answers do not tell apart from the leader, both ways round.
    """
    if not order:
        return {}
    leader, causes = order[0], compiled.kb.causes
    least = shares[leader].low
    close = [i for i in order[1:] if shares[i].high >= least]
    return dict.fromkeys(close, (causes[leader].id,)) | {leader: tuple([causes[i].id for i in close])}


def _families(kb: KnowledgeBase) -> dict[Family, list[int]]:
    """
    Each family that has causes, with their places.
    """
    members: dict[str, list[int]] = {}
    for place, cause in enumerate(kb.causes):
        members.setdefault(cause.family, []).append(place)
    return {family: members[family.id] for family in kb.families if family.id in members}


def _present_signs(compiled: Compiled, person: Answers) -> list[Unexplained]:
    """
    Symptoms that are present and values that are not normal, which a good cause would explain.
    """
    findings = compiled.answers.findings
    return [
        Unexplained(
            finding=id,
            label=findings[id].label,
            state=person.states[id],
            state_label=findings[id].words_of(person.states[id]),
        )
        for id in sorted(person.states)
        if _is_sign(findings[id], person.states[id])
    ]


def _unexplained(compiled: Compiled, signs: Sequence[Unexplained]) -> list[tuple[Unexplained, ...]]:
    """
    For each cause the signs about which it says nothing; causes that explain the same ones share one tuple.
    """
    explained = [0] * len(compiled.kb.causes)
    for number, sign in enumerate(signs):
        for place in compiled.scoring.links.get(sign.finding, ()):
            explained[place] |= 1 << number
    rest = {mask: tuple(sign for number, sign in enumerate(signs) if not mask >> number & 1) for mask in set(explained)}
    return [rest[mask] for mask in explained]


def _is_sign(finding: Finding, state: str) -> bool:
    if finding.kind == "symptom":
        return state == "present"
    return finding.kind == "lab_test" and finding.scale is not None and state not in finding.scale.normal


def _situation(compiled: Compiled, causes: Sequence[RankedCause], urgency: UrgencyAdvice) -> advice.Situation:
    flags = [reason for reason in urgency.reasons if reason.kind == "red_flag"]
    return advice.Situation(
        shares=[(cause.id, cause.share.value) for cause in causes],
        urgency=urgency.level,
        gate_passed=urgency.level is Urgency.SELF_CARE,
        through_professional=any(reason.kind == "stop" for reason in urgency.reasons),
        flagged=frozenset().union(*(compiled.flagged_causes[reason.id] for reason in flags)),
    )


def _cited(
    compiled: Compiled, sources: Iterable[str], urgency: UrgencyAdvice, remedies: Iterable[OfferedRemedy]
) -> tuple[SourceNote, ...]:
    ids = set(sources)
    ids.update(id for reason in urgency.reasons for id in reason.sources)
    ids.update(id for remedy in remedies for id in remedy.sources)
    return tuple([compiled.source_notes[id] for id in sorted(ids)])


def _note(source: Source) -> SourceNote:
    address = f"https://doi.org/{source.doi}" if source.doi else source.url or ""
    return SourceNote(id=source.id, title=source.title, publisher=source.publisher, year=source.year, address=address)


def _provenance(kb: KnowledgeBase) -> Provenance:
    core = next((pack.version for pack in kb.packs if pack.id == "core"), "")
    return Provenance(
        library_version=__version__,
        data_version=core,
        digest=kb.digest,
        packs=tuple(LoadedPackNote(id=pack.id, version=pack.version, digest=pack.digest) for pack in kb.packs),
        refused=tuple(RefusedPackNote(id=pack.id, reasons=pack.reasons) for pack in kb.refused),
    )
