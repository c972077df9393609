"""
Hypothesis strategies: small knowledge bases, packs, and people to assess with them.

A generated world holds a little of everything (scaled findings, groups with
caps, ratios, floors, red flags, a gate, medicines, cautions), so that a law
which only holds for the bundled data does not pass. A generated pack uses
everything that a pack may add, and is always sound: `load` takes it.
"""

import functools
import random
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import attrs
from hypothesis import strategies as st

from .. import wire
from ..condition import (
    All,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Days,
    Is,
    MedicineCount,
    Not,
    Present,
    Takes,
    atoms,
)
from ..dataset import join, load
from ..engine import compile_knowledge
from ..model import (
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
    Kind,
    KnowledgeBase,
    LabTest,
    Link,
    Medicine,
    MedicineClass,
    RedFlag,
    Remedy,
    Retired,
    RiskFactor,
    Scale,
    Source,
    SourcedEstimate,
    Statistic,
    Symptom,
    Wording,
)
from ..packs import API, SCHEMA, Pack, PackContents, core_pack, read_pack
from ..plugins import by_hand
from ..profile import MedicineUse, Profile
from ..vocabulary import CautionAction, Grade, RemedyKind, Urgency
from .folders import pack_of


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


_T = TypeVar("_T", bound="_Identified | str")

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
def estimates(draw: st.DrawFn, /, low: float = 0.01, high: float = 0.9, kind: Any = Estimate, **more: Any) -> Any:
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
    common: dict[str, Any] = {
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
        numbers = _summing_to_1([(state, draw(estimates(0.05, 0.9))) for state in finding.states])
    else:
        background = {state: estimate.value for state, estimate in finding.background}
        numbers = tuple(
            (state, draw(estimates(0.1, min(3.0, 0.9 / background[state]))))
            for state in sorted(draw(st.sets(st.sampled_from(finding.states), min_size=1)))
        )
    return Link(finding=finding.id, statistic=statistic, estimates=numbers, grade=Grade.EXPERT, note="Made up.")


def _summing_to_1(numbers: list[tuple[str, Estimate]]) -> tuple[tuple[str, Estimate], ...]:
    total = sum(estimate.value for _, estimate in numbers)
    return tuple((state, _scaled(estimate, 1.0 / total)) for state, estimate in numbers)


def _scaled(estimate: Any, factor: float) -> Any:
    value, low, high = (min(number * factor, 0.999) for number in (estimate.value, estimate.low, estimate.high))
    return attrs.evolve(estimate, value=value, low=low, high=high)


@st.composite
def conditions(
    draw: st.DrawFn,
    known: tuple[Finding, ...],
    *,
    monotone: bool = True,
    depth: int = 2,
    classes: tuple[str, ...] = CLASSES,
    medicines: tuple[str, ...] = tuple(medicine.id for medicine in MEDICINES),
) -> Condition:
    """
    A condition over the findings and medicines of a world.

    Args:
        known: findings that are yes/no or scaled; `age` is known beside them.
        monotone: without `not`, as a red flag must be.
        depth: how deep it may nest.
        classes: the classes of medicines that may be asked for.
        medicines: the medicines that may be asked for.
    """
    if depth == 0 or draw(st.booleans()):
        finding = draw(st.sampled_from(known))
        atoms: list[st.SearchStrategy[Condition]] = [
            st.just(Present(finding.id) if finding.is_yes_no else Compare(finding.id, "<", 2.0)),
            st.builds(MedicineCount, st.sampled_from(classes), st.just(">="), st.sampled_from([1.0, 2.0])),
            st.builds(Takes, st.sampled_from(medicines)),
            st.builds(
                Days,
                st.sampled_from(["started", "changed", "stopped"]),
                st.sampled_from(classes),
                st.just("<="),
                st.just(30.0),
            ),
            st.just(Compare("age", ">=", 60.0)),
        ]
        atom: Condition = draw(st.one_of(atoms[0], atoms[0], *atoms[1:]))
        return atom
    deeper = conditions(known, monotone=monotone, depth=depth - 1, classes=classes, medicines=medicines)
    parts = draw(st.lists(deeper, min_size=2, max_size=3).map(tuple))
    nodes = [All(parts), AnyOf(parts), AtLeast(draw(st.integers(1, len(parts))), parts)]
    chosen: Condition = draw(st.sampled_from(nodes if monotone else [*nodes, Not(parts[0])]))
    return chosen


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
    causes = tuple(
        draw(_causes(number, every, functools.partial(conditions, known))) for number in range(draw(st.integers(1, 5)))
    )
    something_else = draw(estimates(0.01, 0.2, SourcedEstimate, grade=Grade.EXPERT))
    whole = 1.0 / (sum(cause.prior.value for cause in causes) + something_else.value)
    causes = tuple(attrs.evolve(cause, prior=_scaled(cause.prior, whole)) for cause in causes)
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
    remedies = tuple(
        draw(_remedies(i, functools.partial(conditions, known), causes)) for i in range(draw(st.integers(0, 3)))
    )
    kb = KnowledgeBase(
        causes=causes,
        findings=tuple(sorted(every, key=lambda f: f.id)),
        something_else=_scaled(something_else, whole),
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
    return without_intervals(kb) if points else kb


@st.composite
def _causes(draw: st.DrawFn, number: int, known: tuple[Finding, ...], rules: Callable[..., Any]) -> Cause:
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
                needs=st.none() | rules(),
            )
        ),
        evidence=tuple(draw(links(finding)) for finding in linked),
    )


