"""
Hypothesis strategies: small knowledge bases, and people to assess with them.

A generated world holds a little of everything (scaled findings, groups with
caps, ratios, floors, red flags, a gate, medicines, cautions), so that a law
which only holds for the bundled data does not pass.
"""

import functools
from typing import Any

import attrs
from hypothesis import strategies as st

import twitchkb
from twitchkb.condition import All, AnyOf, AtLeast, Compare, Condition, Days, MedicineCount, Not, Present, Takes
from twitchkb.model import (
    Cause,
    Caution,
    Estimate,
    Family,
    Finding,
    Floor,
    Gate,
    GateQuestion,
    GateStop,
    Group,
    KnowledgeBase,
    LabTest,
    Link,
    Medicine,
    MedicineClass,
    RedFlag,
    Remedy,
    RiskFactor,
    Scale,
    SourcedEstimate,
    Statistic,
    Symptom,
    Wording,
)
from twitchkb.profile import MedicineUse, Profile
from twitchkb.vocabulary import CautionAction, Grade, RemedyKind, Urgency

WORDING = Wording(
    notice="No opinion about you.",
    actions=tuple(
        (urgency, f"{'Call an ambulance now' if urgency is Urgency.EMERGENCY else 'Do'} {urgency.value}.")
        for urgency in Urgency
    ),
    default_reason="Not all answered.",
    gate_passed_reason="All answered no.",
    floor_reason="Could be {cause}.",
    outside_ages_reason="Not for this age.",
    urgency_first_reason="Be seen first.",
    gate_first_reason="After the gate.",
)
SCALE = Scale(
    unit="mmol/L",
    also=(("mg/dL", 0.25), ("umol/L", 0.001)),
    cuts=(2.0, 4.0),
    levels=("low", "normal", "high"),
    normal=("normal",),
    accepts=(0.0, 64.0),
)
AGE = RiskFactor(
    id="age",
    label="Age",
    question="How old are you?",
    scale=Scale(unit="years", cuts=(16.0, 60.0), levels=("young", "middle", "old"), accepts=(0.0, 120.0)),
    background=tuple(
        (level, SourcedEstimate(value=share, low=share * 0.8, high=min(share * 1.2, 0.99), grade=Grade.EXPERT))
        for level, share in (("young", 0.2), ("middle", 0.5), ("old", 0.3))
    ),
    group="age",
)
CLASSES = ("class_a", "class_b", "class_ab")
MEDICINES = tuple(
    Medicine(id=f"drug_{i}", name=f"Drug {i}", brands=(f"Brand{i}",), classes=(CLASSES[i % 2],)) for i in range(4)
)


@st.composite
def estimates(draw: st.DrawFn, low: float = 0.01, high: float = 0.9, kind: Any = Estimate, **more: Any) -> Any:
    """
    Three ascending numbers; now and then a point.
    """
    numbers = st.floats(low, high, allow_nan=False)
    if draw(st.integers(0, 3)) == 0:
        value = draw(numbers)
        return kind(value=value, low=value, high=value, **more)
    a, b, c = sorted(draw(st.lists(numbers, min_size=3, max_size=3)))
    return kind(value=b, low=a, high=c, **more)


@st.composite
def findings(draw: st.DrawFn, number: int) -> Finding:
    """
    A yes/no finding, or a laboratory value on a scale.
    """
    group = draw(st.sampled_from(["alone", "g0", "g1"]))
    id = f"f{number}"
    common = {
        "id": id,
        "label": f"Finding {number}",
        "question": f"Question {number}?",
        "group": id if group == "alone" else group,
    }
    if number % 4 == 3:
        shares = draw(st.lists(st.floats(0.05, 1.0), min_size=3, max_size=3))
        total = sum(shares)
        background = tuple(
            (
                level,
                SourcedEstimate(
                    value=s / total, low=0.6 * s / total, high=min(0.99, 1.5 * s / total), grade=Grade.EXPERT
                ),
            )
            for level, s in zip(SCALE.levels, shares, strict=True)
        )
        return LabTest(scale=SCALE, background=background, **common)
    value = draw(estimates(0.001, 0.8, SourcedEstimate, grade=Grade.EXPERT))
    return (Symptom if number % 2 else RiskFactor)(background=(("present", value),), **common)


@st.composite
def links(draw: st.DrawFn, finding: Finding) -> Link:
    """
    A frequency or a ratio that the finding's background allows.
    """
    statistic = draw(st.sampled_from(Statistic))
    if finding.is_yes_no:
        limit = 0.9 if statistic is Statistic.FREQUENCY else min(30.0, 0.9 / dict(finding.background)["present"].value)
        numbers: tuple[tuple[str, Estimate], ...] = (("present", draw(estimates(0.01, limit))),)
    elif statistic is Statistic.FREQUENCY:
        numbers = tuple((state, draw(estimates(0.01, 0.9))) for state in finding.states)
    else:
        numbers = tuple(
            (state, draw(estimates(0.1, 3.0))) for state in draw(st.sets(st.sampled_from(finding.states), min_size=1))
        )
    return Link(finding=finding.id, statistic=statistic, estimates=numbers, grade=Grade.EXPERT, note="Made up.")


