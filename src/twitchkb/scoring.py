"""
Turn answers into points and shares, by arithmetic alone.

This module reads no file, keeps no state, and never decides urgency: that
belongs to `triage`, and the two must not know each other's mind.

The method is the sum of weights of evidence (Good 1950; Spiegelhalter and
Knill-Jones 1984; LIRICAL 2020) with one common background per finding, groups
for findings that come together, and intervals carried through. Everything is
in decibans: ten times the decimal logarithm of a likelihood ratio. Weights are
rounded once, here, to a multiple of 1/1024 dB; all later sums are exact in
double precision, so their order does not matter.
"""

import math
import operator
from collections.abc import Iterable, Mapping, Sequence

import attrs

from .assessment import Contribution, Expected, Interval
from .model import DEFAULT_GROUP_CAP_DB, Cause, Estimate, Finding, KnowledgeBase, Link, SourcedEstimate, Statistic

__all__ = [
    "CompiledCause",
    "FindingWeights",
    "Score",
    "ScoringTable",
    "StateWeights",
    "Weight",
    "compile_scoring",
    "decibans",
    "grouped_shares",
    "score",
    "shares",
    "weights_of",
]

WEIGHT_LIMIT_DB = 20.0
GRID = 1024.0
FREQUENCY_FLOOR = 0.005
FREQUENCY_CEILING = 0.995
OFTEN = 0.5
BACKGROUND_FLOOR = 0.0001
BACKGROUND_CEILING = 0.9999


@attrs.frozen(kw_only=True)
class Weight:
    """
    What one state of one finding says about one cause, in decibans.

    `points`, `low` and `high` stand before the group, `alone` after it where no
    other answer of the group counts. `frequency` is that of the state in people
    with the cause.
    """

    place: int
    points: float
    low: float
    high: float
    frequency: float
    alone: Contribution


@attrs.frozen(kw_only=True)
class StateWeights:
    """
    What one state says about every cause that links its finding; with all that these weights cite.

    `expected` pairs a cause's place with the finding that it misses, where
    half or more of its people have it and the state is `absent`.
    """

    group: str
    weights: tuple[Weight, ...]
    expected: tuple[tuple[int, Expected], ...]
    sources: frozenset[str]


@attrs.frozen(kw_only=True)
class CompiledCause:
    """
    A cause ready for scoring; `prior` in decibans.
    """

    cause: Cause
    prior: Interval


class FindingWeights(dict[str, Mapping[str, StateWeights]]):
    """
    From a finding to the weights of each of its states, worked out when it is first asked for.

    A person answers a few findings of hundreds, so the first answer comes
    sooner. Two threads that ask together work the same thing out twice.
    """

    def __init__(self, kb: KnowledgeBase, caps: Mapping[str, float]) -> None:
        super().__init__()
        self._findings = {finding.id: finding for finding in kb.findings}
        self._caps = caps
        self.links: dict[str, list[tuple[int, Link]]] = {}
        for place, cause in enumerate(kb.causes):
            for link in cause.evidence:
                self.links.setdefault(link.finding, []).append((place, link))

    def __missing__(self, finding: str) -> Mapping[str, StateWeights]:
        found = self[finding] = _state_weights(self._findings[finding], self.links.get(finding, ()), self._caps)
        return found


@attrs.frozen(kw_only=True)
class ScoringTable:
    """
    A knowledge base ready for scoring.

    `links` holds, for each finding, the places of the causes that link it.
    """

    causes: tuple[CompiledCause, ...]
    weights: FindingWeights
    links: Mapping[str, frozenset[int]]
    caps: Mapping[str, float]
    something_else: Interval


@attrs.frozen(kw_only=True)
class Score:
    """
    The points of one cause, what each answer contributed, and what was expected and is absent.
    """

    points: Interval
    contributions: tuple[Contribution, ...]
    expected: tuple[Expected, ...]


def compile_scoring(kb: KnowledgeBase) -> ScoringTable:
    """
    Everything that scoring needs; the weights themselves follow at first use.
    """
    caps = _caps(kb)
    weights = FindingWeights(kb, caps)
    return ScoringTable(
        causes=tuple(CompiledCause(cause=cause, prior=_prior(cause.prior)) for cause in kb.causes),
        weights=weights,
        links={finding: frozenset(place for place, _ in links) for finding, links in weights.links.items()},
        caps=caps,
        something_else=_prior(kb.something_else),
    )


