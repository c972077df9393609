"""
Two independent oracles: an exact Bayesian network, and the rules written again by brute force.
"""

import itertools
import math
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twitchkb import assess, scoring
from twitchkb.model import KnowledgeBase, Statistic
from twitchkb.profile import Profile

from .worlds import knowledge_bases, profiles

GRID = 1 / 1024


@settings(max_examples=20)
@given(knowledge_bases(singleton_groups=True, points=True), st.data())
def test_shares_equal_those_of_an_exact_naive_bayes_network(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    With every finding a group of its own the shares are those of a naive Bayes network, to 1e-9.

    The network gets the likelihoods that the rounded weights stand for, so that
    the comparison is of the arithmetic and not of the rounding.
    """
    with warnings.catch_warnings():
        # Its SWIG types warn at import, and crash the interpreter where a warning is an error.
        warnings.simplefilter("ignore")
        import pyagrum

    profile = data.draw(profiles(kb))
    answer = assess(profile, kb=kb)
    order = sorted(answer.causes, key=lambda cause: cause.id)

    network = pyagrum.BayesNet("oracle")
    names = [cause.id for cause in order] + ["something_else"]
    network.add(pyagrum.LabelizedVariable("cause", "cause", names))
    rest = scoring.compile_scoring(kb).something_else
    priors = [10 ** (cause.prior.value / 10) for cause in order] + [10 ** (rest.value / 10)]
    network.cpt("cause").fillWith([p / math.fsum(priors) for p in priors])
    answered = sorted({part.finding for cause in order for part in cause.contributions})
    for finding in answered:
        network.add(pyagrum.LabelizedVariable(finding, finding, ["given", "other"]))
        network.addArc("cause", finding)
        ratios = [
            10 ** (next((p.points for p in cause.contributions if p.finding == finding), 0.0) / 10) for cause in order
        ] + [1.0]
        scale = 2 * max(ratios)
        for name, ratio in zip(names, ratios, strict=True):
            network.cpt(finding)[{"cause": name}] = [ratio / scale, 1 - ratio / scale]
    inference = pyagrum.LazyPropagation(network)
    inference.setEvidence(dict.fromkeys(answered, "given"))
    inference.makeInference()
    posterior = inference.posterior("cause")

    for cause in order:
        assert posterior[{"cause": cause.id}] == pytest.approx(cause.share.value, abs=1e-9)


@given(knowledge_bases(), st.data())
def test_points_groups_and_intervals_equal_a_brute_force_reference(kb: KnowledgeBase, data: st.DataObject) -> None:
    """
    The rules of the paper, written again here without the library's own formulas.
    """
    profile = data.draw(profiles(kb))
    answer = {cause.id: cause for cause in assess(profile, kb=kb).causes}
    states = _states(kb, profile)

    for cause in kb.causes:
        value, low, high = _reference(kb, cause.id, states)
        points = answer[cause.id].points
        assert points.value == pytest.approx(value, abs=1e-9)
        assert points.low == pytest.approx(low, abs=1e-9)
        assert points.high == pytest.approx(high, abs=1e-9)


def _states(kb: KnowledgeBase, profile: Profile) -> dict[str, str]:
    given = {name: value for name, value in profile.findings if value is not None}
    if profile.age is not None:
        given["age"] = profile.age
    states = {}
    for name, value in given.items():
        scale = kb.finding(name).scale
        if scale is None:
            states[name] = "present" if value else "absent"
        elif isinstance(value, str):
            states[name] = value
        else:
            number = value.value if hasattr(value, "value") else value
            states[name] = scale.levels[sum(number >= cut for cut in scale.cuts)]
    return states


def _reference(kb: KnowledgeBase, id: str, states: dict[str, str]) -> tuple[float, float, float]:
    cause = kb.cause(id)
    cap_of = {group.id: group.cap for group in kb.groups}
    groups: dict[str, list[tuple[float, float, float]]] = {}
    for link in cause.evidence:
        finding = kb.finding(link.finding)
        state = states.get(finding.id)
        stated = dict(link.estimates)
        if state is None:
            continue
        of = "present" if finding.is_yes_no else state
        if of not in stated:
            continue
        cap = cap_of[finding.group]
        estimate, background = stated[of], dict(finding.background)[of]

        def weight(number: float, q: float, link=link, state=state, of=of, cap=cap) -> float:
            q = min(max(q, 0.0001), 0.9999)
            if link.statistic is Statistic.FREQUENCY:
                p = number
            elif link.statistic is Statistic.LIKELIHOOD_RATIO:
                p = min(number * q, 0.995)
            else:
                odds = number * q / (1 - q)
                p = odds / (1 + odds)
            if state != of:
                p, q = 1 - p, 1 - q
            p = min(max(p, min(0.005, q / 10.0)), max(0.995, q))
            limit = max(20.0, cap)
            return min(max(10 * math.log10(p / q), -limit), limit)

        point = round(weight(estimate.value, background.value) / GRID) * GRID
        box = [
            weight(n, q) for n, q in itertools.product((estimate.low, estimate.high), (background.low, background.high))
        ]
        low = min(math.floor(min(box) / GRID) * GRID, point)
        high = max(math.ceil(max(box) / GRID) * GRID, point)
        groups.setdefault(finding.group, []).append((point, low, high))
    totals = [round(10 * math.log10(p) / GRID) * GRID for p in (cause.prior.value, cause.prior.low, cause.prior.high)]
    for group, members in groups.items():
        for i in range(3):
            support = sorted((m[i] for m in members if m[i] >= 0), reverse=True)
            against = sorted((-m[i] for m in members if m[i] < 0), reverse=True)
            total = sum(w / 2**k for k, w in enumerate(support)) - sum(w / 2**k for k, w in enumerate(against))
            totals[i] += min(max(total, -cap_of[group]), cap_of[group])
    return totals[0], totals[1], totals[2]
