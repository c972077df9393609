"""
The interview in a terminal: it asks, goes back, stops for an emergency, and loses nothing.
"""

import io
from pathlib import Path
from typing import Any

import pytest

import twitchkb
from twitchkb import Assessment, Profile, ask
from twitchkb.cli import main


def interview(kb: twitchkb.KnowledgeBase, *lines: str, **options: Any) -> tuple[str, str, int]:
    """
    The report, the messages and the exit code for these lines of input.
    """
    output, messages = io.StringIO(), io.StringIO()
    text = "".join(f"{line}\n" for line in lines)
    code = ask.interview(kb, source=io.StringIO(text), output=output, messages=messages, **options)
    return output.getvalue(), messages.getvalue(), code


def test_it_asks_one_question_at_a_time_and_ends_with_the_report(kb: twitchkb.KnowledgeBase) -> None:
    """
    After the opening questions and the agreed number of others there is an answer.
    """
    report, messages, code = interview(kb, "29", "f", "none", "4", "n", "n", questions=2)

    assert code == 0
    assert report.startswith("NO HURRY SO FAR\n")
    assert "Twitching eyelid" in report
    assert messages.count("(y/n)") + messages.count("(in ") == 2


def test_no_line_is_wider_than_a_terminal_and_nothing_is_coloured(kb: twitchkb.KnowledgeBase) -> None:
    """
    It can be read in 80 columns, in a pipe and aloud.
    """
    report, messages, _ = interview(kb, "70", "m", "", "1,2,3", "?", *["", "y", ""] * 6, questions=9)

    assert all(len(line) <= 80 for line in (report + messages).splitlines())
    assert "\x1b" not in report + messages


def test_an_emergency_stops_the_questions_at_once(kb: twitchkb.KnowledgeBase, tmp_path: Path) -> None:
    """
    Nobody who must call an ambulance is asked about coffee.
    """
    saved = tmp_path / "answers.json"
    told = Profile(age=60, sex="male", findings={"twitch_calf": True}, medicines=())
    saved.write_text(twitchkb.to_json(told), "utf-8")

    report, messages, _ = interview(kb, *["y", ""] * 60, questions=40, save=saved)

    assert report.startswith("EMERGENCY\n")
    assert "the questions stop here" in messages
    assert "Call an ambulance" in report.splitlines()[1]
    assert messages.rstrip().endswith("the questions stop here.")
    resumed, more, _ = interview(kb, save=saved)
    assert resumed == report
    assert ">" not in more


def test_question_mark_explains_and_b_goes_back(kb: twitchkb.KnowledgeBase) -> None:
    """
    A slip of the finger can be put right.
    """
    forward, _, _ = interview(kb, "29", "f", "none", "4", "q", form="json")
    back, messages, _ = interview(
        kb, "99", "b", "29", "?", "f", "none", "4", "y", "b", "b", "b", "none", "4", "q", form="json"
    )

    assert back == forward
    assert "Some causes are more common in one sex" in messages


def test_going_back_before_the_first_question_says_so(kb: twitchkb.KnowledgeBase) -> None:
    """
    There is nothing to undo, and nothing breaks.
    """
    _, messages, code = interview(kb, "b", "q")

    assert "This is the first question." in messages
    assert code == 0


def test_an_answer_that_cannot_be_read_is_asked_again(kb: twitchkb.KnowledgeBase) -> None:
    """
    Each fault is told in words, and nothing is guessed.
    """
    report, messages, _ = interview(kb, "abc", "300", "29", "x", "f", "none", "99", "zero", "4", "perhaps", "n", "q")

    assert "outside 0 to 120" in messages
    assert "expected one of 'female', 'male'" in messages
    assert messages.count("Please give numbers from 1 to") == 2
    assert report


def test_the_end_of_the_input_gives_the_report_of_what_was_said(kb: twitchkb.KnowledgeBase) -> None:
    """
    A pipe that ends is an interview that ends.
    """
    report, _, code = interview(kb, "29", "f", form="json")

    answer = twitchkb.from_json(report, Assessment)
    assert code == 0
    assert answer == twitchkb.assess({"age": 29, "sex": "female"}, kb=kb)