def score(table: ScoringTable, states: Mapping[str, str]) -> tuple[Score, ...]:
    """
    The score of each cause, in the order of the table.

    Args:
        table: the compiled knowledge base.
        states: the answered state of each answered finding; the rest weighs nothing.
    """
    value = [each.prior.value for each in table.causes]
    low = [each.prior.low for each in table.causes]
    high = [each.prior.high for each in table.causes]
    contributions: list[list[Contribution]] = [[] for _ in value]
    expected: dict[int, list[Expected]] = {}
    # Findings come in their order, so that every sum has one order and one result.
    for group, members in _by_group(table, states).items():
        if len(members) == 1:
            for weight in members[0].weights:
                place, alone = weight.place, weight.alone
                value[place] += alone.points
                low[place] += alone.low
                high[place] += alone.high
                contributions[place].append(alone)
        else:
            cap = table.caps.get(group, DEFAULT_GROUP_CAP_DB)
            for place, together in _by_place(members).items():
                value[place] += _clip(_total([weight.points for weight in together]), cap)
                low[place] += _clip(_total([weight.low for weight in together]), cap)
                high[place] += _clip(_total([weight.high for weight in together]), cap)
                contributions[place] += _discounted(together, cap)
        for member in members:
            for place, missing in member.expected:
                expected.setdefault(place, []).append(missing)
    return tuple(
        Score(
            points=Interval(value=value[place], low=low[place], high=high[place]),
            contributions=_by_points(own),
            expected=tuple(sorted(expected[place], key=_by_frequency)) if place in expected else (),
        )
        for place, own in enumerate(contributions)
    )


def shares(points: Sequence[Interval]) -> tuple[Interval, ...]:
    """
    Normalise points (decibans) to shares that sum to 1.

    The low end of a share sets the own low points against the high points of
    all others, the high end the reverse.

    Example:
        >>> tie = Interval(value=-3.0, low=-3.0, high=-3.0)
        >>> [share.value for share in shares([tie, tie])]
        [0.5, 0.5]
    """
    value, low, high = _masses(points)
    all_value, all_low, all_high = math.fsum(value), math.fsum(low), math.fsum(high)
    return tuple(_share(*own, all_value, all_low, all_high) for own in zip(value, low, high, strict=True))


def grouped_shares(points: Sequence[Interval], groups: Iterable[Sequence[int]]) -> tuple[Interval, ...]:
    """
    The share of each group of places, as `shares` gives it for single ones.

    Example:
        >>> tie = Interval(value=-3.0, low=-3.0, high=-3.0)
        >>> grouped_shares([tie, tie, tie, tie], [(0, 1, 2)])[0].value
        0.75
    """
    value, low, high = _masses(points)
    all_value, all_low, all_high = math.fsum(value), math.fsum(low), math.fsum(high)
    shares = []
    for places in groups:
        own, own_low, own_high = (math.fsum([mass[i] for i in places]) for mass in (value, low, high))
        shares.append(_share(own, own_low, own_high, all_value, all_low, all_high))
    return tuple(shares)


def _masses(points: Sequence[Interval]) -> tuple[list[float], list[float], list[float]]:
    # Only differences matter; the greatest upper end as zero keeps every power finite.
    top = max(interval.high for interval in points)
    return (
        [10.0 ** ((interval.value - top) / 10.0) for interval in points],
        [10.0 ** ((interval.low - top) / 10.0) for interval in points],
        [10.0 ** ((interval.high - top) / 10.0) for interval in points],
    )


def _share(own: float, low: float, high: float, all_value: float, all_low: float, all_high: float) -> Interval:
    value = own / all_value
    # The ends are kept beside the value, against the last bit of rounding; the mathematics has them there.
    return Interval(
        value=value,
        low=min(low / (low + max(all_high - high, 0.0)), value),
        high=max(high / (high + max(all_low - low, 0.0)), value),
    )


