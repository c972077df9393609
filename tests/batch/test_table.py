"""
Law 25, and what else a table promises.
"""

import math
from typing import Any
from unittest import mock

import attrs
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.worlds import bundled, knowledge_bases, profiles
from twitchkb import ProfileError, assess, triage
from twitchkb.answers import read_answers
from twitchkb.assessment import Assessment
from twitchkb.batch import Assessor, TableError, assess_batches, assess_table, kernel, simulate, table
from twitchkb.batch.columns import plan, read_columns
from twitchkb.batch.kernel import Points, TokenTable, encode, masses, points
from twitchkb.batch.medicines import MedicineBook
from twitchkb.engine import compile_knowledge
from twitchkb.model import Group, KnowledgeBase
from twitchkb.profile import Profile

from .columns import as_table, cohorts

EVERY = 100


def same(row: dict[str, Any], answer: Assessment, kb: KnowledgeBase, profile: Profile) -> None:
    """
    A row of results says what the assessment of one person says.
    """
    assert row["errors"] is None
    assert row["urgency"] == answer.urgency.level.value
    assert row["reasons"] == [f"{reason.kind}:{reason.id}" for reason in answer.urgency.reasons]
    assert (row["unrecognised_medicines"] or []) == [each.name for each in answer.unrecognised_medicines]
    assert row["open_gate_questions"] == open_at_gate(kb, profile)
    assert math.isclose(row["something_else_share"], answer.something_else.value, abs_tol=1e-12, rel_tol=0)
    for place, cause in enumerate(answer.causes, 1):
        assert row[f"cause_{place}"] == cause.id
        assert row[f"cause_{place}_points"] == cause.points.value
        for name in ("value", "low", "high"):
            column = f"cause_{place}_{name.replace('value', 'share')}"
            assert math.isclose(row[column], getattr(cause.share, name), abs_tol=1e-12, rel_tol=0)
        told = row[f"cause_{place}_contributions"]
        expected = sorted(cause.contributions, key=lambda part: (-part.points, part.finding))
        assert [each["finding"] for each in told] == [part.finding for part in expected]
        assert told == [
            {
                **{name: getattr(part, name) for name in ("finding", "state", "points", "low", "high")},
                "grade": part.grade.value,
            }
            for part in expected
        ]
    families = {family.id: family.share for family in answer.families}
    found = {row[f"family_{place}"]: place for place in range(1, len(families) + 1)}
    assert set(found) == set(families)
    for id, place in found.items():
        for name in ("value", "low", "high"):
            column = f"family_{place}_{name.replace('value', 'share')}"
            assert math.isclose(row[column], getattr(families[id], name), abs_tol=1e-12, rel_tol=0)
    in_order = [row[f"family_{place}_share"] for place in range(1, len(families) + 1)]
    assert in_order == sorted(in_order, reverse=True)


def open_at_gate(kb: KnowledgeBase, profile: Profile) -> int:
    compiled = compile_knowledge(kb)
    person, issues = read_answers(profile, kb, compiled.answers)
    assert not issues
    _, still_open, _ = triage._at_gate(compiled.triage, person)
    return len(set(still_open) & set(compiled.triage.at_gate))


@given(cohorts())
def test_25_a_row_says_what_the_assessment_of_that_person_says(
    cohort: tuple[KnowledgeBase, list[Profile], pa.Table],
) -> None:
    """
    Points bit for bit, shares to 1e-12, urgency, reasons and contributions equal, for every cause.
    """
    kb, people, columns = cohort

    rows = assess_table(columns, kb=kb, first=EVERY, contributions=True).to_pylist()

    assert [row["person"] for row in rows] == list(range(len(people)))
    for row, profile in zip(rows, people, strict=True):
        same(row, assess(profile, kb=kb), kb, profile)


