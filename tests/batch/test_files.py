"""
Files: the same answers in every format, faulty lines in their place, and no half result under a final name.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from twitchkb import KnowledgeBase
from twitchkb.batch import TableError, assess_table, files, simulate
from twitchkb.batch.command import _Progress
from twitchkb.batch.mapping import read_mapping, suggestions, template
from twitchkb.cli import main


def _write_arrow(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=50)


WRITERS = {
    ".parquet": lambda table, path: pq.write_table(table, path, row_group_size=70),
    ".csv": pacsv.write_csv,
    ".arrow": _write_arrow,
    ".jsonl": lambda table, path: path.write_text(
        "".join(json.dumps(row) + "\n" for row in table.to_pylist()), "utf-8"
    ),
}


def read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    if path.suffix == ".csv":
        return pacsv.read_csv(path).to_pylist()
    if path.suffix == ".arrow":
        with pa.memory_map(str(path)) as file:
            return pa.ipc.open_file(file).read_all().to_pylist()
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def people(kb: KnowledgeBase) -> pa.Table:
    """
    A few people, without values that every format would have to name a unit for.
    """
    drawn = simulate(200, kb=kb, seed=1)
    return drawn.select([n for n in drawn.column_names if n not in {f.id for f in kb.findings if f.kind == "lab_test"}])


@pytest.mark.parametrize("ending", list(WRITERS))
def test_every_format_goes_in_and_comes_out(
    ending: str, people: pa.Table, kb: KnowledgeBase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    The answers do not depend on how the people were written down, or how the answers are.
    """
    given = people
    if ending == ".csv":
        lists = [None if m is None else "; ".join(m) or "none" for m in people.column("medicines").to_pylist()]
        given = people.set_column(people.schema.get_field_index("medicines"), "medicines", pa.array(lists))
    source, output = tmp_path / f"people{ending}", tmp_path / f"answers{ending}"
    WRITERS[ending](given, source)

    assert main(["batch", str(source), str(output), "--threads", "2"]) == 0
    assert main(["batch", str(source), str(tmp_path / "again.parquet")]) == 0

    expected = assess_table(people, kb=kb).to_pylist()
    found = read(output)
    assert [row["cause_1_points"] for row in found] == [row["cause_1_points"] for row in expected]
    assert [row["urgency"] for row in found] == [row["urgency"] for row in expected]
    assert [row["cause_3"] for row in read(tmp_path / "again.parquet")] == [row["cause_3"] for row in expected]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([source.name, output.name, "again.parquet"])
    told = capsys.readouterr().err
    assert "passed through: person, true_cause" in told
    assert "200 rows" in told
    assert "0 refused" in told


def test_faulty_lines_of_csv_come_back_in_their_place(tmp_path: Path) -> None:
    """
    A line with too few cells, an impossible age, a word nobody knows: each is one refused row, and no more.
    """
    (tmp_path / "in.csv").write_text(
        'id,tremor,age,medicines\n1,yes,30,lithium; aspirin\n2,yes\n3,perhaps,30,\n4,no,999,none\n"5\n5",,41.5,\n6,1,2,3,4\n',
        "utf-8",
    )

    assert main(["batch", str(tmp_path / "in.csv"), str(tmp_path / "out.jsonl")]) == 0

    rows = read(tmp_path / "out.jsonl")
    assert [row["id"] for row in rows] == ["1", None, "3", "4", "5\n5", None]
    assert [row["errors"] and row["errors"][0].split(":")[0] for row in rows] == [
        None,
        "expected 4 cells, got 2",
        "$.findings.tremor",
        "$.findings.age",
        None,
        "expected 4 cells, got 5",
    ]
    assert [row["urgency"] is None for row in rows] == [row["errors"] is not None for row in rows]


def test_faulty_lines_of_json_come_back_in_their_place(tmp_path: Path) -> None:
    """
    Profiles and flat rows may stand in one file; what is no JSON, or nests, is refused alone.
    """
    lines = [
        '{"id": 1, "age": 30, "findings": {"tremor": true, "sweating": null, "potassium": {"value": 3.1, "unit": "mmol/L"}}}',
        '{"id": 2, "age": 30, "tremor": true, "medicines": ["lithium", {"name": "sertraline", "started_days": 3}]}',
        '{"id": 3',
        '{"id": 4, "tremor": [1]}',
        '["id"]',
        '{"id": 6, "medicines": [{"name": "lithium", "dose": 3}]}',
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(lines) + "\n", "utf-8")

    assert main(["batch", str(tmp_path / "in.jsonl"), str(tmp_path / "out.jsonl")]) == 0

    rows = read(tmp_path / "out.jsonl")
    assert [row["errors"] is None for row in rows] == [True, True, False, False, False, False]
    assert [row["id"] for row in rows] == ["1", "2", None, None, None, None]


