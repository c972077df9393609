"""
`make calibration`: are the shares what they say they are? Writes docs/explanation/calibration.md and its plot.

People are drawn from the knowledge base and assessed with it, so this measures
the method and the correlations it leaves out, not whether the numbers of the
sources are true.
"""

import random
from collections.abc import Iterable
from pathlib import Path

import attrs
import numpy as np

import twitchkb
from twitchkb.batch import assess_table, simulate
from twitchkb.model import KnowledgeBase
from twitchkb.testing.worlds import drawn_inside

PAGE = Path(__file__).parent.parent / "docs" / "explanation" / "calibration.md"
PEOPLE = 100_000
WORLDS = 10
BINS = 10
COLOURS = ("#1b6ca8", "#c4531d", "#3f7d3a", "#7b4ba0")


@attrs.frozen(kw_only=True)
class Measured:
    """
    One way of drawing people: how often the first causes were right, and the reliability of the first share.
    """

    name: str
    first: float
    first_three: float
    guess: float
    error: float
    mean_share: float
    bins: tuple[tuple[int, float, float], ...]


def main() -> None:
    kb = twitchkb.load()
    measured = [
        measure("as stated", kb, seeds=range(1)),
        measure("numbers moved inside their intervals", kb, seeds=range(WORLDS), moved=True),
        measure("30% with two causes", kb, seeds=range(1), second_cause=0.3),
        measure("both", kb, seeds=range(WORLDS), moved=True, second_cause=0.3),
    ]
    long = [
        measure("as stated", kb, seeds=range(1), answered=40.0),
        measure("both", kb, seeds=range(WORLDS), moved=True, second_cause=0.3, answered=40.0),
    ]
    PAGE.write_text(page(measured, long, kb), "utf-8")
    PAGE.with_suffix(".svg").write_text(plot(measured), "utf-8")
    print(PAGE.read_text("utf-8"))