@given(cohorts())
def test_25_the_ends_of_the_points_are_those_of_one_person(
    cohort: tuple[KnowledgeBase, list[Profile], pa.Table],
) -> None:
    """
    The floors hang on the upper points, so those must not differ by a bit either.
    """
    kb, people, columns = cohort
    compiled = compile_knowledge(kb)
    read = read_columns(columns.to_batches()[0], plan(columns.schema, compiled), compiled, MedicineBook(compiled))
    tokens = TokenTable(compiled)

    found = points(encode(read, tokens), tokens)

    for person, profile in enumerate(people):
        answer = {cause.id: cause.points for cause in assess(profile, kb=kb).causes}
        for place, cause in enumerate(kb.causes):
            assert found.value[person, place] == answer[cause.id].value
            assert found.low[person, place] == answer[cause.id].low
            assert found.high[person, place] == answer[cause.id].high


def test_25_a_list_of_medicines_that_many_have_is_summed_once_to_the_same_bits() -> None:
    """
    What the medicines say is shared between people; the points are those of each person's own tokens.
    """
    compiled = compile_knowledge(bundled())
    people = simulate(4_000, kb=bundled(), seed=3).combine_chunks().to_batches()[0]
    tokens = TokenTable(compiled)
    encoded = encode(read_columns(people, plan(people.schema, compiled), compiled, MedicineBook(compiled)), tokens)
    assert encoded.shared is not None

    apart = encoded.apart()

    assert apart.shared is None
    assert len(apart.tokens) > 1.5 * len(encoded.tokens)
    assert all(apart.of(person).tolist() == encoded.of(person).tolist() for person in range(encoded.people))
    together, alone = points(encoded, tokens), points(apart, tokens)
    for one, other in zip(attrs.astuple(together, recurse=False), attrs.astuple(alone, recurse=False), strict=True):
        assert one.tobytes() == other.tobytes()


