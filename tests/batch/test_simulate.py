"""
Simulated people are what the knowledge base says, and the same every time.
"""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.worlds import knowledge_bases
from twitchkb import KnowledgeBase
from twitchkb.batch import assess_table, simulate, simulate_batches


def test_the_same_seed_gives_the_same_people(kb: KnowledgeBase) -> None:
    """
    And another seed gives others.
    """
    assert simulate(500, kb=kb, seed=3).equals(simulate(500, kb=kb, seed=3))
    assert not simulate(500, kb=kb, seed=3).equals(simulate(500, kb=kb, seed=4))
    assert simulate(0, kb=kb).num_rows == 0


def test_batches_and_table_are_the_same_people(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    However many there are, they are drawn piece by piece.
    """
    monkeypatch.setattr("twitchkb.batch.people.CHUNK", 100)

    batches = list(simulate_batches(250, kb=kb, seed=1))

    assert [batch.num_rows for batch in batches] == [100, 100, 50]
    assert pa.Table.from_batches(batches).equals(simulate(250, kb=kb, seed=1))


def test_causes_come_as_often_as_their_priors_say(kb: KnowledgeBase) -> None:
    """
    Within what chance allows for 40,000 people.
    """
    n = 40_000
    drawn = simulate(n, kb=kb, seed=5, answered=3.0).column("true_cause").to_pylist()
    total = sum(cause.prior.value for cause in kb.causes) + kb.something_else.value
    for cause in kb.causes:
        p = cause.prior.value / total
        assert abs(drawn.count(cause.id) - n * p) < 5 * np.sqrt(n * p) + 5


def test_findings_come_as_often_as_the_cause_brings_them_and_together(kb: KnowledgeBase) -> None:
    """
    The frequency in people with the cause is the stated one, and findings of one group go together.
    """
    people = simulate(60_000, kb=kb, seed=2, answered=60.0)
    cause = max(kb.causes, key=lambda each: each.prior.value)
    of_cause = people.filter(pa.compute.equal(people.column("true_cause"), cause.id))
    checked = 0
    for link in cause.evidence:
        finding = kb.finding(link.finding)
        if not finding.is_yes_no or finding.when is not None or link.statistic.value != "frequency":
            continue
        told = [each for each in of_cause.column(finding.id).to_pylist() if each is not None]
        expected = dict(link.estimates).get("present")
        if expected is None or len(told) < 200 or finding.absent_when is not None:
            continue
        checked += 1
        assert abs(np.mean(told) - expected.value) < 5 * np.sqrt(0.25 / len(told))
    assert checked >= 3
    both = people
    one, two = "twitch_calf", "twitch_thigh"
    pairs = [
        (a, b)
        for a, b in zip(both.column(one).to_pylist(), both.column(two).to_pylist(), strict=True)
        if a is not None and b is not None
    ]
    a, b = np.array(pairs).T
    assert np.corrcoef(a, b)[0, 1] > 0.1


def test_about_as_many_findings_are_answered_as_asked_for(kb: KnowledgeBase) -> None:
    """
    Eighteen on average, or as many as the caller says.
    """
    people = simulate(4000, kb=kb, seed=9, answered=30.0)
    told = sum(
        len(c) - c.null_count
        for name, c in zip(people.column_names, people.columns, strict=True)
        if name not in ("person", "true_cause", "second_cause", "age", "sex", "medicines")
    )

    assert 20 < told / 4000 < 31


def test_some_have_two_causes(kb: KnowledgeBase) -> None:
    """
    As many as asked for, less those for whom the second is the first or something else.
    """
    people = simulate(4000, kb=kb, seed=1, second_cause=0.3)
    two = 4000 - people.column("second_cause").null_count

    assert 0.2 < two / 4000 < 0.31
    assert simulate(100, kb=kb).column("second_cause").null_count == 100


@given(knowledge_bases(), st.integers(0, 5))
def test_everybody_who_is_simulated_can_be_assessed(kb: KnowledgeBase, seed: int) -> None:
    """
    In any world, and without a fault.
    """
    result = assess_table(simulate(20, kb=kb, seed=seed), kb=kb)

    assert result.column("errors").null_count == 20