@st.composite
def conditions(draw: st.DrawFn, known: tuple[Finding, ...], *, monotone: bool = True, depth: int = 2) -> Condition:
    """
    A condition over the findings and medicines of a world.
    """
    if depth == 0 or draw(st.booleans()):
        finding = draw(st.sampled_from(known))
        atoms: list[st.SearchStrategy[Condition]] = [
            st.just(Present(finding.id) if finding.is_yes_no else Compare(finding.id, "<", 2.0)),
            st.builds(MedicineCount, st.sampled_from(CLASSES), st.just(">="), st.sampled_from([1.0, 2.0])),
            st.builds(Takes, st.sampled_from([m.id for m in MEDICINES])),
            st.builds(
                Days,
                st.sampled_from(["started", "changed", "stopped"]),
                st.sampled_from(CLASSES),
                st.just("<="),
                st.just(30.0),
            ),
            st.just(Compare("age", ">=", 60.0)),
        ]
        return draw(st.one_of(atoms[0], atoms[0], *atoms[1:]))
    parts = draw(st.lists(conditions(known, monotone=monotone, depth=depth - 1), min_size=2, max_size=3).map(tuple))
    nodes = [All(parts), AnyOf(parts), AtLeast(draw(st.integers(1, len(parts))), parts)]
    return draw(st.sampled_from(nodes if monotone else [*nodes, Not(parts[0])]))


@st.composite
def knowledge_bases(draw: st.DrawFn, *, singleton_groups: bool = False, points: bool = False) -> KnowledgeBase:
    """
    A small world.

    Args:
        singleton_groups: every finding is a group of its own, with a cap that never bites.
        points: every interval is a point.
    """
    known = tuple(draw(findings(number)) for number in range(draw(st.integers(2, 6))))
    if singleton_groups:
        known = tuple(attrs.evolve(finding, group=finding.id, group_cap=1000.0) for finding in known)
    every = (AGE, *known)
    causes = tuple(draw(_causes(number, every)) for number in range(draw(st.integers(1, 5))))
    flags = tuple(
        RedFlag(
            id=f"rf{i}",
            urgency=draw(st.sampled_from(list(Urgency)[1:])),
            when=draw(conditions(known)),
            reason=f"Reason {i}.",
            action=f"Action {i}.",
            causes=(causes[0].id,),
        )
        for i in range(draw(st.integers(0, 4)))
    )
    yes_no = [finding.id for finding in known if finding.is_yes_no]
    asked = draw(st.lists(st.sampled_from(yes_no), unique=True, max_size=3))
    remedies = tuple(draw(_remedies(i, known, causes)) for i in range(draw(st.integers(0, 3))))
    kb = KnowledgeBase(
        causes=causes,
        findings=tuple(sorted(every, key=lambda f: f.id)),
        something_else=draw(estimates(0.01, 0.2, SourcedEstimate, grade=Grade.EXPERT)),
        groups=tuple(
            Group(id=g, label=g, cap=draw(st.sampled_from([6.0, 15.0, 30.0]))) for g in sorted({f.group for f in every})
        ),
        families=(Family(id="family_a", name="A"), Family(id="family_b", name="B")),
        medicines=MEDICINES,
        medicine_classes=(
            MedicineClass(id="class_a", name="A"),
            MedicineClass(id="class_ab", name="A or B", includes=("class_a", "class_b")),
            MedicineClass(id="class_b", name="B"),
        ),
        remedies=remedies,
        red_flags=flags,
        gate=Gate(
            questions=tuple(GateQuestion(finding=id, order=i) for i, id in enumerate(asked)),
            stops=(GateStop(when=Compare("age", "<", 16.0), urgency=Urgency.ROUTINE, reason="A child."),),
        ),
        wording=WORDING,
    )
    return _without_intervals(kb) if points else kb


@st.composite
def _causes(draw: st.DrawFn, number: int, known: tuple[Finding, ...]) -> Cause:
    linked = draw(st.lists(st.sampled_from(known), unique_by=lambda f: f.id, max_size=5))
    return Cause(
        id=f"c{number}",
        name=f"Cause {number}",
        clinical_name=f"Causa {number}",
        family=draw(st.sampled_from(["family_a", "family_b"])),
        summary="Made up.",
        course="Made up.",
        prior=draw(estimates(0.001, 0.5, SourcedEstimate, grade=Grade.EXPERT)),
        floor=draw(
            st.none()
            | st.builds(
                Floor,
                urgency=st.sampled_from([Urgency.SOON, Urgency.URGENT]),
                at_share=st.floats(0.1, 0.9),
                needs=st.none() | conditions(known),
            )
        ),
        evidence=tuple(draw(links(finding)) for finding in linked),
    )


