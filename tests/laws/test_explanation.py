"""
Laws 35 to 37 of the explanation, on generated knowledge bases and the bundled one.
"""

from hypothesis import given
from hypothesis import strategies as st

from twitchkb.model import KnowledgeBase
from twitchkb.testing.laws import explanation

from . import worlds


@given(worlds.worlds(), st.data())
def test_35_every_contribution_resolves_to_a_source_or_is_graded_expert(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Behind every reason stands a publication that the answer itself names, or the word "expert".
    """
    explanation.law_35_every_contribution_resolves_to_a_source_or_is_graded_expert(kb, data)


@given(worlds.worlds(), st.data())
def test_36_an_explanation_recomputed_from_the_json_alone_equals_the_original(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    Who holds the printed answer can redo it by hand, and needs no knowledge base for that.
    """
    explanation.law_36_an_explanation_recomputed_from_the_json_alone_equals_the_original(kb, data)


@given(worlds.worlds(), st.data())
def test_37_what_if_equals_assessing_the_changed_profile(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    A comparison is two assessments and their differences, nothing else.
    """
    explanation.law_37_what_if_equals_assessing_the_changed_profile(kb, data)
