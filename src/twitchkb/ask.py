"""
The interview in a terminal: one question at a time, and an emergency stops the questions at once.

Questions go to standard error and the report to standard output, so that the
report can be redirected. Plain text in 80 columns, no colour, no cursor
movement: it works in a pipe, in a log, and read aloud. Nothing is kept but
what `--save` names.
"""

import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TextIO

import attrs

from . import wire
from .adapters import html, text
from .assessment import Assessment
from .conversation import next_questions
from .dialogue import Question
from .engine import assess
from .errors import Issue, ProfileError, ReadError
from .model import Finding, KnowledgeBase
from .profile import Answer, Profile, Quantity
from .vocabulary import Urgency

__all__ = ["FORMATS", "Ended", "interview"]

# Every way to show the result; a renderer more is a line more.
FORMATS: dict[str, Callable[[Assessment], str]] = {
    "text": text.render,
    "json": lambda assessment: wire.to_json(assessment, indent=2) + "\n",
    "html": html.page,
}

WIDTH = 80
DONE, INTERRUPTED = 0, 130
COMPLAINT = "twitch_"
YES, NO, UNKNOWN = ("y", "yes"), ("n", "no"), ("", "d", "don't know", "dont know")
BACK, HELP, FINISH = ("b", "back"), ("?", "help"), ("q", "quit")
WHY = {
    "safety": "asked because the answer can change how soon you should be seen",
    "gate": "asked because it must be known before this can be called harmless",
    "narrows": "asked because it helps to tell causes apart",
}
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)")


class Ended(Exception):  # noqa: N818  # the person has finished, which is no error
    """
    The person wants to stop here and see the result.
    """


class _Back(Exception):  # noqa: N818  # a wish, no error
    """
    The person wants to change the answer before this one.
    """


def interview(
    kb: KnowledgeBase,
    *,
    questions: int = 20,
    save: Path | None = None,
    form: str = "text",
    source: TextIO | None = None,
    output: TextIO | None = None,
    messages: TextIO | None = None,
) -> int:
    r"""
    Ask, then report; returns the exit code.

    Args:
        kb: what is known.
        questions: how many questions at most after the opening ones.
        save: a file for the answers, read at the start where it exists and written after each answer.
        form: how to show the result, a key of `FORMATS`.
        source: where answers come from; standard input by default.
        output: where the report goes; standard output by default.
        messages: where questions go; standard error by default.

    Raises:
        ReadError: the saved answers cannot be read.

    Example:
        >>> import io, twitchkb
        >>> answers, report = io.StringIO("30\nmale\n\n\nq\n"), io.StringIO()
        >>> interview(twitchkb.load(), source=answers, output=report, messages=io.StringIO())
        0
        >>> report.getvalue().splitlines()[0]
        'NO HURRY SO FAR'
    """
    reader: TextIO = sys.stdin if source is None else source
    report: TextIO = sys.stdout if output is None else output
    talk = _Talk(kb=kb, source=reader, messages=sys.stderr if messages is None else messages, save=save)
    try:
        talk.resume()
        talk.run(questions)
    except KeyboardInterrupt:
        talk.say("", *talk.where_to_go_on())
        return INTERRUPTED
    except (Ended, EOFError):
        talk.say("")
    result = assess(talk.profile, kb=kb)
    report.write(FORMATS[form](result))
    if form == "text" and reader.isatty():
        _offer(result, talk, report)
    return DONE


