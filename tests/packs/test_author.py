"""
The author's road: a new pack, its check with faults and warnings, its layout, and what it changes.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import twitchkb
from tests.cases.bundle import people
from twitchkb.cli import main
from twitchkb.condition import parse
from twitchkb.layout import laid_out
from twitchkb.review import can_be_true

HERE = Path(__file__).parent
SOURCE = Path(twitchkb.__file__).parents[1]


@pytest.fixture
def project(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """
    What `twitchkb new-pack acme` writes.
    """
    assert main(["new-pack", "acme", "--into", str(tmp_path)]) == 0
    assert "pyproject.toml" in capsys.readouterr().out
    return tmp_path / "twitchkb-acme"


@pytest.fixture
def data(project: Path) -> Path:
    """
    Its data.
    """
    return project / "src" / "twitchkb_acme" / "data"


def change(file: Path, **changes: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | changes), "utf-8")


def test_a_new_pack_has_no_faults_and_its_own_tests_pass(
    project: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    An author begins with something that works.
    """
    path = os.pathsep.join([str(SOURCE), str(project / "src")])
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", project, project]
    outcome = subprocess.run(run, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)

    assert main(["check", str(data)]) == 0
    assert "0 faults" in capsys.readouterr().err
    assert outcome.returncode == 0, outcome.stdout
    assert "3 passed" in outcome.stdout


def test_an_editor_finds_the_schema_of_every_file_of_a_new_pack(project: Path, data: Path) -> None:
    """
    Without a network: each file names a schema in the project, or the editor's settings map one to it.
    """
    jsonschema = pytest.importorskip("jsonschema")
    mapped = {
        file: project / entry["url"]
        for entry in json.loads((project / ".vscode" / "settings.json").read_text("utf-8"))["json.schemas"]
        for pattern in entry["fileMatch"]
        for file in project.glob(pattern.removeprefix("/"))
    }

    for file in sorted(data.rglob("*.json")):
        value = json.loads(file.read_text("utf-8"))
        schema = file.parent / value["$schema"] if isinstance(value, dict) else mapped[file]
        validator = jsonschema.Draft202012Validator(json.loads(schema.read_text("utf-8")))
        assert schema.resolve().parent == project / ".schema"
        assert validator.is_valid(value), file
        broken = value | {"nmae": "X"} if isinstance(value, dict) else [value[0] | {"nmae": "X"}]
        assert not validator.is_valid(broken), file


