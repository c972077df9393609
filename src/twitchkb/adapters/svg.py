"""
An assessment as a picture: what to do, the shares with their ranges, and each cause's points as a waterfall.

A picture is 360 units wide, so that its letters can be read on a phone. It
follows the reader's light or dark setting, and its title and description say
in words what it shows.
"""

import itertools
import textwrap
from collections.abc import Iterable, Iterator
from html import escape

import attrs

from twitchkb.assessment import Assessment, RankedCause
from twitchkb.narrative import ExplainedCause, Narrative, explain, in_100, narrate

__all__ = ["ledger", "render"]

WIDTH = 360
MARGIN = 16
INNER = WIDTH - 2 * MARGIN
MOST_ROWS = 9
LEAST_SPAN = 10
# How many letters a line holds in a wide typeface; no renderer of pictures can be asked for widths.
LETTERS = {"": 41, "strong": 36, "quiet": 46}

STYLE = """
.twitchkb-svg{--paper:#fff;--ink:#1b2430;--quiet:#4a5666;--track:#eef2f5;--edge:#d3dbe3;--bar:#86b2d9;--range:#3b4a5a;
--for:#2c6da8;--against:#b4610a;--now:#e4f1f2;--on-now:#12393d;--now-edge:#2b7a83}
.twitchkb-svg.self_care{--now:#e5f3e8;--on-now:#173d22;--now-edge:#2f7d46}
.twitchkb-svg.soon{--now:#e3ecf8;--on-now:#10305c;--now-edge:#2f66b0}
@media (prefers-color-scheme:dark){
.twitchkb-svg{--paper:#12171d;--ink:#e6ebf0;--quiet:#aeb9c5;--track:#1f2730;--edge:#36414d;--bar:#3f6d98;
--range:#c9d3dd;--for:#6aa9e0;--against:#e0953f;--now:#17343a;--on-now:#d6eef0;--now-edge:#5aa9b3}
.twitchkb-svg.self_care{--now:#16341f;--on-now:#d9f0df;--now-edge:#62b57b}
.twitchkb-svg.soon{--now:#172c4a;--on-now:#d8e6fa;--now-edge:#6d9fe0}
}
.twitchkb-svg.urgent{--now:#8a4300;--on-now:#fff}
.twitchkb-svg.emergency{--now:#a8121f;--on-now:#fff}
.twitchkb-svg text{fill:var(--ink);font:14px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.twitchkb-svg .quiet{fill:var(--quiet);font-size:12.5px}
.twitchkb-svg :is(.strong,.title,.head){font-weight:650}
.twitchkb-svg .title{font-size:17px}
.twitchkb-svg .head{font-size:22px}
.twitchkb-svg .now-text text{fill:var(--on-now)}
.twitchkb-svg .paper{fill:var(--paper)}
.twitchkb-svg .now{fill:var(--now)}
.twitchkb-svg .edge{fill:var(--now-edge)}
.twitchkb-svg .track{fill:var(--track);stroke:var(--edge)}
.twitchkb-svg .bar{fill:var(--bar)}
.twitchkb-svg .range{stroke:var(--range);stroke-width:1.5}
.twitchkb-svg .for{fill:var(--for)}
.twitchkb-svg .against{fill:var(--against)}
.twitchkb-svg .dot{fill:var(--ink)}
"""


@attrs.frozen(kw_only=True)
class Block:
    """
    A strip of the picture: its height, and what is drawn in it from its own top left corner.
    """

    height: float
    body: str


def render(assessment: Assessment, *, causes: int = 5, ledgers: int = 3, id: str = "twitchkb") -> str:
    """
    What to do and why, then the leading causes as bars, then the points of the first of them.

    From `urgent` on the picture holds what to do and why, and no cause: no bar
    stands between a person and the way to help.

    Args:
        assessment: what to show.
        causes: how many causes to show as bars, at most.
        ledgers: how many of them to show with their points, at most.
        id: the start of the ids of title and description, different for each picture of one page.

    Example:
        >>> import twitchkb
        >>> render(twitchkb.assess({})).count("<title")
        1
    """
    told = narrate(assessment, causes=causes)
    if told.seen_first:
        blocks = [_now(told), *_why(told), *_notice(told)]
        words = [told.action, *(f"{reason.text} {reason.action}".strip() for reason in told.reasons), told.notice]
    else:
        shown = [cause for cause in told.causes[:ledgers] if cause.lines]
        span = max((_span(cause) for cause in shown), default=0)
        ledger_blocks = [block for cause in shown for block in _ledger(cause, span)]
        blocks = [_now(told), *_why(told), *_shares(told), *ledger_blocks, *_notice(told)]
        words = [
            told.action,
            *(reason.text for reason in told.reasons),
            told.ranking_lead,
            *(cause.sentence for cause in told.causes),
            told.not_separated,
        ]
        words += [_ledger_words(cause) for cause in shown]
        words.append(told.notice)
    return _picture(told, blocks, f"{told.headline}: muscle twitching", " ".join(filter(None, words)), id)


