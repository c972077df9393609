"""
The entry point for Hypothesis: makes `from_type` work for the public types.

Hypothesis calls `register` when it is imported; nothing else of this library
is loaded before one of these types is asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["register"]


def register() -> None:
    """
    Tell Hypothesis how to make profiles, assessments, packs and knowledge bases.

    Example:
        >>> register()
    """
    from hypothesis import strategies as st

    from .assessment import Assessment
    from .model import KnowledgeBase
    from .packs import Pack
    from .profile import Profile

    st.register_type_strategy(Profile, lambda _: _kit().profiles())
    st.register_type_strategy(KnowledgeBase, lambda _: _kit().knowledge_bases())
    st.register_type_strategy(Pack, lambda _: _kit().packs())
    st.register_type_strategy(Assessment, lambda _: _assessments())


def _kit() -> Any:
    from . import testing

    return testing


def _assessments() -> "SearchStrategy[Any]":
    from .engine import assess

    kit = _kit()
    return kit.profiles().map(assess)  # type: ignore[no-any-return]  # the kit is fetched late
