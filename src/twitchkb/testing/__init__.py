"""
The testing kit: strategies for Hypothesis, packs in memory, and every law over any pack.

Needs the extra `testing`: `pip install 'twitchkb[testing]'`. With it installed,
`hypothesis.strategies.from_type(twitchkb.Profile)` works without any import of
this package.

Example:
    >>> from hypothesis import strategies as st
    >>> isinstance(profiles(), st.SearchStrategy)
    True
"""

try:
    import hypothesis  # noqa: F401  # only to say which extra is missing
except ImportError as error:
    raise ImportError("twitchkb.testing needs Hypothesis: pip install 'twitchkb[testing]'") from error

from .folders import Folder, pack_of
from .trial import LawReport, check_laws
from .worlds import knowledge_bases, packs, profiles

__all__ = ["Folder", "LawReport", "check_laws", "knowledge_bases", "pack_of", "packs", "profiles"]
