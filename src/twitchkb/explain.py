"""
A record of the knowledge base in plain words, with its citations.
"""

import textwrap
from collections.abc import Iterable, Iterator

from .model import (
    Cause,
    Estimate,
    Finding,
    KnowledgeBase,
    Link,
    Medicine,
    MedicineClass,
    RedFlag,
    Remedy,
    Source,
    Statistic,
)

__all__ = ["describe"]

WIDTH = 80
STATISTIC = {
    Statistic.FREQUENCY: "of people with it",
    Statistic.ODDS_RATIO: "odds ratio",
    Statistic.RISK_RATIO: "risk ratio",
    Statistic.LIKELIHOOD_RATIO: "times as likely",
}


def describe(record: object, kb: KnowledgeBase) -> str:
    """
    What is known about one cause, finding, remedy, medicine, red flag or source.

    Raises:
        TypeError: the record is of another kind.

    Example:
        >>> import twitchkb
        >>> kb = twitchkb.load()
        >>> print(describe(kb.cause("eyelid_myokymia"), kb).splitlines()[0])
        Twitching eyelid
    """
    match record:
        case Cause():
            lines = _cause(record, kb)
        case Finding():
            lines = _finding(record, kb)
        case Remedy():
            lines = _remedy(record, kb)
        case Medicine() | MedicineClass():
            lines = _medicine(record, kb)
        case RedFlag():
            lines = _red_flag(record, kb)
        case Source():
            lines = _source(record)
        case _:
            raise TypeError(f"nothing to say about {type(record).__name__}")
    return "\n".join(lines) + "\n"


def _cause(cause: Cause, kb: KnowledgeBase) -> Iterator[str]:
    yield cause.name
    yield f"{cause.clinical_name} ({cause.id})"
    yield ""
    yield from _wrapped(cause.summary)
    yield from _wrapped(cause.course)
    yield ""
    yield from _wrapped(
        f"How common: {_range(cause.prior)} of people who come with twitching ({cause.prior.grade.value})."
    )
    if cause.prior.note:
        yield from _wrapped(cause.prior.note, first="  ", rest="  ")
    if cause.floor is not None:
        share = f"{100 * cause.floor.at_share:.0f}%"
        needs = f" and {cause.floor.needs}" if cause.floor.needs is not None else ""
        yield from _wrapped(f"Seen {cause.floor.urgency.value} or faster once it could reach {share}{needs}.")
    yield ""
    yield "EVIDENCE"
    for link in cause.evidence:
        yield from _link(link, kb)
    cited = (source for link in cause.evidence for source in link.sources)
    yield from _citations([*cause.prior.sources, *cited], kb)


def _link(link: Link, kb: KnowledgeBase) -> Iterator[str]:
    label = kb.finding(link.finding).label
    for state, estimate in link.estimates:
        name = label if state == "present" else f"{label}: {state.replace('_', ' ')}"
        number = _range(estimate) if link.statistic is Statistic.FREQUENCY else _plain_range(estimate)
        yield from _wrapped(
            f"{name}: {number} {STATISTIC[link.statistic]} ({link.grade.value})", first="  * ", rest="    "
        )
    if link.note:
        yield from _wrapped(link.note, first="    ", rest="    ")
    if link.sources:
        yield from _wrapped(f"[{', '.join(link.sources)}]", first="    ", rest="    ")


def _finding(finding: Finding, kb: KnowledgeBase) -> Iterator[str]:
    yield finding.label
    yield f"{finding.kind.replace('_', ' ')} ({finding.id})"
    yield ""
    if finding.question:
        yield from _wrapped(finding.question)
    if finding.help:
        yield from _wrapped(finding.help)
    if finding.when is not None:
        yield from _wrapped(f"Worked out from: {finding.when}")
    if finding.scale is not None:
        units = [finding.scale.unit, *(unit for unit, _ in finding.scale.also)]
        yield from _wrapped(f"A number in {' or '.join(units)}: {', '.join(finding.scale.levels)}")
    for state, estimate in finding.background:
        yield from _wrapped(
            f"{state.replace('_', ' ')}: {_range(estimate)} of people anyway ({estimate.grade.value})",
            first="  * ",
            rest="    ",
        )
        if estimate.note:
            yield from _wrapped(estimate.note, first="    ", rest="    ")
    causes = [cause.name for cause in kb.causes if any(link.finding == finding.id for link in cause.evidence)]
    if causes:
        yield ""
        yield from _wrapped(f"Weighs for or against: {', '.join(causes)}")
    yield from _citations((source for _, estimate in finding.background for source in estimate.sources), kb)


