"""
The three renderers: well formed, escaped, accessible, small, and in the width they promise.
"""

import itertools
import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.worlds import bundled, people, profiles
from twitchkb import Assessment, Profile, assess
from twitchkb.adapters import html, svg, text
from twitchkb.model import KnowledgeBase
from twitchkb.vocabulary import Urgency

EVERYDAY = json.loads((Path(__file__).parent.parent / "data" / "everyday_people.json").read_text("utf-8"))["people"]
CASES = [
    json.loads(file.read_text("utf-8"))["profile"]
    for file in sorted((Path(__file__).parent.parent / "cases").glob("c*.json"))
]
VOID = {"br", "meta"}
WORDS = {"action", "address", "label", "name", "notice", "publisher", "question", "state_label", "text", "title", "why"}
ATTACK = "</title></style></svg>\x1b[31m\u202e\x00<script>alert(\"'&amp;')</script><img src=x onerror=y>]]>"


class Outline(HTMLParser):
    """
    Reads a fragment and keeps its tags, headings, and what was not closed.
    """

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def attacked(answer: Assessment) -> Assessment:
    """
    The same answer with every text in it written by somebody who wishes us ill.

    Built as records: the reader of JSON would not let such letters in.
    """
    addresses = itertools.cycle(("javascript:alert(1)", 'https://example.org/"onclick="x'))

    def changed(value: Any, key: str) -> Any:
        if attrs.has(type(value)):
            fields = {
                field.name: changed(getattr(value, field.name), field.name) for field in attrs.fields(type(value))
            }
            return type(value)(**fields)
        if isinstance(value, tuple):
            return tuple(changed(each, "text" if key in {"steps", "ask"} else key) for each in value)
        if key == "address":
            return next(addresses)
        return ATTACK if key in WORDS and isinstance(value, str) else value

    hostile: Assessment = changed(answer, "")
    return hostile