KILLED = """
import os, signal, sys
from twitchkb.batch import files, table
from twitchkb.cli import main
files.PART = files.BLOCK = table.BLOCK = 64
whole = table.Assessor.assess
calls = []
def assess(self, batch, **more):
    calls.append(batch.num_rows)
    if len(calls) == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(self, batch, **more)
table.Assessor.assess = assess
code = main(["batch", *sys.argv[2:]])
print(len(calls))
sys.exit(code)
"""


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".arrow", ".jsonl"])
def test_a_killed_run_goes_on_after_its_last_whole_part(
    ending: str, people: pa.Table, kb: KnowledgeBase, tmp_path: Path
) -> None:
    """
    Nothing is computed twice that was whole, nothing is lost, and no file has the final name before it is final.
    """
    given = people.drop(["medicines"])
    source, output = tmp_path / f"people{ending}", tmp_path / "answers.parquet"
    WRITERS[ending](given, source)

    def run(at: int, *options: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-c", KILLED, str(at), str(source), str(output), *options]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    assert run(3).returncode == -9
    assert not output.exists()
    refused = run(99)
    assert refused.returncode == 1
    assert "--resume" in refused.stderr
    done = run(99, "--resume")

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < -(-200 // 64) + 1
    assert "200 rows" in done.stderr
    points = [row["cause_1_points"] for row in read(output)]
    assert points == assess_table(given, kb=kb).column("cause_1_points").to_pylist()
    assert not output.with_name("answers.parquet.parts").exists()


def test_a_run_is_resumed_only_if_it_is_the_same_run(people: pa.Table, tmp_path: Path) -> None:
    """
    Half the answers of one questionnaire and half of another are no answers.
    """
    source, output = tmp_path / "people.parquet", tmp_path / "answers.parquet"
    pq.write_table(people, source)
    parts = tmp_path / "answers.parquet.parts"
    parts.mkdir()
    (parts / "run.json").write_text('{"data": "other"}', "utf-8")
    (parts / "000000000000000.unfinished").write_text("half", "utf-8")

    assert main(["batch", str(source), str(output), "--resume"]) == 1
    assert not output.exists()


def test_an_output_is_replaced_only_where_somebody_says_so(people: pa.Table, tmp_path: Path) -> None:
    """
    And then only once the new one is whole.
    """
    source, output = tmp_path / "people.parquet", tmp_path / "answers.jsonl"
    pq.write_table(people, source)
    output.write_text("mine", "utf-8")

    assert main(["batch", str(source), str(output)]) == 1
    assert output.read_text("utf-8") == "mine"
    assert main(["batch", str(source), str(output), "--overwrite"]) == 0
    assert len(read(output)) == 200


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["missing.parquet", "out.parquet"], "cannot be read"),
        (["in.xlsx", "out.parquet"], "expected a name that ends in"),
        (["in.csv"], "name the file of people"),
        (["in.csv", "out.parquet", "--unit", "potassium"], "expected COLUMN=UNIT"),
        (["in.csv", "out.parquet"], "--unit potassium=mmol/L"),
        (["in.csv", "out.doc", "--unit", "potassium=mmol/L"], "expected a name that ends in"),
        (["in.csv", "out.parquet", "--map", "no.json"], "cannot be read"),
        (["in.csv", "out.parquet", "--keep", "idd"], "did you mean 'id'"),
    ],
)
def test_what_is_wrong_is_told_before_any_row_is_read(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A run of hours does not begin with a mistake.
    """
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text("id,potassium\n1,\n2,3.1\n", "utf-8")

    assert main(["batch", *words]) == 1
    assert told in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_mapping_file_reads_a_questionnaire_as_it_is(
    kb: KnowledgeBase, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Its own column names, its own codes, its own units.
    """
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text("patno,Q1,Q2,K,ALTER,drugs\n7,1,9,31,44,lithium\n8,2,1,,,\n9,3,,,,\n", "utf-8")
    mapping = {
        "findings": {
            "tremor": {"column": "Q1", "values": {"1": True, "2": False}},
            "sweating": {"column": "Q2", "values": {"1": True, "2": False, "9": "unknown"}},
            "potassium": {"column": "K", "unit": "mmol/L", "values": {"31": 3.1}},
            "age": {"column": "ALTER"},
            "medicines": {"column": "drugs"},
        },
        "keep": ["patno"],
    }
    Path("map.json").write_text(json.dumps(mapping), "utf-8")

    assert main(["batch", "in.csv", "out.jsonl", "--map", "map.json"]) == 0

    rows = read(Path("out.jsonl"))
    plain = {
        "tremor": [True, False],
        "sweating": ["unknown", "yes"],
        "potassium": ["3.1 mmol/L", None],
        "age": [44.0, None],
        "medicines": [["lithium"], None],
    }
    expected = assess_table(plain, kb=kb).column("cause_1_points").to_pylist()
    assert [row["cause_1_points"] for row in rows] == [*expected, None]
    assert rows[2]["errors"] == ["$.findings.tremor: expected true, false or null for unknown, got '3'"]


def test_a_mapping_is_checked_against_the_file_with_suggestions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    A column that is not there is told with the one that may be meant.
    """
    monkeypatch.chdir(tmp_path)
    Path("in.csv").write_text("Frage1\n1\n", "utf-8")
    Path("map.json").write_text('{"findings": {"tremor": {"column": "Frage_1"}}}', "utf-8")

    assert main(["batch", "in.csv", "out.jsonl", "--map", "map.json"]) == 1
    assert "did you mean 'Frage1'" in capsys.readouterr().err


def test_every_fault_of_a_mapping_is_told(kb: KnowledgeBase) -> None:
    """
    At once, each with its path.
    """
    given = {
        "findings": {
            "tremmor": {},
            "sweating": {"colum": "x"},
            "age": 3,
            "sex": {"column": 3, "values": {"1": "woman"}},
            "tremor": {"column": "a", "values": {"1": "yes"}},
            "potassium": {"column": "a", "values": [1]},
            "sleep_hours": {"column": "b", "values": {"1": True, "2": 5, "3": "unknown"}},
            "vomiting": {"column": "c"},
            "diarrhoea": {"column": "c"},
        },
        "keep": "id",
    }

    with pytest.raises(TableError) as error:
        read_mapping(json.dumps(given), kb)

    paths = [issue.path.removeprefix("$.") for issue in error.value.issues]
    assert sorted(paths) == sorted(
        [
            "keep",
            "findings.tremmor",
            "findings.sweating.colum",
            "findings.age",
            "findings.sex.column",
            "findings.sex.values.1",
            "findings.tremor.values.1",
            "findings.potassium.values",
            "findings.sleep_hours.values.1",
            "findings.diarrhoea.column",
        ]
    )
    for text in ("[]", '{"x": 1}', '{"findings": []}'):
        with pytest.raises(TableError):
            read_mapping(text, kb)


def test_the_template_is_a_mapping_that_is_filled_in_as_far_as_the_file_allows(
    kb: KnowledgeBase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    One entry a question; the columns that match or resemble one are named already.
    """
    assert main(["batch", "--template"]) == 0
    empty = read_mapping(capsys.readouterr().out, kb)
    assert empty.columns == {}
    (tmp_path / "in.csv").write_text("patno,tremor,Muscle cramps,drugs\n", "utf-8")

    assert main(["batch", "--template", str(tmp_path / "in.csv")]) == 0

    filled = read_mapping(capsys.readouterr().out, kb)
    assert {name: plan.finding for name, plan in filled.columns.items()} == {
        "tremor": "tremor",
        "Muscle cramps": "muscle_cramps",
    }
    assert filled.keep == ("patno", "drugs")
    assert dict(suggestions(["Muscle cramps"], kb)) == {"Muscle cramps": "muscle_cramps"}
    assert set(json.loads(template(kb))["findings"]) == {f.id for f in kb.findings if f.when is None} | {"medicines"}


def test_the_bar_tells_rate_and_remaining_time() -> None:
    """
    On a terminal, and in one line.
    """
    written: list[str] = []
    bar = _Progress(written.append)
    bar._started -= 10.0

    bar(0, 1000)
    bar._last = 0.0
    bar(500, 1000)
    bar(500, None)
    bar(1000, 1000)
    bar.end()

    assert re.search(r"\r\[#{12}\.{12}\]  50% +500 rows +\d+/s  0:1\d left", written[1])
    assert "100%" in written[2]
    assert written[-1] == "\n"
    assert all(len(text) <= 79 for text in written)


def test_a_missing_extra_is_an_error_that_names_it() -> None:
    """
    The command line itself needs no NumPy; only `batch` does.
    """
    program = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("numpy", "scipy", "pyarrow"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
from twitchkb.cli import main
assert main(["show", "tremor"]) == 0
assert main(["batch", "a.csv", "b.csv"]) == 1
import twitchkb.batch
try:
    twitchkb.batch.assess_table
except ModuleNotFoundError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "pip install 'twitchkb[batch]'" in done.stdout.splitlines()[-1]
    assert "pip install 'twitchkb[batch]'" in done.stderr


def test_only_what_is_asked_for_is_held_in_memory(people: pa.Table, tmp_path: Path) -> None:
    """
    A file is read block by block: no batch is larger than a block, whatever the file holds.
    """
    path = tmp_path / "people.parquet"
    pq.write_table(pa.concat_tables([people] * 400), path)

    sizes = [batch.num_rows for batch, _ in files.open_source(path).batches(10)]

    assert sum(sizes) == 80_000 - 10
    assert max(sizes) <= files.BLOCK
