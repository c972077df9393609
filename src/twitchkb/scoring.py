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

import itertools
import math
import operator
from collections.abc import Iterable, Mapping, Sequence

import attrs

from .assessment import Contribution, Expected, Interval, NotAsked
from .model import DEFAULT_GROUP_CAP_DB, Estimate, Finding, KnowledgeBase, Link, SourcedEstimate, Statistic

__all__ = [
    "AnsweredGroups",
    "FindingWeights",
    "GroupWeights",
    "OpenLinks",
    "Scores",
    "ScoringTable",
    "Weight",
    "answered_groups",
    "compile_scoring",
    "decibans",
    "grouped_shares",
    "not_asked",
    "score",
    "shares",
    "weights_of",
]

WEIGHT_LIMIT_DB = 20.0
GRID = 1024.0
FREQUENCY_FLOOR = 0.005
FREQUENCY_CEILING = 0.995
RARE_STATE = 10.0
OFTEN = 0.5
MOST_NOT_ASKED = 5
MOST_REMEMBERED_GROUPS = 10_000
BACKGROUND_FLOOR = 0.0001
BACKGROUND_CEILING = 0.9999


@attrs.frozen(kw_only=True)
class Weight:
    """
    What one state of one finding says about the cause in one place, in decibans, before its group.

    `frequency` is that of the state in people with the cause; `contribution`
    is the finished one where no other answer of the group counts.
    """

    place: int
    points: float
    low: float
    high: float
    frequency: float
    contribution: Contribution


class FindingWeights(dict[str, Mapping[str, tuple[Weight, ...]]]):
    """
    From a finding to the weights of each of its states, worked out when it is first asked for.

    A person answers a few findings of hundreds, so the first answer comes
    sooner. Two threads that ask together work the same thing out twice.
    """

    def __init__(self, kb: KnowledgeBase, caps: Mapping[str, float]) -> None:
        super().__init__()
        self.findings = {finding.id: finding for finding in kb.findings}
        self.caps = caps
        self._grave = frozenset(
            place for place, cause in enumerate(kb.causes) if cause.floor is not None and not _of_a_pack(cause.id)
        )
        self.links: dict[str, list[tuple[int, Link]]] = {}
        for place, cause in enumerate(kb.causes):
            for link in cause.evidence:
                self.links.setdefault(link.finding, []).append((place, link))

    def __missing__(self, finding: str) -> Mapping[str, tuple[Weight, ...]]:
        states: dict[str, list[Weight]] = {}
        grave = self._grave if _of_a_pack(finding) else frozenset()
        for place, link in self.links.get(finding, ()):
            for state, weight in weights_of(link, self.findings[finding], self.caps, place=place):
                states.setdefault(state, []).append(_lifted(weight) if place in grave else weight)
        found = self[finding] = {state: tuple(weights) for state, weights in states.items()}
        return found


@attrs.frozen(kw_only=True)
class GroupWeights:
    """
    What the answers to one group say together: for each cause its points, low, high and contributions.

    `expected` pairs a cause's place with a finding that it misses; `sources`
    are all that these weights cite.
    """

    rows: tuple[tuple[int, float, float, float, tuple[Contribution, ...]], ...]
    expected: tuple[tuple[int, Expected], ...]
    sources: frozenset[str]


class AnsweredGroups(dict[tuple[tuple[str, str], ...], GroupWeights]):
    """
    From the answers to one group, as pairs of finding and state, to what they say together.

    The same few combinations come back again and again, so each is worked out
    once. Where there are too many, all are forgotten and begun anew.
    """

    def __init__(self, weights: FindingWeights) -> None:
        super().__init__()
        self._weights = weights

    def __missing__(self, answered: tuple[tuple[str, str], ...]) -> GroupWeights:
        if len(self) >= MOST_REMEMBERED_GROUPS:
            self.clear()
        weights = [self._weights[finding].get(state, ()) for finding, state in answered]
        found = self[answered] = _together(weights, self._cap(answered[0][0]), _missing(self._weights, answered))
        return found

    def _cap(self, finding: str) -> float:
        return self._weights.caps.get(_group(self._weights.findings[finding]), DEFAULT_GROUP_CAP_DB)


