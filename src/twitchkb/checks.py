"""
Integrity rules over a knowledge base: yields faults, raises nothing.

Everything that scoring, triage and advice rely on without looking is proved
here once. The path of each fault begins with the kind and id of the record.
"""

import datetime as dt
import keyword
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

import attrs

from .condition import (
    Compare,
    Condition,
    Days,
    Is,
    MedicineCount,
    Present,
    Takes,
    atoms,
    is_monotone,
)
from .errors import Issue
from .model import (
    Cause,
    Estimate,
    Finding,
    KnowledgeBase,
    Link,
    RedFlag,
    Remedy,
    Retired,
    Statistic,
    nearest,
)
from .vocabulary import Grade, RemedyKind, Urgency

__all__ = ["CODE_SHAPES", "check"]

CODE_SHAPES: Mapping[str, re.Pattern[str]] = {
    "hpo": re.compile(r"HP:\d{7}", re.ASCII),
    "icd10cm": re.compile(r"[A-TV-Z]\d[\dAB](?:\.[\dA-KXZ]{1,4})?", re.ASCII),
    "loinc": re.compile(r"\d{1,5}-\d", re.ASCII),
    "mesh": re.compile(r"[CD]\d{6}(?:\d{3})?", re.ASCII),
    "mondo": re.compile(r"MONDO:\d{7}", re.ASCII),
    "orpha": re.compile(r"ORPHA:\d{1,6}", re.ASCII),
}
"""The systems whose codes may be shipped, each with the shape of a code."""

# Their terms let nobody ship them under a permissive licence; a near name would be another system.
_NOT_SHIPPED = re.compile(r"atc|snomed.*|sct(?:id)?|sider|icd.?10(?:.?who)?|icd.?11|umls|cui|meddra", re.IGNORECASE)

