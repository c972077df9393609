"""
The conversation with a person: what to ask next, what an answer changed, what could be changed.

Here the pure rooms meet: the tables of `engine`, the order of `interview`, the
pairs of `pairs`. Everything is pure; the tables are kept on the knowledge base
they belong to.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from . import answers, engine, interview, pairs, questionnaire, scoring, wire
from .answers import Answers
from .assessment import Assessment, Interval
from .dataset import default_knowledge_base
from .dialogue import AnswerChange, CausePair, Comparison, Modifiable, Question, QuestionPart, ShareChange
from .errors import ProfileError
from .model import Finding, KnowledgeBase
from .profile import Profile

__all__ = ["modifiable", "next_questions", "two_causes", "what_if"]

SHARE_THAT_COUNTS = 0.005


@attrs.frozen(kw_only=True)
class _Tables:
    """
    The tables of an assessment, and those of an interview beside them.
    """

    compiled: engine.Compiled
    interview: questionnaire.InterviewTable
    pairs: pairs.PairTable


def next_questions(
    profile: Profile | Mapping[str, Any], *, kb: KnowledgeBase | None = None, limit: int = 5
) -> tuple[Question, ...]:
    """
    The questions to ask next, the one with the greatest expected gain first.

    Put the answer into `findings` of the profile under the id of the question
    (`None` where the person does not know) and ask again: the order depends on
    every answer. The list of medicines is no question here; ask for it at the
    start, because it answers many.

    Args:
        profile: a `Profile`, or the same as parsed JSON.
        kb: what is known; by default the bundled dataset with the installed packs.
        limit: how many questions at most.

    Returns:
        An empty tuple when no single answer can change the urgency or the first
        three causes any more.

    Raises:
        ProfileError: the profile cannot be read; every fault is listed.

    Example:
        >>> import twitchkb
        >>> questions = twitchkb.next_questions({"age": 30, "sex": "male", "findings": {"twitch_eyelid": True}})
        >>> len(questions), all(question.why == "safety" for question in questions)
        (5, True)
    """
    tables = _tables(kb)
    situation = _situation(tables, _read(profile, tables.compiled))
    found = interview.next_open(tables.interview, situation, limit)
    return tuple(_question(tables, each) for each in found)


def what_if(
    profile: Profile | Mapping[str, Any], findings: Mapping[str, Any], *, kb: KnowledgeBase | None = None
) -> Comparison:
    """
    The same person with some answers changed: shares, urgency and remedies before and after.

    It compares two people who answer differently; it does not promise that a
    change has that effect.

    Args:
        profile: a `Profile`, or the same as parsed JSON.
        findings: the answers to change, by finding id; `None` makes one unknown.
        kb: what is known; by default the bundled dataset with the installed packs.

    Raises:
        ProfileError: the profile before or after cannot be read.

    Example:
        >>> import twitchkb
        >>> person = {"age": 30, "findings": {"twitch_eyelid": True, "caffeine_mg_per_day": 600}}
        >>> twitchkb.what_if(person, {"caffeine_mg_per_day": 0}).shares[0].cause
        'caffeine_stimulants'
    """
    tables = _tables(kb)
    first = _profile(profile)
    second = _changed(first, findings)
    before = engine.assess(first, kb=tables.compiled.kb)
    after = engine.assess(second, kb=tables.compiled.kb)
    offered, still = ({remedy.id for remedy in each.remedies} for each in (before, after))
    return Comparison(
        before=before,
        after=after,
        answers=tuple(_answer_changes(tables, _read(first, tables.compiled), _read(second, tables.compiled))),
        shares=_share_changes(before, after),
        offered=tuple(remedy.id for remedy in after.remedies if remedy.id not in offered),
        no_longer_offered=tuple(remedy.id for remedy in before.remedies if remedy.id not in still),
    )


def modifiable(profile: Profile | Mapping[str, Any], *, kb: KnowledgeBase | None = None) -> tuple[Modifiable, ...]:
    """
    The risk factors that are present and can be changed, by the share that would fall away.

    Each is compared with the same person without it: answered absent, or at
    the nearest level that counts as normal.

    Raises:
        ProfileError: the profile cannot be read; every fault is listed.

    Example:
        >>> import twitchkb
        >>> person = {"age": 30, "findings": {"twitch_eyelid": True, "sleep_hours": 4, "caffeine_mg_per_day": 600}}
        >>> sorted(each.finding for each in twitchkb.modifiable(person))
        ['caffeine_mg_per_day', 'sleep_hours']
    """
    tables = _tables(kb)
    shaped = _profile(profile)
    person = _read(shaped, tables.compiled)
    before = _shares(tables, person)
    found = []
    for id, state in person.states.items():
        finding = tables.compiled.kb.finding(id)
        without = _harmless(finding, state)
        if without is None:
            continue
        value: Any = False if finding.is_yes_no else without
        after = _shares(tables, _read(_changed(shaped, {id: value}), tables.compiled))
        falls = [(old.value - new.value, i) for i, (old, new) in enumerate(zip(before, after, strict=True))]
        causes = sorted((-fall, tables.interview.causes[i]) for fall, i in falls[:-1] if fall >= SHARE_THAT_COUNTS)
        found.append(
            Modifiable(
                finding=id,
                label=finding.label,
                state=state,
                without=without,
                falls_away=sum(fall for fall, _ in falls if fall > 0.0),
                from_causes=tuple(cause for _, cause in causes),
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.falls_away, each.finding)))


def two_causes(profile: Profile | Mapping[str, Any], *, kb: KnowledgeBase | None = None) -> tuple[CausePair, ...]:
    """
    Pairs among the six leading causes that beat the best single cause by 6 dB or more, the best first.

    Raises:
        ProfileError: the profile cannot be read; every fault is listed.

    Example:
        >>> import twitchkb
        >>> twitchkb.two_causes({"findings": {"twitch_eyelid": True}})
        ()
    """
    tables = _tables(kb)
    person = _read(profile, tables.compiled)
    points = _situation(tables, person).points
    causes = tables.compiled.kb.causes
    return tuple(
        CausePair(
            causes=(causes[pair.first].id, causes[pair.second].id),
            names=(causes[pair.first].name, causes[pair.second].name),
            points=pair.points,
            gain=pair.gain,
        )
        for pair in pairs.pairs_that_pay(tables.pairs, person.states, points)
    )


def _tables(kb: KnowledgeBase | None) -> _Tables:
    """
    Built at the first call, then kept on the knowledge base, like the tables of `engine`.
    """
    kb = default_knowledge_base() if kb is None else kb
    tables: _Tables | None = kb._conversation
    if tables is None:
        compiled = engine.compile_knowledge(kb)
        effects = _effects(compiled.scoring)
        tables = _Tables(
            compiled=compiled,
            interview=questionnaire.compile_interview(kb, effects, compiled.scoring.caps),
            pairs=pairs.compile_pairs(
                kb,
                {key: {each.place: each.points for each in found} for key, found in effects.items()},
                compiled.scoring.caps,
                [scoring.decibans(cause.prior.value) for cause in kb.causes],
            ),
        )
        object.__setattr__(kb, "_conversation", tables)
    return tables


def _effects(table: scoring.ScoringTable) -> dict[tuple[str, str], tuple[questionnaire.Effect, ...]]:
    return {
        (finding, state): tuple(
            questionnaire.Effect(
                place=weight.place, points=weight.points, upper=weight.high, frequency=weight.frequency
            )
            for weight in weights
        )
        for finding in table.links
        for state, weights in table.weights[finding].items()
    }


def _profile(profile: Profile | Mapping[str, Any]) -> Profile:
    shaped, faults = wire.read_profile(profile)
    if faults:
        raise ProfileError(faults)
    return shaped


def _read(profile: Profile | Mapping[str, Any], compiled: engine.Compiled) -> Answers:
    shaped, faults = wire.read_profile(profile)
    person, more = answers.read_answers(shaped, compiled.kb, compiled.answers)
    if faults or more:
        raise ProfileError((*faults, *more))
    return person


def _changed(profile: Profile, findings: Mapping[str, Any]) -> Profile:
    """
    The same person with some answers replaced; age and sex then stand among the findings.
    """
    moved = [name for name in ("age", "sex") if name in findings]
    return attrs.evolve(profile, findings={**dict(profile.findings), **findings}, **dict.fromkeys(moved))


def _situation(tables: _Tables, person: Answers) -> interview.Situation:
    table = tables.compiled.scoring
    points = [prior.value for prior in table.priors]
    upper = [prior.high for prior in table.priors]
    # The same sums in the same order as in `scoring.score`, without the reasons.
    for group in scoring.answered_groups(table, person.states):
        for place, more, _, more_upper, _ in group.rows:
            points[place] += more
            upper[place] += more_upper
    return interview.Situation(person=person, points=tuple(points), upper=tuple(upper), rest=table.something_else.value)


def _shares(tables: _Tables, person: Answers) -> tuple[Interval, ...]:
    table = tables.compiled.scoring
    return scoring.shares([*scoring.score(table, person.states).points, table.something_else])


def _harmless(finding: Finding, state: str) -> str | None:
    """
    The state without the risk, where the finding is a risk that is present and can be changed.
    """
    if not getattr(finding, "modifiable", False) or finding.when is not None:
        return None
    if finding.is_yes_no:
        return "absent" if state == "present" else None
    if finding.scale is None or state in finding.scale.normal or not finding.scale.normal:
        return None
    levels = finding.scale.levels
    return min(finding.scale.normal, key=lambda level: (abs(levels.index(level) - levels.index(state)), level))


def _question(tables: _Tables, found: interview.Open) -> Question:
    finding, scale = found.finding, found.finding.scale
    findings = tables.compiled.answers.findings
    return Question(
        finding=finding.id,
        label=finding.label,
        question=finding.question,
        help=finding.help,
        form="number" if scale is not None else "choice" if finding.choices else "yes_no",
        unit=scale.unit if scale is not None else "",
        units=tuple(unit for unit, _ in scale.also) if scale is not None else (),
        least=scale.accepts[0] if scale is not None else None,
        most=scale.accepts[1] if scale is not None else None,
        choices=finding.choices,
        parts=tuple(QuestionPart(finding=part, label=findings[part].label) for part in found.parts),
        why=found.why,
        narrows=found.moves,
        could_reach=found.reach,
        expected_steps=found.steps,
        expected_bits=found.bits,
    )


def _answer_changes(tables: _Tables, before: Answers, after: Answers) -> Iterable[AnswerChange]:
    for id in sorted(before.states.keys() | after.states.keys()):
        old, new = before.states.get(id), after.states.get(id)
        if old != new or before.ranges.get(id) != after.ranges.get(id):
            yield AnswerChange(finding=id, label=tables.compiled.answers.findings[id].label, before=old, after=new)


def _share_changes(before: Assessment, after: Assessment) -> tuple[ShareChange, ...]:
    later = {cause.id: cause.share for cause in after.causes}
    changes = [
        ShareChange(cause=cause.id, name=cause.name, before=cause.share, after=later[cause.id])
        for cause in before.causes
        if cause.share != later[cause.id]
    ]
    return tuple(sorted(changes, key=lambda each: (-abs(each.difference), each.cause)))