@given(people())
def test_the_fragment_is_well_formed_and_fetches_nothing(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    It can stand in any page: every tag is closed, nothing runs, nothing is loaded.
    """
    kb, profile = person

    outline = Outline(html.page(assess(profile, kb=kb)))

    assert outline.open == []
    assert not {tag for tag, _ in outline.tags} & {"script", "link", "img", "iframe", "object", "form"}
    for tag, attributes in outline.tags:
        assert not any(name.startswith("on") for name in attributes)
        assert "src" not in attributes
        assert "style" not in attributes
        if "href" in attributes:
            assert tag == "a"
    assert "url(" not in html.STYLE + svg.STYLE
    assert "@import" not in html.STYLE + svg.STYLE


@given(people())
def test_headings_and_tables_say_what_they_are(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    A screen reader can walk the headings without a gap, and knows row and column of each cell.
    """
    kb, profile = person
    answer = assess(profile, kb=kb)

    for first in (1, 2, 3):
        outline = Outline(html.render(answer, heading=first))
        levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == first
        assert levels.count(first) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
    tags = [tag for tag, _ in outline.tags]
    assert tags.count("caption") == tags.count("table") == tags.count("thead")
    assert all(attributes.get("scope") in {"row", "col"} for tag, attributes in outline.tags if tag == "th")
    assert tags.count("details") == tags.count("summary")


@given(people())
def test_a_picture_is_valid_xml_with_a_title_and_a_description(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    What the picture shows, a screen reader tells.
    """
    kb, profile = person
    answer = assess(profile, kb=kb)

    for picture in (svg.render(answer, id="a"), *(svg.ledger(answer, cause, id="a") for cause in answer.causes[:2])):
        root = ET.fromstring(picture)  # noqa: S314  # the picture is our own
        name = "{http://www.w3.org/2000/svg}"
        told = [root.find(f"{name}title"), root.find(f"{name}desc")]
        assert [each.get("id") for each in told if each is not None] == root.get("aria-labelledby", "").split()
        assert all(each is not None and each.text for each in told)
        assert root.get("role") == "img"
        width, height = (float(end) for end in root.get("viewBox", "").split()[2:])
        for group in root.findall(f"{name}g"):
            top = float(re.findall(r"[\d.]+", group.get("transform", ""))[1])
            assert 0 <= top <= height
            for bar in group.iter(f"{name}rect"):
                assert float(bar.get("x", 0)) >= 0
                assert float(bar.get("x", 0)) + float(bar.get("width", 0)) <= width - 2 * svg.MARGIN + 0.2


@given(people())
def test_a_waterfall_ends_where_the_points_end(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    The steps that are drawn lead from the start to the total, also where the weakest are told as one.
    """
    kb, profile = person
    answer = assess(profile, kb=kb)

    for cause in answer.causes[:3]:
        told = re.search(r"Points of .*: start ([+-]\d+); (.*)together ([+-]\d+)\.", svg.ledger(answer, cause))
        assert told is not None
        steps = [int(points) for points in re.findall(r": ([+-]\d+);", told[2])]
        assert int(told[1]) + sum(steps) == int(told[3])


@settings(max_examples=5)
@given(people())
def test_every_text_is_escaped_whoever_wrote_it(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    A pack or a name of a medicine cannot put a tag, a script, an address or a control sign into what is shown.
    """
    kb, profile = person
    answer = attacked(assess(profile, kb=kb))

    for fragment in (html.page(answer), html.render(answer)):
        assert Outline(fragment).open == []
        assert "<script" not in fragment
        assert "<img" not in fragment
        assert 'href="javascript:' not in fragment
        assert not any("onclick" in attributes for _, attributes in Outline(fragment).tags)
    for picture in (svg.render(answer, id='"><script>'), *(svg.ledger(answer, each) for each in answer.causes[:1])):
        tags = {each.tag.split("}")[1] for each in ET.fromstring(picture).iter()}  # noqa: S314  # our own
        assert tags <= {"svg", "title", "desc", "style", "rect", "g", "text", "path", "circle"}
    for form in (html.page(answer), svg.render(answer), text.render(answer)):
        assert all(letter.isprintable() or letter == "\n" for letter in form)


def test_the_attack_reaches_every_renderer(kb: KnowledgeBase) -> None:
    """
    The test above would prove nothing if the words were never shown.
    """
    answer = attacked(assess({"findings": {"twitch_eyelid": True}, "medicines": ["nobody's drops"]}, kb=kb))

    for form in (html.page(answer), svg.render(answer)):
        assert "&lt;script&gt;" in form
    assert "<script>" in text.render(answer)


@settings(max_examples=10)
@given(profiles(bundled(), most=200))
def test_a_fragment_stays_under_40_kilobytes(profile: Profile) -> None:
    """
    However many answers there are, a phone on a slow line gets the page at once.
    """
    assert len(html.page(assess(profile, kb=bundled())).encode()) < 40_000


def test_everyday_people_and_cases_fit_the_page_and_the_columns(kb: KnowledgeBase) -> None:
    """
    Every person of the other tests: small enough, narrow enough, and with no raw id of a level.
    """
    told = {finding.words_of(state) for finding in kb.findings for state in finding.states}
    levels = {level for finding in kb.findings if finding.scale for level in finding.scale.levels if "_" in level}
    raw = levels | {level.replace("_", " ") for level in levels} - told
    ids = re.compile(rf"\b(?:{'|'.join(sorted(raw))})\b")

    for profile in [*(each["profile"] for each in EVERYDAY), *CASES]:
        answer = assess(profile, kb=kb)
        forms = [html.page(answer), svg.render(answer), text.render(answer)]
        assert len(forms[0].encode()) < 40_000
        assert all(len(line) <= 80 for line in forms[2].splitlines())
        # A range such as "under 2 minutes" begins like an id and is none.
        assert not [id for form in forms for id in ids.findall(form) if not any(words.startswith(id) for words in told)]


def test_every_level_is_told_in_words_with_its_unit(kb: KnowledgeBase) -> None:
    """
    "potassium: 2.5 to 3.0 mmol/L", not "from 2 5"; and no two levels sound alike.
    """
    assert kb.finding("potassium").words_of("from_2_5") == "2.5 to 3.0 mmol/L"
    assert kb.finding("sleep_hours").words_of("under_5_h") == "under 5 hours"
    assert kb.finding("age").words_of("from_30_to_39") == "30 to 39 years"
    assert kb.finding("perceived_stress_gad7").words_of("moderate_10_to_14") == "moderate (10 to 14 points)"
    for finding in kb.findings:
        words = [finding.words_of(state) for state in finding.states]
        assert len(set(words)) == len(words)
        assert not [each for each in words if "_" in each]


def test_colour_is_only_for_a_terminal_that_wants_it() -> None:
    """
    A pipe, a dumb terminal and NO_COLOR get plain text.
    """
    assert text.wants_colour({"TERM": "xterm-256color"}, terminal=True)
    assert text.wants_colour({"TERM": "xterm", "NO_COLOR": ""}, terminal=True)
    assert not text.wants_colour({"TERM": "xterm", "NO_COLOR": "1"}, terminal=True)
    assert not text.wants_colour({"TERM": "dumb"}, terminal=True)
    assert not text.wants_colour({}, terminal=True)
    assert not text.wants_colour({"TERM": "xterm"}, terminal=False)


def test_colour_changes_no_word(kb: KnowledgeBase) -> None:
    """
    Who sees no colour misses nothing.
    """
    answer = assess({"findings": {"seizure": True}}, kb=kb)
    coloured = text.render(answer, colour=True)

    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == text.render(answer)


@pytest.mark.parametrize("style", [html.STYLE, svg.STYLE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("level", list(Urgency))
def test_colours_have_contrast(style: str, scheme: str, level: Urgency) -> None:
    """
    Letters stand out from their ground by 4.5 to 1 and bars by 1.5 or more, in light and dark, at each urgency.
    """
    colour = palette(style, scheme, level)

    assert contrast(colour["on-now"], colour["now"]) >= 7
    for letters in ("ink", "quiet", "link"):
        if letters in colour:
            assert contrast(colour[letters], colour["paper"]) >= 7 if letters != "link" else 4.5
    for mark in ("range", "for", "against"):
        if mark in colour:
            assert contrast(colour[mark], colour["paper"]) >= 3
    assert contrast(colour["range"], colour.get("mark", colour.get("bar", ""))) >= 3


def test_a_notebook_shows_urgency_and_all_forms(kb: KnowledgeBase) -> None:
    """
    A notebook picks the form it can show; each one is what the renderer gives.
    """
    answer = assess({"findings": {"twitch_eyelid": True}}, kb=kb)

    assert answer._repr_html_() == html.render(answer)
    assert answer._repr_mimebundle_() == {
        "text/html": html.render(answer),
        "image/svg+xml": svg.render(answer),
        "text/plain": text.render(answer),
    }
    assert list(answer._repr_mimebundle_(include={"text/plain"})) == ["text/plain"]
    assert list(answer._repr_mimebundle_(exclude={"text/html", "text/plain"})) == ["image/svg+xml"]


def palette(style: str, scheme: str, level: Urgency) -> dict[str, str]:
    """
    The colours that hold in this scheme at this urgency, as a browser would take them.
    """
    colours: dict[str, str] = {}
    flat = re.sub(r"\s*\n\s*", "", style)
    flat = re.sub(r"@media print\{.*", "", flat)
    for media, rules in re.findall(r"(@media \(prefers-color-scheme:dark\))?\{?((?:\.[^{}]*\{[^{}]*\})+)", flat):
        if media and scheme == "light":
            continue
        for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", rules):
            if re.fullmatch(rf"\.twitchkb(-svg)?(\.(tk-)?{level.value})?", selector):
                colours |= dict(re.findall(r"--([\w-]+):(#\w+)", body))
    return colours


def contrast(one: str, other: str) -> float:
    """
    The ratio of luminances as WCAG 2 defines it.
    """

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
        parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_the_palette_is_read_as_a_browser_reads_it() -> None:
    """
    The test of contrast rests on this reading.
    """
    assert palette(html.STYLE, "light", Urgency.SOON)["now"] == "#e3ecf8"
    assert palette(html.STYLE, "dark", Urgency.SOON)["now"] == "#172c4a"
    assert palette(svg.STYLE, "dark", Urgency.EMERGENCY)["now"] == "#a8121f"
    assert contrast("#000", "#fff") == pytest.approx(21)


@given(st.text())
def test_a_strange_medicine_name_is_shown_and_harmless(name: str) -> None:
    """
    People type anything.
    """
    if not 1 <= len(name.strip()) <= 200 or not name.isprintable():
        return
    answer = assess({"medicines": [name]}, kb=bundled())

    assert Outline(html.page(answer)).open == []
    ET.fromstring(svg.render(answer))  # noqa: S314  # the picture is our own
