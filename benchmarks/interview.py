"""
`python benchmarks/interview.py`: simulated interviews over the encoded cases, beside a fixed and a random order.

Each case begins as a person begins: age, sex and medicines where the case
gives them, and the complaint (what the case says is present in the area
`twitch`). Then one question at a time is asked, and the case answers what it
knows: the finding itself, or a broad question from its parts (yes where a part
is present, no where all are absent). All else is "I do not know", so a sparse
report answers most questions with that.

Measured after each question: is the urgency that of the whole case, and is the
first cause the same? All orders run in the same process over the same cases.
Writes `interview.md` and `interview.svg` beside this file.
"""

import json
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import twitchkb
from twitchkb import Urgency
from twitchkb.dialogue import Question

HERE = Path(__file__).parent
CASES = HERE.parent / "tests" / "cases"
EVERYDAY = HERE.parent / "tests" / "data" / "everyday_people.json"
TWITCH = HERE.parent / "src" / "twitchkb" / "data" / "findings" / "twitch.json"
MOST = 20
PATIENCE = 40
SEEDS = (1, 2, 3)

Order = Callable[["Person"], Sequence[Question]]
"""
What to ask next: one question, or a page of them.
"""


class Person:
    """
    One case: what it knows, and what it has told so far.
    """

    def __init__(self, case: dict[str, Any], kb: twitchkb.KnowledgeBase, complaint: set[str]) -> None:
        profile = case["profile"]
        self.kb = kb
        self.known = dict(profile["findings"])
        self.urgency, self.first = outcome(profile, kb)
        start = {name: True for name, value in self.known.items() if name in complaint and value is True}
        self.told = {name: profile.get(name) for name in ("age", "sex", "medicines")} | {"findings": start}

    def answer(self, question: Question) -> Any:
        """
        What the case knows about it; `None` where it is silent.
        """
        if question.finding in self.known:
            return self.known[question.finding]
        if self.kb.finding(question.finding).background or not question.parts:
            return None
        parts = [self.known.get(part.finding) for part in question.parts]
        if any(part is True for part in parts):
            return True
        return False if all(part is False for part in parts) else None

    def tell(self, question: Question, *, ticking: bool) -> None:
        """
        Answer it; where the parts of a broad question are ticked on the same screen, answer those too.
        """
        self.told["findings"][question.finding] = self.answer(question)
        for part in question.parts if ticking else ():
            if self.known.get(part.finding) is not None:
                self.told["findings"][part.finding] = self.known[part.finding]


def outcome(profile: dict[str, Any], kb: twitchkb.KnowledgeBase) -> tuple[Urgency, str]:
    """
    The urgency and the first cause.
    """
    answer = twitchkb.assess(profile, kb=kb)
    return answer.urgency.level, answer.causes[0].id


def run(people: Sequence[Person], order: Order, *, ticking: bool = False) -> dict[str, list[float]]:
    """
    The share of the people that agree with the whole case, after 0, 1, 2 ... questions.
    """
    urgency, first, hazard = ([0] * (MOST + 1) for _ in range(3))
    for person in people:
        for number in range(MOST + 1):
            level, cause = outcome(person.told, person.kb)
            urgency[number] += level is person.urgency
            first[number] += cause == person.first
            hazard[number] += person.urgency is Urgency.EMERGENCY and level <= Urgency.SOON
            for question in order(person):
                person.tell(question, ticking=ticking)
    whole = len(people)
    return {
        "urgency": [count / whole for count in urgency],
        "first": [count / whole for count in first],
        "hazard": [count / whole for count in hazard],
    }


def average(runs: Sequence[dict[str, list[float]]]) -> dict[str, list[float]]:
    """
    The mean of several runs.
    """
    return {key: [statistics.fmean(each) for each in zip(*(r[key] for r in runs), strict=True)] for key in runs[0]}


