"""
The sources of the dataset: each can be looked up, and a weak one never carries a number alone.
"""

import re

from twitchkb import KnowledgeBase
from twitchkb.citations import citations, statements

ADDRESS = re.compile(r"https?://[\w.-]+\.[a-z]{2,}(?::\d+)?(?:/\S*)?")
DOI = re.compile(r"10\.\d{4,9}/\S+")


def test_every_source_can_be_looked_up(kb: KnowledgeBase) -> None:
    """
    A web address or a DOI, written so that a browser finds it.
    """
    for source in kb.sources:
        assert source.url or source.doi, source.id
        assert source.url is None or ADDRESS.fullmatch(source.url), (source.id, source.url)
        assert source.doi is None or DOI.fullmatch(source.doi), (source.id, source.doi)


def test_every_source_has_a_title_and_a_kind(kb: KnowledgeBase) -> None:
    """
    A reader sees what it is before opening it.
    """
    for source in kb.sources:
        assert source.kind, source.id
        assert source.title, source.id
        assert source.title.lower() != source.id.replace("_", " "), source.id


def test_no_source_is_listed_twice(kb: KnowledgeBase) -> None:
    """
    One publication, one record: two would count as two voices.
    """
    dois = [source.doi.lower() for source in kb.sources if source.doi]

    assert sorted(doi for doi in set(dois) if dois.count(doi) > 1) == []


def test_a_weak_source_never_carries_a_measured_or_derived_number_alone(kb: KnowledgeBase) -> None:
    """
    A forum, a digest or a copy can point the way; a number needs more.
    """
    alone = {place for source in citations(kb).weak for place in source.alone}
    numbers = {f"{each.kind} {each.place}" for each in statements(kb) if each.grade in {"measured", "derived"}}

    assert sorted(alone & numbers) == []