@st.composite
def _remedies(draw: st.DrawFn, number: int, rules: Callable[..., Any], causes: tuple[Cause, ...]) -> Remedy:
    cautions = tuple(
        Caution(
            when=draw(rules(monotone=False)),
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
        needs=draw(st.none() | rules()),
        needs_text="Needs something.",
        only_after_gate=draw(st.booleans()),
        cautions=cautions,
    )


@st.composite
def profiles(draw: st.DrawFn, kb: KnowledgeBase | None = None, *, most: int = 14) -> Profile:
    """
    A person: some findings answered, some told as unknown, medicines asked or not.

    Where packs were added, half of what is answered is theirs: among hundreds of
    findings of the core, those of a small pack would hardly ever be.

    Args:
        kb: what may be answered; by default the bundled dataset.
        most: at most so many findings are answered.
    """
    kb = bundled() if kb is None else kb
    chosen = draw(st.lists(often_of_packs(askable(kb)), unique_by=lambda f: f.id, max_size=most))
    answers = {finding.id: draw(answer(finding)) for finding in chosen}
    sex = kb.finding("sex").choices if kb.has("finding", "sex") else ()
    return Profile(
        age=draw(st.none() | st.integers(0, 110).map(float)) if kb.has("finding", "age") else None,
        sex=draw(st.none() | st.sampled_from(sex)) if sex else None,
        findings=answers,
        medicines=draw(st.none() | medicine_lists(kb)),
    )


def anybody(kb: KnowledgeBase) -> st.SearchStrategy[Profile]:
    """
    People of all kinds: drawn at random, close to danger, and close to self-care.
    """
    return profiles(kb) | in_danger(kb) | at_the_gate(kb)


@st.composite
def in_danger(draw: st.DrawFn, kb: KnowledgeBase, *, least: Urgency = Urgency.ROUTINE) -> Profile:
    """
    Somebody who answers what one red flag asks for, so that it mostly fires.

    Args:
        kb: what may be answered.
        least: only red flags that demand at least this; where there is none, anybody is drawn.
    """
    profile = draw(profiles(kb, most=4))
    rules = [rule for rule in kb.red_flags if rule.urgency >= least]
    if not rules:
        return profile
    answers = dict(profile.findings)
    taken: dict[str, MedicineUse] = {}
    _meet(draw, kb, draw(often_of_packs(rules)).when, answers, taken)
    person: dict[str, Any] = {id: answers.pop(id) for id in ("age", "sex") if id in answers}
    if taken:
        person["medicines"] = tuple(taken.values())
    return attrs.evolve(profile, findings=answers, **person)


@st.composite
def at_the_gate(draw: st.DrawFn, kb: KnowledgeBase) -> Profile:
    """
    Somebody who answers most of the gate with no, and all that could stop them, so that self-care is near.
    """
    profile = draw(profiles(kb, most=2))
    answers = dict(profile.findings)
    asked = [question.finding for question in kb.gate.questions]
    answers |= dict.fromkeys(asked, False)
    for id in draw(st.lists(st.sampled_from(asked), max_size=2)) if asked else ():
        answers[id] = draw(st.sampled_from([True, None]))
    for stop in kb.gate.stops:
        for atom in atoms(stop.when):
            if isinstance(atom, Present) and kb.finding(atom.finding).when is None:
                answers.setdefault(atom.finding, False)
    medicines = draw(st.sampled_from([(), (), None, profile.medicines]))
    return attrs.evolve(
        profile,
        age=float(draw(st.integers(18, 70) | st.integers(10, 70))) if kb.has("finding", "age") else None,
        findings=answers,
        medicines=medicines,
    )


def _meet(
    draw: st.DrawFn,
    kb: KnowledgeBase,
    condition: Condition,
    answers: dict[str, Any],
    taken: dict[str, MedicineUse],
) -> None:
    """
    Answer what makes a condition true; what is under a `not` is left alone.
    """
    match condition:
        case All(parts=parts) | AtLeast(parts=parts):
            for part in parts:
                _meet(draw, kb, part, answers, taken)
        case AnyOf(parts=parts):
            _meet(draw, kb, draw(st.sampled_from(parts)), answers, taken)
        case Present(finding=id):
            when = kb.finding(id).when
            if when is None:
                answers[id] = True
            else:
                _meet(draw, kb, when, answers, taken)
        case Is(finding=id, level=level):
            answers[id] = level
        case Compare(finding=id, sign=sign, number=number):
            answers[id] = _beyond(kb.finding(id), sign, number)
        case MedicineCount(medicine_class=id, number=number):
            for medicine in _of_class(kb, id)[: int(number) + 1]:
                taken.setdefault(medicine.id, MedicineUse(name=medicine.name))
        case Takes(medicine=id):
            taken.setdefault(id, MedicineUse(name=kb.medicine(id).name))
        case Days(event=event, subject=subject, sign=sign, number=number):
            days = number if sign in ("<=", ">=") else number + 1.0 if sign == ">" else 0.0
            single = subject.removeprefix("medicine.")
            for medicine in [kb.medicine(single)] if subject != single else _of_class(kb, subject)[:1]:
                taken[medicine.id] = MedicineUse(name=medicine.name, **{f"{event}_days": days})


def _beyond(finding: Finding, sign: str, number: float) -> Any:
    """
    An answer on the demanded side of the number.
    """
    assert finding.scale is not None
    least, most = finding.scale.accepts
    value = number if "=" in sign else (least + number) / 2 if sign == "<" else (number + most) / 2
    return value if finding.id == "age" else {"value": float(f"{value:.6g}"), "unit": finding.scale.unit}


def _of_class(kb: KnowledgeBase, medicine_class: str) -> list[Medicine]:
    closure = compile_knowledge(kb).answers.class_closure
    return [m for m in kb.medicines if any(medicine_class in closure[narrow] for narrow in m.classes)]


def askable(kb: KnowledgeBase) -> list[Finding]:
    """
    What a profile may answer under `findings`: all but what is worked out, and age and sex.
    """
    return [finding for finding in kb.findings if finding.when is None and finding.id not in ("age", "sex")]


def often_of_packs(items: Sequence[_T]) -> st.SearchStrategy[_T]:
    """
    One of these records or ids; where some belong to packs, half of the time one of those.
    """
    theirs = [item for item in items if ":" in (item if isinstance(item, str) else item.id)]
    return st.sampled_from(theirs) | st.sampled_from(items) if theirs else st.sampled_from(items)


@st.composite
def packs(draw: st.DrawFn, kb: KnowledgeBase | None = None, *, id: str = "made") -> Pack:
    """
    A sound pack that adds something of every kind.

    Args:
        kb: the core that it adds to; by default the bundled dataset.
        id: the id of the pack.
    """
    core = bundled() if kb is None else kb
    own = tuple(_of_pack(id, draw(findings(number))) for number in range(draw(st.integers(1, 4))))
    theirs = [f for f in core.findings if f.background and f.is_yes_no]
    asked = (*own, *draw(st.lists(st.sampled_from(theirs), unique_by=lambda f: f.id, min_size=1, max_size=3)))
    classes = (f"{id}:drugs", *draw(st.lists(st.sampled_from([c.id for c in core.medicine_classes]), max_size=2)))
    rules = functools.partial(conditions, asked, classes=classes, medicines=(f"{id}:drug",))
    derived = Symptom(
        id=f"{id}:derived",
        label="Worked out",
        when=draw(conditions(tuple(f for f in asked if f.when is None), classes=classes, medicines=(f"{id}:drug",))),
        background=(("present", draw(estimates(0.001, 0.5, SourcedEstimate, grade=Grade.EXPERT))),),
    )
    every = (*own, derived)
    causes = [
        _of_pack(id, draw(_causes(number, (*every, *asked[len(own) :]), rules)))
        for number in range(draw(st.integers(0, 2)))
    ]
    causes = [attrs.evolve(cause, family=f"{id}:family", prior=_scaled(cause.prior, 0.1)) for cause in causes]
    grave = sorted(cause.id for cause in core.causes if cause.floor is not None)
    weighed = draw(
        st.lists(st.tuples(st.sampled_from(grave or [core.causes[0].id]), st.sampled_from(every)), max_size=4)
    )
    links_to_core = {(cause, finding.id): (cause, draw(links(finding))) for cause, finding in weighed}
    remedies = [_of_pack(id, draw(_remedies(1, rules, (core.causes[0], *causes))))]
    open_to_all = [r.id for r in core.remedies if r.kind in (RemedyKind.SELF_CARE, RemedyKind.ADVICE_AGAINST)]
    yes_no = [finding.id for finding in own if finding.is_yes_no]
    files: dict[str, Any] = {
        "pack.json": {"id": id, "version": "1.0.0", "schema": SCHEMA, "api": API},
        "families.json": {"families": [Family(id=f"{id}:family", name="Made up")]},
        "groups.json": {
            "groups": [
                Group(id=f"{id}:{g}", label=g, cap=draw(st.sampled_from([6.0, 15.0, 30.0]))) for g in ("g0", "g1")
            ]
        },
        "findings/made.json": list(every),
        "medicine_classes.json": {
            "classes": [
                MedicineClass(id=f"{id}:drugs", name="Made up", includes=tuple(c for c in classes if ":" not in c))
            ]
        },
        "medicines.json": {
            "medicines": [
                Medicine(
                    id=f"{id}:drug",
                    name=f"{id} drug",
                    classes=draw(st.lists(st.sampled_from(classes), unique=True).map(tuple)),
                )
            ]
        },
        "remedies.json": {"remedies": remedies},
        "red_flags.json": {
            "red_flags": [
                RedFlag(
                    id=f"{id}:rf{i}",
                    urgency=draw(st.sampled_from(list(Urgency)[1:])),
                    when=draw(rules()),
                    reason="Made up.",
                    action="Be seen.",
                )
                for i in range(draw(st.integers(0, 2)))
            ]
        },
        "gate.json": Gate(
            questions=tuple(
                GateQuestion(finding=f, order=i, covers=tuple(yes_no[:i])) for i, f in enumerate(yes_no[:2])
            ),
            stops=tuple(
                GateStop(
                    when=draw(rules(monotone=False)),
                    urgency=draw(st.sampled_from(list(Urgency)[1:])),
                    reason="Made up.",
                )
                for _ in range(draw(st.integers(0, 1)))
            ),
        ),
        "sources.json": {"sources": [Source(id=f"{id}:source", title="Made up")]},
        "retired.json": {
            "retired": [
                Retired(id=f"{id}:gone{i}", kind=Kind.FINDING, since="1.0.0", use=use)
                for i, use in enumerate(draw(st.lists(st.sampled_from(["", *(f.id for f in every)]), max_size=2)))
            ]
        },
        "evidence.json": [{"cause": cause, **wire.unstructure(link)} for cause, link in links_to_core.values()],
        "cautions.json": [
            {
                "remedy": remedy,
                **wire.unstructure(
                    Caution(
                        when=draw(rules(monotone=False)), action=draw(st.sampled_from(CautionAction)), why="Made up."
                    )
                ),
            }
            for remedy in (draw(st.lists(st.sampled_from(open_to_all), unique=True, max_size=2)) if open_to_all else ())
        ],
        **{f"causes/{cause.id.partition(':')[2]}.json": cause for cause in causes},
    }
    return pack_of({name: wire.unstructure(value) for name, value in files.items()})


def _of_pack(id: str, record: Any) -> Any:
    """
    The record under an id of the pack, and in a group of the pack.
    """
    renamed = attrs.evolve(record, id=f"{id}:{record.id}")
    return (
        attrs.evolve(renamed, group=f"{id}:{record.group}" if record.group in ("g0", "g1") else "")
        if isinstance(record, Finding)
        else renamed
    )


def answer(finding: Finding, *, unknown: bool = True) -> st.SearchStrategy[Any]:
    """
    Anything a person may answer to this question.
    """
    given: st.SearchStrategy[Any]
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
        name: each.id
        for each in kb.medicines
        for name in (each.name, *each.brands)
        if len(kb.medicines_named(name)) == 1
    }
    theirs = sorted(name for name, id in by_name.items() if ":" in id)
    known = st.sampled_from(theirs) | st.sampled_from(sorted(by_name)) if theirs else st.sampled_from(sorted(by_name))
    days = st.none() | st.integers(0, 30)
    uses = st.builds(
        lambda name, changed, since: MedicineUse(name=name, changed_days=changed, started_days=since),
        known,
        days,
        st.none() | st.integers(30, 4000),
    )
    one = known | uses | st.just("grandmother's drops")
    return st.lists(one, max_size=4).map(tuple)


