"""
What each answer contributed to the first causes of many people, as nested columns.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from .arrow import pa
from .kernel import Encoded, TokenTable

__all__ = ["CONTRIBUTIONS", "Contributions"]

CONTRIBUTIONS = pa.list_(
    pa.struct(
        [
            ("finding", pa.string()),
            ("state", pa.string()),
            ("points", pa.float64()),
            ("low", pa.float64()),
            ("high", pa.float64()),
            ("grade", pa.string()),
        ]
    )
)
"""The type of a column of contributions."""


class Contributions:
    """
    The finished contributions of every token, kept flat, with the place where those to a cause begin.
    """

    def __init__(self, table: TokenTable) -> None:
        self._table = table
        self._start = np.zeros((0, table.causes), np.int64)
        self._count = np.zeros((0, table.causes), np.int64)
        self._text: dict[str, list[str]] = {"finding": [], "state": [], "grade": []}
        self._numbers: dict[str, list[float]] = {"points": [], "low": [], "high": []}

    def of(self, encoded: Encoded, causes: npt.NDArray[np.intp]) -> Any:
        """
        For each person the contributions to the cause in this place, the strongest support first; ties by finding.

        The tokens must stand `apart`.
        """
        self._follow()
        person = np.repeat(np.arange(encoded.people), np.diff(encoded.starts))
        of_cause = causes[person]
        count = self._count[encoded.tokens, of_cause]
        ends = np.cumsum(count)
        place = np.arange(ends[-1] if len(ends) else 0) + np.repeat(
            self._start[encoded.tokens, of_cause] - (ends - count), count
        )
        person = np.repeat(person, count)
        points = np.array(self._numbers["points"])
        finding = np.unique(np.array(self._text["finding"], object), return_inverse=True)[1]
        order = np.lexsort((finding[place], -points[place], person))
        place = pa.array(place[order])
        columns = [
            pa.array((self._text | self._numbers)[field.name], field.type).take(place)
            for field in CONTRIBUTIONS.value_type
        ]
        starts = np.concatenate([[0], np.cumsum(np.bincount(person, minlength=encoded.people))]).astype(np.int32)
        values = pa.StructArray.from_arrays(columns, fields=list(CONTRIBUTIONS.value_type))
        return pa.ListArray.from_arrays(pa.array(starts), values)

    def _follow(self) -> None:
        """
        Take up the tokens that are new.
        """
        rows = self._table.rows
        first = len(self._start)
        start = np.zeros((rows.used - first, self._table.causes), np.int64)
        count = np.zeros_like(start)
        for token in range(first, rows.used):
            for place, _, _, _, parts in self._table.compiled.scoring.answered[rows.answered[token]].rows:
                start[token - first, place] = len(self._numbers["points"])
                count[token - first, place] = len(parts)
                for part in parts:
                    self._text["finding"].append(part.finding)
                    self._text["state"].append(part.state)
                    self._text["grade"].append(part.grade.value)
                    self._numbers["points"].append(part.points)
                    self._numbers["low"].append(part.low)
                    self._numbers["high"].append(part.high)
        self._start = np.concatenate([self._start, start])
        self._count = np.concatenate([self._count, count])
