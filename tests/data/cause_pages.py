"""
A page for each cause in the docs, and an index of them, written from the data.

`make pages`, or `python -m tests.data.cause_pages`, writes them anew and removes pages of causes that are gone.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import twitchkb
from twitchkb import KnowledgeBase
from twitchkb.model import Cause, Estimate, Finding, Link, Source, Statistic

__all__ = ["FOLDER", "pages"]

FOLDER = Path(__file__).parents[2] / "docs" / "reference" / "causes"
COMMONNESS = "[how common the causes are](../../explanation/priors.md)"
GRADES = "[Grades](../../explanation/grading.md) say where a number comes from."
RATIO = {
    Statistic.LIKELIHOOD_RATIO: "times as often",
    Statistic.ODDS_RATIO: "times the odds",
    Statistic.RISK_RATIO: "times the risk",
}
SYSTEMS = {
    "icd10cm": "ICD-10-CM",
    "hpo": "Human Phenotype Ontology",
    "mondo": "Mondo Disease Ontology",
    "mesh": "Medical Subject Headings",
    "orpha": "Orphanet",
    "loinc": "LOINC",
}


def pages(kb: KnowledgeBase) -> dict[str, str]:
    """
    The name of each file and what stands in it.
    """
    return {"README.md": _text(_index(kb)), **{f"{cause.id}.md": _text(_page(cause, kb)) for cause in kb.causes}}


def _index(kb: KnowledgeBase) -> Iterator[str]:
    yield "# Causes"
    yield ""
    yield f"The dataset holds {len(kb.causes)} causes in {len(kb.families)} families."
    yield "Each page shows what is known of one cause: how common it is, what speaks for and against it, and by which source."
    yield "The pages are written from the data by `make pages`; change the data, and not a page."
    for family in kb.families:
        causes = [cause for cause in kb.causes if cause.family == family.id]
        yield ""
        yield f"## {family.name}"
        yield ""
        yield from _sentences(family.summary)
        yield ""
        yield "| cause | clinical name | of 1,000 who come with twitching | links |"
        yield "|---|---|---|---|"
        for cause in sorted(causes, key=lambda cause: (-cause.prior.value, cause.id)):
            share = _plain(1000 * cause.prior.value)
            yield f"| [{_cell(cause.name)}]({cause.id}.md) | {_cell(cause.clinical_name)} | {share} | {len(cause.evidence)} |"


def _page(cause: Cause, kb: KnowledgeBase) -> Iterator[str]:
    yield f"# {cause.name}"
    yield ""
    yield f"{cause.clinical_name}, `{cause.id}`."
    yield f"Family: [{_family_name(kb, cause.family)}](README.md#{_anchor(_family_name(kb, cause.family))})."
    yield ""
    yield from _sentences(cause.summary)
    yield ""
    yield "## How it goes"
    yield ""
    yield from _sentences(cause.course)
    yield ""
    yield "## How common it is"
    yield ""
    low, high = _plain(1000 * cause.prior.low), _plain(1000 * cause.prior.high)
    yield f"Of 1,000 people who come with twitching, about {_plain(1000 * cause.prior.value)} have it ({low} to {high})."
    yield f"Grade: {cause.prior.grade.value}."
    yield from _sentences(cause.prior.note)
    if cause.prior.sources:
        yield f"Sources: {_cited(cause.prior.sources)}."
    yield f"The page on {COMMONNESS} tells how such a number is reached."
    if cause.floor is not None:
        yield ""
        yield "## How soon it should be seen"
        yield ""
        share = f"{100 * cause.floor.at_share:.0f}"
        yield f"Once its share could reach {share} of 100, the answer is at least `{cause.floor.urgency.value}`."
        if cause.floor.sources:
            yield f"Sources: {_cited(cause.floor.sources)}."
    yield ""
    yield "## What speaks for and against it"
    yield ""
    yield "The third column says how often people have the answer whose twitching has another cause."
    yield "A ratio says how much more or less often people with this cause have it than those."
    yield GRADES
    yield ""
    yield "| answer | with this cause | with another | grade | why | sources |"
    yield "|---|---|---|---|---|---|"
    for link in cause.evidence:
        yield from _rows(link, kb.finding(link.finding))
    yield from _red_flags(cause, kb)
    yield from _remedies(cause, kb)
    yield from _medicines(cause, kb)
    yield from _codes(cause)
    yield from _sources(cause, kb)
    yield ""
    yield "---"
    yield ""
    if cause.reviewed:
        yield f"Read against its sources on {cause.reviewed}."
    yield f"Written by `make pages` from `causes/{cause.id}.json`."


def _family_name(kb: KnowledgeBase, family: str) -> str:
    """
    The name of a family.
    """
    found = next(each for each in kb.families if each.id == family)
    return found.name


def _rows(link: Link, finding: Finding) -> Iterator[str]:
    background = dict(finding.background)
    for place, (state, estimate) in enumerate(link.estimates):
        answer = finding.label if state == "present" else f"{finding.label}: {state.replace('_', ' ')}"
        number = _percents(estimate) if link.statistic is Statistic.FREQUENCY else _ratio(estimate, link.statistic)
        other = _percent(background[state].value) if state in background else ""
        why, cited = (link.note, _cited(link.sources)) if place == 0 else ("", "")
        yield f"| {_cell(answer)} | {number} | {other} | {link.grade.value} | {_cell(why)} | {cited} |"


def _red_flags(cause: Cause, kb: KnowledgeBase) -> Iterator[str]:
    rules = [rule for rule in kb.red_flags if cause.id in rule.causes]
    if not rules:
        return
    yield ""
    yield "## Red flags that have it in mind"
    yield ""
    yield "| rule | how soon | reason |"
    yield "|---|---|---|"
    for rule in sorted(rules, key=lambda rule: (-rule.urgency.rank, rule.id)):
        yield f"| `{rule.id}` | {rule.urgency.value.replace('_', ' ')} | {_cell(rule.reason)} |"


def _remedies(cause: Cause, kb: KnowledgeBase) -> Iterator[str]:
    aimed = {remedy.id for remedy in kb.remedies if cause.id in remedy.causes} | set(cause.remedies)
    if not aimed:
        return
    yield ""
    yield "## What can be done"
    yield ""
    yield "Evidence for a remedy runs from A (best) to D."
    yield ""
    yield "| remedy | evidence | who |"
    yield "|---|---|---|"
    for remedy in sorted((kb.remedy(id) for id in aimed), key=lambda remedy: (remedy.grade, remedy.id)):
        yield f"| {_cell(remedy.name)} (`{remedy.id}`) | {remedy.grade} | {remedy.kind.value.replace('_', ' ')} |"


def _medicines(cause: Cause, kb: KnowledgeBase) -> Iterator[str]:
    names = sorted(medicine.name for medicine in kb.medicines if cause.id in medicine.causes)
    if not names:
        return
    yield ""
    yield "## Medicines with a part in it"
    yield ""
    yield f"{', '.join(names)}."


def _codes(cause: Cause) -> Iterator[str]:
    coded = [(SYSTEMS[system], codes) for system, codes in cause.codes if codes]
    if not coded:
        return
    yield ""
    yield "## Codes"
    yield ""
    for system, codes in coded:
        yield f"- {system}: {', '.join(f'`{code}`' for code in codes)}"


def _sources(cause: Cause, kb: KnowledgeBase) -> Iterator[str]:
    floor = cause.floor.sources if cause.floor is not None else ()
    cited = {*cause.prior.sources, *floor, *(source for link in cause.evidence for source in link.sources)}
    if not cited:
        return
    yield ""
    yield "## Sources"
    yield ""
    yield from (_source(kb.source(id)) for id in sorted(cited))


def _source(source: Source) -> str:
    address = f"https://doi.org/{source.doi}" if source.doi else source.url
    made = ", ".join(str(part) for part in (source.publisher, source.year, source.kind.replace("_", " ")) if part)
    weak = "; a weak source" if source.weak else ""
    return f'- <a id="{source.id}"></a>`{source.id}`: [{source.title}](<{address}>) ({made}{weak})'


def _cited(sources: Iterable[str]) -> str:
    return ", ".join(f"[{id}](#{id})" for id in sources)


def _ratio(estimate: Estimate, statistic: Statistic) -> str:
    return f"{estimate.value:.3g} ({estimate.low:.3g} to {estimate.high:.3g}) {RATIO[statistic]}"


def _percents(estimate: Estimate) -> str:
    return f"{_percent(estimate.value)} ({_percent(estimate.low)} to {_percent(estimate.high)})"


def _percent(share: float) -> str:
    return f"{_plain(100 * share)}%"


def _plain(number: float) -> str:
    """
    Two significant digits, three close to a hundred, without an exponent: shares here reach down to one in millions.
    """
    digits = 3 if 99 <= number < 100 else 2
    text = format(float(f"{number:.{digits}g}"), ".9f")
    return text.rstrip("0").rstrip(".")


def _sentences(text: str) -> Iterator[str]:
    """
    One sentence a line.
    """
    yield from (part for part in re.split(r"(?<=[.!?]) (?=[A-Z0-9\"(])", text) if part)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    wanted = pages(twitchkb.load())
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in FOLDER.glob("*.md"):
        if file.name not in wanted:
            file.unlink()
    for name, content in wanted.items():
        FOLDER.joinpath(name).write_text(content, "utf-8")
    print(f"{len(wanted)} pages written")