class OpenLinks(dict[int, tuple[NotAsked, ...]]):
    """
    From the place of a cause to what its askable findings could say at most, the most telling first.

    Worked out for a cause when it first leads; what only a clinician can see is left out.
    """

    def __init__(self, kb: KnowledgeBase, weights: FindingWeights) -> None:
        super().__init__()
        self._causes = kb.causes
        self._weights = weights

    def __missing__(self, place: int) -> tuple[NotAsked, ...]:
        told = []
        for link in self._causes[place].evidence:
            finding = self._weights.findings[link.finding]
            if finding.when is None and not finding.clinician:
                alone = [weight.contribution for _, weight in weights_of(link, finding, self._weights.caps)]
                told.append(max(alone, key=lambda part: (abs(part.points), part.state)))
        told.sort(key=lambda part: (-abs(part.points), part.finding))
        found = self[place] = tuple(
            NotAsked(
                finding=part.finding,
                label=part.label,
                state=part.state,
                state_label=part.state_label,
                points=part.points,
            )
            for part in told
        )
        return found


@attrs.frozen(kw_only=True)
class ScoringTable:
    """
    A knowledge base ready for scoring.

    `priors` are in decibans; `links` holds, for each finding, the places of the causes that link it.
    """

    priors: tuple[Interval, ...]
    weights: FindingWeights
    answered: AnsweredGroups
    open_links: OpenLinks
    group_of: Mapping[str, str]
    links: Mapping[str, frozenset[int]]
    caps: Mapping[str, float]
    something_else: Interval


@attrs.frozen(kw_only=True)
class Scores:
    """
    The points of each cause and what each answer contributed, in the order of the table.

    `expected` holds, by the place of a cause, what most of its people have and this person has not;
    `sources` is all that is cited.
    """

    points: Sequence[Interval]
    contributions: Sequence[tuple[Contribution, ...]]
    expected: Mapping[int, tuple[Expected, ...]]
    sources: frozenset[str]


def compile_scoring(kb: KnowledgeBase) -> ScoringTable:
    """
    Everything that scoring needs; the weights themselves follow at first use.
    """
    caps = _caps(kb)
    weights = FindingWeights(kb, caps)
    return ScoringTable(
        priors=tuple(_prior(cause.prior) for cause in kb.causes),
        weights=weights,
        answered=AnsweredGroups(weights),
        open_links=OpenLinks(kb, weights),
        group_of={finding: _group(weights.findings[finding]) for finding in weights.links},
        links={finding: frozenset(place for place, _ in links) for finding, links in weights.links.items()},
        caps=caps,
        something_else=_prior(kb.something_else),
    )


def score(table: ScoringTable, states: Mapping[str, str]) -> Scores:
    """
    Add up what every answered group says about every cause.

    Args:
        table: the compiled knowledge base.
        states: the answered state of each answered finding; the rest weighs nothing.
    """
    value = [prior.value for prior in table.priors]
    low = [prior.low for prior in table.priors]
    high = [prior.high for prior in table.priors]
    contributions: list[list[Contribution]] = [[] for _ in value]
    expected: dict[int, list[Expected]] = {}
    groups = answered_groups(table, states)
    for group in groups:
        for place, points, points_low, points_high, parts in group.rows:
            value[place] += points
            low[place] += points_low
            high[place] += points_high
            contributions[place] += parts
        for place, missing in group.expected:
            expected.setdefault(place, []).append(missing)
    return Scores(
        points=[Interval(*own) for own in zip(value, low, high, strict=True)],
        contributions=[_by_points(own) for own in contributions],
        expected={place: tuple(sorted(own, key=_by_frequency)) for place, own in expected.items()},
        sources=frozenset[str]().union(*[group.sources for group in groups]),
    )