def ledger(assessment: Assessment, cause: RankedCause, *, id: str = "twitchkb") -> str:
    """
    What to do, then the points of one cause as a waterfall: the start, each answer, and what they come to.

    Args:
        assessment: the whole answer, whose urgency stands above the picture.
        cause: the cause to show, one of the assessment.
        id: the start of the ids of title and description, different for each picture of one page.

    Example:
        >>> import twitchkb
        >>> answer = twitchkb.assess({"findings": {"twitch_eyelid": True}})
        >>> "Start: how common it is" in ledger(answer, answer.causes[0])
        True
    """
    told, explained = narrate(assessment, causes=0), explain(cause)
    lead = [*_paragraph(told.ranking_lead, "strong")] if told.seen_first else []
    blocks = [_now(told), *lead, *_ledger(explained, _span(explained)), *_notice(told)]
    words = f"{told.action} {explained.sentence} {_ledger_words(explained)}"
    return _picture(told, blocks, f"{told.headline}. Points of: {cause.name}", words, id)


def _picture(told: Narrative, blocks: Iterable[Block], title: str, words: str, id: str) -> str:
    top, drawn = MARGIN * 1.0, []
    for block in blocks:
        drawn.append(f'<g transform="translate({MARGIN} {top:g})">{block.body}</g>\n')
        top += block.height
    height = round(top + MARGIN / 2)
    name = _safe(id)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="twitchkb-svg {told.level.value}" '
        f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'aria-labelledby="{name}-title {name}-description" lang="en">\n'
        f'<title id="{name}-title">{_safe(title)}</title>\n'
        f'<desc id="{name}-description">{_safe(words)}</desc>\n<style>{STYLE}</style>\n'
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>\n{"".join(drawn)}</svg>\n'
    )


def _now(told: Narrative) -> Block:
    lines = _lines(told.action, 38)
    height = 54.0 + 20 * len(lines)
    body = f'<rect class="now" width="{INNER}" height="{height:g}" rx="8"/>'
    if not told.seen_first:
        body += f'<rect class="edge" width="6" height="{height:g}" rx="3"/>'
    body += '<g class="now-text">'
    body += _text(20, 34, told.headline, "head")
    body += "".join(_text(20, 58 + 20 * place, line, "") for place, line in enumerate(lines))
    return Block(height=height + 14, body=f"{body}</g>")


def _why(told: Narrative) -> Iterator[Block]:
    yield _title("Why")
    for reason in told.reasons[:4]:
        yield from _paragraph(reason.text, "")
        if reason.action and told.seen_first:
            yield from _paragraph(reason.action, "strong")
    # Below that urgency the remedies would crowd out the picture; the other renderers have them.
    first_aid = told.remedies if told.seen_first else ()
    if first_aid:
        yield _title("What you can do at once")
    for remedy in first_aid:
        yield from _paragraph(remedy.name, "strong")
        for step in remedy.steps:
            yield from _paragraph(step, "")


def _shares(told: Narrative) -> Iterator[Block]:
    yield _title(told.ranking_title)
    yield from _paragraph(told.ranking_lead, "quiet")
    for cause in told.causes:
        yield from _share(cause)
    others = f"All other causes known here: {in_100(told.all_others)}. "
    yield from _paragraph(f"{others}Something else: {in_100(told.something_else.value)}.", "quiet")
    yield from _paragraph(told.not_separated, "quiet")


def _share(cause: ExplainedCause) -> Iterator[Block]:
    yield from _paragraph(cause.name, "strong", gap=2)
    low, value, high = (INNER * end for end in (cause.share.low, cause.share.value, cause.share.high))
    body = _text(0, 13, f"about {cause.how_many} of 100; {cause.certainty}: {cause.range_words}", "quiet")
    body += f'<rect class="track" y="20" width="{INNER}" height="12" rx="3"/>'
    body += f'<rect class="bar" y="20" width="{value:.1f}" height="12" rx="3"/>'
    body += f'<path class="range" fill="none" d="M{low:.1f} 22v8m0-4H{high:.1f}m0-4v8"/>'
    yield Block(height=44, body=body)