@given(knowledge_bases(), st.data())
def test_25_holds_where_a_cap_is_no_multiple_of_the_grid(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    A pack may cap a group at any number; then the order of the sum shows in the last bit, and is kept.
    """
    groups = tuple(Group(id=group.id, label=group.label, cap=data.draw(st.floats(0.1, 9.0))) for group in kb.groups)
    odd = attrs.evolve(kb, groups=groups)
    people = data.draw(st.lists(profiles(odd).map(lambda p: attrs.evolve(p, age=None)), min_size=1, max_size=5))
    people = [attrs.evolve(p, findings=[(k, v) for k, v in p.findings if isinstance(v, bool)]) for p in people]

    rows = assess_table(as_table(odd, people), kb=odd, first=EVERY, contributions=True).to_pylist()

    for row, profile in zip(rows, people, strict=True):
        same(row, assess(profile, kb=odd), odd, profile)


def with_strangers(kb: KnowledgeBase) -> KnowledgeBase:
    """
    The same world, where two medicines belong to packs, and the causes stand the other way round.
    """
    names = {"drug_1": "acme:drug_1", "drug_2": "other:drug_2"}
    return attrs.evolve(
        kb,
        causes=kb.causes[::-1],
        medicines=tuple(attrs.evolve(m, id=names.get(m.id, m.id)) for m in kb.medicines),
    )


@given(cohorts(knowledge=knowledge_bases().map(with_strangers)))
def test_25_holds_with_the_medicines_of_packs_and_causes_in_any_order(
    cohort: tuple[KnowledgeBase, list[Profile], pa.Table],
) -> None:
    """
    A medicine of a pack leaves open what it may do, and equal points are told apart by id.
    """
    kb, people, columns = cohort

    rows = assess_table(columns, kb=kb, first=EVERY, contributions=True).to_pylist()

    for row, profile in zip(rows, people, strict=True):
        same(row, assess(profile, kb=kb), kb, profile)


@pytest.mark.parametrize("most_numbered", [2**62, 10])
def test_25_holds_in_a_group_with_more_combinations_than_can_be_listed(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, most_numbered: int
) -> None:
    """
    However many findings stand in one group, each combination that occurs is looked up, not listed.
    """
    monkeypatch.setattr("twitchkb.batch.kernel.MOST_LISTED", 10)
    monkeypatch.setattr("twitchkb.batch.kernel.MOST_NUMBERED", most_numbered)
    people = [
        Profile(age=40, findings={"twitch_calf": True, "twitch_thigh": i % 2 == 0, "twitch_eyelid": i % 3 == 0})
        for i in range(6)
    ]

    rows = assess_table(as_table(kb, people), kb=kb, first=EVERY, contributions=True).to_pylist()

    for row, profile in zip(rows, people, strict=True):
        same(row, assess(profile, kb=kb), kb, profile)


@given(cohorts(), st.integers(1, 5), st.integers(0, 7))
def test_how_the_rows_are_cut_into_batches_does_not_show(
    cohort: tuple[KnowledgeBase, list[Profile], pa.Table], size: int, offset: int
) -> None:
    """
    Nobody's answer hangs on who stands beside them.
    """
    kb, _, columns = cohort
    whole = assess_table(columns, kb=kb)
    padded = pa.concat_tables([columns.slice(0, 1)] * offset + [columns]).combine_chunks().slice(offset)
    assessor = Assessor(columns.schema, kb=kb)

    parts = pa.Table.from_batches(assess_batches(padded.to_batches(max_chunksize=size), assessor), assessor.schema)

    assert parts.to_pylist() == whole.to_pylist()


@given(cohorts())
def test_25_holds_where_a_power_has_no_number(cohort: tuple[KnowledgeBase, list[Profile], pa.Table]) -> None:
    """
    Thousands of decibans have no power that a number can hold; then the shares of each person are worked out alone.
    """
    kb, people, columns = cohort

    with mock.patch.object(kernel, "GREATEST", 0.0):
        rows = assess_table(columns, kb=kb, first=EVERY, contributions=True).to_pylist()

    for row, profile in zip(rows, people, strict=True):
        same(row, assess(profile, kb=kb), kb, profile)


def test_a_power_without_a_number_is_told(kb: KnowledgeBase) -> None:
    """
    One cause at 4,000 decibans: the others have a share of nothing, and the sums say that they are none.
    """
    tokens = TokenTable(compile_knowledge(kb))
    own = np.full((2, len(kb.causes)), -30.0)
    own[1, 0] = 4_000.0

    found = masses(Points(value=own, low=own, high=own), tokens)

    assert found.too_great.tolist() == [False, True]


def test_an_answer_alone_counts_after_the_same_finding_came_with_others(kb: KnowledgeBase) -> None:
    """
    The row of a "yes" may be built among others before anybody says "no" alone.
    """
    pair = pa.table({"double_vision": [True, None], "drooping_eyelid": [None, True]})
    one = pa.table({"double_vision": [False], "drooping_eyelid": pa.nulls(1, pa.bool_())})
    assessor = Assessor(pair.schema, kb=kb, first=EVERY, contributions=True)
    assessor.assess(pair.to_batches()[0])

    row = assessor.assess(one.to_batches()[0]).to_pylist()[0]

    profile = Profile(findings={"double_vision": False})
    same(row, assess(profile, kb=kb), kb, profile)


def test_threads_change_nothing(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Two cores give the answers of one, in the same order.
    """
    monkeypatch.setattr(table, "BLOCK", 16)
    rng = np.random.default_rng(3)
    names = [f.id for f in kb.findings if f.is_yes_no and f.when is None][:80]
    columns = pa.table(
        {"row": range(300), **{n: pa.array(rng.random(300) < 0.3, mask=rng.random(300) < 0.6) for n in names}}
    )

    assert assess_table(columns, kb=kb, threads=2).equals(assess_table(columns, kb=kb))


def test_a_row_that_cannot_be_read_keeps_its_place_and_tells_every_fault(kb: KnowledgeBase) -> None:
    """
    Nothing is lost, nothing aborts the run, and the message is the one that a single profile would get.
    """
    columns = pa.table(
        {
            "id": ["a", "b", "c", "d"],
            "twitch_eyelid": ["yes", "maybe", None, "no"],
            "age": pa.array([30.0, 999.0, float("nan"), math.inf]),
            "potassium": pa.array(["3.1 mmol/L", "3.1 mmol", "low stuff", None]),
            "medicines": [["sertraline"], None, ["sertraline", ""], []],
        }
    )

    rows = assess_table(columns, kb=kb).to_pylist()

    assert [row["id"] for row in rows] == ["a", "b", "c", "d"]
    assert rows[0]["errors"] is None
    wrong = [
        {"age": 999.0, "findings": {"twitch_eyelid": "maybe", "potassium": "3.1 mmol"}},
        {"findings": {"potassium": "low stuff"}, "medicines": ["sertraline", ""]},
        {"findings": {"age": math.inf, "twitch_eyelid": False}, "medicines": []},
    ]
    for row, profile in zip(rows[1:], wrong, strict=True):
        with pytest.raises(ProfileError) as error:
            assess(profile, kb=kb)
        assert sorted(row["errors"]) == sorted(str(i).replace("$.age", "$.findings.age") for i in error.value.issues)
        assert all(value is None for name, value in row.items() if name not in ("id", "errors"))


def test_contradictory_medicines_are_told_in_their_row(kb: KnowledgeBase) -> None:
    """
    A medicine both taken and stopped, or changed before it was started, is no answer.
    """
    uses = pa.list_(pa.struct([("name", pa.string()), ("started_days", pa.int32()), ("stopped_days", pa.int32())]))
    lists = [
        [{"name": "sertraline", "started_days": 9, "stopped_days": None}],
        [{"name": "sertraline"}, {"name": "Zoloft", "stopped_days": 3}],
        [{"name": "sertraline", "started_days": 3, "stopped_days": 9}],
        [{"name": "sertraline", "stopped_days": -1}],
        [{"name": None}],
        [None],
    ]

    errors = assess_table(pa.table({"medicines": pa.array(lists, uses)}), kb=kb).column("errors").to_pylist()

    assert errors[0] is None
    assert "both taken and stopped" in errors[1][0]
    assert "contradicts" in errors[2][0]
    assert "expected days" in errors[3][0]
    assert all(len(each) == 1 for each in errors[4:])


def test_a_table_that_cannot_be_read_names_every_column_at_once(kb: KnowledgeBase) -> None:
    """
    Before any row is read, with a suggestion for each.
    """
    columns = pa.table(
        {
            "twich_eyelid": [True],
            "potassium": [3.1],
            "sodium": pa.array([140.0]),
            "age_under_16": [False],
            "tremor": pa.array([[1]]),
            "medicines": [3],
            "sex": [1],
        }
    )

    with pytest.raises(TableError) as error:
        assess_table(columns, kb=kb, units={"sodium": "mg"})

    told = {issue.path: issue.message for issue in error.value.issues}
    assert set(told) == set(columns.column_names)
    assert "did you mean 'twitch_eyelid'" in told["twich_eyelid"]
    assert "--unit potassium=mmol/L" in told["potassium"]
    assert "unknown unit 'mg'" in told["sodium"]
    assert "worked out" in told["age_under_16"]


def test_columns_to_keep_are_checked_and_may_not_hide_a_result(kb: KnowledgeBase) -> None:
    """
    An id column comes through; one that is not there, or that has the name of a result, is told.
    """
    columns = pa.table({"id": [1], "tremor": [True], "urgency": ["?"]})

    assert assess_table(columns.drop(["urgency"]), kb=kb).column("id").to_pylist() == [1]
    with pytest.raises(TableError, match="urgency: has the name of a result"):
        assess_table(columns, kb=kb)
    with pytest.raises(TableError, match="no such column"):
        assess_table(columns, kb=kb, keep=["id", "urgency", "centre"])
    with pytest.raises(TableError, match="urgency: matches no finding"):
        assess_table(columns, kb=kb, keep=["id"])


def test_pandas_polars_batches_and_streams_give_the_same_rows(kb: KnowledgeBase) -> None:
    """
    Whoever owns the columns, the answers are the same.
    """
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    data = {
        "id": [1, 2],
        "tremor": [True, None],
        "age": [30.0, 71.5],
        "sex": ["female", None],
        "medicines": [["lithium"], None],
    }
    arrow = pa.table(data)
    expected = assess_table(arrow, kb=kb).to_pylist()

    frames = [
        pandas.DataFrame(data),
        polars.DataFrame(data),
        arrow.to_batches()[0],
        arrow.to_reader(),
        data,
        polars.DataFrame(data).with_columns(polars.col("sex").cast(polars.Categorical)),
    ]
    for frame in frames:
        assert assess_table(frame, kb=kb).to_pylist() == expected
    with pytest.raises(TypeError, match="expected an Arrow table"):
        assess_table(3, kb=kb)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([True, False, None]),
        pa.array([1, 0, None]),
        pa.array([1.0, 0.0, math.nan]),
        pa.array(["yes", "No", ""]),
        pa.array(["true", "FALSE", "n/a"]).dictionary_encode(),
        pa.array(["1", "0", None], pa.string_view()),
    ],
    ids=lambda column: str(column.type),
)
def test_yes_and_no_come_in_many_types(kb: KnowledgeBase, column: pa.Array) -> None:
    """
    Booleans, 0 and 1, and the usual words mean the same; an empty cell is a question not asked.
    """
    expected = assess_table({"muscle_weakness": [True, False, None]}, kb=kb)

    assert assess_table({"muscle_weakness": column}, kb=kb).equals(expected)


