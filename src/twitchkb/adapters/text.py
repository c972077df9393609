"""
An assessment as plain text: what to do first, then why, in 80 columns.
"""

import textwrap
from collections.abc import Iterator, Sequence

from twitchkb.assessment import Assessment, Contribution, OfferedRemedy, RankedCause, Reason, rounded_parts
from twitchkb.vocabulary import RemedyKind, Urgency

__all__ = ["render"]

WIDTH = 80
HEADLINE = {
    Urgency.EMERGENCY: "EMERGENCY",
    Urgency.URGENT: "TODAY",
    Urgency.SOON: "WITHIN TWO WEEKS",
    Urgency.ROUTINE: "NO HURRY",
    Urgency.SELF_CARE: "LOOK AFTER YOURSELF",
}
STRENGTHS = ((10.0, "strongly"), (5.0, "clearly"), (2.0, "somewhat"), (0.0, "slightly"))


def render(assessment: Assessment, *, causes: int = 5, remedies: int = 4) -> str:
    """
    The report that `twitchkb assess` prints.

    Args:
        assessment: what to show.
        causes: how many causes to show, at most.
        remedies: how many remedies to show, at most.

    Example:
        >>> import twitchkb
        >>> print(render(twitchkb.assess({})).splitlines()[0])
        NO HURRY
    """
    emergency = assessment.urgency.level >= Urgency.URGENT
    parts = [_urgency(assessment), _do(assessment, remedies), _ranking(assessment, 3 if emergency else causes)]
    if assessment.urgency.unanswered and not emergency:
        parts.append(_open_questions(assessment))
    parts += [_medicines(assessment), _footer(assessment)]
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n"


def _urgency(assessment: Assessment) -> Iterator[str]:
    urgency = assessment.urgency
    yield HEADLINE[urgency.level]
    yield from _wrapped(urgency.action)
    for reason in _distinct(urgency.reasons)[:4]:
        yield ""
        yield from _wrapped(reason.text, first="  * ", rest="    ")
        if reason.action and reason.urgency is urgency.level:
            yield from _wrapped(reason.action, first="    ", rest="    ")


def _distinct(reasons: Sequence[Reason]) -> list[Reason]:
    found: dict[str, Reason] = {}
    for reason in reasons:
        found.setdefault(reason.text, reason)
    return list(found.values())


def _do(assessment: Assessment, most: int) -> Iterator[str]:
    offered = assessment.remedies
    if assessment.urgency.level >= Urgency.URGENT:
        # Nothing that invites to wait: until somebody is seen, only first aid has a place.
        offered = tuple(remedy for remedy in offered if remedy.kind is RemedyKind.FIRST_AID)
    if not offered:
        return
    yield "WHAT YOU CAN DO"
    for remedy in offered[:most]:
        yield from _remedy(remedy)


def _remedy(remedy: OfferedRemedy) -> Iterator[str]:
    yield f"  {remedy.name}"
    for step in remedy.steps[:3]:
        yield from _wrapped(step, first="    - ", rest="      ")
    asks = list(dict.fromkeys(label for c in remedy.still_to_check if c.action.withholds for label in c.ask))
    if asks:
        more = ", ..." if len(asks) > 5 else ""
        line = f"Ask first if any of these is true of you: {', '.join(asks[:5])}{more}"
        yield from _wrapped(line, first="    ! ", rest="      ")


def _ranking(assessment: Assessment, most: int) -> Iterator[str]:
    yield "WHAT MAY BE BEHIND IT"
    yield from _wrapped("Of 100 people who come with twitching and answer like this, about:", first="  ", rest="  ")
    shown = [cause for cause in assessment.causes[:most] if cause.share.value >= 0.005] or list(assessment.causes[:1])
    for cause in shown:
        yield ""
        share = cause.share
        about = f"{_percent(share.value)} ({_percent(share.low)} to {_percent(share.high)})"
        yield f"  {about:>14}  {cause.name}"
        yield from _reasons(cause)
    close = set(assessment.causes[0].not_separated_from)
    names = [cause.name for cause in shown[1:] if cause.id in close]
    if names:
        yield ""
        others = " or ".join(names)
        yield from _wrapped(
            f"These answers do not safely tell {shown[0].name} apart from {others}.", first="  ", rest="  "
        )


def _reasons(cause: RankedCause) -> Iterator[str]:
    points = rounded_parts((cause.prior.value, *(part.points for part in cause.contributions)))[1:]
    told = [(part, whole) for part, whole in zip(cause.contributions, points, strict=True) if abs(part.points) >= 0.5]
    fits = [_said(part) for part, _ in told if part.points > 0][:4]
    against = [_said(part) for part, _ in reversed(told) if part.points < 0][:3]
    if fits:
        yield from _wrapped(f"fits: {', '.join(fits)}", first=" " * 18, rest=" " * 20)
    if against:
        yield from _wrapped(f"against: {', '.join(against)}", first=" " * 18, rest=" " * 20)
    if cause.unexplained:
        signs = ", ".join(sign.label.lower() for sign in cause.unexplained[:3])
        yield from _wrapped(f"says nothing about: {signs}", first=" " * 18, rest=" " * 20)


def _said(part: Contribution) -> str:
    strength = next(word for least, word in STRENGTHS if abs(part.points) >= least)
    state = {"present": "", "absent": "no "}.get(part.state)
    label = part.label[:1].lower() + part.label[1:] if not part.label[:2].isupper() else part.label
    what = f"{state}{label}" if state is not None else f"{label} {part.state.replace('_', ' ')}"
    return f"{what} ({strength}, {part.points:+.0f})"


def _open_questions(assessment: Assessment) -> Iterator[str]:
    questions = assessment.urgency.unanswered
    yield "STILL TO ANSWER"
    yield from _wrapped("The answer to one of these could change how soon you should be seen:", first="  ", rest="  ")
    for question in questions[:5]:
        yield from _wrapped(question.question, first="  ? ", rest="    ")
    if len(questions) > 5:
        yield f"    and {len(questions) - 5} more"


def _medicines(assessment: Assessment) -> Iterator[str]:
    for medicine in assessment.unrecognised_medicines:
        if medicine.could_be:
            yield from _wrapped(
                f"Medicine {medicine.name!r} can mean {' or '.join(medicine.could_be)}. Please say which."
            )
        else:
            yield from _wrapped(f"Medicine {medicine.name!r} is not known here and was not counted.")


def _footer(assessment: Assessment) -> Iterator[str]:
    yield from _wrapped(assessment.notice)
    provenance = assessment.provenance
    yield (
        f"twitchkb {provenance.library_version}, data {provenance.data_version} "
        f"({provenance.digest[:12]}), {len(assessment.sources)} sources"
    )
    for pack in provenance.refused:
        yield from _wrapped(f"Pack {pack.id!r} was refused: {pack.reasons[0]}")


def _percent(share: float) -> str:
    whole = 100.0 * share
    return f"{whole:.0f}" if whole >= 0.5 else "<1"


def _wrapped(text: str, *, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=True)
