"""
A column of medicine lists, and what conditions ask of it for everybody at once.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from twitchkb.answers import MAX_DAYS, MAX_MEDICINES, MAX_NAME_CHARACTERS
from twitchkb.condition import Days, MedicineCount, Takes
from twitchkb.engine import Compiled

from .arrow import pa, pc
from .kleene import Bits, Column, bits_where

__all__ = ["EVENTS", "MedicineBook", "MedicineColumn", "read_medicines"]

_HOLDS: dict[str, Any] = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
EVENTS = ("started", "changed", "stopped")
_UNRECOGNISED, _FAULTY = -1, -2


class MedicineBook:
    """
    The medicines of a knowledge base by number, and every name seen so far.
    """

    def __init__(self, compiled: Compiled) -> None:
        self._kb = compiled.kb
        self._numbers = {medicine.id: number for number, medicine in enumerate(compiled.kb.medicines)}
        self._named: dict[str | None, int] = {}
        self.owners = np.array([_owner(medicine.id) for medicine in compiled.kb.medicines], object)
        self.concerned: dict[str, list[int]] = {}
        closure = compiled.answers.class_closure
        for medicine in compiled.kb.medicines:
            number = self._numbers[medicine.id]
            self.concerned[f"medicine.{medicine.id}"] = [number]
            for each in sorted(set[str]().union(*(closure.get(c, frozenset({c})) for c in medicine.classes))):
                self.concerned.setdefault(each, []).append(number)

    def number(self, name: str | None) -> int:
        """
        The number of the one medicine of this name, or why there is none.
        """
        found = self._named.get(name)
        if found is None:
            found = self._look_up(name)
            if len(self._named) < 100_000:  # names people type have no end; memory has
                self._named[name] = found
        return found

    def _look_up(self, name: str | None) -> int:
        if name is None or not 1 <= len(name.strip()) <= MAX_NAME_CHARACTERS or not name.isprintable():
            return _FAULTY
        medicines = self._kb.medicines_named(name)
        return self._numbers[medicines[0].id] if len(medicines) == 1 else _UNRECOGNISED


@attrs.define(eq=False)
class MedicineColumn:
    """
    The medicine lists of many people, one entry a medicine, sorted by medicine.
    """

    book: MedicineBook
    rows: int
    asked: Bits
    row: npt.NDArray[np.intp]
    medicine: npt.NDArray[np.int64]
    current: npt.NDArray[np.bool_]
    days: Mapping[str, npt.NDArray[np.float64]]
    slices: Mapping[int, slice]
    unrecognised: npt.NDArray[np.int64]
    """How many names of each person nobody knows."""
    unrecognised_row: npt.NDArray[np.intp]
    unrecognised_name: Sequence[str]
    _current_rows: dict[str, Bits] = attrs.field(factory=dict)
    _strange: dict[str, npt.NDArray[np.int64]] = attrs.field(factory=dict)
    _uncertain: dict[str, Bits] = attrs.field(factory=dict)

    def count(self, atom: MedicineCount) -> Column:
        """
        So many current medicines belong to a class.
        """
        owner = _owner(atom.medicine_class)
        if atom.sign == ">=" and atom.number == 1.0:
            return self._some(self._taking(atom.medicine_class), owner)
        entries = self._entries(atom.medicine_class)
        entries = entries[self.current[entries]]
        # Sorted by medicine and then by person: who names one medicine twice stands there twice in a row.
        rows, medicine = self.row[entries], self.medicine[entries]
        first = np.ones(len(rows), bool)
        first[1:] = (rows[1:] != rows[:-1]) | (medicine[1:] != medicine[:-1])
        rows, medicine = rows[first], medicine[first]
        least = np.bincount(rows, minlength=self.rows)
        strange_ones = np.bincount(rows[self._is_strange(medicine, owner)], minlength=self.rows)
        most = least + self.unrecognised + self._strangers(owner) - strange_ones
        holds = _HOLDS[atom.sign]
        at_least, at_most = holds(least, atom.number), holds(most, atom.number)
        return Column(self.asked & bits_where(at_least & at_most), self.asked & bits_where(~(at_least | at_most)))

    def takes(self, atom: Takes) -> Column:
        """
        One medicine is taken now.
        """
        return self._some(self._taking(f"medicine.{atom.medicine}"), _owner(atom.medicine))

    def event(self, atom: Days) -> Column:
        """
        So many days have passed since a start, a change or a stop.
        """
        owner = _owner(atom.subject.removeprefix("medicine."))
        entries = self._entries(atom.subject)
        days = self.days.get(atom.event)
        if days is None:
            told, fitting = np.zeros(len(entries), bool), np.zeros(len(entries), bool)
        else:
            told = ~np.isnan(days[entries])
            if atom.event != "stopped":
                told &= self.current[entries]
            fitting = told & _HOLDS[atom.sign](np.where(told, days[entries], 0.0), atom.number)
        true = self._bits(entries[fitting])
        if atom.event == "stopped":
            # A list of what is taken says nothing of what was stopped.
            return Column(true, self._bits(entries[told]) & ~true & ~bits_where(self._strangers(owner) > 0))
        untold = self._doubtful(owner) | (
            self._taking(atom.subject) if days is None else self._bits(entries[self.current[entries] & ~told])
        )
        return Column(true, self.asked & ~true & ~untold)

    def _some(self, true: Bits, owner: str) -> Column:
        return Column(true, self.asked & ~true & ~self._doubtful(owner))

    def _doubtful(self, owner: str) -> Bits:
        """
        Who takes something that could, for all one knows, be a medicine of this owner.
        """
        if owner not in self._uncertain:
            self._uncertain[owner] = bits_where((self.unrecognised > 0) | (self._strangers(owner) > 0))
        return self._uncertain[owner]

    def _strangers(self, owner: str) -> npt.NDArray[np.int64]:
        """
        How many medicines of packs other than this owner each person named.
        """
        if owner not in self._strange:
            strange = self._is_strange(self.medicine, owner)
            self._strange[owner] = np.bincount(self.row[strange], minlength=self.rows)
        return self._strange[owner]

    def _is_strange(self, medicine: npt.NDArray[np.int64], owner: str) -> npt.NDArray[np.bool_]:
        owners = self.book.owners[medicine]
        strange: npt.NDArray[np.bool_] = (owners != "") & (owners != owner)
        return strange.astype(bool)

    def _taking(self, subject: str) -> Bits:
        found = self._current_rows.get(subject)
        if found is None:
            entries = self._entries(subject)
            found = self._current_rows[subject] = self._bits(entries[self.current[entries]])
        return found

    def _entries(self, subject: str) -> npt.NDArray[np.intp]:
        slices = [self.slices[number] for number in self.book.concerned.get(subject, ()) if number in self.slices]
        slices.sort(key=lambda each: each.start)
        if not slices:
            return np.zeros(0, np.intp)
        return np.concatenate([np.arange(each.start, each.stop) for each in slices])

    def _bits(self, entries: npt.NDArray[np.intp]) -> Bits:
        mask = np.zeros(self.rows, bool)
        mask[self.row[entries]] = True
        return bits_where(mask)


def read_medicines(lists: Any, book: MedicineBook, bad: npt.NDArray[np.bool_]) -> MedicineColumn | None:
    """
    Read an Arrow array of lists; people whose list has a fault are marked in `bad` and left out.

    Returns:
        `None` where nobody was asked.
    """
    rows = len(lists)
    if lists.null_count == rows:
        return None
    lengths = np.asarray(pc.fill_null(pc.list_value_length(lists), 0)).astype(np.int64)
    asked = np.asarray(pc.is_valid(lists))
    row = np.repeat(np.arange(rows), lengths)
    entries = pc.list_flatten(lists)
    days: dict[str, npt.NDArray[np.float64]] = {}
    if pa.types.is_struct(entries.type):
        bad[row[np.asarray(pc.is_null(entries))]] = True
        days, names = _days(entries), pc.struct_field(entries, "name")
        bad[row[_faulty_days(days)]] = True
    else:
        names = entries
    named = names.dictionary_encode() if not pa.types.is_dictionary(names.type) else names
    unique: list[str | None] = [*named.dictionary.to_pylist(), None]
    numbers = np.array([book.number(name) for name in unique], np.int64)
    code = np.asarray(pc.fill_null(named.indices, len(unique) - 1)).astype(np.int64)
    medicine = numbers[code]
    bad[row[medicine == _FAULTY]] = True
    bad |= lengths > MAX_MEDICINES
    stopped = days.get("stopped")
    current = np.ones(len(row), bool) if stopped is None else np.isnan(stopped)
    if stopped is not None:
        bad[_both_taken_and_stopped(row, medicine, current)] = True
    fine = ~bad[row]
    odd = np.flatnonzero(fine & (medicine == _UNRECOGNISED))
    names_of = np.unique(np.stack([row[odd], code[odd]]), axis=1) if len(odd) else np.zeros((2, 0), np.int64)
    order = np.flatnonzero(fine & (medicine >= 0))
    order = order[np.argsort(medicine[order], kind="stable")]
    kinds, starts = np.unique(medicine[order], return_index=True)
    ends = [*starts[1:].tolist(), len(order)][: len(starts)]
    return MedicineColumn(
        book=book,
        rows=rows,
        asked=bits_where(asked & ~bad),
        row=row[order],
        medicine=medicine[order],
        current=current[order],
        days={event: told[order] for event, told in days.items()},
        slices={int(k): slice(int(a), int(b)) for k, a, b in zip(kinds, starts, ends, strict=True)},
        unrecognised=np.bincount(names_of[0], minlength=rows),
        unrecognised_row=names_of[0],
        unrecognised_name=[str(unique[each]) for each in names_of[1].tolist()],
    )


def _days(entries: Any) -> dict[str, npt.NDArray[np.float64]]:
    """
    Days since each event, NaN where it was not told; an event that nobody told is left out.
    """
    found = {}
    for event in EVENTS:
        if entries.type.get_field_index(f"{event}_days") >= 0:
            told = pc.struct_field(entries, f"{event}_days")
            if told.null_count < len(told):
                found[event] = np.asarray(pc.fill_null(told.cast(pa.float64()), math.nan))
    return found


def _faulty_days(days: Mapping[str, npt.NDArray[np.float64]]) -> npt.NDArray[np.intp]:
    faulty: Any = False
    for event, told in days.items():
        faulty = faulty | ((told < 0) | (told > MAX_DAYS))
        if event != "started" and "started" in days:
            faulty = faulty | (told > days["started"])
    return np.flatnonzero(faulty)


def _both_taken_and_stopped(
    row: npt.NDArray[np.intp], medicine: npt.NDArray[np.int64], current: npt.NDArray[np.bool_]
) -> npt.NDArray[np.intp]:
    """
    Who takes a medicine and has stopped it.
    """
    known = medicine >= 0
    taken, stopped = known & current, known & ~current
    span = int(medicine.max(initial=0)) + 1
    both = np.intersect1d(row[taken] * span + medicine[taken], row[stopped] * span + medicine[stopped])
    return (both // span).astype(np.intp)


def _owner(id: str) -> str:
    """
    The pack that an id belongs to; empty for the core.
    """
    return id.partition(":")[0] if ":" in id else ""
