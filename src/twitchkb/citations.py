"""
How well a knowledge base is sourced: what carries a citation, and how good it is.

It counts and judges nothing: a low share is no fault, and a high one no proof.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import attrs

from .model import KnowledgeBase

__all__ = ["Citations", "Coverage", "Statement", "WeakSource", "citations", "statements"]


@attrs.frozen(kw_only=True)
class Statement:
    """
    One thing that the data state, with the grade and the sources that carry it.

    A remedy is graded A to D, everything else from `measured` to `expert`.

    Example:
        >>> Statement(kind="prior", place="tetanus", grade="expert").sources
        ()
    """

    kind: str
    place: str
    grade: str
    sources: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Coverage:
    """
    How many statements of one kind there are, how many cite a source, and how many have each grade.

    Example:
        >>> Coverage(kind="prior", count=4, cited=3, grades=(("expert", 4),)).share_cited
        0.75
    """

    kind: str
    count: int
    cited: int
    grades: tuple[tuple[str, int], ...]

    @property
    def share_cited(self) -> float:
        """
        The share that cites at least one source, 0 to 1; 1 where there is nothing to cite for.
        """
        return self.cited / self.count if self.count else 1.0


@attrs.frozen(kw_only=True)
class WeakSource:
    """
    A weak source with every place that cites it, and those where no better one stands beside it.

    Example:
        >>> WeakSource(id="a_forum", places=("tetanus.fever",), alone=()).alone
        ()
    """

    id: str
    places: tuple[str, ...]
    alone: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Citations:
    """
    The whole picture: coverage by kind of statement, sources by kind, and the weak ones.

    `uncited` are sources that no statement leans on.

    Example:
        >>> import twitchkb
        >>> found = citations(twitchkb.load())
        >>> found.read <= found.sources
        True
    """

    coverage: tuple[Coverage, ...]
    sources: int
    read: int
    source_kinds: tuple[tuple[str, int], ...]
    weak: tuple[WeakSource, ...]
    uncited: tuple[str, ...]


def statements(kb: KnowledgeBase) -> Iterator[Statement]:
    """
    Everything in a knowledge base that carries a grade, in the order of its records.

    Example:
        >>> import twitchkb
        >>> {statement.kind for statement in statements(twitchkb.load())} >= {"link", "prior", "background"}
        True
    """
    for cause in kb.causes:
        yield _statement("prior", cause.id, cause.prior.grade.value, cause.prior.sources)
        for link in cause.evidence:
            yield _statement("link", f"{cause.id}.{link.finding}", link.grade.value, link.sources)
    other = kb.something_else
    yield _statement("prior", "something_else", other.grade.value, other.sources)
    for finding in kb.findings:
        for state, estimate in finding.background:
            yield _statement("background", f"{finding.id}.{state}", estimate.grade.value, estimate.sources)
    for rule in kb.red_flags:
        yield _statement("red flag", rule.id, rule.grade.value, rule.sources)
    for remedy in kb.remedies:
        yield _statement("remedy", remedy.id, remedy.grade, remedy.sources)
        for place, caution in enumerate(remedy.cautions):
            yield _statement("caution", f"{remedy.id}.cautions[{place}]", caution.grade.value, caution.sources)
    for medicine in kb.medicines:
        yield _statement("medicine", medicine.id, medicine.grade.value, medicine.sources)
    for each in kb.medicine_classes:
        yield _statement("medicine class", each.id, each.grade.value, each.sources)


def citations(kb: KnowledgeBase) -> Citations:
    """
    Count what a knowledge base cites.

    Example:
        >>> import twitchkb
        >>> found = citations(twitchkb.load())
        >>> [each.kind for each in found.coverage][:3]
        ['link', 'background', 'prior']
    """
    said = tuple(statements(kb))
    cited = {source for statement in said for source in statement.sources}
    cited |= {source for cause in kb.causes if cause.floor is not None for source in cause.floor.sources}
    kinds = Counter(source.kind or "not said" for source in kb.sources)
    return Citations(
        coverage=tuple(_coverage(kind, said) for kind in _KINDS),
        sources=len(kb.sources),
        read=sum(source.text_read for source in kb.sources),
        source_kinds=tuple(sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))),
        weak=_weak(kb, said),
        uncited=tuple(source.id for source in kb.sources if source.id not in cited),
    )


_KINDS = ("link", "background", "prior", "red flag", "remedy", "caution", "medicine", "medicine class")


def _statement(kind: str, place: str, grade: str, sources: tuple[str, ...]) -> Statement:
    return Statement(kind=kind, place=place, grade=grade, sources=sources)


def _coverage(kind: str, said: Sequence[Statement]) -> Coverage:
    of_kind = [statement for statement in said if statement.kind == kind]
    grades = Counter(statement.grade for statement in of_kind)
    return Coverage(
        kind=kind,
        count=len(of_kind),
        cited=sum(bool(statement.sources) for statement in of_kind),
        grades=tuple(
            (grade, grades[grade]) for grade in (*_GRADES, *sorted(set(grades) - set(_GRADES))) if grades[grade]
        ),
    )


_GRADES = ("measured", "derived", "graded", "expert")


def _weak(kb: KnowledgeBase, said: Sequence[Statement]) -> tuple[WeakSource, ...]:
    weak = {source.id for source in kb.sources if source.weak}
    # An `expert` number says itself that no source carries it, so a weak one beside it carries nothing alone.
    alone = {statement for statement in said if statement.grade != "expert" and weak.issuperset(statement.sources)}
    return tuple(
        WeakSource(
            id=id,
            places=tuple(f"{each.kind} {each.place}" for each in said if id in each.sources),
            alone=tuple(f"{each.kind} {each.place}" for each in said if id in each.sources and each in alone),
        )
        for id in sorted(weak)
    )
