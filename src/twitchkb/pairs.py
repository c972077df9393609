"""
Two causes at once: whether a pair explains the answers better than any single cause.

Pure arithmetic over a table and plain numbers. Two causes that do not know of
each other bring a finding about independently (noisy-OR on the background):
it is missing only where neither of them, nor anything else, produced it.
"""

import itertools
import math
from collections.abc import Mapping, Sequence

import attrs

from .model import DEFAULT_GROUP_CAP_DB, Finding, KnowledgeBase

__all__ = ["Pair", "PairTable", "compile_pairs", "pairs_that_pay"]

LEADING = 6
PAYS_DB = 6.0
CEILING = 0.995


@attrs.frozen(kw_only=True)
class Pair:
    """
    Two causes by their places, their points together, and the lead over the best single cause (decibans).
    """

    first: int
    second: int
    points: float
    gain: float


@attrs.frozen(kw_only=True)
class PairTable:
    """
    A knowledge base ready for pairs.

    `weights` maps (finding, state) to the weight for each cause that links it;
    `produced` says of which states a cause makes more, with their background.
    """

    weights: Mapping[tuple[str, str], Mapping[int, float]]
    produced: Mapping[tuple[str, str], float]
    groups: Mapping[str, str]
    caps: Mapping[str, float]
    priors: tuple[float, ...]


def compile_pairs(
    kb: KnowledgeBase,
    weights: Mapping[tuple[str, str], Mapping[int, float]],
    caps: Mapping[str, float],
    priors: Sequence[float],
) -> PairTable:
    """
    Work out once which states are produced by a cause, and which are the lack of it.
    """
    return PairTable(
        weights=weights,
        produced={
            (finding.id, state): background.value
            for finding in kb.findings
            for state, background in finding.background
            if state not in _neutral(finding)
        },
        groups={finding.id: finding.group or finding.id for finding in kb.findings},
        caps=caps,
        priors=tuple(priors),
    )


def pairs_that_pay(table: PairTable, states: Mapping[str, str], points: Sequence[float]) -> tuple[Pair, ...]:
    """
    The pairs among the leading causes that beat the best single cause by 6 dB or more, the best first.

    Args:
        table: the compiled knowledge base.
        states: the answered state of each answered finding.
        points: the points of each cause alone.
    """
    leading = sorted(sorted(range(len(points)), key=lambda i: (-points[i], i))[:LEADING])
    found = []
    for first, second in itertools.combinations(leading, 2):
        together = _points(table, states, first, second)
        gain = together - max(points)
        if gain >= PAYS_DB:
            found.append(Pair(first=first, second=second, points=together, gain=gain))
    return tuple(sorted(found, key=lambda pair: (-pair.points, pair.first, pair.second)))


def _points(table: PairTable, states: Mapping[str, str], first: int, second: int) -> float:
    groups: dict[str, list[float]] = {}
    for key in states.items():
        weights = table.weights.get(key, {})
        own = [weights[place] for place in (first, second) if place in weights]
        if own:
            groups.setdefault(table.groups[key[0]], []).append(_together(own, table.produced.get(key)))
    total = math.fsum(
        _group_total(weights, table.caps.get(group, DEFAULT_GROUP_CAP_DB)) for group, weights in groups.items()
    )
    return table.priors[first] + table.priors[second] + total


def _together(weights: Sequence[float], background: float | None) -> float:
    """
    The weight of a state for a pair, from its weights for each of the two.

    What is produced is missing only where both fail; what is the lack of it
    multiplies, which is the same formula seen from the other side.
    """
    if len(weights) == 1 or background is None:
        return math.fsum(weights)
    missing = 1.0 - background
    for weight in weights:
        missing *= (1.0 - min(background * 10.0 ** (weight / 10.0), CEILING)) / (1.0 - background)
    return 10.0 * math.log10(max(1.0 - missing, 1e-9) / background)


def _group_total(weights: Sequence[float], cap: float) -> float:
    total, support, opposition = 0.0, 1.0, 1.0
    for weight in sorted(weights, key=abs, reverse=True):
        if weight >= 0.0:
            total += weight * support
            support /= 2.0
        else:
            total += weight * opposition
            opposition /= 2.0
    return max(-cap, min(cap, total))


def _neutral(finding: Finding) -> tuple[str, ...]:
    """
    The states that no cause produces: absent, what is normal, and who the person is.
    """
    if finding.is_yes_no:
        return ("absent",)
    return finding.scale.normal if finding.scale is not None and finding.scale.normal else finding.states
