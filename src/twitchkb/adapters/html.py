"""
An assessment as an HTML fragment that stands alone: no script, no picture, no font, nothing to fetch.

Every text is escaped, whoever wrote it. The fragment has headings and real
tables, opens with the keyboard, follows the reader's light or dark setting,
and prints whole.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from twitchkb.assessment import Assessment, Interval, OfferedRemedy, SourceNote
from twitchkb.narrative import (
    ASK_FIRST,
    ExplainedCause,
    Line,
    Narrative,
    answered,
    ask_first,
    expected_words,
    in_100,
    medicine_words,
    narrate,
    not_asked_words,
)

__all__ = ["page", "render"]

MOST_REASONS = 4
MOST_QUESTIONS = 3
MOST_LINES = 8
MOST_IN_A_LIST = 6
MOST_CITATIONS_OF_A_LINE = 3

STYLE = """
.twitchkb{--paper:#fff;--ink:#1b2430;--quiet:#4a5666;--edge:#d3dbe3;--soft:#f3f6f8;--link:#0b57a4;--range:#3b4a5a;
--mark:#86b2d9;--now:#e4f1f2;--on-now:#12393d;--now-edge:#2b7a83;box-sizing:border-box;max-width:44em;margin:0 auto;
padding:1em;background:var(--paper);color:var(--ink);font:1em/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
overflow-wrap:break-word}
.twitchkb.tk-self_care{--now:#e5f3e8;--on-now:#173d22;--now-edge:#2f7d46}
.twitchkb.tk-soon{--now:#e3ecf8;--on-now:#10305c;--now-edge:#2f66b0}
.twitchkb.tk-urgent{--now:#8a4300;--on-now:#fff;--now-edge:#8a4300}
.twitchkb.tk-emergency{--now:#a8121f;--on-now:#fff;--now-edge:#a8121f}
@media (prefers-color-scheme:dark){
.twitchkb{--paper:#12171d;--ink:#e6ebf0;--quiet:#aeb9c5;--edge:#36414d;--soft:#1b222a;--link:#8fc1f5;--range:#c9d3dd;
--mark:#3f6d98;--now:#17343a;--on-now:#d6eef0;--now-edge:#5aa9b3}
.twitchkb.tk-self_care{--now:#16341f;--on-now:#d9f0df;--now-edge:#62b57b}
.twitchkb.tk-soon{--now:#172c4a;--on-now:#d8e6fa;--now-edge:#6d9fe0}
}
.twitchkb *{box-sizing:border-box}
.twitchkb :is(h1,h2,h3,h4,h5,h6,p,ul,ol,table,details){margin:0 0 .6em;padding:0;border:0}
.twitchkb :is(h1,h2,h3,h4,h5,h6){color:inherit;font-family:inherit;font-weight:650;line-height:1.25}
.twitchkb .tk-now{margin-bottom:1.2em;padding:1.1em 1.2em .7em;border-left:.4em solid var(--now-edge);
border-radius:.6em;background:var(--now);color:var(--on-now);font-size:1.1em}
.twitchkb .tk-now>:first-child{font-size:1.6em;margin-bottom:.3em}
.twitchkb .tk-part{font-size:1.25em;margin:1.5em 0 .5em}
.twitchkb .tk-name{font-size:1.05em;margin-bottom:.2em}
.twitchkb .tk-small{font-size:.95em;margin:.8em 0 .2em}
.twitchkb :is(ul,ol){padding-left:1.3em}
.twitchkb ul{list-style:disc}
.twitchkb li{margin:0 0 .3em}
.twitchkb .tk-card{list-style:none;margin:0 0 .8em;padding:.9em 1em .4em;border:1px solid var(--edge);
border-radius:.6em}
.twitchkb .tk-cards{padding:0}
.twitchkb .tk-quiet{color:var(--quiet);font-size:.92em}
.twitchkb .tk-share{display:flex;flex-wrap:wrap;gap:0 .7em;align-items:baseline}
.twitchkb svg{display:block;width:100%;height:.85em;margin:0 0 .6em;border-radius:.3em;background:var(--soft);
outline:1px solid var(--edge)}
.twitchkb .tk-range{fill:var(--range)}
.twitchkb .tk-mark{fill:var(--mark)}
.twitchkb summary{padding:.35em 0;color:var(--link);cursor:pointer}
.twitchkb :is(summary,a):focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:.2em}
.twitchkb a{color:var(--link)}
.twitchkb .tk-later{margin-top:1.5em}
.twitchkb .tk-notice{margin-top:1.5em;padding:.8em 1em;border-radius:.6em;background:var(--soft)}
.twitchkb table{display:table;width:100%;border-collapse:collapse;font-size:.92em;background:none}
.twitchkb caption{padding:.2em 0 .4em;text-align:left;color:var(--quiet)}
.twitchkb :is(th,td){padding:.4em .6em .4em 0;border:0;border-bottom:1px solid var(--edge);text-align:left;
vertical-align:top;font-weight:400;background:none;color:inherit;white-space:normal}
.twitchkb :is(thead,.tk-total) th,.twitchkb .tk-total td{font-weight:650}
.twitchkb .tk-points{text-align:right;white-space:nowrap}
.twitchkb .tk-sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media print{
.twitchkb{--paper:#fff;--ink:#000;--quiet:#333;--edge:#999;--link:#000;max-width:none}
.twitchkb .tk-now{border:2px solid #000;background:#fff;color:#000}
.twitchkb details::details-content{content-visibility:visible;height:auto}
.twitchkb .tk-card{break-inside:avoid-page}
}
"""
PAGE_STYLE = "body{margin:0;background:#fff}@media (prefers-color-scheme:dark){body{background:#12171d}}"


def render(assessment: Assessment, *, causes: int = 5, remedies: int = 3, heading: int = 2) -> str:
    """
    The assessment as one `<section>` with its own style, to be put into a page.

    Args:
        assessment: what to show.
        causes: how many causes to show, at most.
        remedies: how many remedies to show, at most.
        heading: the level of its first heading, from 1 to 3, so that it fits the page around it.

    Example:
        >>> import twitchkb
        >>> shown = render(twitchkb.assess({"findings": {"seizure": True}}))
        >>> shown.index("Why") > shown.index("<h2>")
        True
    """
    told = narrate(assessment, causes=causes, remedies=remedies)
    return "".join(
        [
            f'<section class="twitchkb tk-{told.level.value}" lang="en">\n<style>{STYLE}</style>\n',
            f'<div class="tk-now"><h{heading}>{_safe(told.headline)}</h{heading}>',
            f"<p>{_safe(told.action)}</p></div>\n",
            *_reasons(told, heading + 1),
            *_questions(told, heading + 1),
            *_remedies(told, heading + 1),
            *_ranking(told, heading + 1),
            *_footer(told),
            "</section>\n",
        ]
    )


def page(assessment: Assessment, *, causes: int = 5, remedies: int = 3) -> str:
    """
    The assessment as a whole HTML page, to be saved and opened.

    Example:
        >>> import twitchkb
        >>> page(twitchkb.assess({})).splitlines()[0]
        '<!DOCTYPE html>'
    """
    told = narrate(assessment, causes=0, remedies=0)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{_safe(told.headline)}: muscle twitching</title>\n<style>{PAGE_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{render(assessment, causes=causes, remedies=remedies, heading=1)}</main>\n</body>\n</html>\n"
    )


def _reasons(told: Narrative, level: int) -> Iterator[str]:
    yield f'<h{level} class="tk-part">Why</h{level}>\n<ul>\n'
    for reason in told.reasons[:MOST_REASONS]:
        action = f"<br><strong>{_safe(reason.action)}</strong>" if reason.action else ""
        yield f"<li>{_safe(reason.text)}{_cited(reason.citations)}{action}</li>\n"
    yield "</ul>\n"


def _questions(told: Narrative, level: int) -> Iterator[str]:
    if not told.questions:
        return
    yield f'<h{level} class="tk-part">Still to answer</h{level}>\n'
    yield "<p>The answer to one of these could change how soon you should be seen.</p>\n<ul>\n"
    yield from (f"<li>{_safe(question.question)}</li>\n" for question in told.questions[:MOST_QUESTIONS])
    yield "</ul>\n"
    if len(told.questions) > MOST_QUESTIONS:
        yield f'<p class="tk-quiet">And {len(told.questions) - MOST_QUESTIONS} more.</p>\n'


def _remedies(told: Narrative, level: int) -> Iterator[str]:
    if not told.remedies:
        return
    title = "What you can do at once" if told.seen_first else "What you can do"
    yield f'<h{level} class="tk-part">{title}</h{level}>\n<ul class="tk-cards">\n'
    for remedy in told.remedies:
        yield from _remedy(remedy, level + 1)
    yield "</ul>\n"


def _remedy(remedy: OfferedRemedy, level: int) -> Iterator[str]:
    yield f'<li class="tk-card"><h{level} class="tk-name">{_safe(remedy.name)}</h{level}>\n<ul>\n'
    yield from (f"<li>{_safe(step)}</li>\n" for step in remedy.steps)
    yield "</ul>\n"
    asks = ask_first(remedy)
    if asks:
        yield f'<p class="tk-quiet">{_safe(ASK_FIRST)} {_safe("; ".join(map(_lower, asks)))}.</p>\n'
    yield "</li>\n"


def _ranking(told: Narrative, level: int) -> Iterator[str]:
    title, lead = _safe(told.ranking_title), f"<p>{_safe(told.ranking_lead)}</p>\n"
    if told.seen_first:
        # Closed until somebody opens it, so that no list stands between a person and the way to help.
        yield f'<details class="tk-later"><summary>{title}</summary>\n{lead}'
        # The hidden heading keeps the headings below it in order.
        yield f'<h{level} class="tk-sr">{title}</h{level}>\n'
    else:
        yield f'<h{level} class="tk-part">{title}</h{level}>\n{lead}'
    yield '<ul class="tk-cards">\n'
    for cause in told.causes:
        yield from _cause(cause, level + 1)
    yield "</ul>\n"
    yield (
        f"<p>All other causes known here: {in_100(told.all_others)} of 100. "
        f"Something else: {in_100(told.something_else.value)} of 100.</p>\n"
    )
    if told.not_separated:
        yield f"<p>{_safe(told.not_separated)}</p>\n"
    if told.seen_first:
        yield "</details>\n"


def _cause(cause: ExplainedCause, level: int) -> Iterator[str]:
    yield f'<li class="tk-card"><h{level} class="tk-name">{_safe(cause.name)}</h{level}>\n'
    yield f'<p class="tk-share"><strong>about {cause.how_many} of 100</strong> '
    yield f'<span class="tk-quiet">{cause.certainty}: {cause.range_words}</span></p>\n{_bar(cause.share)}\n'
    yield f'<details><summary>Why it stands here<span class="tk-sr">: {_safe(cause.name)}</span></summary>\n'
    yield from _table(cause)
    yield from _list("Weighed, but says little", [f"{line.answer}." for line in cause.says_little], level + 1)
    yield from _list("Does not fit", [f"{answered(each)}." for each in cause.does_not_fit], level + 1)
    yield from _list("Expected, but absent", [expected_words(each) for each in cause.expected_but_absent], level + 1)
    yield from _list("Not asked", [not_asked_words(each) for each in cause.not_asked], level + 1)
    yield "</details></li>\n"


def _table(cause: ExplainedCause) -> Iterator[str]:
    yield f"<table><caption>What your answers say about: {_safe(cause.name)}</caption>\n"
    yield '<thead><tr><th scope="col">Answer</th><th scope="col">It speaks</th>'
    yield '<th scope="col" class="tk-points">Points</th></tr></thead>\n<tbody>\n'
    yield f'<tr><th scope="row">Start: how common it is</th><td></td><td class="tk-points">{cause.start:+d}</td></tr>\n'
    yield from map(_line, cause.speaks_for[:MOST_LINES])
    yield from _rest(cause.speaks_for[MOST_LINES:], "for")
    yield from map(_line, cause.speaks_against[:MOST_LINES])
    yield from _rest(cause.speaks_against[MOST_LINES:], "against")
    yield '<tr class="tk-total"><th scope="row">Together</th><td></td>'
    yield f'<td class="tk-points">{cause.total:+d}</td></tr>\n</tbody></table>\n'


def _rest(lines: Sequence[Line], way: str) -> Iterator[str]:
    if lines:
        yield f'<tr><th scope="row">And {len(lines)} more</th><td>{way}</td>'
        yield f'<td class="tk-points">{sum(line.points for line in lines):+d}</td></tr>\n'


def _line(line: Line) -> str:
    return (
        f'<tr><th scope="row">{_safe(line.answer)}</th><td>{line.weight}<br>'
        f'<span class="tk-quiet">{line.grade_words}{_cited(line.citations[:MOST_CITATIONS_OF_A_LINE])}</span></td>'
        f'<td class="tk-points">{line.points:+d}</td></tr>\n'
    )


def _list(name: str, items: Sequence[str], level: int) -> Iterator[str]:
    if not items:
        return
    level = min(level, 6)
    yield f'<h{level} class="tk-small">{name}</h{level}>\n<ul>\n'
    yield from (f"<li>{_safe(item)}</li>\n" for item in items[:MOST_IN_A_LIST])
    if len(items) > MOST_IN_A_LIST:
        yield f"<li>And {len(items) - MOST_IN_A_LIST} more.</li>\n"
    yield "</ul>\n"


def _footer(told: Narrative) -> Iterator[str]:
    for medicine in told.medicines:
        before, name, after = map(_safe, medicine_words(medicine))
        yield f"<p>{before}<bdi>{name}</bdi>{after}</p>\n"
    yield f'<p class="tk-notice">{_safe(told.notice)}</p>\n'
    if told.citations:
        yield "<details><summary>Sources and how to read the points</summary>\n"
        yield f'<p>{_safe(told.points_words)}</p>\n<ol class="tk-quiet">\n'
        yield from (f"<li>{_source(source)}</li>\n" for source in told.citations)
        yield "</ol></details>\n"
    yield "".join(f'<p class="tk-quiet">{_safe(line)}</p>\n' for line in (told.versions, *told.refused))


def _source(source: SourceNote) -> str:
    title = _safe(source.title)
    # Only an address of the web becomes a link: a pack could write "javascript:" there.
    if source.address.startswith(("https://", "http://")):
        title = f'<a href="{_safe(source.address)}" rel="noopener noreferrer">{title}</a>'
    return f"{title}. {_safe(', '.join(str(part) for part in (source.publisher, source.year) if part))}"


def _bar(share: Interval) -> str:
    """
    The share as a bar, and its range as a line on it; the words beside it say the same.
    """
    low, value, high = (round(100.0 * end, 1) for end in (share.low, share.value, share.high))
    return (
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<rect class="tk-mark" width="{max(value, 0.5):g}" height="10"/>'
        f'<rect class="tk-range" x="{low:g}" y="4.2" width="{max(high - low, 0.5):g}" height="1.6"/></svg>'
    )


def _cited(numbers: Iterable[int]) -> str:
    told = ", ".join(map(str, numbers))
    return f' <span class="tk-quiet">[{told}]</span>' if told else ""


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:] if not label[:2].isupper() else label


def _safe(text: str) -> str:
    return escape("".join(letter if letter.isprintable() else " " for letter in text))
