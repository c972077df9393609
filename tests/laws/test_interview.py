"""
Laws of the conversation: what is asked, when it ends, and what an answer changes (law 37 itself stands with the explanation).
"""

import math
from typing import Any

import attrs
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import twitchkb
from twitchkb import Profile, assess, modifiable, next_questions, two_causes, what_if
from twitchkb.dialogue import CausePair, Modifiable, Question
from twitchkb.model import Finding, KnowledgeBase
from twitchkb.scoring import weights_of

from . import worlds
from .worlds import answered, people, profiles

ALL = 10_000


def ids(questions: tuple[Question, ...]) -> list[str]:
    return [question.finding for question in questions]


def askable(kb: KnowledgeBase) -> list[Finding]:
    return [finding for finding in kb.findings if finding.when is None]


def every_answer(finding: Finding) -> list[Any]:
    """
    Answers that differ in their consequences: each state, and numbers at and beside every cut.
    """
    if finding.scale is None:
        return [True, False] if finding.is_yes_no else list(finding.choices)
    low, high = finding.scale.accepts
    cuts = [low, high, *finding.scale.cuts, *(math.nextafter(cut, -math.inf) for cut in finding.scale.cuts), 2.0, 16.0]
    numbers = [float(f"{cut:.12g}") for cut in (*cuts, 1.9, 2.1, 15.9, 59.9, 60.1)]
    return [*finding.scale.levels, *({"value": n, "unit": finding.scale.unit} for n in numbers if low <= n <= high)]


def outcome(profile: Profile, kb: KnowledgeBase) -> tuple[object, list[str]]:
    answer = assess(profile, kb=kb)
    return answer.urgency.level, [cause.id for cause in answer.causes[:3]]


def with_answer(profile: Profile, id: str, value: Any) -> Profile:
    return attrs.evolve(profile, **{id: value}) if id == "sex" else answered(profile, **{id: value})


