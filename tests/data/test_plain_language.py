"""
The language of the dataset: plain, British, kind, and honest about what a library can know.
"""

import re
from collections.abc import Iterator

import pytest

from tests.data.patient_texts import emergency_actions, patient_texts
from tests.data.reading_grade import HARDEST, KNOWN_WORDS, grade, known_words
from twitchkb import KnowledgeBase

# American forms as they begin or stand; the British ones are anaemia, oedema, tumour, centre, diarrhoea and so on.
AMERICAN = re.compile(
    r"\b(?:an|leuk|ur|isch|hypo\w*|hyper\w*|hypox)emi[ac]\w*|\bhem[oa]\w+|\bedema\w*|\bdiarrhea\w*|\bceliac|\bestrogen\w*"
    r"|\besophag\w*|\bfetus|\bfetal|\banesth\w*|\bgynec\w*|\bpediatr\w*|\borthoped\w*|\bcesarean|\bmaneuver\w*"
    r"|\b(?:col|fav|flav|harb|hum|lab|od|rum|tum|vap|behavi|neighb)or(?:s|ed|ing|ite|al)?\b"
    r"|\bcenter(?:s|ed)?\b|\bfibers?\b|\bliters?\b|\b(?:kilo|centi|milli)?meters\b|\bgray\b|\baluminum\b|\bdefense\b"
    r"|\b(?:anal|catal|paral)yz\w*|\b(?!size|seize|prize)\w{3,}(?<!s)ize[sd]?\b|\b\w{4,}izing\b|\b\w{4,}ization\b"
    r"|\bgotten\b|\bdiapers?\b|\bmom\b|\bfaucet|\bflashlight|\bvacation|\bpacifier|\bmold\b|\bskeptic\w*|\bplow\b",
    re.IGNORECASE,
)
# What only an examination can do, and what no text here may claim.
CLAIMS = re.compile(
    r"\bdiagnos\w*|\bdetect\w*|\brul(?:e|es|ed|ing) (?:it |this |that )?out\b|\bguarantee\w*|\bcures\b|\bproves?\b",
    re.IGNORECASE,
)
BLAME = re.compile(
    r"\byour (?:own )?fault\b|(?<!not to )(?<!nobody will )\bblame\w*|\bbad habits?\b|\babus\w+|\baddict\w*|\bcareless\w*"
    r"|\blazy\b|\bobese\b|\byou should have\b|\bfailed to\b|\bcomplain\w*|\bsufferers?\b|\bsuffer(?:s|ing)? from\b|\bvictims?\b"
    r"|\bhysteri\w*|\bimagin(?:e|ed|ing|ary)\b|\ball in (?:your|the) (?:head|mind)\b|\boverreact\w*|\bcomplian\w*|\bmisus\w*",
    re.IGNORECASE,
)
COMFORT = re.compile(
    r"\bnothing to worry\b|\b(?:do not|don't|no need to) worry\b|\bnothing serious\b|\byou are (?:fine|healthy|safe)\b"
    r"|\b(?:completely|perfectly|entirely|quite) safe\b|\brest assured\b|\bno danger\b|\bmind at rest\b|\bnothing is wrong\b",
    re.IGNORECASE,
)
FIRST_WORDS = frozenset({"Call", "Get", "Go", "Take"})
"""
The verbs with which help in an emergency begins.
"""


@pytest.fixture(scope="module")
def texts(kb: KnowledgeBase) -> list[tuple[str, str]]:
    """
    Every text that a person may read, labels and names with them.
    """
    labels = [(f"{finding.id}.label", finding.label) for finding in kb.findings]
    names = [(f"{cause.id}.name", cause.name) for cause in kb.causes]
    groups = [(f"{each.id}.name", each.name) for each in (*kb.families, *kb.medicine_classes)]
    return [*patient_texts(kb), *labels, *names, *groups]


def found(pattern: re.Pattern[str], texts: list[tuple[str, str]]) -> list[str]:
    """
    Every place where the pattern occurs, with the words.
    """
    return [f"{place}: {match.group()!r} in {text!r}" for place, text in texts for match in pattern.finditer(text)]


def said_before_the_gate(kb: KnowledgeBase) -> Iterator[tuple[str, str]]:
    """
    What somebody is told whose safety questions may still be open.
    """
    kept_back = {remedy.id for remedy in kb.remedies if remedy.only_after_gate}
    grave = {cause.id for cause in kb.causes if cause.floor is not None}
    rules = {rule.id for rule in kb.red_flags}
    remedies = {remedy.id for remedy in kb.remedies} - kept_back
    for place, text in patient_texts(kb):
        owner, _, part = place.partition(".")
        if owner in rules | remedies | grave | {"wording"} or part.startswith("stops"):
            yield place, text


