"""
An assessment as plain text: what to do first, then why, in 80 columns.
"""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from twitchkb.assessment import Assessment, Interval, OfferedRemedy
from twitchkb.narrative import (
    ASK_FIRST,
    ExplainedCause,
    Line,
    Narrative,
    answered,
    ask_first,
    in_100,
    medicine_words,
    narrate,
)
from twitchkb.vocabulary import Urgency

__all__ = ["render", "wants_colour"]

WIDTH = 80
BAR = 20
COLOURS = {
    Urgency.EMERGENCY: "1;97;41",
    Urgency.URGENT: "1;30;43",
    Urgency.SOON: "1;97;44",
    Urgency.ROUTINE: "1;36",
    Urgency.SELF_CARE: "1;32",
}
HEADING = "1"


def render(assessment: Assessment, *, causes: int = 5, remedies: int = 4, colour: bool = False) -> str:
    """
    The report that `twitchkb assess` prints.

    Args:
        assessment: what to show.
        causes: how many causes to show, at most.
        remedies: how many remedies to show, at most.
        colour: whether headings carry the colour codes of a terminal; the words are the same.

    Example:
        >>> import twitchkb
        >>> print(render(twitchkb.assess({})).splitlines()[0])
        NO HURRY SO FAR
    """
    told = narrate(assessment, causes=causes, remedies=remedies)
    sections = [
        (told.headline, _urgency(told)),
        ("Why", _why(told)),
        ("Still to answer", _questions(told)),
        ("What you can do at once" if told.seen_first else "What you can do", _remedies(told)),
        (told.ranking_title, _ranking(told)),
        ("", _footer(told)),
    ]
    parts: list[str] = []
    for heading, section in sections:
        lines = list(section)
        if lines and heading:
            code = COLOURS[told.level] if not parts else HEADING
            lines.insert(0, f"\x1b[{code}m{heading.upper()}\x1b[0m" if colour else heading.upper())
        if lines:
            parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def wants_colour(environment: Mapping[str, str], *, terminal: bool) -> bool:
    """
    Whether colour is welcome: on a terminal that is not dumb and has no `NO_COLOR` set.

    Args:
        environment: the environment variables.
        terminal: whether the output is a terminal.

    Example:
        >>> wants_colour({"TERM": "xterm"}, terminal=True), wants_colour({"TERM": "xterm"}, terminal=False)
        (True, False)
    """
    return terminal and not environment.get("NO_COLOR") and environment.get("TERM", "dumb") != "dumb"


def _urgency(told: Narrative) -> Iterator[str]:
    yield from _wrapped(told.action)


def _why(told: Narrative) -> Iterator[str]:
    for reason in told.reasons[:4]:
        yield from _wrapped(reason.text, first="  * ", rest="    ")
        if reason.action:
            yield from _wrapped(reason.action, first="    ", rest="    ")


def _questions(told: Narrative) -> Iterator[str]:
    if not told.questions:
        return
    yield from _wrapped("The answer to one of these could change how soon you should be seen:", first="  ", rest="  ")
    for question in told.questions[:5]:
        yield from _wrapped(question.question, first="  ? ", rest="    ")
    if len(told.questions) > 5:
        yield f"    and {len(told.questions) - 5} more"


def _remedies(told: Narrative) -> Iterator[str]:
    for remedy in told.remedies:
        yield from _remedy(remedy)


def _remedy(remedy: OfferedRemedy) -> Iterator[str]:
    yield from _wrapped(remedy.name, first="  ", rest="  ")
    for step in remedy.steps[:3]:
        yield from _wrapped(step, first="    - ", rest="      ")
    asks = ask_first(remedy)
    if asks:
        listed = _several([_lower(label) for label in asks], 5)
        line = f"{ASK_FIRST} {listed}"
        yield from _wrapped(line, first="    ! ", rest="      ")


def _ranking(told: Narrative) -> Iterator[str]:
    yield from _wrapped(told.ranking_lead, first="  ", rest="  ")
    for cause in told.causes:
        yield ""
        yield from _cause(cause)
    yield ""
    yield f"{in_100(told.all_others):>9}  all other causes known here"
    yield f"{in_100(told.something_else.value):>9}  something else"
    if told.not_separated:
        yield ""
        yield from _wrapped(told.not_separated, first="  ", rest="  ")
    if any(cause.lines for cause in told.causes):
        yield from _wrapped(told.points_words, first="  ", rest="  ")


def _cause(cause: ExplainedCause) -> Iterator[str]:
    indent = " " * 11
    yield from _wrapped(cause.name, first=f"{cause.how_many:>9}  ", rest=indent)
    yield from _wrapped(f"{_bar(cause.share)} {cause.certainty}: {cause.range_words}", first=indent, rest=indent)
    parts = (
        ("for", "; ".join(_weighed(line) for line in cause.speaks_for[:4])),
        ("against", "; ".join(_weighed(line) for line in cause.speaks_against[:3])),
        ("does not explain", _several([_lower(answered(each)) for each in cause.does_not_fit], 3)),
        ("common with it, not with you", _several([_lower(each.label) for each in cause.expected_but_absent], 3)),
        ("not asked", _several([_lower(each.label) for each in cause.not_asked], 3)),
    )
    for name, listed in parts:
        if listed:
            yield from _wrapped(f"{name}: {listed}", first=indent, rest=indent + "  ")


def _weighed(line: Line) -> str:
    return f"{_lower(line.answer)} ({line.strength}, {line.points:+d})"


def _bar(share: Interval) -> str:
    """
    The range of the share as a line, with a mark at its value.
    """
    low, value, high = (round((BAR - 1) * end) for end in (share.low, share.value, share.high))
    cells = ["o" if cell == value else "-" if low <= cell <= high else " " for cell in range(BAR)]
    return f"[{''.join(cells)}]"


def _footer(told: Narrative) -> Iterator[str]:
    for medicine in told.medicines:
        yield from _wrapped("".join(medicine_words(medicine)))
    yield from _wrapped(told.notice)
    yield from _wrapped(told.versions)
    for refused in told.refused:
        yield from _wrapped(refused)


def _several(labels: Sequence[str], most: int) -> str:
    more = [f"and {len(labels) - most} more"] if len(labels) > most else []
    return "; ".join([*labels[:most], *more])


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:] if not label[:2].isupper() else label


def _wrapped(text: str, *, first: str = "", rest: str = "") -> Iterable[str]:
    # A pack or a person may write anything; what steers a terminal must not reach it.
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return textwrap.wrap(plain, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=True)