@functools.cache
def bundled() -> KnowledgeBase:
    """
    The bundled dataset without any other pack, once per process.
    """
    return load(plugins=False)


@functools.cache
def _core() -> PackContents:
    return read_pack(core_pack())


def beside_the_core(*packs: Pack) -> KnowledgeBase:
    """
    The bundled dataset with these packs, as `load` makes it, without reading the core again.

    Raises:
        PackError: one of the packs cannot be loaded.
    """
    return join(_core(), bundled(), [by_hand(pack) for pack in packs], strict=True)


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


def without_intervals(kb: KnowledgeBase) -> KnowledgeBase:
    """
    The same knowledge with every number known exactly.
    """
    return with_numbers(kb, lambda estimate: attrs.evolve(estimate, low=estimate.value, high=estimate.value))


def drawn_inside(kb: KnowledgeBase, draw: random.Random) -> KnowledgeBase:
    """
    The same knowledge with every number moved to a random place inside its interval.
    """

    def inside(estimate: Any) -> Any:
        value = draw.uniform(estimate.low, estimate.high)
        return attrs.evolve(estimate, value=value, low=min(value, estimate.low), high=max(value, estimate.high))

    return with_numbers(kb, inside)


def with_numbers(kb: KnowledgeBase, changed: Callable[[Any], Any]) -> KnowledgeBase:
    """
    The same knowledge with every number of the ranking changed: priors, backgrounds and evidence.
    """
    return attrs.evolve(
        kb,
        something_else=changed(kb.something_else),
        findings=tuple(
            attrs.evolve(f, background=tuple((s, changed(e)) for s, e in f.background)) for f in kb.findings
        ),
        causes=tuple(
            attrs.evolve(
                cause,
                prior=changed(cause.prior),
                evidence=tuple(
                    attrs.evolve(link, estimates=tuple((s, changed(e)) for s, e in link.estimates))
                    for link in cause.evidence
                ),
            )
            for cause in kb.causes
        ),
    )