@st.composite
def _remedies(draw: st.DrawFn, number: int, known: tuple[Finding, ...], causes: tuple[Cause, ...]) -> Remedy:
    cautions = tuple(
        Caution(
            when=draw(conditions(known, monotone=False)),
            action=draw(st.sampled_from(CautionAction)),
            why=f"Because {number}.{i}.",
        )
        for i in range(draw(st.integers(1, 3)))
    )
    return Remedy(
        id="see_professional" if number == 0 else f"r{number}",
        name=f"Remedy {number}",
        kind=draw(st.sampled_from(RemedyKind)),
        grade=draw(st.sampled_from("ABCD")),
        steps=("Do it.",),
        causes=tuple(sorted(draw(st.sets(st.sampled_from([c.id for c in causes]), min_size=1)))),
        ages=draw(st.sampled_from([(None, None), (18.0, None), (None, 70.0)])),
        needs=draw(st.none() | conditions(known)),
        needs_text="Needs something.",
        only_after_gate=draw(st.booleans()),
        cautions=cautions,
    )


@st.composite
def profiles(draw: st.DrawFn, kb: KnowledgeBase, *, most: int = 14) -> Profile:
    """
    A person: some findings answered, some told as unknown, medicines asked or not.
    """
    askable = [finding for finding in kb.findings if finding.when is None and finding.id not in ("age", "sex")]
    chosen = draw(st.lists(st.sampled_from(askable), unique_by=lambda f: f.id, max_size=most))
    answers = {finding.id: draw(answer(finding)) for finding in chosen}
    sex = kb.finding("sex").choices if kb.has("finding", "sex") else ()
    return Profile(
        age=draw(st.none() | st.integers(0, 110).map(float)) if kb.has("finding", "age") else None,
        sex=draw(st.none() | st.sampled_from(sex)) if sex else None,
        findings=answers,
        medicines=draw(st.none() | medicine_lists(kb)),
    )


def answer(finding: Finding, *, unknown: bool = True) -> st.SearchStrategy[Any]:
    """
    Anything a person may answer to this question.
    """
    if finding.scale is not None:
        low, high = finding.scale.accepts
        number = (
            st.floats(low, high, allow_nan=False).map(lambda n: float(f"{n:.6g}")).filter(lambda n: low <= n <= high)
        )
        with_unit = number.map(lambda n: {"value": n, "unit": finding.scale.unit})  # type: ignore[union-attr]  # checked above
        given = with_unit | st.sampled_from(finding.scale.levels)
    elif finding.choices:
        given = st.sampled_from(finding.choices)
    else:
        given = st.booleans()
    return given | st.none() if unknown else given


def medicine_lists(kb: KnowledgeBase) -> st.SearchStrategy[tuple[Any, ...]]:
    """
    What somebody takes: known medicines by any name, and now and then something nobody knows.
    """
    by_name = {
        name: each for each in kb.medicines for name in (each.name, *each.brands) if len(kb.medicines_named(name)) == 1
    }
    days = st.none() | st.integers(0, 30)
    uses = st.builds(
        lambda name, changed, since: MedicineUse(name=name, changed_days=changed, started_days=since),
        st.sampled_from(sorted(by_name)),
        days,
        st.none() | st.integers(30, 4000),
    )
    one = st.sampled_from([*sorted(by_name), "grandmother's drops"]) | uses
    return st.lists(one, max_size=4).map(tuple)


@functools.cache
def bundled() -> KnowledgeBase:
    """
    The bundled dataset, once per process.
    """
    return twitchkb.load()


def worlds() -> st.SearchStrategy[KnowledgeBase]:
    """
    A generated world, or the bundled one.
    """
    return st.one_of(knowledge_bases(), knowledge_bases(), st.builds(bundled))


@st.composite
def people(draw: st.DrawFn) -> tuple[KnowledgeBase, Profile]:
    """
    A world and somebody in it.
    """
    kb = draw(worlds())
    return kb, draw(profiles(kb))


def answered(profile: Profile, **changes: Any) -> Profile:
    """
    The same person with some answers changed.
    """
    return attrs.evolve(profile, findings={**dict(profile.findings), **changes})


def _without_intervals(kb: KnowledgeBase) -> KnowledgeBase:
    def point(estimate: Any) -> Any:
        return attrs.evolve(estimate, low=estimate.value, high=estimate.value)

    return attrs.evolve(
        kb,
        something_else=point(kb.something_else),
        findings=tuple(attrs.evolve(f, background=tuple((s, point(e)) for s, e in f.background)) for f in kb.findings),
        causes=tuple(
            attrs.evolve(
                cause,
                prior=point(cause.prior),
                evidence=tuple(
                    attrs.evolve(link, estimates=tuple((s, point(e)) for s, e in link.estimates))
                    for link in cause.evidence
                ),
            )
            for cause in kb.causes
        ),
    )
