"""
The page about priors says what the data say.
"""

import math

import pytest

from tests.data.priors_table import PAGE, WAYS, rows_for, table_of, ways_in
from twitchkb import KnowledgeBase


def test_the_table_of_priors_says_what_the_data_say(kb: KnowledgeBase) -> None:
    """
    A reader of the page sees the value, the range and the reasoning that the ranking uses.

    Where it fails, run `python -m tests.data.priors_table`.
    """
    page = PAGE.read_text("utf-8")

    assert table_of(page) == rows_for(kb, ways_in(page))


def test_every_prior_tells_the_way_it_was_reached(kb: KnowledgeBase) -> None:
    """
    Each cause names one of the ways that the page explains, and no other cause is in the table.
    """
    ways = ways_in(PAGE.read_text("utf-8"))

    assert set(ways) == {cause.id for cause in kb.causes} | {"something_else"}
    assert set(ways.values()) <= WAYS


def test_the_priors_are_parts_of_one_whole(kb: KnowledgeBase) -> None:
    """
    Among all who come, each has one cause, of the dataset or not.
    """
    whole = math.fsum([kb.something_else.value, *(cause.prior.value for cause in kb.causes)])

    assert whole == pytest.approx(1, abs=1e-6)


def test_the_common_everyday_causes_carry_most_of_the_prior(kb: KnowledgeBase) -> None:
    """
    Before a word is said, twitching is most often harmless: no grave cause starts above one in a hundred.
    """
    everyday = {
        "harmless_twitching",
        "overuse_or_strain",
        "stress_and_anxiety",
        "sleep_deprivation",
        "stimulants_and_alcohol",
    }
    share = math.fsum(cause.prior.value for cause in kb.causes if cause.family in everyday)
    grave = [cause.id for cause in kb.causes if cause.floor is not None and cause.prior.value > 0.01]

    assert share > 0.6
    assert grave == []
