"""
The command line and the printed report: what to do first, 80 columns, honest exit codes.
"""

import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import twitchkb
from tests.laws.worlds import bundled, profiles
from twitchkb import Assessment, assess, from_json, to_json
from twitchkb.adapters import text
from twitchkb.cli import main


def test_assess_prints_a_report_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    The report for people, the JSON for programs, from the same answer.
    """
    file = tmp_path / "profile.json"
    file.write_text('{"age": 40, "findings": {"twitch_eyelid": true}}', "utf-8")

    assert main(["assess", str(file)]) == 0
    assert capsys.readouterr().out.startswith("NO HURRY SO FAR\n")
    assert main(["assess", "--json", str(file)]) == 0
    answer = from_json(capsys.readouterr().out, Assessment)
    assert answer == assess({"age": 40, "findings": {"twitch_eyelid": True}})


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """
    `twitchkb assess -` takes its profile from a pipe.
    """
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}")))

    assert main(["assess", "-"]) == 0
    assert "WHAT MAY BE BEHIND IT" in capsys.readouterr().out


def test_faults_go_to_standard_error_with_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """
    A script can tell an answer from a fault.
    """
    file = tmp_path / "profile.json"
    file.write_text('{"findings": {"seizzure": true}}', "utf-8")

    assert main(["assess", str(file)]) == 1
    assert main(["assess", str(tmp_path / "none.json")]) == 1
    assert main(["show", "hypokalemia"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "did you mean 'seizure'" in shown.err
    assert "cannot be read" in shown.err
    assert "did you mean 'hypokalaemia'" in shown.err


def test_wrong_usage_has_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    """
    And says how it is used.
    """
    assert main([]) == 2
    assert main(["asess"]) == 2
    assert "usage" in capsys.readouterr().err


def test_check_finds_nothing_in_the_bundled_data(capsys: pytest.CaptureFixture[str]) -> None:
    """
    The same check that pack authors run.
    """
    assert main(["check"]) == 0
    assert "0 faults" in capsys.readouterr().err


@pytest.mark.parametrize(
    "id", ["hypokalaemia", "potassium", "hydrate", "Lasix", "rf_seizure_any", "ssri", "hunter_2003"]
)
def test_show_tells_about_every_kind_of_record(id: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    In plain words with citations, or as JSON.
    """
    assert main(["show", id]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 2
    assert main(["show", "--json", id]) == 0
    assert json.loads(capsys.readouterr().out)


def test_version_and_causes(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Code and data have versions of their own.
    """
    assert main(["--version"]) == 0
    assert main(["causes"]) == 0
    shown = capsys.readouterr().out
    assert f"twitchkb {twitchkb.__version__}, data 2026." in shown
    assert "hypokalaemia" in shown


def test_findings_are_found_by_a_part_of_their_id_label_or_question(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Who writes a pack looks first whether the core asks it already, and reads the whole question.
    """
    assert main(["findings", "COLD"]) == 0
    shown = capsys.readouterr().out
    ids = [line for line in shown.splitlines() if not line.startswith(" ")]

    assert "cold_induced_cramps" in ids  # by its id
    assert "began_after_infection" in ids  # by its question
    assert "muscle_weakness" not in ids
    assert ids == sorted(ids)
    assert "    Do your hands grow clearly weaker in the cold, so that they fail you?\n" in shown
    assert main(["findings", "--json", "cold"]) == 0
    assert [each["id"] for each in json.loads(capsys.readouterr().out)] == ids


def test_all_findings_are_listed_within_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    """
    Those that are worked out too, with what they are worked out from.
    """
    assert main(["findings"]) == 0
    lines = capsys.readouterr().out.splitlines()

    assert len([line for line in lines if not line.startswith(" ")]) == len(bundled().findings)
    assert "    worked out: medicines.ssri >= 1" in lines
    assert all(len(line) <= 80 for line in lines)


def test_a_text_that_no_finding_holds_is_told_with_the_nearest_id(capsys: pytest.CaptureFixture[str]) -> None:
    """
    A slip of the pen is not taken for "there is nothing".
    """
    assert main(["findings", "potasium"]) == 1
    shown = capsys.readouterr()

    assert shown.out == ""
    assert shown.err == "no finding holds 'potasium'; did you mean 'potassium'?\n"


@given(st.data())
def test_the_report_fits_80_columns_and_begins_with_what_to_do(data: st.DataObject) -> None:
    """
    A person reads it at a glance.
    """
    report = text.render(assess(data.draw(profiles(bundled())), kb=bundled()))

    assert all(len(line) <= 80 for line in report.splitlines() if "http" not in line)
    assert report.splitlines()[0].isupper()


@given(st.data())
def test_an_answer_read_back_from_its_json_is_equal(data: st.DataObject) -> None:
    """
    Nothing of an answer is lost on the wire, and every contribution names a source or is `expert`.
    """
    answer = assess(data.draw(profiles(bundled())), kb=bundled())

    assert from_json(to_json(answer), Assessment) == answer
    known = {source.id for source in answer.sources}
    for cause in answer.causes:
        for part in cause.contributions:
            assert part.grade.value == "expert" or part.sources
            assert set(part.sources) <= known
