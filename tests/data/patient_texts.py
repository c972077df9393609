"""
Every text of the dataset that a person may read, with the place it stands in.

Names of medicines, notes on evidence and titles of publications are for clinicians and are left out.
"""

from collections.abc import Iterator

import attrs

from twitchkb import KnowledgeBase, Urgency

__all__ = ["LONGEST_PHRASE", "emergency_actions", "patient_texts"]

LONGEST_PHRASE = 7
"""
A label of more words than this is read like a sentence.
"""


def patient_texts(kb: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """
    Pairs of place and text, in the order of the records.
    """
    for cause in kb.causes:
        yield f"{cause.id}.summary", cause.summary
        yield f"{cause.id}.course", cause.course
    for finding in kb.findings:
        if len(finding.label.split()) > LONGEST_PHRASE:
            yield f"{finding.id}.label", finding.label
        yield from _unless_empty(f"{finding.id}.question", finding.question)
        yield from _unless_empty(f"{finding.id}.help", finding.help)
    for remedy in kb.remedies:
        yield f"{remedy.id}.name", remedy.name
        for place, step in enumerate(remedy.steps):
            yield f"{remedy.id}.steps[{place}]", step
        for place, caution in enumerate(remedy.cautions):
            yield f"{remedy.id}.cautions[{place}].why", caution.why
        yield from _unless_empty(f"{remedy.id}.needs_text", remedy.needs_text)
        yield from _unless_empty(f"{remedy.id}.note", remedy.note)
    for rule in kb.red_flags:
        yield f"{rule.id}.reason", rule.reason
        yield f"{rule.id}.action", rule.action
    for question in kb.gate.questions:
        yield f"gate.{question.finding}.why", question.why
    for place, stop in enumerate(kb.gate.stops):
        yield f"gate.stops[{place}].reason", stop.reason
    for family in kb.families:
        yield f"{family.id}.summary", family.summary
    for each in kb.medicine_classes:
        yield from _unless_empty(f"{each.id}.does", each.does)
    yield from _wording(kb)


def emergency_actions(kb: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """
    What somebody in an emergency is told to do.
    """
    for rule in kb.red_flags:
        if rule.urgency is Urgency.EMERGENCY:
            yield f"{rule.id}.action", rule.action
    yield "wording.actions.emergency", dict(kb.wording.actions)[Urgency.EMERGENCY]


def _wording(kb: KnowledgeBase) -> Iterator[tuple[str, str]]:
    wording = kb.wording
    for urgency, action in wording.actions:
        yield f"wording.actions.{urgency.value}", action
    for field in attrs.fields(type(wording)):
        text = getattr(wording, field.name)
        if isinstance(text, str):
            yield f"wording.{field.name}", text.format(cause="Lack of sleep") if "{cause}" in text else text


def _unless_empty(place: str, text: str) -> Iterator[tuple[str, str]]:
    if text:
        yield place, text
