"""
Laws 35 and 36 of the explanation, on generated knowledge bases and the bundled one.
"""

from hypothesis import given
from hypothesis import strategies as st

from twitchkb.model import KnowledgeBase
from twitchkb.testing import laws

from . import worlds


@given(worlds.worlds(), st.data())
def test_35_every_contribution_resolves_to_a_source_or_is_graded_expert(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    Behind every reason stands a publication that the answer itself names, or the word "expert".
    """
    laws.law_35_every_contribution_resolves_to_a_source_or_is_graded_expert(kb, data)


@given(worlds.worlds(), st.data())
def test_36_an_explanation_recomputed_from_the_json_alone_equals_the_original(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    Who holds the printed answer can redo it by hand, and needs no knowledge base for that.
    """
    laws.law_36_an_explanation_recomputed_from_the_json_alone_equals_the_original(kb, data)