def test_numbers_come_with_units_in_any_of_four_ways(kb: KnowledgeBase) -> None:
    """
    3.1 mmol/L is 3.1 mmol/L, whether the schema, the call, the cell or a pair says so.
    """
    expected = assess({"findings": {"calcium": "9.3 mg/dL"}}, kb=kb).causes[0].points.value
    number = pa.array([9.3])
    tables = [
        (pa.table([number], schema=pa.schema([pa.field("calcium", pa.float64(), metadata={"unit": "mg/dL"})])), {}),
        (pa.table({"calcium": number}), {"units": {"calcium": "mg/dL"}}),
        (pa.table({"calcium": ["9.3 mg/dL"]}), {}),
        (pa.table({"calcium": ["9.3"]}), {"units": {"calcium": "mg/dL"}}),
        (pa.table({"calcium": [{"value": 9.3, "unit": "mg/dL"}]}), {}),
    ]

    for columns, options in tables:
        result = assess_table(columns, kb=kb, **options)
        assert result.column("errors").to_pylist() == [None]
        assert result.column("cause_1_points").to_pylist() == [expected]


@given(st.floats(0.4, 20.0), st.sampled_from(["mmol/L", "mg/dL"]))
def test_every_number_meets_the_same_cut_as_alone(value: float, unit: str) -> None:
    """
    Numbers are kept to twelve digits in both places, so that none falls on the other side of a limit.
    """
    kb = bundled()
    scale = kb.finding("calcium").scale
    assert scale is not None
    factor = dict(scale.also).get(unit, 1.0)
    number = value / factor
    row = assess_table(
        {"calcium": pa.array([number])}, kb=kb, units={"calcium": unit}, first=EVERY, contributions=True
    ).to_pylist()[0]
    profile = Profile(findings={"calcium": {"value": number, "unit": unit}})

    _, issues = read_answers(profile, kb, compile_knowledge(kb).answers)
    if issues:
        assert row["errors"] == [str(issue) for issue in issues]
    else:
        same(row, assess(profile, kb=kb), kb, profile)


def test_an_empty_table_gives_an_empty_table(kb: KnowledgeBase) -> None:
    """
    No people is no error.
    """
    result = assess_table(pa.table({"tremor": pa.array([], pa.bool_())}), kb=kb)

    assert result.num_rows == 0
    assert "urgency" in result.column_names


def test_a_knowledge_base_that_was_seen_too_often_starts_anew(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    The memory of combinations is bounded, and forgetting changes no answer.
    """
    columns = pa.table({"tremor": [True, None, False], "twitch_eyelid": [None, True, False], "age": [20.0, 40.0, 80.0]})
    expected = assess_table(columns, kb=kb)
    monkeypatch.setattr(table, "MOST_TOKENS", 0)
    assessor = Assessor(columns.schema, kb=kb)

    for _ in range(3):
        found = pa.Table.from_batches([assessor.assess(batch) for batch in columns.to_batches()])
        assert found.equals(expected)
