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
from collections.abc import Iterable, Mapping, Sequence

import attrs

from .assessment import Contribution, Interval
from .model import DEFAULT_GROUP_CAP_DB, Cause, Estimate, Finding, KnowledgeBase, Link, SourcedEstimate, Statistic

__all__ = [
    "CompiledCause",
    "Score",
    "ScoringTable",
    "Weight",
    "compile_scoring",
    "decibans",
    "expected_absent",
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
    What one state of one finding says about one cause, in decibans, before its group.

    `whole` is the finished contribution where no group takes anything off;
    `fits` tells that no cap can bite while it stands alone.
    """

    finding: str
    group: str
    points: float
    low: float
    high: float
    frequency: float
    fits: bool
    whole: Contribution


@attrs.frozen(kw_only=True)
class CompiledCause:
    """
    A cause ready for scoring; `prior` in decibans.
    """

    cause: Cause
    prior: Interval
    linked: frozenset[str]


@attrs.frozen(kw_only=True)
class ScoringTable:
    """
    A knowledge base ready for scoring: from each answered state to the weights it moves.

    `weights` maps (finding, state) to pairs of a cause's place and its weight,
    `sources` to all that these cite.
    """

    causes: tuple[CompiledCause, ...]
    weights: Mapping[tuple[str, str], tuple[tuple[int, Weight], ...]]
    sources: Mapping[tuple[str, str], frozenset[str]]
    caps: Mapping[str, float]
    something_else: Interval


@attrs.frozen(kw_only=True)
class Score:
    """
    The points of one cause, and what each answer contributed.
    """

    points: Interval
    contributions: tuple[Contribution, ...]


def compile_scoring(kb: KnowledgeBase) -> ScoringTable:
    """
    Work out every weight once.
    """
    findings = {finding.id: finding for finding in kb.findings}
    caps = _caps(kb)
    weights: dict[tuple[str, str], list[tuple[int, Weight]]] = {}
    for place, cause in enumerate(kb.causes):
        for link in cause.evidence:
            for state, weight in weights_of(link, findings[link.finding], caps):
                weights.setdefault((link.finding, state), []).append((place, weight))
    return ScoringTable(
        causes=tuple(
            CompiledCause(
                cause=cause,
                prior=_prior(cause.prior),
                linked=frozenset(link.finding for link in cause.evidence),
            )
            for cause in kb.causes
        ),
        weights={key: tuple(found) for key, found in weights.items()},
        sources={
            key: frozenset(source for _, weight in found for source in weight.whole.sources)
            for key, found in weights.items()
        },
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
    found: list[list[Weight]] = [[] for _ in table.causes]
    for key in sorted(states.items()):
        for place, weight in table.weights.get(key, ()):
            found[place].append(weight)
    return tuple(_score(compiled.prior, own, table.caps) for compiled, own in zip(table.causes, found, strict=True))


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


def expected_absent(table: ScoringTable, states: Mapping[str, str]) -> tuple[tuple[tuple[str, float], ...], ...]:
    """
    For each cause the findings answered absent that half or more of its people have, with that frequency.
    """
    found: list[list[tuple[str, float]]] = [[] for _ in table.causes]
    for key in sorted(states.items()):
        if key[1] == "absent":
            for place, weight in table.weights.get(key, ()):
                present = 1.0 - weight.frequency
                if present >= OFTEN:
                    found[place].append((weight.finding, present))
    return tuple(tuple(sorted(own, key=lambda each: (-each[1], each[0]))) for own in found)


def decibans(probability: float) -> float:
    """
    Ten times the decimal logarithm, rounded to the grid of 1/1024.

    Example:
        >>> decibans(0.1)
        -10.0
    """
    return round(10.0 * math.log10(probability) * GRID) / GRID


def weights_of(link: Link, finding: Finding, caps: Mapping[str, float]) -> tuple[tuple[str, Weight], ...]:
    """
    The weight of each state that the link speaks about.

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
    group = finding.group or finding.id
    cap = caps.get(group, DEFAULT_GROUP_CAP_DB)
    limit = max(WEIGHT_LIMIT_DB, cap)
    result = []
    for state, estimate, of_state, complement in _states(link, finding):
        points, low, high = _weight(link.statistic, estimate, background[of_state], complement, limit)
        frequency = _frequency(link.statistic, estimate.value, background[of_state].value)
        whole = Contribution(
            finding=finding.id,
            label=finding.label,
            state=state,
            points=points,
            low=low,
            high=high,
            grade=link.grade,
            sources=link.sources,
            note=link.note,
        )
        weight = Weight(
            finding=finding.id,
            group=group,
            points=points,
            low=low,
            high=high,
            frequency=1.0 - frequency if complement else frequency,
            fits=-cap <= low and high <= cap,
            whole=whole,
        )
        result.append((state, weight))
    return tuple(result)


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


def _score(prior: Interval, weights: Sequence[Weight], caps: Mapping[str, float]) -> Score:
    value, low, high = prior.value, prior.low, prior.high
    contributions: list[Contribution] = []
    groups: dict[str, list[Weight]] = {}
    for weight in weights:
        groups.setdefault(weight.group, []).append(weight)
    # The weights come in the order of their findings, so these sums have one order and one result.
    for group, members in groups.items():
        if len(members) == 1 and members[0].fits:
            weight = members[0]
            value += weight.points
            low += weight.low
            high += weight.high
            contributions.append(weight.whole)
        else:
            cap = caps.get(group, DEFAULT_GROUP_CAP_DB)
            value += _clip(_total([weight.points for weight in members]), cap)
            low += _clip(_total([weight.low for weight in members]), cap)
            high += _clip(_total([weight.high for weight in members]), cap)
            contributions += _discounted(members, cap)
    contributions.sort(key=_by_points)
    return Score(points=Interval(value=value, low=low, high=high), contributions=tuple(contributions))


def _by_points(contribution: Contribution) -> tuple[float, str]:
    return -contribution.points, contribution.finding


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


def _discounted(members: Sequence[Weight], cap: float) -> list[Contribution]:
    """
    The contributions of one group; the cap shrinks all alike. Ties go by finding id.
    """
    factors, support, opposition = [], 1.0, 1.0
    ordered = sorted(members, key=lambda weight: (-abs(weight.points), weight.finding))
    for weight in ordered:
        if weight.points >= 0.0:
            factors.append(support)
            support /= 2.0
        else:
            factors.append(opposition)
            opposition /= 2.0
    total = abs(sum(weight.points * factor for weight, factor in zip(ordered, factors, strict=True)))
    shrink = cap / total if total > cap else 1.0
    return [
        weight.whole if weight.fits and factor * shrink == 1.0 else _scaled(weight.whole, factor * shrink, cap)
        for weight, factor in zip(ordered, factors, strict=True)
    ]


def _scaled(whole: Contribution, factor: float, cap: float) -> Contribution:
    points = whole.points * factor
    limit = max(cap, abs(points))
    return Contribution(
        finding=whole.finding,
        label=whole.label,
        state=whole.state,
        points=points,
        low=_clip(whole.low * factor, limit),
        high=_clip(whole.high * factor, limit),
        grade=whole.grade,
        sources=whole.sources,
        note=whole.note,
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