def table(results: dict[str, dict[str, list[float]]]) -> list[str]:
    """
    A table in Markdown.
    """
    lines = [
        (
            "| order | urgency at 0 | at 6 | at 12 | at 20 "
            "| first cause at 0 | at 8 | at 15 | at 20 | emergency at `soon` or lower at 12 |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, found in results.items():
        cells = [found["urgency"][i] for i in (0, 6, 12, 20)] + [found["first"][i] for i in (0, 8, 15, 20)]
        cells.append(found["hazard"][12])
        lines.append(f"| {name} | " + " | ".join(f"{100 * cell:.0f}%" for cell in cells) + " |")
    return lines


def plot(results: dict[str, dict[str, list[float]]]) -> str:
    """
    Two panels of lines as SVG.
    """
    colours = ["#0b6e4f", "#1b9e77", "#2c5fa8", "#0f3c7a", "#b2560d", "#7570b3", "#888888"]
    width, height, left, top = 320, 220, 40, 40
    parts = [
        (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 388" role="img" '
            'font-family="sans-serif" font-size="12">'
        ),
        "<title>Simulated interviews over the encoded cases</title>",
        "<desc>Share of cases whose urgency and first cause agree with the whole case, by questions asked.</desc>",
        '<rect width="760" height="388" fill="#ffffff"/>',
    ]
    for panel, (key, title) in enumerate((("urgency", "same urgency"), ("first", "same first cause"))):
        x0 = left + panel * (width + 50)

        def at(number: int, share: float, x0: int = x0) -> str:
            return f"{x0 + number * width / MOST:.1f},{top + height * (1 - share):.1f}"

        parts.append(f'<text x="{x0}" y="{top - 14}" font-weight="bold">{title}</text>')
        for tick in range(0, 101, 25):
            y = top + height * (1 - tick / 100)
            parts.append(f'<line x1="{x0}" y1="{y}" x2="{x0 + width}" y2="{y}" stroke="#dddddd"/>')
            parts.append(f'<text x="{x0 - 6}" y="{y + 4}" text-anchor="end">{tick}</text>')
        for number in range(0, MOST + 1, 5):
            x = x0 + number * width / MOST
            parts.append(f'<text x="{x}" y="{top + height + 16}" text-anchor="middle">{number}</text>')
        for colour, (name, found) in zip(colours, results.items(), strict=True):
            line = " ".join(at(number, share) for number, share in enumerate(found[key]))
            dash = ' stroke-dasharray="5 3"' if "ticks" in name else ""
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
    for place, (colour, name) in enumerate(zip(colours, results, strict=True)):
        x, y = left + place % 3 * 230, 322 + place // 3 * 24
        parts.append(f'<line x1="{x}" y1="{y}" x2="{x + 24}" y2="{y}" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{x + 30}" y="{y + 4}">{name}</text>')
    parts.append(f'<text x="{left}" y="298">questions or pages asked; per cent of cases</text></svg>')
    return "\n".join(parts) + "\n"


def everyday(kb: twitchkb.KnowledgeBase) -> str:
    """
    How long everyday people, whose whole story allows self-care, are asked until it is said.
    """
    area, needed, well = complaint_area(), [], 0
    for each in json.loads(EVERYDAY.read_text("utf-8"))["people"]:
        person = Person({"profile": each["profile"]}, kb, area)
        if person.urgency is not Urgency.SELF_CARE:
            continue
        well += 1
        for number in range(PATIENCE + 1):
            if outcome(person.told, kb)[0] is Urgency.SELF_CARE:
                needed.append(number)
                break
            questions = twitchkb.next_questions(person.told, kb=kb, limit=1)
            if questions:
                person.tell(questions[0], ticking=False)
    return (
        f"Of the {well} everyday people of `tests/data/everyday_people.json` whose whole story allows self-care, "
        f"{len(needed)} reach it within {PATIENCE} questions (median {statistics.median(needed):.0f}, "
        f"least {min(needed)}, most {max(needed)}; the gate alone has 18)."
    )


def timing(kb: twitchkb.KnowledgeBase) -> str:
    """
    One call with ten answers, and whole interviews of twelve questions, beside `assess` in turn.
    """
    findings = json.loads((CASES / "c109.json").read_text("utf-8"))["profile"]
    ten = {**findings, "findings": dict(list(findings["findings"].items())[:10])}
    single, beside, whole = [], [], []
    for _ in range(60):
        for times, call in ((single, twitchkb.next_questions), (beside, twitchkb.assess)):
            start = time.perf_counter()
            call(ten, kb=kb)
            times.append(time.perf_counter() - start)
    for _ in range(8):
        told: dict[str, Any] = {"age": 40, "sex": "female", "findings": {"twitch_eyelid": True}}
        start = time.perf_counter()
        for _ in range(12):
            told["findings"][twitchkb.next_questions(told, kb=kb)[0].finding] = None
        whole.append(time.perf_counter() - start)
    median = {name: 1e3 * statistics.median(t) for name, t in (("next", single), ("assess", beside), ("twelve", whole))}
    return (
        f"`next_questions` with ten answers: {median['next']:.1f} ms median ({1e3 * min(single):.1f} ms at best), "
        f"`assess` of the same person in turn: {median['assess']:.1f} ms; "
        f"a whole interview of twelve questions: {median['twelve']:.0f} ms ({1e3 * min(whole):.0f} ms at best)."
    )


def complaint_area() -> set[str]:
    """
    The findings of the area `twitch`.
    """
    return {finding["id"] for finding in json.loads(TWITCH.read_text("utf-8"))}


def main() -> None:
    """
    Run all orders, print the table, write it and the plot.
    """
    kb = twitchkb.load()
    cases = [json.loads(file.read_text("utf-8")) for file in sorted(CASES.glob("*.json"))]
    area = complaint_area()
    fixed = twitchkb.next_questions({}, kb=kb, limit=10_000)

    def people() -> list[Person]:
        return [Person(case, kb, area) for case in cases]

    def adaptive(person: Person) -> Sequence[Question]:
        return twitchkb.next_questions(person.told, kb=kb, limit=1)

    def page_of(number: int) -> Order:
        return lambda person: twitchkb.next_questions(person.told, kb=kb, limit=number)

    def what_it_can_answer(person: Person) -> Sequence[Question]:
        questions = twitchkb.next_questions(person.told, kb=kb, limit=10_000)
        return [question for question in questions if person.answer(question) is not None][:1]

    def in_fixed_order(person: Person) -> Sequence[Question]:
        done = person.told["findings"].keys() | {name for name in ("age", "sex") if person.told[name] is not None}
        return [question for question in fixed if question.finding not in done][:1]

    def shuffled(rng: random.Random) -> Order:
        def choose(person: Person) -> Sequence[Question]:
            questions = twitchkb.next_questions(person.told, kb=kb, limit=10_000)
            return [rng.choice(questions)] if questions else []

        return choose

    results = {
        "next_questions": run(people(), adaptive),
        "the same, with ticks": run(people(), adaptive, ticking=True),
        "six to a page, with ticks": run(people(), page_of(6), ticking=True),
        "ten to a page, with ticks": run(people(), page_of(10), ticking=True),
        "only what it can answer": run(people(), what_it_can_answer),
        "fixed order": run(people(), in_fixed_order),
        "random order": average([run(people(), shuffled(random.Random(seed))) for seed in SEEDS]),  # noqa: S311  # a simulation
    }
    lines = table(results)
    told = [everyday(kb), timing(kb)]
    print("\n".join([*lines, "", *told]))
    (HERE / "interview.md").write_text("\n".join([*INTRODUCTION, *lines, "", *told, ""]), "utf-8")
    (HERE / "interview.svg").write_text(plot(results), "utf-8")


INTRODUCTION = (
    "# Simulated interviews",
    "",
    "Written by `python benchmarks/interview.py`, which says how the simulation works.",
    "82 published cases, each questioned in seven ways in the same run; random is the mean of three seeds.",
    "`fixed order` is the order that `next_questions` gives for an empty profile, kept whatever is answered.",
    "`with ticks` shows the parts of a broad question as boxes on the same screen, and counts it as one question.",
    "`six to a page` and `ten to a page` show the first six or ten questions together, and count pages.",
    '`only what it can answer` passes over what the case would answer with "I do not know".',
    "A published case tells 16 of the 533 things that can be asked (median), so this line shows the order itself,",
    "and its distance from the first line what the silence of the reports costs.",
    "",
    "![Share of cases with the same urgency and the same first cause, by the number of questions](interview.svg)",
    "",
)


if __name__ == "__main__":
    main()