def _span(cause: ExplainedCause) -> int:
    """
    How many points lie between the lowest and the highest place of its steps.
    """
    ends = _ends(cause)
    return max(ends) - min(ends)


def _ends(cause: ExplainedCause) -> list[int]:
    return list(itertools.accumulate((points for _, points in _rows(cause)), initial=cause.start))


def _ledger(cause: ExplainedCause, span: int) -> Iterator[Block]:
    """
    The steps of a cause, `span` points wide: all of one picture have one scale.
    """
    yield _title(f"Points of: {cause.name}")
    yield Block(
        height=20,
        body=_text(0, 10, "\N{LEFTWARDS ARROW} less likely", "quiet")
        + _text(INNER, 10, "more likely \N{RIGHTWARDS ARROW}", "quiet", end=True),
    )
    rows = _rows(cause)
    ends = _ends(cause)
    scale = (INNER - 12) / max(span, LEAST_SPAN)
    places = [6 + (end - min(ends)) * scale for end in ends]
    yield _mark("Start: how common it is", cause.start, places[0])
    for (words, points), before, after in zip(rows, places[:-1], places[1:], strict=True):
        yield _step(words, points, before, after)
    yield _mark("Together", cause.total, places[-1])


def _rows(cause: ExplainedCause) -> list[tuple[str, int]]:
    """
    The lines that weigh anything, the strongest supports first; the weakest are told as one.
    """
    weighty = [*cause.speaks_for, *cause.speaks_against]
    kept = sorted(weighty, key=lambda line: -abs(line.points))[:MOST_ROWS]
    rows = [(line.answer, line.points) for line in weighty if line in kept]
    rest = [line.points for line in weighty if line not in kept]
    return [*rows, (f"{len(rest)} weaker answers", sum(rest))] if rest else rows


def _mark(words: str, points: int, place: float) -> Block:
    body = _text(0, 13, words, "strong") + _text(INNER, 13, f"{points:+d}", "strong", end=True)
    body += f'<circle class="dot" cx="{place:.1f}" cy="25" r="4.5"/>'
    return Block(height=40, body=body)


def _step(words: str, points: int, before: float, after: float) -> Block:
    lines = _lines(words, 38)
    bottom = 18.0 * len(lines)
    body = "".join(_text(0, 13 + 18 * place, line, "") for place, line in enumerate(lines))
    body += _text(INNER, 13, f"{points:+d}", "", end=True)
    body += (
        f'<rect class="{"for" if points > 0 else "against"}" x="{min(before, after):.1f}" y="{bottom + 2:g}" '
        f'width="{max(abs(after - before), 1.0):.1f}" height="9" rx="2"/>'
    )
    return Block(height=bottom + 19, body=body)


def _notice(told: Narrative) -> Iterator[Block]:
    yield Block(height=8, body="")
    yield from _paragraph(told.notice, "quiet")
    yield from _paragraph(told.versions, "quiet")


def _title(words: str) -> Block:
    lines = _lines(words, 34)
    body = "".join(_text(0, 32 + 21 * place, line, "title") for place, line in enumerate(lines))
    return Block(height=22.0 + 21 * len(lines), body=body)


def _paragraph(words: str, style: str, *, gap: float = 6) -> Iterator[Block]:
    lines = _lines(words, LETTERS[style])
    if lines:
        body = "".join(_text(0, 14 + 18 * place, line, style) for place, line in enumerate(lines))
        yield Block(height=18 * len(lines) + gap, body=body)


def _ledger_words(cause: ExplainedCause) -> str:
    """
    The waterfall in words, with the same numbers.
    """
    steps = "; ".join(f"{words}: {points:+d}" for words, points in _rows(cause))
    return f"Points of {cause.name}: start {cause.start:+d}; {steps}; together {cause.total:+d}."


def _lines(words: str, letters: int) -> list[str]:
    return textwrap.wrap(words, letters)


def _text(x: float, y: float, words: str, style: str, *, end: bool = False) -> str:
    anchor = ' text-anchor="end"' if end else ""
    named = f' class="{style}"' if style else ""
    return f'<text x="{x:g}" y="{y:g}"{named}{anchor}>{_safe(words)}</text>'


def _safe(text: str) -> str:
    return escape("".join(letter if letter.isprintable() else " " for letter in text))
