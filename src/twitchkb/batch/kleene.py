"""
The conditions of `when` over whole columns: one bit a person for true, one for false.

The trees are those of `condition`; only the way in which a leaf is answered
and two answers are joined differs. A person with neither bit set is unknown, as
`None` is for one person. Bits are packed eight to a byte, the lowest first, as
Arrow packs them.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from twitchkb.condition import All, AnyOf, AtLeast, Condition, Not

__all__ = ["Bits", "Column", "Leaves", "all_rows", "as_rows", "bits_where", "column", "spread", "truth"]

Bits: TypeAlias = npt.NDArray[np.uint8]
"""One bit a person, packed; those beyond the last person are 0."""


@attrs.frozen(eq=False)
class Column:
    """
    The three truth values of many people: where it is true, and where it is false.
    """

    true: Bits
    false: Bits

    @property
    def known(self) -> Bits:
        """
        Where it is either.
        """
        return self.true | self.false

    def __invert__(self) -> "Column":
        return Column(self.false, self.true)


class Leaves(Protocol):
    """
    What answers the leaves of a condition; `None` where all are unknown.
    """

    rows: int

    def leaf(self, atom: Condition) -> Column | None:
        """
        The truth of a leaf for everybody.
        """


def truth(condition: Condition, leaves: Leaves) -> Column | None:
    """
    The truth of a condition for everybody, or `None` where it is unknown for all.
    """
    match condition:
        case All():
            parts = [truth(part, leaves) for part in condition.parts]
            return _joined([part and ~part for part in parts], _either, flip=True)
        case AnyOf() | AtLeast(number=1):
            return _joined([truth(part, leaves) for part in condition.parts], _either, flip=False)
        case AtLeast():
            return _at_least(condition.number, [truth(part, leaves) for part in condition.parts], leaves.rows)
        case Not():
            part = truth(condition.part, leaves)
            return part and ~part
    return leaves.leaf(condition)


def column(true: npt.NDArray[np.bool_], false: npt.NDArray[np.bool_]) -> Column:
    """
    A column from one truth value a person in each of two arrays.
    """
    return Column(bits_where(true), bits_where(false))


def bits_where(mask: npt.NDArray[np.bool_]) -> Bits:
    """
    Pack one truth value a person.

    Example:
        >>> bits_where(np.array([True, False, True])).tolist()
        [5]
    """
    return np.packbits(mask, bitorder="little")


def as_rows(bits: Bits, rows: int) -> npt.NDArray[np.intp]:
    """
    The places whose bit is set, ascending.

    Example:
        >>> as_rows(np.array([5], np.uint8), 3).tolist()
        [0, 2]
    """
    return np.flatnonzero(spread(bits, rows))


def spread(bits: Bits, rows: int) -> npt.NDArray[np.bool_]:
    """
    One truth value a person again.

    Example:
        >>> spread(np.array([5], np.uint8), 3).tolist()
        [True, False, True]
    """
    return np.unpackbits(bits, count=rows, bitorder="little").view(np.bool_)


def all_rows(rows: int) -> Bits:
    """
    A bit for everybody.

    Example:
        >>> all_rows(3).tolist()
        [7]
    """
    bits = np.full((rows + 7) // 8, 0xFF, np.uint8)
    if rows % 8:
        bits[-1] = (1 << rows % 8) - 1
    return bits


def _either(parts: Iterable[Bits]) -> Bits:
    found: Bits | None = None
    for part in parts:
        found = part if found is None else found | part
    assert found is not None  # noqa: S101  # a condition has parts; for the type checkers
    return found


def _joined(parts: Sequence[Column | None], either: Callable[[Iterable[Bits]], Bits], *, flip: bool) -> Column | None:
    """
    True where one part is; false where every part is.
    """
    known = [part for part in parts if part is not None]
    if not known:
        return None
    true = either(part.true for part in known)
    if len(known) == len(parts):
        false = known[0].false
        for part in known[1:]:
            false = false & part.false
    else:
        false = np.zeros_like(true)
    return Column(false, true) if flip else Column(true, false)


def _at_least(number: int, parts: Sequence[Column | None], rows: int) -> Column | None:
    known = [part for part in parts if part is not None]
    if not known:
        return None
    every = all_rows(rows)
    true = _reached(number, [part.true for part in known], every)
    # Not false where the parts that are not false could still reach the number.
    open_still = [every if part is None else every & ~part.false for part in parts]
    return Column(true, every & ~_reached(number, open_still, every))


def _reached(number: int, parts: Sequence[Bits], every: Bits) -> Bits:
    """
    Where so many of the parts are set.
    """
    none = np.zeros_like(every)
    reached = [every] + [none] * number
    for part in parts:
        for count in range(number, 0, -1):
            reached[count] = reached[count] | (reached[count - 1] & part)
    return reached[number]