def test_an_interruption_loses_nothing(kb: twitchkb.KnowledgeBase) -> None:
    """
    Ctrl-C prints the answers so far, ready for `assess`.
    """

    class Interrupted(io.StringIO):
        def readline(self, size: int = -1, /) -> str:
            line = super().readline(size)
            if not line:
                raise KeyboardInterrupt
            return line

    output, messages = io.StringIO(), io.StringIO()
    code = ask.interview(kb, source=Interrupted("29\nf\nnone\n"), output=output, messages=messages)

    assert code == 130
    assert output.getvalue() == ""
    said = messages.getvalue()
    profile = twitchkb.from_json(said[said.rindex('{"age"') :].replace("\n", ""), Profile)
    assert profile == Profile(age=29, sex="female", medicines=())


def test_saved_answers_are_taken_up_again(kb: twitchkb.KnowledgeBase, tmp_path: Path) -> None:
    """
    `--save` goes on where it was left, and asks nothing twice.
    """
    saved = tmp_path / "answers.json"
    whole, _, _ = interview(kb, "29", "f", "none", "4", "n", "n", questions=2, form="json")

    interview(kb, "29", "f", "none", "4", "n", questions=1, save=saved)
    resumed, messages, _ = interview(kb, "n", questions=1, save=saved, form="json")

    assert "Going on with the answers in" in messages
    assert resumed == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.json"]


def test_a_saved_file_with_faults_is_refused(kb: twitchkb.KnowledgeBase, tmp_path: Path) -> None:
    """
    A broken file is told, and not overwritten.
    """
    saved = tmp_path / "answers.json"
    saved.write_text('{"age": 29, "aeg": 1}', "utf-8")

    with pytest.raises(twitchkb.ReadError, match="aeg"):
        interview(kb, save=saved)

    assert saved.read_text("utf-8") == '{"age": 29, "aeg": 1}'


class Terminal(io.StringIO):
    """
    Input that says it is typed by a person.
    """

    def isatty(self) -> bool:
        return True


def test_the_result_can_be_kept_as_a_web_page_and_overwrites_nothing(
    kb: twitchkb.KnowledgeBase, tmp_path: Path
) -> None:
    """
    At a terminal the report is followed by an offer to keep it, and a file that exists is left alone.
    """
    taken, page = tmp_path / "taken.html", tmp_path / "Twitching.html"
    taken.write_text("mine", "utf-8")
    typed = ("29", "f", "none", "4", "q", "twitching.pdf", str(taken), str(tmp_path / "no" / "a.html"), str(page))
    output, messages = io.StringIO(), io.StringIO()

    ask.interview(kb, source=Terminal("".join(f"{line}\n" for line in typed)), output=output, messages=messages)

    said = " ".join(messages.getvalue().split())
    assert "must end in .html, .json or .text" in said
    assert said.count("could not be written") == 2
    assert taken.read_text("utf-8") == "mine"
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert output.getvalue().startswith("NO HURRY SO FAR")


def test_the_result_can_be_printed_again_for_a_program(kb: twitchkb.KnowledgeBase) -> None:
    """
    `json` after the report prints it as JSON.
    """
    output, messages = io.StringIO(), io.StringIO()

    ask.interview(kb, source=Terminal("29\nf\nnone\n4\nq\njson\n"), output=output, messages=messages)

    shown = output.getvalue()
    assert twitchkb.from_json(shown[shown.index("\n{") :], Assessment).causes[0].id == "eyelid_myokymia"


def test_the_command_reads_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """
    `twitchkb ask` in a pipe: questions on standard error, the answer on standard output.
    """
    monkeypatch.setattr("sys.stdin", io.StringIO("29\nf\nnone\n4\nq\n"))

    code = main(["ask", "--form", "json"])

    out, err = capsys.readouterr()
    assert code == 0
    assert twitchkb.from_json(out, Assessment).causes[0].id == "eyelid_myokymia"
    assert "How old are you" in err
