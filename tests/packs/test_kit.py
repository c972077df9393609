"""
The testing kit itself: what it makes is sound, and everything a pack may add is made.
"""

from hypothesis import given

from twitchkb import Pack
from twitchkb.checks import check
from twitchkb.model import KnowledgeBase
from twitchkb.testing import knowledge_bases, packs
from twitchkb.testing.worlds import beside_the_core


@given(knowledge_bases())
def test_a_generated_world_is_sound(kb: KnowledgeBase) -> None:
    """
    A law that fails on it fails for the law, and not for a world that could not be loaded.
    """
    assert [str(issue) for issue in check(kb)] == []


@given(packs())
def test_a_generated_pack_is_sound(pack: Pack) -> None:
    """
    What the kit calls a pack is one that `load` takes.
    """
    kb = beside_the_core(pack)

    assert [loaded.id for loaded in kb.packs] == ["core", "made"]
