"""
What a person is told: sentences agree with numbers, nothing is lost, and urgency comes first in every form.
"""

import json
import re
from html import unescape

from hypothesis import given

from twitchkb import Assessment, assess, from_json, to_json
from twitchkb.adapters import html, svg, text
from twitchkb.assessment import rounded_parts
from twitchkb.model import KnowledgeBase
from twitchkb.narrative import (
    CERTAINTIES,
    STRENGTHS,
    expected_words,
    explain,
    in_100,
    medicine_words,
    narrate,
    not_asked_words,
)
from twitchkb.profile import Profile
from twitchkb.vocabulary import RemedyKind, Urgency

from .worlds import people

FORMS = (text.render, html.render, html.page, svg.render)


@given(people())
def test_sentences_and_numbers_come_from_one_record(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    The number in a sentence is the number beside it, and the word for its strength belongs to that number.
    """
    kb, profile = person

    for cause in narrate(assess(profile, kb=kb)).causes:
        for line in cause.lines:
            told = re.fullmatch(r".*\. This speaks (\w+) (for it|against it|either way) \(([+-]\d+)\)\.", line.sentence)
            assert told is not None
            assert int(told[3]) == line.points
            assert told[1] == next(word for least, word in STRENGTHS if abs(line.points) >= least)
            assert told[2] == ("for it" if line.points > 0 else "against it" if line.points < 0 else "either way")
            assert line.answer in line.sentence
        told = re.fullmatch(
            r".*: about (.+) of 100 people\. This is (.+): it could be (.+) to (.+)\.", cause.sentence, re.DOTALL
        )
        assert told is not None
        assert (told[1], told[3], told[4]) == tuple(
            in_100(end) for end in (cause.share.value, cause.share.low, cause.share.high)
        )
        width = cause.share.high - cause.share.low
        assert told[2] == next(words for least, words in CERTAINTIES if width >= least)


@given(people())
def test_the_lines_of_a_cause_add_up_to_its_total(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    Who adds the points on the screen comes to the total on the screen, and that is the score, rounded.
    """
    kb, profile = person

    for cause in assess(profile, kb=kb).causes:
        told = explain(cause)
        assert told.start + sum(line.points for line in told.lines) == told.total
        assert abs(told.total - cause.points.value) <= 0.5 + 1e-6
        parts = rounded_parts((cause.prior.value, *(part.points for part in cause.contributions)))
        assert (told.start, *(line.points for line in told.lines)) == parts


@given(people())
def test_every_contribution_is_told_on_one_side(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    Nothing that was weighed is kept back, and nothing speaks for and against at once.
    """
    kb, profile = person

    for cause in assess(profile, kb=kb).causes:
        told = explain(cause)
        sides = [*told.speaks_for, *told.speaks_against, *told.says_little]
        assert sorted(line.finding for line in sides) == sorted(part.finding for part in cause.contributions)
        weights = {part.finding: part.points for part in cause.contributions}
        assert all(weights[line.finding] > 0 for line in told.speaks_for)
        assert all(weights[line.finding] < 0 for line in told.speaks_against)
        assert all(abs(weights[line.finding]) < 1 for line in told.says_little)


@given(people())
def test_the_json_alone_gives_the_same_pages(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    A renderer needs no knowledge base: whoever holds the answer holds all that is shown.
    """
    kb, profile = person
    answer = assess(profile, kb=kb)
    again = from_json(to_json(answer), Assessment)

    assert narrate(again) == narrate(answer)
    for render in FORMS:
        assert render(again) == render(answer)


@given(people())
def test_what_was_not_asked_was_not_answered(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    "Not asked" lists only what could say something, strongest first, and never what was weighed.
    """
    kb, profile = person

    for place, cause in enumerate(assess(profile, kb=kb).causes):
        weighed = {part.finding for part in cause.contributions}
        points = [abs(part.points) for part in cause.not_asked]
        assert not weighed & {part.finding for part in cause.not_asked}
        assert points == sorted(points, reverse=True)
        assert place < 10 or not cause.not_asked
        for part in cause.not_asked:
            finding = kb.finding(part.finding)
            assert finding.when is None
            assert part.state_label == finding.words_of(part.state)


@given(people())
def test_urgency_comes_first_in_every_form(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    The first words to be seen say how soon and what to do, whoever lays it out.
    """
    kb, profile = person
    answer = assess(profile, kb=kb)
    told = narrate(answer)

    for render in FORMS:
        assert _seen(render(answer)).lower().startswith(f"{told.headline} {told.action}".lower())


@given(people())
def test_an_emergency_shows_nothing_that_invites_to_wait(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    Who should be seen today is shown first aid and the way to help: no self-care, no open question, no calm list.
    """
    kb, profile = person
    answer = assess(profile, kb=kb)
    told = narrate(answer)

    assert told.seen_first == (answer.urgency.level >= Urgency.URGENT)
    assert all(remedy.kind is not RemedyKind.SPECIALIST for remedy in told.remedies)
    if told.seen_first:
        assert all(remedy.kind is RemedyKind.FIRST_AID for remedy in told.remedies)
        assert not told.questions
        picture = svg.render(answer)
        page = html.render(answer)
        for cause in told.causes:
            assert f">{cause.name}<" not in picture
            assert page.index("<details") < page.index(f">{cause.name}<")
        assert "<details open" not in page
        for form in (_seen(text.render(answer)), _seen(page)):
            ranking = form[form.lower().index(told.ranking_title.lower()) :]
            assert ranking[len(told.ranking_title) :].startswith(" Do not wait because of this list.")


def test_words_for_gaps_carry_their_numbers(kb: KnowledgeBase) -> None:
    """
    A missing sign is told with how many have it, an open question with what it could say.
    """
    answer = assess({"age": 30, "findings": {"muscle_weakness": False, "twitch_eyelid": True}}, kb=kb)
    told = json.loads(to_json(answer))

    expected = [each for cause in answer.causes for each in cause.expected_but_absent]
    assert expected
    for each in expected:
        assert f"about {in_100(each.frequency)} of 100" in expected_words(each)
    assert told["causes"][0]["not_asked"]
    for each in answer.causes[0].not_asked:
        assert ("for it" in not_asked_words(each)) == (each.points > 0)


def test_a_medicine_that_is_not_known_is_said_to_be_not_counted(kb: KnowledgeBase) -> None:
    """
    Silence about it would look as if it had been weighed.
    """
    answer = assess({"medicines": ["grandmother's drops"]}, kb=kb)

    for form in (text.render(answer), html.render(answer)):
        assert "not counted" in form
    assert "".join(medicine_words(answer.unrecognised_medicines[0])).count("grandmother's drops") == 1


def _seen(form: str) -> str:
    """
    The words of a form as a reader meets them, without tags, style and what only a screen reader is told.
    """
    body = re.sub(r"<(style|title|desc)\b.*?</\1>", "", form, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())