def _remedy(remedy: Remedy, kb: KnowledgeBase) -> Iterator[str]:
    yield remedy.name
    yield f"{remedy.kind.value.replace('_', ' ')}, evidence {remedy.grade} ({remedy.id})"
    yield ""
    for step in remedy.steps:
        yield from _wrapped(step, first="  - ", rest="    ")
    if remedy.needs_text:
        yield from _wrapped(remedy.needs_text)
    if remedy.note:
        yield ""
        yield from _wrapped(remedy.note)
    yield ""
    yield "CAUTIONS"
    for caution in remedy.cautions:
        yield from _wrapped(f"{caution.action.value.replace('_', ' ')}: {caution.why}", first="  ! ", rest="    ")
        yield from _wrapped(f"when {caution.when}", first="    ", rest="    ")
    cited = (source for caution in remedy.cautions for source in caution.sources)
    yield from _citations([*remedy.sources, *cited], kb)


def _medicine(medicine: Medicine | MedicineClass, kb: KnowledgeBase) -> Iterator[str]:
    yield medicine.name
    if isinstance(medicine, Medicine):
        yield f"medicine ({medicine.id}); classes: {', '.join(medicine.classes)}"
        others = [*medicine.names, *medicine.brands]
        if others:
            yield from _wrapped(f"Also called: {', '.join(others)}")
        text, causes = medicine.mechanism, medicine.causes
    else:
        yield f"class of medicines ({medicine.id})"
        members = [each.name for each in kb.medicines if medicine.id in each.classes]
        yield from _wrapped(f"Members: {', '.join([*members, *medicine.includes])}")
        text, causes = medicine.does, ()
    yield ""
    if medicine.effects:
        yield from _wrapped(f"Can bring on: {', '.join(medicine.effects).replace('_', ' ')}")
    if text:
        yield from _wrapped(text)
    if causes:
        yield from _wrapped(f"Part in: {', '.join(kb.cause(cause).name for cause in causes)}")
    yield from _citations(medicine.sources, kb)


def _red_flag(rule: RedFlag, kb: KnowledgeBase) -> Iterator[str]:
    yield f"{rule.urgency.value.replace('_', ' ').upper()}: {rule.id}"
    yield ""
    yield from _wrapped(rule.reason)
    yield from _wrapped(rule.action)
    yield ""
    yield from _wrapped(f"when {rule.when}")
    yield from _citations(rule.sources, kb)


def _source(source: Source) -> Iterator[str]:
    yield from _wrapped(source.title)
    yield from _wrapped(", ".join(str(part) for part in (source.publisher, source.year) if part))
    if source.url:
        yield source.url
    if source.doi:
        yield f"https://doi.org/{source.doi}"
    yield "its text was read for this dataset" if source.text_read else "its text was not read for this dataset"
    if source.note:
        yield from _wrapped(source.note)


def _citations(ids: Iterable[str], kb: KnowledgeBase) -> Iterator[str]:
    known = sorted(set(ids))
    if not known:
        return
    yield ""
    yield "SOURCES"
    for id in known:
        source = kb.source(id)
        address = f"https://doi.org/{source.doi}" if source.doi else source.url or ""
        year = f" {source.year}" if source.year else ""
        yield from _wrapped(f"[{id}] {source.title}. {source.publisher}{year}. {address}", first="  ", rest="    ")


def _range(estimate: Estimate) -> str:
    return f"{_percent(estimate.value)} ({_percent(estimate.low)} to {_percent(estimate.high)})"


def _plain_range(estimate: Estimate) -> str:
    return f"{estimate.value:.3g} ({estimate.low:.3g} to {estimate.high:.3g})"


def _percent(share: float) -> str:
    return f"{100 * share:.2g}%" if share < 0.995 else f"{100 * share:.3g}%"


def _wrapped(text: str, *, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest) or []