_ID = re.compile(r"[a-z][a-z0-9_]*(?::[a-z][a-z0-9_]*)?")
_STATE = re.compile(r"[a-z0-9_]+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
SUM_TOLERANCE = 0.011
RATIO_LIMIT = 0.95
LARGEST_CAP_DB = 30.0


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


_R = TypeVar("_R", bound=_Identified)


def check(kb: KnowledgeBase, *, pack: str = "", extended: Collection[str] = ()) -> Iterator[Issue]:
    """
    Every fault in a knowledge base; nothing where it is sound.

    Args:
        kb: what is checked.
        pack: look only at what this pack adds to a sound core.
        extended: the causes and remedies of the core that it adds to.

    Example:
        >>> import twitchkb
        >>> list(check(twitchkb.load()))
        []
    """
    added = _added(kb, f"{pack}:", extended) if pack else kb
    yield from _ids(added)
    yield from _groups(added)
    yield from _findings(kb, added.findings)
    for cause in added.causes:
        yield from _cause(kb, cause)
    if not pack:
        yield from _priors(kb)
    yield from _medicines(kb, added)
    yield from _remedies(kb, added.remedies)
    yield from _red_flags(kb, added.red_flags)
    yield from _gate(kb)
    yield from _retired(kb, added.retired)


def _added(kb: KnowledgeBase, prefix: str, extended: Collection[str]) -> KnowledgeBase:
    """
    What one pack adds: its own records, and those of others that it extends.
    """

    def own(records: Iterable[_R]) -> tuple[_R, ...]:
        return tuple(record for record in records if record.id.startswith(prefix))

    return attrs.evolve(
        kb,
        causes=tuple(cause for cause in kb.causes if cause.id.startswith(prefix) or cause.id in extended),
        findings=own(kb.findings),
        groups=own(kb.groups),
        families=own(kb.families),
        medicines=own(kb.medicines),
        medicine_classes=own(kb.medicine_classes),
        remedies=tuple(remedy for remedy in kb.remedies if remedy.id.startswith(prefix) or remedy.id in extended),
        red_flags=own(kb.red_flags),
        sources=own(kb.sources),
        retired=own(kb.retired),
    )


def _ids(kb: KnowledgeBase) -> Iterator[Issue]:
    kinds: Sequence[tuple[str, Iterable[str]]] = (
        ("cause", (c.id for c in kb.causes)),
        ("finding", (f.id for f in kb.findings)),
        ("group", (g.id for g in kb.groups)),
        ("family", (f.id for f in kb.families)),
        ("medicine", (m.id for m in kb.medicines)),
        ("medicine class", (c.id for c in kb.medicine_classes)),
        ("remedy", (r.id for r in kb.remedies)),
        ("red flag", (r.id for r in kb.red_flags)),
        ("source", (s.id for s in kb.sources)),
    )
    for kind, ids in kinds:
        seen: set[str] = set()
        for id in ids:
            if id in seen:
                yield Issue(f"{kind} {id}", "is given twice")
            seen.add(id)
            if not _ID.fullmatch(id):
                yield Issue(f"{kind} {id}", "an id is lower case letters, digits and _, starting with a letter")
            elif keyword.iskeyword(id.rpartition(":")[2]):
                yield Issue(f"{kind} {id}", "is a word that no condition can name (it belongs to Python's grammar)")


def _groups(kb: KnowledgeBase) -> Iterator[Issue]:
    caps = [(f"group {group.id}.cap", group.cap) for group in kb.groups]
    caps += [(f"finding {f.id}.group_cap", f.group_cap) for f in kb.findings if f.group_cap is not None]
    for path, cap in caps:
        if not 0.0 < cap <= LARGEST_CAP_DB:
            yield Issue(path, f"lies above 0 and up to {LARGEST_CAP_DB:g} dB, got {cap:g}")


def _findings(kb: KnowledgeBase, findings: Iterable[Finding]) -> Iterator[Issue]:
    for finding in findings:
        path = f"finding {finding.id}"
        if not finding.label:
            yield Issue(path, "needs a label")
        if finding.when is None and not finding.question:
            yield Issue(path, "needs a question, or a condition (when) that answers it")
        if finding.group and not kb.has("group", finding.group):
            yield Issue(f"{path}.group", _unknown(kb, "group", finding.group))
        yield from _codes(path, finding.codes)
        yield from _scale(path, finding)
        yield from _background(kb, path, finding)
        for name, condition in (("when", finding.when), ("absent_when", finding.absent_when)):
            if condition is not None:
                yield from _condition(kb, f"{path}.{name}", condition)
                yield from _not_derived(kb, f"{path}.{name}", condition)


def _codes(path: str, codes: Iterable[tuple[str, Sequence[str]]]) -> Iterator[Issue]:
    for system, given in codes:
        if system not in CODE_SHAPES:
            advice = f"what can be: {', '.join(CODE_SHAPES)}"
            if _NOT_SHIPPED.fullmatch(system):
                yield Issue(f"{path}.codes.{system}", f"the terms of this system do not let it be shipped; {advice}")
            else:
                hint = nearest(system, CODE_SHAPES)
                yield Issue(f"{path}.codes.{system}", f"unknown system{hint or f'; {advice}'}")
            continue
        for code in given:
            if not CODE_SHAPES[system].fullmatch(code):
                yield Issue(f"{path}.codes.{system}", f"{code!r} has not the shape of a code of this system")


def _is_day(text: str) -> bool:
    # `fromisoformat` alone would take weeks and days without hyphens, too.
    if not _DAY.fullmatch(text):
        return False
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _scale(path: str, finding: Finding) -> Iterator[Issue]:
    scale = finding.scale
    if len(set(finding.states)) != len(finding.states):
        yield Issue(path, "two states have the same name")
    for state in finding.states:
        if not _STATE.fullmatch(state):
            yield Issue(path, f"{state!r} is no name of a state")
    if scale is None:
        return
    if finding.choices:
        yield Issue(path, "has a scale or choices, not both")
    if len(scale.levels) != len(scale.cuts) + 1:
        yield Issue(
            f"{path}.scale", f"{len(scale.cuts)} cuts make {len(scale.cuts) + 1} levels, got {len(scale.levels)}"
        )
    inside = [scale.accepts[0], *scale.cuts, scale.accepts[1]]
    if inside != sorted(set(inside)):
        yield Issue(f"{path}.scale", "cuts must ascend and lie inside accepts")
    for level in scale.normal:
        if level not in scale.levels:
            yield Issue(f"{path}.scale.normal", f"unknown level {level!r}{nearest(level, scale.levels)}")
    for unit, factor in scale.also:
        if not factor > 0 or unit == scale.unit:
            yield Issue(f"{path}.scale.also", f"the factor of {unit!r} must be above 0, and the unit another one")


def _background(kb: KnowledgeBase, path: str, finding: Finding) -> Iterator[Issue]:
    if not finding.background:
        return
    states = [state for state, _ in finding.background]
    expected = ["present"] if finding.is_yes_no else list(finding.states)
    if sorted(states) != sorted(expected):
        yield Issue(f"{path}.background", f"expected {', '.join(expected)}; got {', '.join(states)}")
        return
    for state, estimate in finding.background:
        yield from _probability(f"{path}.background.{state}", estimate)
        yield from _provenance(kb, f"{path}.background.{state}", estimate.grade, estimate.sources)
    total = sum(estimate.value for _, estimate in finding.background)
    if not finding.is_yes_no and abs(total - 1.0) > SUM_TOLERANCE:
        yield Issue(f"{path}.background", f"the levels sum to {total:.4g}, not to 1")


def _cause(kb: KnowledgeBase, cause: Cause) -> Iterator[Issue]:
    path = f"cause {cause.id}"
    if not kb.has("family", cause.family):
        yield Issue(f"{path}.family", _unknown(kb, "family", cause.family))
    yield from _probability(f"{path}.prior", cause.prior)
    yield from _provenance(kb, f"{path}.prior", cause.prior.grade, cause.prior.sources)
    if cause.floor is not None:
        yield from _provenance(kb, f"{path}.floor", Grade.EXPERT, cause.floor.sources)
        if not 0.0 < cause.floor.at_share < 1.0:
            yield Issue(f"{path}.floor.at_share", "lies between 0 and 1")
        if cause.floor.urgency <= Urgency.ROUTINE:
            yield Issue(f"{path}.floor.urgency", "a floor demands soon or more")
        if cause.floor.needs is not None:
            yield from _condition(kb, f"{path}.floor.needs", cause.floor.needs)
            if not is_monotone(cause.floor.needs):
                yield Issue(f"{path}.floor.needs", "must be monotone: no `not`, no upper limit on a count of medicines")
    for remedy in cause.remedies:
        if not kb.has("remedy", remedy):
            yield Issue(f"{path}.remedies", _unknown(kb, "remedy", remedy))
    yield from _codes(path, cause.codes)
    if cause.reviewed and not _is_day(cause.reviewed):
        yield Issue(f"{path}.reviewed", f"{cause.reviewed!r} is no day; write it as year-month-day, 2026-11-25")
    linked: set[str] = set()
    for link in cause.evidence:
        if link.finding in linked:
            yield Issue(f"{path}.evidence[{link.finding}]", "is linked twice")
        linked.add(link.finding)
        yield from _link(kb, f"{path}.evidence[{link.finding}]", link)


def _link(kb: KnowledgeBase, path: str, link: Link) -> Iterator[Issue]:
    yield from _provenance(kb, path, link.grade, link.sources)
    if not kb.has("finding", link.finding):
        yield Issue(path, _unknown(kb, "finding", link.finding))
        return
    finding = kb.finding(link.finding)
    if not finding.background:
        yield Issue(path, "cannot be weighed: the finding has no background")
        return
    states = [state for state, _ in link.estimates]
    for state, estimate in link.estimates:
        if state not in finding.states:
            yield Issue(path, f"unknown state {state!r}; known are {', '.join(finding.states)}")
            return
        yield from (_ratio if link.statistic.is_ratio else _probability)(f"{path}.{state}", estimate)
    if finding.is_yes_no and len(states) != 1:
        yield Issue(path, "a yes/no finding takes one number; the other state follows from it")
    elif link.statistic is Statistic.LIKELIHOOD_RATIO:
        yield from _possible(path, link, finding)
    elif link.statistic is Statistic.FREQUENCY and not finding.is_yes_no:
        total = sum(estimate.value for _, estimate in link.estimates)
        if sorted(states) != sorted(finding.states) or abs(total - 1.0) > SUM_TOLERANCE:
            yield Issue(path, f"a frequency needs every level and a sum of 1; the sum is {total:.4g}")


def _possible(path: str, link: Link, finding: Finding) -> Iterator[Issue]:
    background = {state: estimate.value for state, estimate in finding.background}
    background.setdefault("absent", 1.0 - background.get("present", 0.0))
    for state, estimate in link.estimates:
        share = estimate.value * background[state]
        if share >= (1.0 if state == "absent" else RATIO_LIMIT):
            yield Issue(
                f"{path}.{state}", f"the ratio times the background is {share:.3g}; no frequency can be that high"
            )


def _priors(kb: KnowledgeBase) -> Iterator[Issue]:
    yield from _probability("something_else", kb.something_else)
    core = [cause.prior.value for cause in kb.causes if ":" not in cause.id]
    total = sum(core) + kb.something_else.value
    if core and abs(total - 1.0) > 0.001:
        yield Issue("priors", f"with something_else the priors sum to {total:.5g}, not to 1")


def _medicines(kb: KnowledgeBase, added: KnowledgeBase) -> Iterator[Issue]:
    for medicine in added.medicines:
        path = f"medicine {medicine.id}"
        for each in medicine.classes:
            if not kb.has("medicine class", each):
                yield Issue(f"{path}.classes", _unknown(kb, "medicine class", each))
        yield from _known_causes(kb, path, medicine.causes)
        yield from _provenance(kb, path, medicine.grade, medicine.sources)
    for medicine_class in added.medicine_classes:
        path = f"medicine class {medicine_class.id}"
        for each in medicine_class.includes:
            if not kb.has("medicine class", each):
                yield Issue(f"{path}.includes", _unknown(kb, "medicine class", each))
        yield from _provenance(kb, path, medicine_class.grade, medicine_class.sources)


def _remedies(kb: KnowledgeBase, remedies: Iterable[Remedy]) -> Iterator[Issue]:
    for remedy in remedies:
        path = f"remedy {remedy.id}"
        yield from _known_causes(kb, path, remedy.causes)
        yield from _provenance(kb, path, Grade.EXPERT, remedy.sources)
        if remedy.grade not in ("A", "B", "C", "D"):
            yield Issue(f"{path}.grade", f"expected A, B, C or D, got {remedy.grade!r}")
        if not remedy.steps:
            yield Issue(path, "needs at least one step")
        if not remedy.cautions and remedy.kind is not RemedyKind.PROFESSIONAL:
            yield Issue(path, "needs at least one caution: nothing helps everybody and harms nobody")
        if remedy.needs is not None:
            yield from _condition(kb, f"{path}.needs", remedy.needs)
            if not remedy.needs_text:
                yield Issue(f"{path}.needs_text", "says in words what the remedy needs")
        yield from _cautions(kb, path, remedy)


def _cautions(kb: KnowledgeBase, path: str, remedy: Remedy) -> Iterator[Issue]:
    for place, caution in enumerate(remedy.cautions):
        yield from _condition(kb, f"{path}.cautions[{place}]", caution.when)
        yield from _provenance(kb, f"{path}.cautions[{place}]", caution.grade, caution.sources)
        if not caution.why:
            yield Issue(f"{path}.cautions[{place}]", "needs its reason in words")


def _red_flags(kb: KnowledgeBase, rules: Iterable[RedFlag]) -> Iterator[Issue]:
    for rule in rules:
        path = f"red flag {rule.id}"
        yield from _condition(kb, f"{path}.when", rule.when)
        yield from _provenance(kb, path, rule.grade, rule.sources)
        yield from _known_causes(kb, path, rule.causes)
        if not is_monotone(rule.when):
            yield Issue(f"{path}.when", "must be monotone: no `not`, no upper limit on a count of medicines")
        if rule.urgency is Urgency.SELF_CARE:
            yield Issue(f"{path}.urgency", "only the gate may say self_care")
        if not rule.reason or not rule.action:
            yield Issue(path, "needs a reason and an action in words")


def _gate(kb: KnowledgeBase) -> Iterator[Issue]:
    for question in kb.gate.questions:
        path = f"gate {question.finding}"
        for id in (question.finding, *question.covers):
            if not kb.has("finding", id):
                yield Issue(path, _unknown(kb, "finding", id))
            elif not kb.finding(id).is_yes_no:
                yield Issue(path, f"{id!r} is no yes/no finding")
    for stop in kb.gate.stops:
        yield from _condition(kb, f"gate stop {stop.when}", stop.when)


def _retired(kb: KnowledgeBase, retired: Iterable[Retired]) -> Iterator[Issue]:
    """
    An id that is gone stays gone, and whoever still names it is sent to something that exists.
    """
    seen: set[tuple[str, str]] = set()
    for each in retired:
        kind, path = each.kind.words, f"retired {each.kind.words} {each.id}"
        if (kind, each.id) in seen:
            yield Issue(path, "is given twice")
        seen.add((kind, each.id))
        if not _ID.fullmatch(each.id):
            yield Issue(path, "an id is lower case letters, digits and _, starting with a letter")
        if kb.has(kind, each.id):
            yield Issue(path, f"is the id of a {kind}; an id that was retired is never used again")
        if each.use and not kb.has(kind, each.use):
            yield Issue(f"{path}.use", _unknown(kb, kind, each.use))
        if not each.since:
            yield Issue(f"{path}.since", "names the version of the data that no longer had it")


def _condition(kb: KnowledgeBase, path: str, condition: Condition) -> Iterator[Issue]:
    for atom in atoms(condition):
        match atom:
            case Present(finding=id) | Is(finding=id) | Compare(finding=id):
                if not kb.has("finding", id):
                    yield Issue(path, _unknown(kb, "finding", id))
                else:
                    yield from _fits(path, atom, kb.finding(id))
            case MedicineCount(medicine_class=id) if not kb.has("medicine class", id):
                yield Issue(path, _unknown(kb, "medicine class", id))
            case Takes(medicine=id) if not kb.has("medicine", id):
                yield Issue(path, _unknown(kb, "medicine", id))
            case Days(subject=subject):
                id = subject.removeprefix("medicine.")
                kind = "medicine class" if subject == id else "medicine"
                if not kb.has(kind, id):
                    yield Issue(path, _unknown(kb, kind, id))


def _fits(path: str, atom: Condition, finding: Finding) -> Iterator[Issue]:
    if isinstance(atom, Present) and not finding.is_yes_no:
        yield Issue(path, f"{finding.id!r} has levels; compare it with a number or a level")
    elif isinstance(atom, Compare) and finding.scale is None:
        advice = "write its name alone" if finding.is_yes_no else "compare it by == with a choice"
        yield Issue(path, f"{finding.id!r} is no number; {advice}")
    elif isinstance(atom, Is) and finding.is_yes_no:
        yield Issue(path, f"{finding.id!r} is answered yes or no; write its name alone")
    elif isinstance(atom, Is) and atom.level not in finding.states:
        yield Issue(path, f"{finding.id!r} has no level {atom.level!r}{nearest(atom.level, finding.states)}")


def _not_derived(kb: KnowledgeBase, path: str, condition: Condition) -> Iterator[Issue]:
    for atom in atoms(condition):
        if not isinstance(atom, Present | Is | Compare) or not kb.has("finding", atom.finding):
            continue
        if kb.finding(atom.finding).when is not None:
            yield Issue(path, f"{atom.finding!r} is derived itself; use what it is derived from")


def _known_causes(kb: KnowledgeBase, path: str, causes: Collection[str]) -> Iterator[Issue]:
    for id in causes:
        if not kb.has("cause", id):
            yield Issue(f"{path}.causes", _unknown(kb, "cause", id))


def _probability(path: str, estimate: Estimate) -> Iterator[Issue]:
    yield from _ordered(path, estimate)
    if not (estimate.low > 0.0 and estimate.high < 1.0):
        yield Issue(path, f"a share lies strictly between 0 and 1, got {estimate.low:g} to {estimate.high:g}")


def _ratio(path: str, estimate: Estimate) -> Iterator[Issue]:
    yield from _ordered(path, estimate)
    if not (estimate.low > 0.0 and estimate.high < 1e6):
        yield Issue(path, f"a ratio lies above 0, got {estimate.low:g} to {estimate.high:g}")


def _ordered(path: str, estimate: Estimate) -> Iterator[Issue]:
    if not estimate.low <= estimate.value <= estimate.high:
        yield Issue(path, f"low, value, high must ascend: {estimate.low:g}, {estimate.value:g}, {estimate.high:g}")


def _provenance(kb: KnowledgeBase, path: str, grade: Grade, sources: Sequence[str]) -> Iterator[Issue]:
    for id in sources:
        if not kb.has("source", id):
            yield Issue(path, _unknown(kb, "source", id))
    if grade is Grade.EXPERT:
        return
    known = [kb.source(id) for id in sources if kb.has("source", id)]
    if not sources:
        yield Issue(path, f"the grade {grade.value} needs a source")
    elif not any(source.text_read for source in known):
        yield Issue(path, f"the grade {grade.value} needs a source whose text was read")
    elif grade is Grade.MEASURED and all(source.weak for source in known):
        yield Issue(path, "a weak source does not carry a measured number alone")


def _unknown(kb: KnowledgeBase, kind: str, id: str) -> str:
    return f"unknown {kind} {id!r}{kb.hint(kind, id)}"