def test_new_pack_overwrites_nothing_and_takes_no_impossible_name(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    What exists is the author's.
    """
    assert main(["new-pack", "acme", "--into", str(project.parent)]) == 1
    assert "exists already" in capsys.readouterr().err
    for name in ("core", "class", "medicine", "Acme", "../x"):
        assert main(["new-pack", name, "--into", str(project.parent)]) == 1
    assert [entry.name for entry in project.parent.iterdir()] == ["twitchkb-acme"]


def test_check_tells_every_fault_with_its_file(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    An author mends all of them in one go.
    """
    change(data / "causes" / "example.json", nmae="X", family="harmles_twitching", prior=3)

    assert main(["check", str(data)]) == 1
    told = capsys.readouterr()
    assert "causes/example.json: $: unknown key 'nmae'; did you mean 'name'?" in told.out
    assert "causes/example.json: $.prior: expected an object" in told.out
    assert "2 faults found" in told.err
    assert main(["check", str(data / "nowhere")]) == 1
    assert "pack.json: cannot be read" in capsys.readouterr().out


def test_check_tells_codes_that_may_not_be_shipped_a_day_that_is_none_and_a_unit(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    What would break the terms of others, or would be read wrongly, is told before anybody gets the pack.
    """
    change(data / "causes" / "example.json", codes={"snomed": ["82470000"]}, reviewed="25/11/2026")

    assert main(["check", str(data)]) == 1
    systems = "hpo, icd10cm, loinc, mesh, mondo, orpha"
    assert capsys.readouterr().out.splitlines() == [
        f"cause acme:example.codes.snomed: the terms of this system do not let it be shipped; what can be: {systems}",
        "cause acme:example.reviewed: '25/11/2026' is no day; write it as year-month-day, 2026-11-25",
    ]
    rule = {"id": "acme:rf", "urgency": "soon", "when": "potassium < 2.5 mmol/L", "reason": "It is.", "action": "Go."}
    (data / "red_flags.json").write_text(json.dumps({"red_flags": [rule]}), "utf-8")
    assert main(["check", str(data)]) == 1
    assert "red_flags.json: $.red_flags[0].when: " in (told := capsys.readouterr().out)
    assert "'mmol/L' follows a number; write the bare number, '< 2.5', in the unit of the finding's scale" in told


A_HAIR_TOO_HARD = "The muscles are often tender in the evening and then recover."
HARD = "Neurophysiological re-evaluation necessitates multidisciplinary consultation regarding polyneuropathic symptomatology."
RULE = {"id": "acme:rf", "urgency": "soon", "reason": "It is.", "action": "Go.", "sources": ["acme:source"]}
REMEDY = {
    "id": "acme:r",
    "name": "R",
    "grade": "D",
    "steps": ["Sit."],
    "cautions": [{"when": "age < 16", "action": "do_not", "why": "No."}],
}


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("causes/example.json", {"evidence": []}, "rests on 0 findings"),
        ("causes/example.json", {"evidence": []}, "no cause is linked to it"),
        ("causes/example.json", {"evidence": []}, "names no source"),
        ("causes/example.json", {"summary": HARD}, "reads like school year"),
        ("causes/example.json", {"course": A_HAIR_TOO_HARD}, "reads like school year 8.1; aim at 8 or lower"),
        (
            "causes/example.json",
            {"prior": {"value": 0.9, "low": 0.8, "high": 0.95, "grade": "expert"}},
            "the core leaves",
        ),
        ("sources.json", {"sources": [{"id": "acme:source", "title": "T"}]}, "has no address"),
        ("red_flags.json", {"red_flags": [RULE | {"when": "age > 60 and age < 16"}]}, "can never be true"),
        ("red_flags.json", {"red_flags": [RULE | {"when": "age > 16"}]}, "alarms everybody"),
        ("red_flags.json", {"red_flags": [RULE | {"when": "acme.sign", "sources": []}]}, "names no source"),
        ("remedies.json", {"remedies": [REMEDY | {"kind": "first_aid"}]}, "is first aid"),
        ("remedies.json", {"remedies": [REMEDY | {"kind": "self_care"}]}, "remedy acme:r: names no source"),
        ("gate.json", {"stops": [{"when": "acme.sign", "urgency": "soon", "reason": HARD}]}, "gate stop acme.sign"),
    ],
)
def test_check_warns_of_what_is_sound_and_still_doubtful(
    data: Path, file: str, content: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    A warning keeps no pack out; it asks the author to look again.
    """
    if not (data / file).exists():
        (data / file).write_text("{}", "utf-8")
    change(data / file, **content)

    assert main(["check", str(data)]) == 0
    told = capsys.readouterr()
    assert any(line.startswith("warning: ") and said in line for line in told.out.splitlines()), told.out
    assert "warning" in told.err


@pytest.mark.parametrize(
    ("condition", "possible"),
    [
        ("seizure and potassium < 2.5", True),
        ("potassium < 0.5", False),
        ("potassium < 2.5 and potassium > 5", False),
        ("age > 120", False),
        ("sex == female and pregnant", True),
        ("sex == female and sex == male", False),
        ("takes_ssri and not seizure", True),
        ("started.ssri <= 30 and changed.medicine.lithium <= 3", True),
        ("medicines.ssri >= 400", False),
        ("medicines.ssri >= 1 and medicine.lithium", True),
        ("takes_ssri and age >= 65", True),
    ],
)
def test_a_rule_that_can_never_fire_is_told_from_one_that_can(
    kb: twitchkb.KnowledgeBase, condition: str, possible: bool
) -> None:
    """
    A rule with a slip in it looks like safety and is none.
    """
    assert can_be_true(parse(condition), kb) is possible


def test_what_is_too_much_to_try_out_counts_as_possible(kb: twitchkb.KnowledgeBase) -> None:
    """
    The check gives up in favour of the rule.
    """
    scaled = [finding.id for finding in kb.findings if finding.scale is not None and finding.when is None][:8]

    assert can_be_true(parse(" and ".join(f"{id} > 1e9" for id in scaled)), kb)


def test_every_red_flag_of_the_core_can_fire(kb: twitchkb.KnowledgeBase) -> None:
    """
    The core is held to what it asks of others.
    """
    assert [rule.id for rule in kb.red_flags if not can_be_true(rule.when, kb)] == []


def test_format_lays_out_what_it_must_and_nothing_else(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    One layout, so that a diff shows what changed.
    """
    assert main(["format", str(data)]) == 0
    assert "0 files of 4" in capsys.readouterr().err
    change(data / "causes" / "example.json", name="Another")

    assert main(["format", str(data)]) == 0

    told = capsys.readouterr()
    text = (data / "causes" / "example.json").read_text("utf-8")
    assert told.out.splitlines() == [str(data / "causes" / "example.json")]
    assert text == laid_out(json.loads(text))
    (data / "pack.json").write_text("{", "utf-8")
    assert main(["format", str(data)]) == 1
    assert "pack.json: $" in capsys.readouterr().err
    assert main(["format", str(data.parent)]) == 1


def test_diff_shows_which_answers_a_pack_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The author sees what a host would see, on the bundled people and on others.
    """
    (pack,) = (HERE / "hospital" / "src").glob("*/data")
    person = tmp_path / "person.json"
    person.write_text('{"age": 40, "findings": {"riverside:pool_faint": true}}', "utf-8")
    broken = tmp_path / "broken.json"
    broken.write_text('{"aeg": 40}', "utf-8")

    assert main(["diff", "core", "core"]) == 0
    assert f"0 of {len(people())} answers changed" in capsys.readouterr().err
    assert main(["diff", "core", str(pack), "--profile", str(person), "--profile", str(broken)]) == 0
    told = capsys.readouterr()
    assert "urgency: routine -> urgent" in told.out
    assert "cannot be read: $.aeg" in told.out
    assert "2 of 2 answers changed" in told.err


def test_diff_compares_two_versions_of_the_core(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kb: twitchkb.KnowledgeBase
) -> None:
    """
    A host sees what an update would change before it comes.
    """
    import shutil

    old = tmp_path / "old"
    shutil.copytree(SOURCE / "twitchkb" / "data", old)
    rules = json.loads((old / "red_flags.json").read_text("utf-8"))
    rules["red_flags"] = [rule | {"urgency": "routine"} for rule in rules["red_flags"]]
    (old / "red_flags.json").write_text(json.dumps(rules), "utf-8")

    assert main(["diff", str(old), "core"]) == 0
    told = capsys.readouterr()
    assert "urgency: routine -> emergency" in told.out or "-> urgent" in told.out


def test_diff_tells_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    With the name of the file.
    """
    file = tmp_path / "list.json"
    file.write_text("[]", "utf-8")

    assert main(["diff", "core", "core", "--profile", str(file)]) == 1
    assert "list.json: expected an object" in capsys.readouterr().err
    assert main(["diff", "core", "core", "--profile", str(tmp_path / "none.json")]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_the_bundled_people_are_those_of_the_cases() -> None:
    """
    After a case has changed, `make people` writes them anew.
    """
    assert (SOURCE / "twitchkb" / "people.json").read_text("utf-8") == laid_out(people())
