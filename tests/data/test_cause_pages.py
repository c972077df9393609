"""
The pages of the causes say what the data say.
"""

import re

from tests.data.cause_pages import FOLDER, pages
from twitchkb import KnowledgeBase


def test_every_page_says_what_the_data_say(kb: KnowledgeBase) -> None:
    """
    A reader sees the numbers, grades and citations that the ranking uses, and no page of a cause that is gone.

    Where it fails, run `make pages`.
    """
    written = {file.name: file.read_text("utf-8") for file in FOLDER.glob("*.md")}
    wanted = pages(kb)

    assert sorted(written) == sorted(wanted)
    assert [name for name in wanted if written[name] != wanted[name]] == []


def test_every_link_of_a_page_leads_somewhere(kb: KnowledgeBase) -> None:
    """
    A citation leads to its source on the page, the source to its address, and a page to a page.
    """
    made = pages(kb)
    headings = {re.sub(r"[^\w -]", "", line[3:].lower()).replace(" ", "-") for line in made["README.md"].splitlines()}

    for name, text in made.items():
        anchors = set(re.findall(r'<a id="([^"]+)">', text))
        assert set(re.findall(r"\]\(#([^)]+)\)", text)) == anchors, name
        for file, anchor in re.findall(r"\]\(([a-z_A-Z]+\.md)(?:#([^)]+))?\)", text):
            assert file in made, name
            assert not anchor or anchor in headings, anchor
        for file in re.findall(r"\]\((\.\./[^)#]+)", text):
            assert FOLDER.joinpath(file).is_file(), file
        assert all(address.startswith(("https://", "http://")) for address in re.findall(r"\]\(<([^>]*)>\)", text))


def test_every_number_of_a_cause_stands_on_its_page(kb: KnowledgeBase) -> None:
    """
    Nothing is left out: a row for each answer that a link weighs, with its grade.
    """
    made = pages(kb)

    for cause in kb.causes:
        rows = [
            line
            for line in made[f"{cause.id}.md"].splitlines()
            if re.match(r"\| .* \| (?:measured|derived|graded|expert) \|", line)
        ]
        assert len(rows) == sum(len(link.estimates) for link in cause.evidence), cause.id