def decibans(probability: float) -> float:
    """
    Ten times the decimal logarithm, rounded to the grid of 1/1024.

    Example:
        >>> decibans(0.1)
        -10.0
    """
    return round(10.0 * math.log10(probability) * GRID) / GRID


def weights_of(
    link: Link, finding: Finding, caps: Mapping[str, float], *, place: int = 0
) -> tuple[tuple[str, Weight], ...]:
    """
    The weight of each state that the link speaks about, for the cause in this place.

    A yes/no link speaks about both states, whichever one its number is for. The
    interval holds every weight that numbers inside the intervals of the link
    and of the background can give: all formulas are monotone in each of the
    two, so the four corners are enough.

    Raises:
        KeyError: the finding has no background for a state of the link.

    Example:
        >>> import twitchkb
        >>> kb = twitchkb.load()
        >>> link = next(l for l in kb.cause("amyotrophic_lateral_sclerosis").evidence if l.finding == "muscle_weakness")
        >>> dict(weights_of(link, kb.finding("muscle_weakness"), {}))["present"].points > 5
        True
    """
    background = dict(finding.background)
    cap = caps.get(finding.group or finding.id, DEFAULT_GROUP_CAP_DB)
    limit = max(WEIGHT_LIMIT_DB, cap)
    result = []
    for state, estimate, of_state, complement in _states(link, finding):
        points, low, high = _weight(link.statistic, estimate, background[of_state], complement, limit)
        frequency = _frequency(link.statistic, estimate.value, background[of_state].value)
        alone = Contribution(
            finding=finding.id,
            label=finding.label,
            state=state,
            points=_clip(points, cap),
            low=_clip(low, cap),
            high=_clip(high, cap),
            grade=link.grade,
            sources=link.sources,
            note=link.note,
        )
        weight = Weight(
            place=place,
            points=points,
            low=low,
            high=high,
            frequency=1.0 - frequency if complement else frequency,
            alone=alone,
        )
        result.append((state, weight))
    return tuple(result)


def _state_weights(
    finding: Finding, links: Iterable[tuple[int, Link]], caps: Mapping[str, float]
) -> Mapping[str, StateWeights]:
    found: dict[str, list[Weight]] = {}
    for place, link in links:
        for state, weight in weights_of(link, finding, caps, place=place):
            found.setdefault(state, []).append(weight)
    return {
        state: StateWeights(
            group=finding.group or finding.id,
            weights=tuple(weights),
            expected=tuple(_expected(finding, weights)) if state == "absent" else (),
            sources=frozenset(source for weight in weights for source in weight.alone.sources),
        )
        for state, weights in found.items()
    }


def _expected(finding: Finding, weights: Iterable[Weight]) -> Iterable[tuple[int, Expected]]:
    for weight in weights:
        present = 1.0 - weight.frequency
        if present >= OFTEN:
            yield weight.place, Expected(finding=finding.id, label=finding.label, frequency=present)


def _by_group(table: ScoringTable, states: Mapping[str, str]) -> dict[str, list[StateWeights]]:
    groups: dict[str, list[StateWeights]] = {}
    for finding in sorted(states):
        if finding in table.links:
            found = table.weights[finding].get(states[finding])
            if found is not None:
                groups.setdefault(found.group, []).append(found)
    return groups


def _by_place(members: Iterable[StateWeights]) -> dict[int, list[Weight]]:
    places: dict[int, list[Weight]] = {}
    for member in members:
        for weight in member.weights:
            places.setdefault(weight.place, []).append(weight)
    return places


def _states(link: Link, finding: Finding) -> Iterable[tuple[str, Estimate, str, bool]]:
    """
    Each state that gets a weight: (state, the number, the state the number is for, whether it is the other one).
    """
    for stated, estimate in link.estimates:
        if not finding.is_yes_no:
            yield stated, estimate, stated, False
        else:
            other = "absent" if stated == "present" else "present"
            yield stated, estimate, stated, False
            yield other, estimate, stated, True


