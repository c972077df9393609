"""
Riverside local advice: a pack for twitchkb.
"""

from importlib_resources import files

from twitchkb import Pack

__all__ = ["PACK"]

PACK = Pack.from_traversable(files(__name__) / "data")
