"""
simulate(): people who are what the knowledge base says, for load tests, teaching and calibration.

A cause is drawn by its prior, then the state of each finding by its frequency
in people with that cause, then whether the person was asked. Findings of one
group go together: behind them stands one normal number a person. Whether
somebody was asked never hangs on the answer. What carries no number in the
knowledge base (findings without a background) is not drawn.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from twitchkb.condition import Condition, MedicineCount, Takes
from twitchkb.dataset import default_knowledge_base
from twitchkb.engine import Compiled, compile_knowledge
from twitchkb.model import Finding, KnowledgeBase, Scale

from .arrow import pa, pc
from .columns import plan, read_columns
from .kleene import spread, truth
from .medicines import MedicineBook

__all__ = ["simulate", "simulate_batches"]

CORRELATION = 0.5
ANSWERED = 18.0
OFTENEST = 0.95
ALWAYS_ASKED = ("age", "sex")
CHUNK = 65_536
SOMETHING_ELSE = "something_else"

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


@attrs.frozen(kw_only=True, eq=False)
class _Asked:
    """
    A finding with the chance of each state in people with each cause (the last is `something_else`).
    """

    finding: Finding
    group: str
    chance: Floats
    background: Floats
    frequency: float
    medicines: tuple[str, ...] = ()


def simulate(
    n: int,
    *,
    kb: KnowledgeBase | None = None,
    seed: int = 0,
    answered: float = ANSWERED,
    second_cause: float = 0.0,
) -> Any:
    """
    Draw people from the knowledge base as an Arrow table that `assess_table` takes.

    The same `n`, knowledge base and seed give the same table.

    Args:
        n: how many people.
        kb: what is known; by default the bundled dataset with the installed packs.
        seed: where the random numbers begin.
        answered: how many findings a person has answered on average, age and sex apart.
        second_cause: the part of people who have two causes at once.

    Returns:
        One row a person: `person`, `true_cause`, `second_cause`, then a column a finding, and `medicines`.

    Example:
        >>> people = simulate(1000, seed=7)
        >>> people.num_rows, people.column("true_cause")[0].as_py() in set(people.column("true_cause").to_pylist())
        (1000, True)
    """
    batches = simulate_batches(n, kb=kb, seed=seed, answered=answered, second_cause=second_cause)
    return pa.Table.from_batches(list(batches))


def simulate_batches(
    n: int,
    *,
    kb: KnowledgeBase | None = None,
    seed: int = 0,
    answered: float = ANSWERED,
    second_cause: float = 0.0,
) -> Iterator[Any]:
    """
    The same people batch by batch, for more of them than memory holds.
    """
    compiled = compile_knowledge(default_knowledge_base() if kb is None else kb)
    asked = list(_with_frequencies(_askable(compiled), compiled, answered))
    schema = _schema(asked)
    settled = plan(schema, compiled)
    book = MedicineBook(compiled)
    seeds = np.random.SeedSequence(seed)
    for first in range(0, max(n, 1), CHUNK):
        rows = min(CHUNK, n - first)
        rng = np.random.Generator(np.random.PCG64(seeds.spawn(1)[0]))
        batch = _draw(rng, first, rows, asked, compiled, schema, second_cause)
        yield _without_excused(batch, read_columns(batch, settled, compiled, book), compiled)


def _draw(
    rng: np.random.Generator,
    first: int,
    rows: int,
    asked: Sequence[_Asked],
    compiled: Compiled,
    schema: Any,
    second_cause: float,
) -> Any:
    kb = compiled.kb
    names = pa.array([*(cause.id for cause in kb.causes), SOMETHING_ELSE])
    prior = np.array([*(cause.prior.value for cause in kb.causes), kb.something_else.value])
    prior /= prior.sum()
    cause = rng.choice(len(prior), rows, p=prior)
    other = rng.choice(len(prior), rows, p=prior)
    has_two = (rng.random(rows) < second_cause) & (other != cause) & (other < len(kb.causes)) & (cause < len(kb.causes))
    columns: dict[str, Any] = {
        "person": pa.array(np.arange(first, first + rows)),
        "true_cause": names.take(pa.array(cause)),
        "second_cause": names.take(pa.array(other, mask=~has_two)),
    }
    together: dict[str, npt.NDArray[np.float32]] = {}
    taken: list[tuple[Places, Places, tuple[str, ...]]] = []
    for each in asked:
        who = _some_of(rng, rows, each.frequency)
        if each.group not in together:
            together[each.group] = rng.standard_normal(rows, np.float32)
        own = rng.standard_normal(len(who), np.float32)
        # One shared number behind a group gives every two of its findings the same correlation.
        score = math.sqrt(CORRELATION) * together[each.group][who] + math.sqrt(1.0 - CORRELATION) * own
        uniform = ndtr(score.astype(np.float64))
        chance = each.chance[cause[who]]
        two = has_two[who]
        if two.any():
            chance[two] = _of_two(chance[two], each.chance[other[who[two]]], each.background)
        ends = np.cumsum(chance, axis=1)
        state = np.minimum((uniform[:, None] >= ends).sum(axis=1), chance.shape[1] - 1)
        if each.medicines:
            takes = who[state == 0]
            taken.append((takes, rng.integers(0, len(each.medicines), len(takes)), each.medicines))
        else:
            columns[each.finding.id] = _answers(rng, rows, who, state, each.finding)
    columns["medicines"] = _lists(rng, rows, taken)
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)


def _some_of(rng: np.random.Generator, rows: int, frequency: float) -> Places:
    """
    Each person with this chance; the gaps between them are drawn, so that a rare question costs little.
    """
    if frequency >= 1.0:
        return np.arange(rows)
    expected = rows * frequency
    gaps = rng.geometric(frequency, int(expected + 8.0 * math.sqrt(expected) + 16.0))
    places = np.cumsum(gaps) - 1
    return places[places < rows]


def _of_two(one: Floats, other: Floats, background: Floats) -> Floats:
    """
    Two causes at once: noisy-OR on the background for yes and no, halfway between for levels.
    """
    if one.shape[1] != 2:
        return (one + other) / 2.0
    absent = np.clip(one[:, 1] * other[:, 1] / background[1], 0.0, 1.0)
    return np.stack([1.0 - absent, absent], axis=1)


def _answers(rng: np.random.Generator, rows: int, who: Places, state: Places, finding: Finding) -> Any:
    nobody = np.ones(rows, bool)
    nobody[who] = False
    if finding.is_yes_no:
        values = np.zeros(rows, bool)
        values[who] = state == 0
        return pa.array(values, mask=nobody)
    if finding.scale is None:
        places = np.zeros(rows, np.int64)
        places[who] = state
        return pa.array(finding.choices).take(pa.array(places, mask=nobody))
    bounds = np.array([finding.scale.bounds_of(level) for level in finding.scale.levels])[state]
    low, high = bounds[:, 0], bounds[:, 1]
    numbers = np.zeros(rows)
    drawn = low + rng.random(len(who)) * (high - low)
    numbers[who] = np.clip(np.round(drawn, _decimals(finding.scale)), low, high)
    return pa.array(numbers, mask=nobody)


def _decimals(scale: Scale) -> int:
    """
    As many decimals as tell its levels apart with room to spare.
    """
    steps = [b - a for a, b in zip(scale.cuts, scale.cuts[1:], strict=False)] or [scale.accepts[1] / 100.0]
    return max(0, 2 - math.floor(math.log10(min(steps))))


def _lists(rng: np.random.Generator, rows: int, taken: Sequence[tuple[Places, Places, tuple[str, ...]]]) -> Any:
    """
    The medicines of everybody who was asked for them; one medicine stands once in a list.
    """
    names = sorted({name for _, _, names in taken for name in names})
    number = {name: place for place, name in enumerate(names)}
    people = [np.zeros(0, np.intp), *(who for who, _, _ in taken)]
    which = [np.zeros(0, np.intp)]
    which += [np.array([number[name] for name in names], np.intp)[choice] for _, choice, names in taken]
    pairs = np.unique(np.concatenate(people) * max(len(names), 1) + np.concatenate(which))
    person, medicine = np.divmod(pairs, max(len(names), 1))
    starts = np.concatenate([[0], np.cumsum(np.bincount(person, minlength=rows))]).astype(np.int32)
    values = pa.array(names, pa.string()).take(pa.array(medicine))
    not_asked = (np.diff(starts) == 0) & (rng.random(rows) < 0.5)
    return pa.ListArray.from_arrays(pa.array(starts), values, mask=pa.array(not_asked))


def _without_excused(batch: Any, answered: Any, compiled: Compiled) -> Any:
    """
    Take back the yes to a question that makes no sense for the person: a pregnant man.
    """
    names = batch.schema.names
    columns = batch.columns
    for finding, when in compiled.answers.excusable:
        excuse = truth(when, answered) if finding.id in names else None
        if excuse is not None and excuse.true.any():
            keep = ~spread(excuse.true, batch.num_rows)
            place = names.index(finding.id)
            columns[place] = pc.if_else(pa.array(keep), columns[place], None)
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _askable(compiled: Compiled) -> Iterator[_Asked]:
    """
    Every finding that has numbers and can be asked, medicines among them.
    """
    places = len(compiled.kb.causes) + 1
    named: Mapping[str, Sequence[int]] = MedicineBook(compiled).concerned
    for finding in compiled.kb.findings:
        medicines = () if finding.when is None else _medicines_of(finding.when, named, compiled)
        if not finding.background or (finding.when is not None and not medicines):
            continue
        background = _whole(finding, {state: estimate.value for state, estimate in finding.background})
        chance = np.tile(background, (places, 1))
        for state, weights in compiled.scoring.weights[finding.id].items():
            for weight in weights:
                chance[weight.place, finding.states.index(state)] = weight.frequency
        chance /= chance.sum(axis=1, keepdims=True)
        group = compiled.scoring.group_of.get(finding.id, finding.id)
        yield _Asked(
            finding=finding,
            group=group,
            chance=chance,
            background=background,
            frequency=1.0,
            medicines=medicines,
        )


def _with_frequencies(found: Iterator[_Asked], compiled: Compiled, answered: float) -> Iterator[_Asked]:
    """
    How often each is asked: by how many causes it concerns, so that a person answers so many on average.
    """
    every = list(found)
    linked = compiled.scoring.links
    weights = np.array([float(len(linked.get(each.finding.id, ()))) for each in every])
    weights[[each.finding.id in ALWAYS_ASKED for each in every]] = 0.0
    scale = answered / max(weights.sum(), 1.0)
    for _ in range(20):
        # What is asked of nearly everybody leaves its rest to the others.
        reached = np.minimum(weights * scale, OFTENEST).sum()
        scale *= answered / max(reached, 1e-9)
    for each, weight in zip(every, weights.tolist(), strict=True):
        frequency = 1.0 if each.finding.id in ALWAYS_ASKED else min(weight * float(scale), OFTENEST)
        if frequency > 0.0:
            yield attrs.evolve(each, frequency=frequency)


def _medicines_of(when: Condition, named: Mapping[str, Sequence[int]], compiled: Compiled) -> tuple[str, ...]:
    """
    The medicines any of which makes a finding true that only asks whether one is taken.
    """
    match when:
        case MedicineCount(sign=">=", number=1.0):
            subject = when.medicine_class
        case Takes():
            subject = f"medicine.{when.medicine}"
        case _:
            return ()
    medicines = [compiled.kb.medicines[place] for place in named.get(subject, ())]
    return tuple(each.name for each in medicines if len(compiled.kb.medicines_named(each.name)) == 1)


def _whole(finding: Finding, known: Mapping[str, float]) -> Floats:
    """
    The chance of every state; what is not said is the rest.
    """
    if finding.is_yes_no:
        return np.array([known["present"], 1.0 - known["present"]])
    chances = np.array([known.get(state, 0.0) for state in finding.states])
    whole: Floats = chances / chances.sum()
    return whole


def _schema(asked: Sequence[_Asked]) -> Any:
    fields = [
        pa.field("person", pa.int64()),
        pa.field("true_cause", pa.string()),
        pa.field("second_cause", pa.string()),
    ]
    for each in asked:
        finding = each.finding
        if each.medicines:
            continue
        if finding.is_yes_no:
            fields.append(pa.field(finding.id, pa.bool_()))
        elif finding.scale is None:
            fields.append(pa.field(finding.id, pa.string()))
        else:
            metadata = {"unit": finding.scale.unit} if finding.scale.unit else None
            fields.append(pa.field(finding.id, pa.float64(), metadata=metadata))
    return pa.schema([*fields, pa.field("medicines", pa.list_(pa.string()))])