def measure(
    name: str,
    kb: KnowledgeBase,
    *,
    seeds: range,
    moved: bool = False,
    second_cause: float = 0.0,
    answered: float = 18.0,
) -> Measured:
    """
    Draw people, from one world or from several, and assess all with the data as it is.
    """
    share, hit, among_three, guessed = [], [], [], []
    commonest = max(kb.causes, key=lambda cause: cause.prior.value).id
    for seed in seeds:
        world = drawn_inside(kb, random.Random(seed)) if moved else kb  # noqa: S311  # a simulation, not a secret
        people = simulate(PEOPLE // len(seeds), kb=world, seed=seed, second_cause=second_cause, answered=answered)
        result = assess_table(people, kb=kb)
        true = [np.array(people.column(c).to_pylist(), object) for c in ("true_cause", "second_cause")]
        ranked = [np.array(result.column(f"cause_{i}").to_pylist(), object) for i in (1, 2, 3)]
        right = [(each == true[0]) | (each == true[1]) for each in ranked]
        share.append(result.column("cause_1_share").to_numpy())
        hit.append(right[0])
        among_three.append(right[0] | right[1] | right[2])
        guessed.append((true[0] == commonest) | (true[1] == commonest))
    shares, hits = np.concatenate(share), np.concatenate(hit).astype(float)
    place = np.minimum((shares * BINS).astype(int), BINS - 1)
    bins = tuple(
        (int((place == b).sum()), float(shares[place == b].mean()), float(hits[place == b].mean()))
        if (place == b).any()
        else (0, 0.0, 0.0)
        for b in range(BINS)
    )
    error = sum(count * abs(said - was) for count, said, was in bins) / len(shares)
    return Measured(
        name=name,
        first=float(hits.mean()),
        first_three=float(np.concatenate(among_three).mean()),
        guess=float(np.concatenate(guessed).mean()),
        error=error,
        mean_share=float(shares.mean()),
        bins=bins,
    )


def page(measured: list[Measured], long: list[Measured], kb: KnowledgeBase) -> str:
    """
    The page, one sentence a line.
    """
    titles = ("people", "first cause right", "among the first three", "always the commonest cause", "mean first share")
    rows = [*measured, *(attrs.evolve(each, name=f"{each.name}, 40 answers") for each in long)]
    return PAGE_TEXT.format(
        people=f"{PEOPLE:,}",
        worlds=WORLDS,
        table="\n".join([_line((*titles, "calibration error")), _line(["---"] * 6), *(_row(each) for each in rows)]),
        bins="\n".join(
            [
                _line(["first share said", *(f"{each.name}: people, said, seen" for each in measured)]),
                _line(["---"] * (1 + len(measured))),
                *(
                    _line([f"{10 * b} to {10 * b + 10}%", *(_cell(*each.bins[b]) for each in measured)])
                    for b in range(BINS)
                ),
            ]
        ),
        digest=kb.digest[:12],
    )


PAGE_TEXT = """\
# Calibration

<!-- Written by `make calibration`; change `benchmarks/calibration.py` instead. -->

A share of 30% should mean: of a hundred people who answer like this, thirty have this cause.
Whether that holds for real people needs real people, and no such study exists yet.
What can be measured is the method: draw people from the knowledge base, assess them, and count.

`twitchkb.batch.simulate` drew {people} people for each row.
Each got a cause by its prior, the findings of that cause, and about 18 questions that were answered.
Findings of one group go together in the simulation, with a correlation of 0.5.
In {worlds} worlds every number was moved to a random place inside its interval.
The assessment kept the data as they are.
For people with two causes, either counts as right.

{table}

![Reliability of the first share](calibration.svg)

The line from corner to corner is perfect: said equals seen.
Above it the share was too modest, below it too sure.
The calibration error is the mean distance from that line, weighted by people.

{bins}

How to read this:

- The people come from the numbers that assess them, so nothing here says whether those numbers are true.
- Moved numbers show what uncertainty inside the stated intervals costs: the shares are then too sure.
- People with two causes make the shares look too modest, because either cause counts as right.
- In the last row of the four the two errors cancel; that it is small is no merit of the method.
- Whether somebody was asked does not depend on the answer here; real people tell what bothers them.
- Findings without a background cannot be drawn, so most red flags play no part.
- The data were those with the digest `{digest}`.
"""


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(count: int, said: float, seen: float) -> str:
    return f"{count:,}, {100 * said:.0f}%, {100 * seen:.0f}%" if count else "0"


def _row(each: Measured) -> str:
    parts = (each.first, each.first_three, each.guess, each.mean_share)
    return _line([each.name, *(f"{100 * part:.1f}%" for part in parts), f"{each.error:.3f}"])


def plot(measured: list[Measured]) -> str:
    """
    What was said against what was seen, as an SVG; the size of a dot is the number of people.
    """
    left, top, size = 60, 30, 360

    def x(share: float) -> float:
        return round(left + size * share, 1)

    def y(seen: float) -> float:
        return round(top + size * (1 - seen), 1)

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 450" role="img" font-family="sans-serif">',
        "<style>text { font-size: 13px }</style>",
        "<title>Reliability of the first share: what was said against what was seen</title>",
        '<rect width="720" height="450" fill="white"/>',
        f'<rect x="{left}" y="{top}" width="{size}" height="{size}" fill="none" stroke="#999"/>',
        f'<line x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}" stroke="#999" stroke-dasharray="4 4"/>',
    ]
    for tenth in range(0, 11, 2):
        parts.append(f'<text x="{x(tenth / 10)}" y="{top + size + 18}" text-anchor="middle">{10 * tenth}%</text>')
        parts.append(f'<text x="{left - 8}" y="{y(tenth / 10) + 4}" text-anchor="end">{10 * tenth}%</text>')
    parts.append(f'<text x="{x(0.5)}" y="{top + size + 40}" text-anchor="middle">share said</text>')
    parts.append(
        f'<text x="18" y="{y(0.5)}" text-anchor="middle" transform="rotate(-90 18 {y(0.5)})">people who had it</text>'
    )
    for number, (each, colour) in enumerate(zip(measured, COLOURS, strict=True)):
        filled = [(count, said, seen) for count, said, seen in each.bins if count >= 50]
        points = " ".join(f"{x(said)},{y(seen)}" for _, said, seen in filled)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        for count, said, seen in filled:
            radius = round(2 + 8 * (count / PEOPLE) ** 0.5, 1)
            parts.append(f'<circle cx="{x(said)}" cy="{y(seen)}" r="{radius}" fill="{colour}" fill-opacity="0.6"/>')
        height = top + 20 + 22 * number
        parts.append(f'<circle cx="450" cy="{height - 4}" r="5" fill="{colour}"/>')
        parts.append(f'<text x="462" y="{height}">{each.name} ({each.error:.3f})</text>')
    parts.append(f'<text x="450" y="{top + 20 + 22 * len(measured)}" fill="#555">(expected calibration error)</text>')
    return "\n".join([*parts, "</svg>", ""])


if __name__ == "__main__":
    main()