class _Talk:
    """
    The answers so far, and the way back through them.
    """

    def __init__(self, *, kb: KnowledgeBase, source: TextIO, messages: TextIO, save: Path | None) -> None:
        self.kb = kb
        self.profile = Profile()
        self._source = source
        self._messages = messages
        self._save = save
        self._earlier: list[tuple[int, Profile]] = []

    def resume(self) -> None:
        """
        Take up the saved answers, where there are any.
        """
        if self._save is None or not self._save.exists():
            return
        try:
            with self._save.open("rb") as file:
                content = file.read(wire.MAX_TEXT_BYTES + 1)
        except OSError as error:
            raise ReadError([Issue(str(self._save), f"cannot be read: {error.strerror or error}")]) from None
        self.profile = wire.from_json(content, Profile)
        assess(self.profile, kb=self.kb)
        self.say(f"Going on with the answers in {self._save}.")

    def run(self, questions: int) -> None:
        """
        Opening questions, then those that matter most, until none is left or somebody must be seen at once.
        """
        self.say(
            "Answer y or n, a number, or Enter if you do not know.",
            "? explains a question, b goes back, q ends and shows the result.",
        )
        opening = [self._ask_age, self._ask_sex, self._ask_medicines, self._ask_complaint]
        steps = [*opening, *[self._ask_next] * questions]
        place = 0
        if self._cannot_wait():
            return
        while place < len(steps):
            before = self.profile
            try:
                asked = steps[place]()
            except _Back:
                if self._earlier:
                    place, self.profile = self._earlier.pop()
                    self._keep()
                else:
                    self.say("This is the first question.")
                continue
            if not asked and place >= len(opening):
                return
            if asked:
                self._earlier.append((place, before))
                self._keep()
                if self._cannot_wait():
                    return
            place += 1

    def say(self, *lines: str) -> None:
        """
        Lines for the person, wrapped.
        """
        for line in lines:
            for part in textwrap.wrap(line, WIDTH) or [""]:
                print(part, file=self._messages)

    def where_to_go_on(self) -> Sequence[str]:
        """
        What becomes of the answers after an interruption.
        """
        if self._save is not None:
            return (f"Stopped. Your answers are in {self._save}; the same command goes on from there.",)
        return ("Stopped. Your answers so far, for `twitchkb assess`:", wire.to_json(self.profile))

    def read(self, prompt: str) -> str:
        """
        One line in small letters; raises what the person asked for in place of an answer.
        """
        given = self.read_as_typed(prompt)
        return given.lower() if len(given) < 20 else given

    def read_as_typed(self, prompt: str) -> str:
        """
        One line as it was typed; raises what the person asked for in place of an answer.
        """
        print(prompt, end=" ", file=self._messages, flush=True)
        line = self._source.readline()
        if not line:
            raise EOFError
        if not self._source.isatty():
            # A terminal shows what is typed; in a pipe it is said here, so that a log can be read.
            print(line.strip(), file=self._messages)
        given = line.strip()
        if given.lower() in FINISH:
            raise Ended
        if given.lower() in BACK:
            raise _Back
        return given

    def _ask_age(self) -> bool:
        return self._ask_own("age", "How old are you, in years?", self._to_age)

    def _ask_sex(self) -> bool:
        return self._ask_own("sex", "What sex were you given at birth: female or male?", self._to_sex)

    def _ask_own(self, name: str, question: str, read: Callable[[str], Any]) -> bool:
        told = getattr(self.profile, name) is not None or name in dict(self.profile.findings)
        if told or not self.kb.has("finding", name):
            return False
        finding = self.kb.finding(name)
        self.say("", finding.question or question)
        while True:
            given = self.read(">")
            if given in HELP:
                self.say(finding.help)
            elif given in UNKNOWN:
                return self._take(attrs.evolve(self.profile, findings=self._with({name: None})))
            elif self._try(attrs.evolve(self.profile, **{name: read(given)})):
                return True

    def _ask_medicines(self) -> bool:
        if self.profile.medicines is not None:
            return False
        self.say("", "Which medicines do you take? Put commas between them, or write none.")
        while True:
            given = self.read(">")
            if given in HELP:
                self.say("Count tablets from a shop, herbs and drops. Any name on the box will do.")
            elif given in UNKNOWN:
                return True
            else:
                names = () if given in ("none", "no", "n") else tuple(n.strip() for n in given.split(",") if n.strip())
                if self._try(attrs.evolve(self.profile, medicines=names)):
                    return True

    def _ask_complaint(self) -> bool:
        told = dict(self.profile.findings)
        places = [f for f in self.kb.findings if f.id.startswith(COMPLAINT) and f.is_yes_no and f.when is None]
        if not places or any(place.id in told for place in places):
            return False
        self.say("", "What do you notice? Give the numbers that fit, with commas; the rest stays open.")
        ticked = self._ticked(places)
        return self._take(attrs.evolve(self.profile, findings=self._with(dict.fromkeys(ticked, True))))

    def _ask_next(self) -> bool:
        found = next_questions(self.profile, kb=self.kb, limit=1)
        if not found:
            return False
        question = found[0]
        self.say("", question.question)
        while True:
            given = self.read(_prompt(question))
            if given in HELP:
                self.say(*(line for line in (question.help, f"({WHY[question.why]})") if line))
                continue
            try:
                answer = _read_answer(question, given)
            except ValueError as fault:
                self.say(str(fault))
                continue
            try:
                ticked = self._which(question) if answer is True and question.parts else ()
            except _Back:
                self.say("", question.question)
                continue
            changes: dict[str, Answer] = {question.finding: answer, **dict.fromkeys(ticked, True)}
            if self._try(attrs.evolve(self.profile, findings=self._with(changes))):
                return True

    def _which(self, question: Question) -> Iterable[str]:
        self.say("Which of these is it? Give the numbers, or Enter to go through them one by one.")
        return self._ticked([self.kb.finding(part.finding) for part in question.parts])

    def _ticked(self, findings: Sequence[Finding]) -> list[str]:
        """
        The ids behind the numbers that a person gives; what is not ticked stays open.
        """
        for number, finding in enumerate(findings, 1):
            self.say(f"{number:>3}  {finding.label}")
        while True:
            given = self.read(">")
            if given in (*UNKNOWN, *NO):
                return []
            words = re.split(r"[,\s]+", given)
            if all(word.isascii() and word.isdigit() and 1 <= int(word) <= len(findings) for word in words):
                return [findings[int(word) - 1].id for word in words]
            self.say(f"Please give numbers from 1 to {len(findings)}, with commas between them.")

    def _with(self, changes: dict[str, Answer]) -> dict[str, Answer]:
        return {**dict(self.profile.findings), **changes}

    def _try(self, profile: Profile) -> bool:
        """
        Take the answer, or say what is wrong with it.
        """
        try:
            assess(profile, kb=self.kb)
        except ProfileError as error:
            self.say(*(issue.message for issue in error.issues))
            return False
        return self._take(profile)

    def _take(self, profile: Profile) -> bool:
        self.profile = profile
        return True

    def _cannot_wait(self) -> bool:
        if assess(self.profile, kb=self.kb).urgency.level is not Urgency.EMERGENCY:
            return False
        self.say("", "These answers cannot wait, so the questions stop here.", "")
        return True

    def _keep(self) -> None:
        if self._save is None:
            return
        # Written beside it and put in its place, so that a power cut leaves the old answers or the new.
        beside = self._save.with_name(self._save.name + ".new")
        beside.write_text(wire.to_json(self.profile, indent=2) + "\n", "utf-8")
        beside.replace(self._save)

    @staticmethod
    def _to_age(given: str) -> float | str:
        return float(given.replace(",", ".")) if _NUMBER.fullmatch(given) else given

    def _to_sex(self, given: str) -> str:
        choices = self.kb.finding("sex").choices
        return next((choice for choice in choices if given and choice.startswith(given)), given)


