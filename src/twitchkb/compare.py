"""
Which answers change when the data changes: two knowledge bases beside the same people.

Only what a person would notice counts: the urgency, the first causes and their
shares, and the remedies.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from .engine import assess
from .errors import ProfileError
from .model import KnowledgeBase

__all__ = ["Change", "compare"]

LEADERS = 3
SMALLEST_CHANGE = 0.01


@attrs.frozen(kw_only=True)
class Change:
    """
    What changes for one person, in short lines.

    Example:
        >>> print(Change(id="c001", lines=("urgency: routine -> soon",)))
        c001
          urgency: routine -> soon
    """

    id: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n  ".join((self.id, *self.lines))


def compare(
    before: KnowledgeBase, after: KnowledgeBase, people: Iterable[tuple[str, Mapping[str, Any]]]
) -> Iterator[Change]:
    """
    Each person whose answer changes from one knowledge base to the other.

    An answer to a question of a pack that one side does not have is left out
    on that side, as an app without the pack would not have asked.

    Example:
        >>> import twitchkb
        >>> kb = twitchkb.load(plugins=False)
        >>> list(compare(kb, kb, [("somebody", {"age": 30})]))
        []
    """
    for id, person in people:
        lines = tuple(_lines(before, after, person))
        if lines:
            yield Change(id=id, lines=lines)


def _lines(before: KnowledgeBase, after: KnowledgeBase, person: Mapping[str, Any]) -> Iterator[str]:
    try:
        old = assess(_heard(person, before), kb=before)
        new = assess(_heard(person, after), kb=after)
    except ProfileError as error:
        yield from (f"cannot be read: {issue}" for issue in error.issues)
        return
    if old.urgency.level is not new.urgency.level:
        yield f"urgency: {old.urgency.level.value} -> {new.urgency.level.value}"
    old_leaders, new_leaders = ([cause.id for cause in each.causes[:LEADERS]] for each in (old, new))
    if old_leaders != new_leaders:
        yield f"first causes: {', '.join(old_leaders)} -> {', '.join(new_leaders)}"
    shares = {cause.id: cause.share.value for cause in new.causes}
    for cause in old.causes[:LEADERS]:
        share = shares.get(cause.id, 0.0)
        if abs(share - cause.share.value) >= SMALLEST_CHANGE:
            yield f"share of {cause.id}: {cause.share.value:.0%} -> {share:.0%}"
    for what, old_ids, new_ids in (
        ("remedies", {each.id for each in old.remedies}, {each.id for each in new.remedies}),
        ("withheld", {each.id for each in old.withheld}, {each.id for each in new.withheld}),
    ):
        changed = [*(f"-{id}" for id in sorted(old_ids - new_ids)), *(f"+{id}" for id in sorted(new_ids - old_ids))]
        if changed:
            yield f"{what}: {' '.join(changed)}"


def _heard(person: Mapping[str, Any], kb: KnowledgeBase) -> Mapping[str, Any]:
    findings = person.get("findings")
    if not isinstance(findings, Mapping):
        return person
    return {**person, "findings": {id: a for id, a in findings.items() if ":" not in str(id) or kb.has("finding", id)}}