@given(people())
def test_a_question_that_was_answered_is_never_asked(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    Nobody is asked twice, not even who said "I do not know", and nobody is asked what follows from the rest.
    """
    kb, profile = person
    told = set(dict(profile.findings)) | {name for name in ("age", "sex") if getattr(profile, name) is not None}

    asked = ids(next_questions(profile, kb=kb, limit=ALL))

    assert not told & set(asked)
    assert len(set(asked)) == len(asked)
    assert all(kb.finding(id).when is None for id in asked)


@given(st.data())
def test_answering_never_makes_an_earlier_safety_question_come_back(data: st.DataObject) -> None:
    """
    A danger that was settled stays settled: the list of safety questions that were seen only gets shorter.
    """
    kb = data.draw(worlds.worlds())
    profile = data.draw(profiles(kb, most=3))
    seen: set[str] = set()
    gone: set[str] = set()

    for _ in range(8):
        questions = next_questions(profile, kb=kb, limit=ALL)
        if not questions:
            break
        safety = {question.finding for question in questions if question.why == "safety"}
        assert not gone & safety
        gone |= seen - safety
        seen |= safety
        chosen = data.draw(st.sampled_from(questions[:6]))
        profile = answered(profile, **{chosen.finding: data.draw(worlds.answer(kb.finding(chosen.finding)))})


@given(st.data())
def test_the_interview_ends(data: st.DataObject) -> None:
    """
    Whatever is answered, the questions run out.
    """
    kb = data.draw(worlds.knowledge_bases())
    profile = data.draw(profiles(kb, most=2))

    for _ in range(len(kb.findings) + 1):
        questions = next_questions(profile, kb=kb, limit=1)
        if not questions:
            break
        id = questions[0].finding
        profile = answered(profile, **{id: data.draw(worlds.answer(kb.finding(id)))})

    assert next_questions(profile, kb=kb) == ()


def test_the_interview_of_a_well_person_ends_with_the_bundled_data(kb: KnowledgeBase) -> None:
    """
    Who says no to everything is through before every finding was asked, and may look after themselves.
    """
    profile = Profile(age=30, sex="male", findings={"twitch_eyelid": True}, medicines=())
    asked = 0
    while questions := next_questions(profile, kb=kb, limit=1):
        finding = kb.finding(questions[0].finding)
        normal = finding.scale.normal[0] if finding.scale is not None and finding.scale.normal else None
        profile = answered(profile, **{finding.id: False if finding.is_yes_no else normal})
        asked += 1

    assert assess(profile, kb=kb).urgency.level.value == "self_care"
    assert asked < len(askable(kb))


@given(st.data())
@settings(max_examples=15)
def test_with_every_question_answered_it_equals_assess_of_the_full_profile(data: st.DataObject) -> None:
    """
    Nothing that matters to urgency or ranking is hidden from the interview for good.

    Only a rule that could say no more than what is said already is not asked after, so its
    reason may be missing beside others of the same level.
    """
    kb = data.draw(worlds.knowledge_bases())
    full = Profile(findings={f.id: data.draw(worlds.answer(f, unknown=False)) for f in askable(kb)}, medicines=())
    told = Profile(medicines=())
    answers = dict(full.findings)

    while open := _open(told, kb):
        told = answered(told, **{open[0]: answers[open[0]]})

    whole, interviewed = assess(full, kb=kb), assess(told, kb=kb)
    assert interviewed.urgency.level is whole.urgency.level
    assert {r.id for r in interviewed.urgency.reasons} <= {r.id for r in whole.urgency.reasons}
    assert [(c.id, c.points, c.share) for c in interviewed.causes] == [(c.id, c.points, c.share) for c in whole.causes]


def _open(profile: Profile, kb: KnowledgeBase) -> list[str]:
    """
    What is open, whether or not one answer alone can still change anything.
    """
    from twitchkb import conversation, interview

    tables = conversation._tables(kb)
    situation = conversation._situation(tables, conversation._read(profile, tables.compiled))
    return [each.finding.id for each in interview.open_questions(tables.interview, situation)]


@given(st.data())
def test_it_stops_when_and_only_when_no_single_answer_can_change_anything(data: st.DataObject) -> None:
    """
    The last question is no matter of taste: every single answer is tried against `assess`.
    """
    kb = data.draw(worlds.knowledge_bases())
    profile = data.draw(profiles(kb, most=8))
    before = outcome(profile, kb)
    told = set(dict(profile.findings)) | {name for name in ("age", "sex") if getattr(profile, name) is not None}

    questions = next_questions(profile, kb=kb)

    can_change = any(
        outcome(answered(profile, **{finding.id: value}), kb) != before
        for finding in askable(kb)
        if finding.id not in told
        for value in every_answer(finding)
    )
    assert bool(questions) is can_change


@given(people())
def test_ids_never_depend_on_language(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    A translated pack asks the same questions in the same order.
    """
    kb, profile = person
    translated = attrs.evolve(
        kb,
        findings=tuple(
            attrs.evolve(finding, label=f"X {finding.label}", question="Y?", help="") for finding in kb.findings
        ),
        causes=tuple(attrs.evolve(cause, name=f"Z {cause.name}") for cause in kb.causes),
    )

    own, other = next_questions(profile, kb=kb), next_questions(profile, kb=translated)

    assert ids(own) == ids(other)
    assert [(q.narrows, [part.finding for part in q.parts]) for q in own] == [
        (q.narrows, [part.finding for part in q.parts]) for q in other
    ]


@given(people())
def test_each_question_says_why_it_is_asked_and_how_to_answer(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    An app can show and explain a question with nothing but the question.
    """
    kb, profile = person

    for question in next_questions(profile, kb=kb, limit=ALL):
        assert question.why in ("safety", "gate", "narrows")
        assert (question.could_reach is not None) is (question.why == "safety")
        assert question.form in ("yes_no", "number", "choice")
        assert (question.form == "number") is (question.least is not None and question.most is not None)
        assert (question.form == "choice") is bool(question.choices)
        assert math.isfinite(question.expected_steps)
        assert question.expected_steps >= 0.0
        assert 0.0 <= question.expected_bits <= math.log2(len(kb.causes) + 1) + 1e-9
        assert twitchkb.from_json(twitchkb.to_json(question), Question) == question


@given(st.data())
def test_a_shorter_list_is_the_beginning_of_the_longer_one(data: st.DataObject) -> None:
    """
    `limit` cuts the list and changes nothing else.
    """
    kb, profile = data.draw(people())
    limit = data.draw(st.integers(1, 9))

    assert next_questions(profile, kb=kb, limit=limit) == next_questions(profile, kb=kb, limit=ALL)[:limit]


@given(st.data())
def test_the_expected_bits_equal_those_of_an_exhaustive_calculation(data: st.DataObject) -> None:
    """
    An independent oracle: assess the person with every answer, and average the entropy.
    """
    kb = data.draw(worlds.knowledge_bases(singleton_groups=True))
    profile = data.draw(profiles(kb, most=3))
    before = assess(profile, kb=kb)
    shares = {cause.id: cause.share.value for cause in before.causes}

    for question in next_questions(profile, kb=kb, limit=ALL):
        finding = kb.finding(question.finding)
        chances = _chances(finding, kb, shares)
        after = 0.0
        for state, chance in chances.items():
            value = {"present": True, "absent": False}.get(state, state)
            after += chance * _entropy(assess(with_answer(profile, finding.id, value), kb=kb))
        expected = max(0.0, _entropy(before) - after / math.fsum(chances.values()))
        # The interview passes over causes below one in ten thousand.
        assert math.isclose(question.expected_bits, expected, abs_tol=0.01)


def _chances(finding: Finding, kb: KnowledgeBase, shares: dict[str, float]) -> dict[str, float]:
    background = {state: estimate.value for state, estimate in finding.background}
    if finding.is_yes_no:
        background["absent"] = 1.0 - background["present"]
    found = {}
    for state, q in background.items():
        found[state] = q
        for cause in kb.causes:
            for link in cause.evidence:
                if link.finding == finding.id:
                    weight = dict(weights_of(link, finding, {finding.id: 1000.0})).get(state)
                    found[state] += 0.0 if weight is None else shares[cause.id] * (weight.frequency - q)
    return {state: max(chance, 1e-6) for state, chance in found.items()}


def _entropy(assessment: twitchkb.Assessment) -> float:
    shares = [cause.share.value for cause in assessment.causes] + [assessment.something_else.value]
    return -math.fsum(share * math.log2(share) for share in shares if share > 0.0)


@given(people())
def test_an_interview_sees_the_points_that_assess_sees(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    The order of the questions rests on the same numbers as the answer, bit for bit.
    """
    from twitchkb import conversation

    kb, profile = person
    tables = conversation._tables(kb)
    situation = conversation._situation(tables, conversation._read(profile, tables.compiled))

    points = {cause.id: cause.points for cause in assess(profile, kb=kb).causes}
    assert situation.points == tuple(points[cause.id].value for cause in kb.causes)
    assert situation.upper == tuple(points[cause.id].high for cause in kb.causes)


@given(people())
def test_changing_nothing_changes_nothing(person: tuple[KnowledgeBase, Profile]) -> None:
    """
    The same answers give the same assessment and an empty list of differences.
    """
    kb, profile = person

    comparison = what_if(profile, {}, kb=kb)

    assert comparison.before == comparison.after
    assert (comparison.answers, comparison.shares, comparison.offered, comparison.no_longer_offered) == ((), (), (), ())


@given(st.data())
def test_what_falls_away_is_what_the_comparison_shows(data: st.DataObject) -> None:
    """
    The list of what can be changed and `what_if` are one calculation.
    """
    kb = worlds.bundled()
    risks = [finding for finding in askable(kb) if getattr(finding, "modifiable", False)]
    chosen = data.draw(st.lists(st.sampled_from(risks), unique_by=lambda f: f.id, max_size=4))
    profile = answered(data.draw(profiles(kb, most=4)), **{f.id: data.draw(worlds.answer(f)) for f in chosen})

    factors = modifiable(profile, kb=kb)

    assert [f.falls_away for f in factors] == sorted((f.falls_away for f in factors), reverse=True)
    for factor in factors:
        value: Any = False if factor.without == "absent" else factor.without
        comparison = what_if(profile, {factor.finding: value}, kb=kb)
        falls = math.fsum(-change.difference for change in comparison.shares if change.difference < 0.0)
        rest = comparison.before.something_else.value - comparison.after.something_else.value
        assert math.isclose(factor.falls_away, falls + max(rest, 0.0), abs_tol=1e-12)
        assert twitchkb.from_json(twitchkb.to_json(factor), Modifiable) == factor


@given(people())
def test_a_pair_is_shown_only_where_it_beats_the_best_cause_by_six_decibans(
    person: tuple[KnowledgeBase, Profile],
) -> None:
    """
    Two causes need more evidence than one, because both have to be there.
    """
    kb, profile = person
    causes = assess(profile, kb=kb).causes
    leading = {cause.id for cause in causes[:6]}

    for pair in two_causes(profile, kb=kb):
        assert pair.gain >= 6.0
        assert math.isclose(pair.points, causes[0].points.value + pair.gain, abs_tol=1e-9)
        assert set(pair.causes) <= leading
        assert twitchkb.from_json(twitchkb.to_json(pair), CausePair) == pair


@given(st.data())
def test_a_pair_that_shares_no_finding_has_the_evidence_of_both(data: st.DataObject) -> None:
    """
    Where no finding is linked by both causes, the noisy-OR is the sum.
    """
    from twitchkb import conversation, pairs

    kb = data.draw(worlds.knowledge_bases(singleton_groups=True))
    assume(len(kb.causes) >= 2)
    first, second = kb.causes[:2]
    assume(not {link.finding for link in first.evidence} & {link.finding for link in second.evidence})
    profile = data.draw(profiles(kb))
    tables = conversation._tables(kb)
    states = conversation._read(profile, tables.compiled).states
    points = {cause.id: cause.points.value for cause in assess(profile, kb=kb).causes}

    together = pairs._points(tables.pairs, states, 0, 1)

    assert math.isclose(together, points[first.id] + points[second.id], abs_tol=1e-9)


def test_a_floor_that_is_left_again_brings_no_safety_question_back(kb: KnowledgeBase) -> None:
    """
    One answer carries a grave cause over its floor, the next takes it back: what was settled stays settled.
    """
    findings = {"continuous_jerking": True, "continuous_jerking_bouts": False}
    profile = Profile(age=1, findings=findings, medicines=())
    lists = []
    for answer in ({}, {"distractible": False}, {"fit_or_blackout": False}):
        profile = answered(profile, **answer)
        questions = next_questions(profile, kb=kb, limit=ALL)
        lists.append({question.finding for question in questions if question.why == "safety"})

    assert not (lists[0] - lists[1]) & lists[2]