def _prompt(question: Question) -> str:
    if question.form == "number":
        return f"(in {question.unit}) >" if question.unit else "(a number) >"
    if question.form == "choice":
        return f"({', '.join(question.choices)}) >"
    return "(y/n) >"


def _read_answer(question: Question, given: str) -> Answer:
    if given in UNKNOWN:
        return None
    if question.form == "number":
        if _NUMBER.fullmatch(given):
            # The prompt names the unit, so a bare number is in it.
            number = float(given.replace(",", "."))
            return Quantity(value=number, unit=question.unit) if question.unit else number
        return given
    if question.form == "choice":
        return next((choice for choice in question.choices if choice.startswith(given)), given)
    if given in YES or given in NO:
        return given in YES
    raise ValueError("Please answer y or n, or Enter if you do not know; ? explains the question.")


def _offer(result: Assessment, talk: _Talk, output: TextIO) -> None:
    """
    The result once more, as a web page or as JSON: printed, or kept in a new file.
    """
    talk.say(
        "",
        "To keep this as a web page, write a file name such as twitching.html; "
        "a name that ends in .json keeps it for a program. Enter ends.",
    )
    while True:
        try:
            given = talk.read_as_typed(">")
        except (Ended, EOFError, _Back, KeyboardInterrupt):
            return
        form = (Path(given).suffix.lstrip(".") or given).lower()
        if not given:
            return
        if form not in FORMATS:
            talk.say("The name must end in .html, .json or .text; Enter ends.")
        elif form == given.lower():
            output.write(FORMATS[form](result))
            return
        elif _kept(Path(given), FORMATS[form](result), talk):
            return


def _kept(file: Path, shown: str, talk: _Talk) -> bool:
    """
    Whether it could be written; a file that exists is left alone.
    """
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(shown)
    except OSError as fault:
        talk.say(f"{file} could not be written: {fault.strerror}. Another name?")
        return False
    talk.say(f"Written to {file}.")
    return True