def _weight(
    statistic: Statistic, estimate: Estimate, background: Estimate, complement: bool, limit: float
) -> tuple[float, float, float]:
    def at(number: float, q: float) -> float:
        return _clip(_log_ratio(statistic, number, q, complement), limit)

    corners = [at(number, q) for number in (estimate.low, estimate.high) for q in (background.low, background.high)]
    points = round(at(estimate.value, background.value) * GRID) / GRID
    low, high = math.floor(min(corners) * GRID) / GRID, math.ceil(max(corners) * GRID) / GRID
    return points, min(low, points), max(high, points)


def _log_ratio(statistic: Statistic, number: float, background: float, complement: bool) -> float:
    q = min(max(background, BACKGROUND_FLOOR), BACKGROUND_CEILING)
    p = _frequency(statistic, number, q)
    if complement:
        p, q = 1.0 - p, 1.0 - q
    # What a cause hardly ever shows speaks against it, but only down to the floor, and never for it.
    p = min(max(p, min(FREQUENCY_FLOOR, q)), max(FREQUENCY_CEILING, q))
    return 10.0 * math.log10(p / q)


def _frequency(statistic: Statistic, number: float, q: float) -> float:
    if statistic is Statistic.FREQUENCY:
        return number
    if statistic is Statistic.LIKELIHOOD_RATIO:
        return min(number * q, FREQUENCY_CEILING)
    # Odds ratio, and risk ratio as its approximation for rare causes.
    return number * q / (1.0 - q + number * q)


def _by_points(contributions: list[Contribution]) -> tuple[Contribution, ...]:
    """
    The strongest support first and the strongest opposition last; ties go by finding id.
    """
    if len(contributions) > 1:
        contributions.sort(key=_finding_of)
        contributions.sort(key=_points_of, reverse=True)
    return tuple(contributions)


_finding_of = operator.attrgetter("finding")
_points_of = operator.attrgetter("points")


def _by_frequency(expected: Expected) -> tuple[float, str]:
    return -expected.frequency, expected.finding


def _total(weights: Iterable[float]) -> float:
    """
    Support minus opposition of a group: the k-th of each side, the strongest first, counts (1/2)^k.
    """
    total, support, opposition = 0.0, 1.0, 1.0
    for weight in sorted(weights, key=abs, reverse=True):
        if weight >= 0.0:
            total += weight * support
            support /= 2.0
        else:
            total += weight * opposition
            opposition /= 2.0
    return total


def _discounted(members: Sequence[Weight], cap: float) -> Iterable[Contribution]:
    """
    The contributions of one group; the cap shrinks all alike. Ties go by finding id.
    """
    if len(members) == 1:
        return [members[0].alone]
    factors, support, opposition = [], 1.0, 1.0
    ordered = sorted(members, key=lambda weight: (-abs(weight.points), weight.alone.finding))
    for weight in ordered:
        if weight.points >= 0.0:
            factors.append(support)
            support /= 2.0
        else:
            factors.append(opposition)
            opposition /= 2.0
    total = abs(sum(weight.points * factor for weight, factor in zip(ordered, factors, strict=True)))
    shrink = cap / total if total > cap else 1.0
    return [_scaled(weight, factor * shrink, cap) for weight, factor in zip(ordered, factors, strict=True)]


def _scaled(weight: Weight, factor: float, cap: float) -> Contribution:
    alone, points = weight.alone, weight.points * factor
    limit = max(cap, abs(points))
    return Contribution(
        finding=alone.finding,
        label=alone.label,
        state=alone.state,
        points=points,
        low=_clip(weight.low * factor, limit),
        high=_clip(weight.high * factor, limit),
        grade=alone.grade,
        sources=alone.sources,
        note=alone.note,
    )


def _caps(kb: KnowledgeBase) -> dict[str, float]:
    caps = {group.id: group.cap for group in kb.groups}
    for finding in kb.findings:
        if finding.group_cap is not None:
            group = finding.group or finding.id
            caps[group] = max(caps.get(group, DEFAULT_GROUP_CAP_DB), finding.group_cap)
    return caps


def _prior(prior: SourcedEstimate) -> Interval:
    return Interval(value=decibans(prior.value), low=decibans(prior.low), high=decibans(prior.high))


def _clip(value: float, limit: float) -> float:
    return min(max(value, -limit), limit)