def answered_groups(table: ScoringTable, states: Mapping[str, str]) -> list[GroupWeights]:
    """
    What each answered group says, in the order of its first finding, so that every sum has one order.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for finding in sorted(states):
        group = table.group_of.get(finding)
        if group is not None:
            groups.setdefault(group, []).append((finding, states[finding]))
    return [table.answered[tuple(answered)] for answered in groups.values()]


def not_asked(table: ScoringTable, place: int, states: Mapping[str, str]) -> tuple[NotAsked, ...]:
    """
    What was not answered and would say most about the cause in this place, the most telling first.
    """
    still_open = (each for each in table.open_links[place] if each.finding not in states)
    return tuple(itertools.islice(still_open, MOST_NOT_ASKED))


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
    return grouped_shares(points, ())[0]


def grouped_shares(
    points: Sequence[Interval], groups: Iterable[Sequence[int]]
) -> tuple[tuple[Interval, ...], tuple[Interval, ...]]:
    """
    The shares of all, as `shares` gives them, and in the same way that of each group of places.

    Example:
        >>> tie = Interval(value=-3.0, low=-3.0, high=-3.0)
        >>> grouped_shares([tie, tie, tie, tie], [(0, 1, 2)])[1][0].value
        0.75
    """
    # Only differences matter; the greatest upper end as zero keeps every power finite.
    top = max([interval.high for interval in points])
    value = [10.0 ** ((interval.value - top) / 10.0) for interval in points]
    low = [10.0 ** ((interval.low - top) / 10.0) for interval in points]
    high = [10.0 ** ((interval.high - top) / 10.0) for interval in points]
    whole = math.fsum(value), math.fsum(low), math.fsum(high)
    members = list(groups)
    in_groups = [[math.fsum([mass[place] for place in places]) for places in members] for mass in (value, low, high)]
    return _shares(value, low, high, whole), _shares(in_groups[0], in_groups[1], in_groups[2], whole)


def _shares(
    value: Iterable[float], low: Iterable[float], high: Iterable[float], whole: tuple[float, float, float]
) -> tuple[Interval, ...]:
    all_value, all_low, all_high = whole
    found = []
    for own, own_low, own_high in zip(value, low, high, strict=True):
        share = own / all_value
        others_low, others_high = all_low - own_low, all_high - own_high
        least = own_low / (own_low + others_high) if others_high > 0.0 else share
        most = own_high / (own_high + others_low) if others_low > 0.0 else 1.0
        # The ends are kept beside the value, against the last bit of rounding; the mathematics has them there.
        found.append(Interval(share, min(least, share), max(most, share)))
    return tuple(found)


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
    cap = caps.get(_group(finding), DEFAULT_GROUP_CAP_DB)
    limit = max(WEIGHT_LIMIT_DB, cap)
    result = []
    for state, estimate, of_state, complement in _states(link, finding):
        points, low, high = _weight(link.statistic, estimate, background[of_state], complement, limit)
        frequency = _frequency(link.statistic, estimate.value, background[of_state].value)
        contribution = Contribution(
            finding=finding.id,
            label=finding.label,
            state=state,
            state_label=finding.words_of(state),
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
            contribution=contribution,
        )
        result.append((state, weight))
    return tuple(result)


def _of_a_pack(id: str) -> bool:
    return ":" in id


def _lifted(weight: Weight) -> Weight:
    """
    The weight of a pack's finding for a grave cause of the core.

    It moves the points as it is. Its upper end never speaks against the cause:
    upper points raise floors, and a pack may raise an urgency but not lower one.
    """
    if weight.high >= 0.0:
        return weight
    return attrs.evolve(weight, high=0.0, contribution=attrs.evolve(weight.contribution, high=0.0))


def _together(
    members: Sequence[Sequence[Weight]], cap: float, expected: Iterable[tuple[int, Expected]]
) -> GroupWeights:
    places: dict[int, list[Weight]] = {}
    for weights in members:
        for weight in weights:
            places.setdefault(weight.place, []).append(weight)
    return GroupWeights(
        rows=tuple((place, *_row(own, cap)) for place, own in places.items()),
        expected=tuple(expected),
        sources=frozenset(source for weights in members for each in weights for source in each.contribution.sources),
    )


def _row(weights: Sequence[Weight], cap: float) -> tuple[float, float, float, tuple[Contribution, ...]]:
    return (
        _clip(_total([weight.points for weight in weights]), cap),
        _clip(_total([weight.low for weight in weights]), cap),
        _clip(_total([weight.high for weight in weights]), cap),
        (weights[0].contribution,) if len(weights) == 1 else _discounted(weights, cap),
    )


def _missing(weights: FindingWeights, answered: Iterable[tuple[str, str]]) -> Iterable[tuple[int, Expected]]:
    """
    Findings answered no that half or more of the people with a cause have, with the place of that cause.
    """
    for finding, state in answered:
        for weight in weights[finding].get(state, ()) if state == "absent" else ():
            present = 1.0 - weight.frequency
            if present >= OFTEN:
                label = weights.findings[finding].label
                yield weight.place, Expected(finding=finding, label=label, frequency=present)


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
    ratio = _ratio(statistic, estimate.value, background.value, complement)
    corners = [
        _ratio(statistic, number, q, complement)
        for number in (estimate.low, estimate.high)
        for q in (background.low, background.high)
    ]
    points = round(_clip(10.0 * math.log10(ratio), limit) * GRID) / GRID
    low = math.floor(_clip(10.0 * math.log10(min(corners)), limit) * GRID) / GRID
    high = math.ceil(_clip(10.0 * math.log10(max(corners)), limit) * GRID) / GRID
    return points, min(low, points), max(high, points)


def _ratio(statistic: Statistic, number: float, background: float, complement: bool) -> float:
    """
    How many times likelier the state is with the cause, with both numbers kept away from 0 and 1.
    """
    q = min(max(background, BACKGROUND_FLOOR), BACKGROUND_CEILING)
    p = _frequency(statistic, number, q)
    if complement:
        p, q = 1.0 - p, 1.0 - q
    # What a cause hardly ever shows speaks against it, but only down to the floor, and never for it: for a
    # state that is rare in everybody the floor lies at a tenth of the background.
    return min(max(p, min(FREQUENCY_FLOOR, q / RARE_STATE)), max(FREQUENCY_CEILING, q)) / q


def _frequency(statistic: Statistic, number: float, q: float) -> float:
    if statistic is Statistic.FREQUENCY:
        return number
    if statistic is Statistic.LIKELIHOOD_RATIO:
        return min(number * q, FREQUENCY_CEILING)
    # Odds ratio, and risk ratio as its approximation for rare causes.
    return number * q / (1.0 - q + number * q)


def _by_points(contributions: list[Contribution]) -> tuple[Contribution, ...]:
    """
    The strongest support first and the strongest opposition last; equals stay in the order of their groups.
    """
    if len(contributions) > 1:
        contributions.sort(key=_points_of, reverse=True)
    return tuple(contributions)


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


def _discounted(members: Sequence[Weight], cap: float) -> tuple[Contribution, ...]:
    """
    The contributions of one group; the cap shrinks all alike. Ties go by finding id.
    """
    factors, support, opposition = [], 1.0, 1.0
    ordered = sorted(members, key=lambda weight: (-abs(weight.points), weight.contribution.finding))
    for weight in ordered:
        if weight.points >= 0.0:
            factors.append(support)
            support /= 2.0
        else:
            factors.append(opposition)
            opposition /= 2.0
    total = abs(sum(weight.points * factor for weight, factor in zip(ordered, factors, strict=True)))
    shrink = cap / total if total > cap else 1.0
    return tuple(_scaled(weight, factor * shrink, cap) for weight, factor in zip(ordered, factors, strict=True))


def _scaled(weight: Weight, factor: float, cap: float) -> Contribution:
    alone, points = weight.contribution, weight.points * factor
    limit = max(cap, abs(points))
    return Contribution(
        finding=alone.finding,
        label=alone.label,
        state=alone.state,
        state_label=alone.state_label,
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
            group = _group(finding)
            caps[group] = max(caps.get(group, DEFAULT_GROUP_CAP_DB), finding.group_cap)
    return caps


def _group(finding: Finding) -> str:
    return finding.group or finding.id


def _prior(prior: SourcedEstimate) -> Interval:
    return Interval(value=decibans(prior.value), low=decibans(prior.low), high=decibans(prior.high))


def _clip(value: float, limit: float) -> float:
    return min(max(value, -limit), limit)