def test_a_twelve_year_old_can_read_every_text(kb: KnowledgeBase) -> None:
    """
    A worried person at night reads no better than a child at school.

    Where it fails, `python -m tests.data.reading_grade` prints every text that is too hard.
    """
    known = known_words(kb)
    graded = [(grade(text, known), place, text) for place, text in patient_texts(kb)]

    assert [each for each in graded if each[0] > HARDEST] == []


def test_the_grade_tells_hard_words_and_long_sentences() -> None:
    """
    The measure itself works: it rises with both, and a word that people know costs nothing.
    """
    nothing = re.compile(r"(?!)")
    plain = grade("Your eye twitches. It will pass in a week or two.", nothing)
    words = grade("Involuntary periocular fasciculation. Spontaneous resolution is anticipated.", nothing)
    long = grade(
        "Your eye twitches and it will pass in a week or two and then you may feel it once more and so on.", nothing
    )

    assert plain < HARDEST < words
    assert plain < long
    assert grade("Eat potassium.", re.compile("potassium")) < grade("Eat potassium.", nothing)


def test_every_word_that_counts_as_short_has_a_reason_and_a_use(texts: list[tuple[str, str]]) -> None:
    """
    The list stays short: a line that no text needs goes.
    """
    said = " ".join(text.lower() for _, text in texts)

    for line, reason in KNOWN_WORDS.items():
        assert reason
        assert any(re.search(rf"\b{word}\b", said) for word in line.split(", ")), line


def test_spelling_is_british(texts: list[tuple[str, str]]) -> None:
    """
    One spelling, so that a search finds what is there.
    """
    assert found(AMERICAN, texts) == []


def test_no_text_claims_what_only_an_examination_can_do(texts: list[tuple[str, str]]) -> None:
    """
    A library finds no disease and excludes none.
    """
    assert found(CLAIMS, texts) == []


def test_no_text_blames(texts: list[tuple[str, str]]) -> None:
    """
    Nobody who asks for help is told that they brought it on themselves.
    """
    assert found(BLAME, texts) == []


def test_no_text_gives_false_comfort(texts: list[tuple[str, str]]) -> None:
    """
    No text promises that all is well: it has not seen the person.
    """
    assert found(COMFORT, texts) == []


def test_nothing_is_called_harmless_before_every_safety_question_is_answered(kb: KnowledgeBase) -> None:
    """
    The word belongs to the names of harmless causes and to what comes after the gate.
    """
    assert found(re.compile(r"\bharmless|\bbenign", re.IGNORECASE), list(said_before_the_gate(kb))) == []


def test_an_emergency_begins_with_what_to_do(kb: KnowledgeBase) -> None:
    """
    The first word is a verb: whoever reads no further has read the help.
    """
    assert [text for _, text in emergency_actions(kb) if text.split()[0] not in FIRST_WORDS] == []


def test_every_text_is_a_sentence_with_its_end(kb: KnowledgeBase) -> None:
    """
    A question asks, and a help, a step or a reason ends in a full stop.
    """
    phrases = re.compile(r"\.(?:name|label)$")
    unfinished = [
        f"{place}: {text!r}"
        for place, text in patient_texts(kb)
        if not phrases.search(place) and text[-1:] not in ".?)!"
    ]

    assert unfinished == []
    assert [finding.id for finding in kb.findings if finding.question and "?" not in finding.question] == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (AMERICAN, "anemia"),
        (AMERICAN, "a tumor of the esophagus"),
        (AMERICAN, "hypokalemia"),
        (AMERICAN, "realize"),
        (AMERICAN, "Paralyzed by color"),
        (CLAIMS, "This rules out a stroke."),
        (CLAIMS, "It detects low salt."),
        (BLAME, "You are to blame."),
        (COMFORT, "There is nothing to worry about."),
    ],
)
def test_the_lists_catch_what_they_are_for(pattern: re.Pattern[str], text: str) -> None:
    """
    A law that could not fail would be no law.
    """
    assert pattern.search(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (AMERICAN, "The size of a coin; a seizure; a thermometer; dizziness; anaemia; four hours; a doctor; a tremor."),
        (CLAIMS, "A cured ham is pulled out."),
        (BLAME, "You are not to blame for this."),
    ],
)
def test_the_lists_spare_what_is_right(pattern: re.Pattern[str], text: str) -> None:
    """
    Nor may a law forbid plain words.
    """
    assert not pattern.search(text)
