"""
twitchkb: what may be behind muscle twitching, how urgent it is, what to do.

The front door, and nothing else. Importing it reads no file and loads no room:
each name is fetched from its room when it is first used.

Example:
    >>> import twitchkb
    >>> answer = twitchkb.assess({"age": 29, "findings": {"twitch_eyelid": True, "sleep_hours": 5}})
    >>> answer.urgency.level.value, answer.causes[0].name
    ('routine', 'Twitching eyelid')
"""

from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .assessment import Assessment
    from .conversation import modifiable, next_questions, two_causes, what_if
    from .dataset import load
    from .dialogue import CausePair, Comparison, Modifiable, Question
    from .engine import assess
    from .errors import PackError, PackWarning, ProfileError, ReadError, TwitchKBError
    from .model import Cause, KnowledgeBase, LabTest, Medicine, RedFlag, Remedy, RiskFactor, Source, Symptom
    from .packs import Pack
    from .profile import MedicineUse, Profile
    from .vocabulary import Urgency
    from .wire import from_json, to_json

__all__ = [
    "Assessment",
    "Cause",
    "CausePair",
    "Comparison",
    "KnowledgeBase",
    "LabTest",
    "Medicine",
    "MedicineUse",
    "Modifiable",
    "Pack",
    "PackError",
    "PackWarning",
    "Profile",
    "ProfileError",
    "Question",
    "ReadError",
    "RedFlag",
    "Remedy",
    "RiskFactor",
    "Source",
    "Symptom",
    "TwitchKBError",
    "Urgency",
    "__version__",
    "assess",
    "from_json",
    "load",
    "modifiable",
    "next_questions",
    "to_json",
    "two_causes",
    "what_if",
]

_ROOM = {
    "Assessment": "assessment",
    "Cause": "model",
    "CausePair": "dialogue",
    "Comparison": "dialogue",
    "KnowledgeBase": "model",
    "LabTest": "model",
    "Medicine": "model",
    "MedicineUse": "profile",
    "Modifiable": "dialogue",
    "Pack": "packs",
    "PackError": "errors",
    "PackWarning": "errors",
    "Profile": "profile",
    "ProfileError": "errors",
    "Question": "dialogue",
    "ReadError": "errors",
    "RedFlag": "model",
    "Remedy": "model",
    "RiskFactor": "model",
    "Source": "model",
    "Symptom": "model",
    "TwitchKBError": "errors",
    "Urgency": "vocabulary",
    "assess": "engine",
    "from_json": "wire",
    "load": "dataset",
    "modifiable": "conversation",
    "next_questions": "conversation",
    "to_json": "wire",
    "two_causes": "conversation",
    "what_if": "conversation",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415  # the door itself stays light

    value = getattr(importlib.import_module(f"{__name__}.{_ROOM[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
