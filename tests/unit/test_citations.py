"""
The count of citations: every graded statement once, and weak sources shown where they stand alone.
"""

import json

import attrs
import pytest

import twitchkb
from tests.laws.worlds import bundled
from twitchkb.citations import citations, statements
from twitchkb.cli import main
from twitchkb.model import Source
from twitchkb.vocabulary import Grade

KB = bundled()


def test_every_graded_number_is_counted_once() -> None:
    """
    The sum over the kinds is the sum of the records, and the grades of a kind add up to it.
    """
    counted = {each.kind: each for each in citations(KB).coverage}

    assert counted["link"].count == sum(len(cause.evidence) for cause in KB.causes)
    assert counted["background"].count == sum(len(finding.background) for finding in KB.findings)
    assert counted["prior"].count == len(KB.causes) + 1
    assert counted["caution"].count == sum(len(remedy.cautions) for remedy in KB.remedies)
    assert sum(each.count for each in counted.values()) == len(list(statements(KB)))
    assert all(sum(number for _, number in each.grades) == each.count for each in counted.values())
    assert all(0 < each.cited <= each.count for each in counted.values())


def test_a_weak_source_is_shown_wherever_it_stands_and_marked_where_it_stands_alone() -> None:
    """
    A forum beside a guideline is one thing; a forum for itself is another.
    """
    weak = Source(id="a_forum", title="A forum", url="https://forum.example/1", text_read=True, weak=True)
    better = next(source for source in KB.sources if not source.weak)
    first = next(cause for cause in KB.causes if len(cause.evidence) >= 3)
    links = list(first.evidence)
    links[0] = attrs.evolve(links[0], grade=Grade.GRADED, sources=("a_forum",))
    links[1] = attrs.evolve(links[1], grade=Grade.GRADED, sources=("a_forum", better.id))
    links[2] = attrs.evolve(links[2], grade=Grade.EXPERT, sources=("a_forum",))
    changed = attrs.evolve(first, evidence=tuple(links))
    kb = attrs.evolve(
        KB,
        sources=(*KB.sources, weak),
        causes=tuple(changed if cause is first else cause for cause in KB.causes),
    )

    found = next(source for source in citations(kb).weak if source.id == "a_forum")

    assert found.places == tuple(f"link {first.id}.{link.finding}" for link in links[:3])
    assert found.alone == (f"link {first.id}.{links[0].finding}",)


def test_a_source_that_nothing_cites_is_named() -> None:
    """
    A list of publications that nobody leans on only looks like evidence.
    """
    idle = Source(id="zz_idle", title="Read and not used", url="https://example.org", text_read=True)

    assert "zz_idle" in citations(attrs.evolve(KB, sources=(*KB.sources, idle))).uncited


def test_the_command_prints_the_same_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """
    What a person reads and what a program reads agree.
    """
    assert main(["sources", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main(["sources"]) == 0
    shown = capsys.readouterr().out

    assert told["sources"] == len(twitchkb.load().sources)
    assert f"{told['sources']} sources; the text of {told['read']} was read" in shown
    for each in told["coverage"]:
        assert f"{each['cited']:>5} of {each['count']:>5} cited" in shown
    for weak in told["weak"]:
        assert weak["id"] in shown
