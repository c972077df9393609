"""
What is sound in a pack and still doubtful: warnings for its author.

A fault keeps a pack out and is for `checks` and `guard`. What stands here may
be meant: thin evidence, missing sources, priors out of proportion, red flags
that cannot fire or fire for everybody, text that is hard to read.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from .answers import compile_answers
from .condition import Compare, Condition, Days, Is, MedicineCount, Truth, atoms, is_monotone, subject
from .errors import Issue
from .model import KnowledgeBase, RedFlag, Scale
from .reading import reading_grade
from .vocabulary import RemedyKind

__all__ = ["can_be_true", "review"]

FEWEST_LINKS = 3
HARDEST_GRADE = 8.0
SHORTEST_TEXT_WORDS = 6
MOST_TRIALS = 20_000


def review(kb: KnowledgeBase, pack: str) -> Iterator[Issue]:
    """
    Every doubt about what this pack adds to a knowledge base that holds it.

    Example:
        >>> import twitchkb
        >>> list(review(twitchkb.load(plugins=False), "nobody"))
        []
    """
    prefix = f"{pack}:"
    yield from _evidence(kb, prefix)
    yield from _sources(kb, prefix)
    yield from _priors(kb, prefix)
    yield from _rules(kb, prefix)
    for remedy in kb.remedies:
        if remedy.id.startswith(prefix) and remedy.kind is RemedyKind.FIRST_AID:
            yield Issue(f"remedy {remedy.id}", "is first aid, which no urgency withholds; is it safe in an emergency?")
    for path, text in _texts(kb, prefix):
        grade = reading_grade(text)
        if grade > HARDEST_GRADE and len(text.split()) >= SHORTEST_TEXT_WORDS:
            yield Issue(path, f"reads like school year {_tenth_up(grade)}; aim at {HARDEST_GRADE:.0f} or lower")


def can_be_true(condition: Condition, kb: KnowledgeBase) -> bool:
    """
    Whether some person could meet this condition; true also where that is too much to try out.

    Everything that can be present is supposed to be, every medicine is taken,
    and the numbers are tried on both sides of every limit.

    Example:
        >>> import twitchkb
        >>> from twitchkb.condition import parse
        >>> kb = twitchkb.load(plugins=False)
        >>> can_be_true(parse("potassium < 2.5 and seizure"), kb), can_be_true(parse("age > 60 and age < 16"), kb)
        (True, False)
    """
    if not is_monotone(condition):
        return True
    asked = dict.fromkeys(_asked(condition, kb))
    values: list[Sequence[float | str]] = [_values(kb, id, condition) for id in asked]
    if math.prod(len(each) for each in values) > MOST_TRIALS:
        return True
    sizes = _class_sizes(kb)
    return any(
        condition.truth(_Supposed(kb=kb, given=dict(zip(asked, choice, strict=True)), sizes=sizes))
        for choice in itertools.product(*values)
    )


@attrs.frozen(kw_only=True)
class _Supposed:
    """
    Somebody with everything at once, but for the numbers and choices that are given.
    """

    kb: KnowledgeBase
    given: Mapping[str, float | str]
    sizes: Mapping[str, int]

    def truth(self, finding: str) -> Truth:
        when = self.kb.finding(finding).when
        return when is None or not is_monotone(when) or when.truth(self) is not False

    def level(self, finding: str) -> str | None:
        value = self.given[finding]
        scale = self.kb.finding(finding).scale
        return value if isinstance(value, str) else scale.level_of(value) if scale is not None else None

    def bounds(self, finding: str) -> tuple[float, float] | None:
        value = self.given[finding]
        return None if isinstance(value, str) else (value, value)

    def medicine_count(self, medicine_class: str) -> tuple[int, float] | None:
        size = self.sizes.get(medicine_class, 0)
        return size, size

    def takes(self, medicine: str) -> Truth:  # noqa: ARG002  # everything is taken
        return True

    def event_days(self, event: str, subject: str) -> tuple[tuple[float, ...], bool]:  # noqa: ARG002  # any event
        known = subject.startswith("medicine.") or self.sizes.get(subject, 0) > 0
        return ((0.0, 40_000.0) if known else ()), False


def _asked(condition: Condition, kb: KnowledgeBase) -> Iterator[str]:
    """
    The scaled findings and choices that a condition rests on, through derived findings too.
    """
    for atom in atoms(condition):
        if isinstance(atom, Compare | Is):
            yield atom.finding
        elif not isinstance(atom, MedicineCount | Days) and kb.has("finding", subject(atom)):
            when = kb.finding(subject(atom)).when
            if when is not None and is_monotone(when):
                yield from _asked(when, kb)


def _values(kb: KnowledgeBase, id: str, condition: Condition) -> Sequence[float | str]:
    finding = kb.finding(id)
    if finding.scale is None:
        return list(finding.choices)
    limits = {*finding.scale.cuts, *finding.scale.accepts}
    limits |= {atom.number for atom in atoms(condition) if isinstance(atom, Compare) and atom.finding == id}
    return sorted(value for limit in limits for value in _around(limit, finding.scale))


def _around(limit: float, scale: Scale) -> set[float]:
    low, high = scale.accepts
    near = (math.nextafter(limit, -math.inf), limit, math.nextafter(limit, math.inf))
    return {value for value in near if low <= value <= high}


def _class_sizes(kb: KnowledgeBase) -> dict[str, int]:
    closure = compile_answers(kb).class_closure
    sizes: dict[str, int] = {}
    for medicine in kb.medicines:
        for each in set().union(*(closure.get(narrow, frozenset({narrow})) for narrow in medicine.classes)):
            sizes[each] = sizes.get(each, 0) + 1
    return sizes


def _evidence(kb: KnowledgeBase, prefix: str) -> Iterator[Issue]:
    for cause in kb.causes:
        if cause.id.startswith(prefix) and len(cause.evidence) < FEWEST_LINKS:
            yield Issue(
                f"cause {cause.id}.evidence",
                f"rests on {len(cause.evidence)} finding{'' if len(cause.evidence) == 1 else 's'}; "
                f"{FEWEST_LINKS} or more tell it from others",
            )
    for finding in kb.findings:
        used = any(link.finding == finding.id for cause in kb.causes for link in cause.evidence)
        if finding.id.startswith(prefix) and finding.background and not used:
            yield Issue(f"finding {finding.id}", "has a background, but no cause is linked to it")


def _sources(kb: KnowledgeBase, prefix: str) -> Iterator[Issue]:
    for cause in kb.causes:
        cited = [cause.prior.sources, *(link.sources for link in cause.evidence)]
        if cause.id.startswith(prefix) and not any(cited):
            yield Issue(f"cause {cause.id}", "names no source: not for its prior and for none of its evidence")
    sourced: Iterable[tuple[str, str, tuple[str, ...]]] = (
        *(("remedy", remedy.id, remedy.sources) for remedy in kb.remedies),
        *(("red flag", rule.id, rule.sources) for rule in kb.red_flags),
    )
    for kind, id, sources in sourced:
        if id.startswith(prefix) and not sources:
            yield Issue(f"{kind} {id}", "names no source")
    for source in kb.sources:
        if source.id.startswith(prefix) and not (source.url or source.doi or source.pmid):
            yield Issue(f"source {source.id}", "has no address (url, doi or pmid), so nobody can look it up")


def _priors(kb: KnowledgeBase, prefix: str) -> Iterator[Issue]:
    total = sum(cause.prior.value for cause in kb.causes if cause.id.startswith(prefix))
    room = kb.something_else.value
    if total > room:
        yield Issue(
            "priors",
            f"together the causes of this pack claim {total:.3g} of all people who come with twitching; "
            f"the core leaves {room:.3g} to causes that it does not know: lower their priors",
        )


def _rules(kb: KnowledgeBase, prefix: str) -> Iterator[Issue]:
    for rule in kb.red_flags:
        if not rule.id.startswith(prefix):
            continue
        if not can_be_true(rule.when, kb):
            yield Issue(f"red flag {rule.id}.when", "can never be true, so the rule never fires")
        if _names_nothing_wrong(rule):
            yield Issue(f"red flag {rule.id}.when", "asks only who somebody is, so it alarms everybody like that")


def _names_nothing_wrong(rule: RedFlag) -> bool:
    return {subject(atom) for atom in atoms(rule.when)} <= {"age", "sex"}


def _texts(kb: KnowledgeBase, prefix: str) -> Iterator[tuple[str, str]]:
    for cause in kb.causes:
        if cause.id.startswith(prefix):
            yield f"cause {cause.id}.summary", cause.summary
            yield f"cause {cause.id}.course", cause.course
    for finding in kb.findings:
        if finding.id.startswith(prefix):
            yield f"finding {finding.id}.question", finding.question
            yield f"finding {finding.id}.help", finding.help
    for remedy in kb.remedies:
        if remedy.id.startswith(prefix):
            for i, step in enumerate(remedy.steps):
                yield f"remedy {remedy.id}.steps[{i}]", step
            for i, caution in enumerate(remedy.cautions):
                yield f"remedy {remedy.id}.cautions[{i}].why", caution.why
    for rule in kb.red_flags:
        if rule.id.startswith(prefix):
            yield f"red flag {rule.id}.reason", rule.reason
            yield f"red flag {rule.id}.action", rule.action
    for stop in kb.gate.stops:
        if f"{prefix.removesuffix(':')}." in str(stop.when):
            yield f"gate stop {stop.when}", stop.reason


def _tenth_up(grade: float) -> float:
    # Rounded up, so that a grade a hair above the aim never reads like the aim itself.
    return math.ceil(grade * 10) / 10
