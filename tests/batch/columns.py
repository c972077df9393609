"""
People as columns: the same answers as a list of profiles and as an Arrow table.
"""

from typing import Any

import attrs
import pyarrow as pa
from hypothesis import strategies as st

from tests.laws.worlds import profiles, worlds
from twitchkb.model import Finding, KnowledgeBase
from twitchkb.profile import MedicineUse, Profile

USES = pa.list_(
    pa.struct(
        [
            ("name", pa.string()),
            ("started_days", pa.float64()),
            ("changed_days", pa.float64()),
            ("stopped_days", pa.float64()),
        ]
    )
)


@st.composite
def cohorts(
    draw: st.DrawFn, *, knowledge: st.SearchStrategy[KnowledgeBase] | None = None
) -> tuple[KnowledgeBase, list[Profile], Any]:
    """
    A world, people in it, and the same people as a table.
    """
    kb = draw(worlds() if knowledge is None else knowledge)
    people = draw(st.lists(profiles(kb), min_size=1, max_size=9))
    by_number = {finding.id: draw(st.booleans()) for finding in kb.findings if finding.scale is not None}
    people = [_in_one_form(person, by_number) for person in people]
    return kb, people, as_table(kb, people, by_number)


def as_table(kb: KnowledgeBase, people: list[Profile], by_number: dict[str, bool] | None = None) -> Any:
    """
    One row a person, one column a finding that anybody was asked.
    """
    columns: dict[str, Any] = {"person": pa.array(range(len(people)))}
    fields = [pa.field("person", pa.int64())]
    for finding in kb.findings:
        told = [_told(person, finding.id) for person in people]
        if all(answer is None for answer in told):
            continue
        columns[finding.id], field = _column(finding, told, (by_number or {}).get(finding.id, True))
        fields.append(field)
    if any(person.medicines is not None for person in people):
        columns["medicines"] = _medicines(people)
        fields.append(pa.field("medicines", columns["medicines"].type))
    return pa.Table.from_arrays(list(columns.values()), schema=pa.schema(fields))


def _in_one_form(person: Profile, by_number: dict[str, bool]) -> Profile:
    """
    A column holds numbers or the names of levels, not both; what does not fit was not asked.
    """

    def fits(name: str, answer: Any) -> bool:
        if name not in by_number:
            return True
        is_number = answer is not None and not isinstance(answer, str)
        return is_number == by_number[name]

    age = person.age if person.age is None or fits("age", person.age) else None
    return attrs.evolve(person, age=age, findings=[pair for pair in person.findings if fits(*pair)])


def _told(person: Profile, id: str) -> Any:
    """
    The answer, `None` where nobody asked, and "unknown" where the person does not know.
    """
    own = {"age": person.age, "sex": person.sex}.get(id)
    if own is not None:
        return own
    answers = dict(person.findings)
    return None if id not in answers else "unknown" if answers[id] is None else answers[id]


def _column(finding: Finding, told: list[Any], by_number: bool) -> tuple[Any, Any]:
    if finding.is_yes_no:
        if "unknown" in told:
            words = {True: "yes", False: "no", None: None, "unknown": "unknown"}
            return pa.array([words[answer] for answer in told], pa.string()), pa.field(finding.id, pa.string())
        return pa.array(told, pa.bool_()), pa.field(finding.id, pa.bool_())
    if finding.scale is None or not by_number:
        return pa.array(told, pa.string()), pa.field(finding.id, pa.string())
    numbers = [getattr(answer, "value", answer) for answer in told]
    metadata = {"unit": finding.scale.unit}
    return pa.array(numbers, pa.float64()), pa.field(finding.id, pa.float64(), metadata=metadata)


def _medicines(people: list[Profile]) -> Any:
    lists = [person.medicines for person in people]
    if all(isinstance(use, str) for each in lists if each is not None for use in each):
        return pa.array(lists, pa.list_(pa.string()))
    return pa.array([None if each is None else [_use(use) for use in each] for each in lists], USES)


def _use(use: MedicineUse | str) -> dict[str, Any]:
    return attrs.asdict(MedicineUse(name=use) if isinstance(use, str) else use)
