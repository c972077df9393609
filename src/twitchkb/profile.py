"""
What an app says about a person, before anything is made of it.

A profile is only held here. Whether its ids, units and values make sense is
for `answers`, which knows the knowledge base.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

__all__ = ["Answer", "MedicineUse", "Profile", "Quantity"]


@attrs.frozen(kw_only=True)
class Quantity:
    """
    A number with its unit.

    Example:
        >>> Quantity(value=3.1, unit="mmol/L").unit
        'mmol/L'
    """

    value: float
    unit: str


Answer = bool | float | int | str | Quantity | None
"""
Present, absent, a number, a level or "3.1 mmol/L", a quantity, or `None` for unknown.
"""


@attrs.frozen(kw_only=True)
class MedicineUse:
    """
    A medicine by any of its names, with days since it was started, changed or stopped.

    A medicine that was stopped is told here and no longer counts as taken.

    Example:
        >>> MedicineUse(name="Zoloft", started_days=9).stopped_days is None
        True
    """

    name: str
    started_days: float | None = None
    changed_days: float | None = None
    stopped_days: float | None = None


def _findings(value: Any) -> tuple[tuple[str, Answer], ...]:
    pairs = value.items() if isinstance(value, Mapping) else value
    return tuple(sorted(((name, _answer(answer)) for name, answer in pairs), key=lambda pair: str(pair[0])))


def _answer(value: Any) -> Answer:
    if isinstance(value, Mapping) and set(value) == {"value", "unit"}:
        return Quantity(value=value["value"], unit=value["unit"])
    return value  # type: ignore[no-any-return]  # whatever else it is, `answers` checks it


def _medicines(value: Iterable[MedicineUse | str] | None) -> tuple[MedicineUse | str, ...] | None:
    return None if value is None else tuple(value)


@attrs.frozen(kw_only=True)
class Profile:
    """
    One person: age in years, sex, answers by finding id, medicines.

    `findings` is given as a mapping and kept as sorted pairs, so that a profile
    can be hashed and pickled. `None` is unknown, and so is what is left out.
    `medicines=None` means that nobody asked; a tuple, even an empty one, is the
    whole list.

    Example:
        >>> Profile(age=34, findings={"twitch_eyelid": True, "sleep_hours": 5}).findings
        (('sleep_hours', 5), ('twitch_eyelid', True))
    """

    age: float | None = None
    sex: str | None = None
    findings: tuple[tuple[str, Answer], ...] = attrs.field(default=(), converter=_findings)
    medicines: tuple[MedicineUse | str, ...] | None = attrs.field(default=None, converter=_medicines)
