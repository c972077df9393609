"""
Each rule over a knowledge base: one thing broken in a small sound world, and the one fault that says so.
"""

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from twitchkb.checks import check
from twitchkb.condition import parse
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
)
from twitchkb.testing.worlds import WORDING
from twitchkb.vocabulary import CautionAction, Grade, RemedyKind, Urgency


def about(value: float, grade: Grade = Grade.EXPERT, sources: tuple[str, ...] = ()) -> SourcedEstimate:
    return SourcedEstimate(value=value, low=value / 2, high=min(value * 1.5, 0.99), grade=grade, sources=sources)


def number(value: float, low: float = 0.0, high: float = 0.0) -> Estimate:
    return Estimate(value=value, low=low or value / 2, high=high or value * 1.5)


def link(finding: str, statistic: Statistic = Statistic.FREQUENCY, /, **estimates: Estimate) -> Link:
    return Link(finding=finding, statistic=statistic, estimates=tuple(estimates.items()), grade=Grade.EXPERT)


LR = Statistic.LIKELIHOOD_RATIO
FLOOR = Floor(urgency=Urgency.SOON, at_share=0.5, needs=parse("tremor"))
SCALE = Scale(
    unit="mmol/L",
    cuts=(3.0, 5.0),
    levels=("low", "fair", "high"),
    accepts=(0.0, 20.0),
    normal=("fair",),
    also=(("mg/dL", 0.25),),
)
SOUND = KnowledgeBase(
    causes=(
        Cause(
            id="chill",
            name="Chill",
            clinical_name="Frigus",
            family="harmless",
            summary="It is cold.",
            course="It warms up.",
            prior=about(0.9),
            floor=FLOOR,
            evidence=(
                link("tremor", present=number(0.5)),
                link("salt", low=number(0.5), fair=number(0.3), high=number(0.2)),
                link("skin", LR, blue=number(2.0)),
                link("fever", LR, absent=number(1.01)),
            ),
            remedies=("blanket",),
        ),
    ),
    findings=(
        RiskFactor(id="drugged", label="Drugged", when=parse("medicines.salts >= 1")),
        Symptom(id="fever", label="Hot", question="Are you hot?", background=(("present", about(0.1)),)),
        LabTest(
            id="salt",
            label="Salt",
            question="How much salt?",
            scale=SCALE,
            background=(("low", about(0.2)), ("fair", about(0.7)), ("high", about(0.1))),
        ),
        Symptom(
            id="skin",
            label="Skin",
            question="What colour?",
            choices=("blue", "red"),
            background=(("blue", about(0.2)), ("red", about(0.8))),
        ),
        Symptom(id="sweat", label="Sweat", question="Do you sweat?"),
        Symptom(
            id="tremor",
            label="Tremor",
            question="Do you shake?",
            group="shakes",
            background=(("present", about(0.2)),),
            absent_when=parse("not fever and skin == red"),
        ),
    ),
    something_else=about(0.1),
    groups=(Group(id="shakes", label="Shakes", cap=12.0),),
    families=(Family(id="harmless", name="Harmless"),),
    medicines=(Medicine(id="saltine", name="Saltine", classes=("salts",), causes=("chill",)),),
    medicine_classes=(
        MedicineClass(id="any_salts", name="Any salts", includes=("salts",)),
        MedicineClass(id="salts", name="Salts"),
    ),
    remedies=(
        Remedy(
            id="blanket",
            name="Blanket",
            kind=RemedyKind.SELF_CARE,
            grade="C",
            steps=("Take it.",),
            causes=("chill",),
            needs=parse("tremor"),
            needs_text="You shake.",
            cautions=(Caution(when=parse("medicine.saltine"), action=CautionAction.DO_NOT, why="It itches."),),
        ),
    ),
    red_flags=(
        RedFlag(
            id="rf_salt",
            urgency=Urgency.URGENT,
            when=parse("salt > 5 and started.salts <= 3"),
            reason="Too much.",
            action="Be seen.",
            causes=("chill",),
        ),
    ),
    gate=Gate(
        questions=(GateQuestion(finding="fever", order=1, covers=("sweat",)),),
        stops=(GateStop(when=parse("salt == low"), urgency=Urgency.ROUTINE, reason="Low."),),
    ),
    sources=(
        Source(id="forum", title="A forum", text_read=True, weak=True),
        Source(id="seen", title="A title that was seen"),
        Source(id="study", title="A study", text_read=True),
    ),
    wording=WORDING,
)


def change(records: str, id: str, /, **changes: Any) -> KnowledgeBase:
    """
    The sound world with one record changed.
    """
    changed = [attrs.evolve(r, **changes) if r.id == id else r for r in getattr(SOUND, records)]
    return attrs.evolve(SOUND, **{records: tuple(changed)})


def extra(finding: Finding) -> KnowledgeBase:
    """
    The sound world with a finding that nothing else names.
    """
    return attrs.evolve(SOUND, findings=(*SOUND.findings, finding))


def cause(**changes: Any) -> KnowledgeBase:
    return change("causes", "chill", **changes)


def linked(*links: Link) -> KnowledgeBase:
    return cause(evidence=links)


def floor(**changes: Any) -> KnowledgeBase:
    return cause(floor=attrs.evolve(FLOOR, **changes))


def salt(**changes: Any) -> KnowledgeBase:
    """
    Another scale on a finding that nothing weighs, so that only the scale can be at fault.
    """
    return extra(LabTest(id="stick", label="Stick", question="Which?", scale=attrs.evolve(SCALE, **changes)))


def remedy(**changes: Any) -> KnowledgeBase:
    return change("remedies", "blanket", **changes)


def caution(**changes: Any) -> KnowledgeBase:
    (sound,) = SOUND.remedies[0].cautions
    return remedy(cautions=(attrs.evolve(sound, **changes),))


def rule(when: str = "", **changes: Any) -> KnowledgeBase:
    return change("red_flags", "rf_salt", **({"when": parse(when)} if when else {}), **changes)


def graded(grade: Grade, *sources: str) -> KnowledgeBase:
    return cause(prior=about(0.9, grade, sources))


def retired(*more: Retired, **changes: Any) -> KnowledgeBase:
    gone = Retired(id="shiver", kind=Kind.FINDING, since="2027.1.0", use="tremor")
    return attrs.evolve(SOUND, retired=(attrs.evolve(gone, **changes), *more))


def twice(kind: str) -> KnowledgeBase:
    """
    A record that nothing else counts, given twice.
    """
    return attrs.evolve(SOUND, **{kind: (*getattr(SOUND, kind), getattr(SOUND, kind)[-1])})


SYSTEMS = "what can be: hpo, icd10cm, loinc, mesh, mondo, orpha"

BROKEN: dict[str, tuple[Callable[[], KnowledgeBase], str]] = {
    # Ids.
    "group twice": (lambda: twice("groups"), "group shakes: is given twice"),
    "family twice": (lambda: twice("families"), "family harmless: is given twice"),
    "source twice": (lambda: twice("sources"), "source study: is given twice"),
    "odd id": (
        lambda: attrs.evolve(SOUND, sources=(*SOUND.sources, Source(id="A-b", title="T"))),
        "source A-b: an id is lower case letters, digits and _, starting with a letter",
    ),
    "keyword": (
        lambda: attrs.evolve(SOUND, sources=(*SOUND.sources, Source(id="acme:lambda", title="T"))),
        "source acme:lambda: is a word that no condition can name (it belongs to Python's grammar)",
    ),
    # Groups and findings.
    "cap of nothing": (
        lambda: change("groups", "shakes", cap=0.0),
        "group shakes.cap: lies above 0 and up to 30 dB, got 0",
    ),
    "cap of a finding": (
        lambda: change("findings", "sweat", group_cap=31.0),
        "finding sweat.group_cap: lies above 0 and up to 30 dB, got 31",
    ),
    "no label": (lambda: change("findings", "sweat", label=""), "finding sweat: needs a label"),
    "no question": (
        lambda: change("findings", "sweat", question=""),
        "finding sweat: needs a question, or a condition (when) that answers it",
    ),
    "unknown group": (
        lambda: change("findings", "sweat", group="shake"),
        "finding sweat.group: unknown group 'shake'; did you mean 'shakes'?",
    ),
    "two states": (
        lambda: extra(Symptom(id="sole", label="Sole", question="Which?", choices=("wet", "wet"))),
        "finding sole: two states have the same name",
    ),
    "odd state": (
        lambda: extra(Symptom(id="sole", label="Sole", question="Which?", choices=("wet", "Very wet"))),
        "finding sole: 'Very wet' is no name of a state",
    ),
    "scale and choices": (
        lambda: change("findings", "salt", choices=("x",)),
        "finding salt: has a scale or choices, not both",
    ),
    "levels": (
        lambda: salt(levels=("low", "fair"), normal=()),
        "finding stick.scale: 2 cuts make 3 levels, got 2",
    ),
    "cuts descend": (
        lambda: salt(cuts=(5.0, 3.0)),
        "finding stick.scale: cuts must ascend and lie inside accepts",
    ),
    "cut outside": (
        lambda: salt(accepts=(0.0, 5.0)),
        "finding stick.scale: cuts must ascend and lie inside accepts",
    ),
    "normal": (
        lambda: salt(normal=("fairy",)),
        "finding stick.scale.normal: unknown level 'fairy'; did you mean 'fair'?",
    ),
    "factor": (
        lambda: salt(also=(("g/L", 0.0),)),
        "finding stick.scale.also: the factor of 'g/L' must be above 0, and the unit another one",
    ),
    "unit again": (
        lambda: salt(also=(("mmol/L", 2.0),)),
        "finding stick.scale.also: the factor of 'mmol/L' must be above 0, and the unit another one",
    ),
    "derived of derived": (
        lambda: change("findings", "sweat", absent_when=parse("drugged")),
        "finding sweat.absent_when: 'drugged' is derived itself; use what it is derived from",
    ),
    "derived of nothing": (
        lambda: change("findings", "sweat", absent_when=parse("fevre")),
        "finding sweat.absent_when: unknown finding 'fevre'; did you mean 'fever'?",
    ),
    # Backgrounds.
    "states of a background": (
        lambda: change("findings", "fever", background=(("absent", about(0.9)),)),
        "finding fever.background: expected present; got absent",
    ),
    "not a share": (
        lambda: change("findings", "fever", background=(("present", attrs.evolve(about(0.1), low=0.0)),)),
        "finding fever.background.present: a share lies strictly between 0 and 1, got 0 to 0.15",
    ),
    "background from nowhere": (
        lambda: change("findings", "fever", background=(("present", about(0.1, Grade.GRADED)),)),
        "finding fever.background.present: the grade graded needs a source",
    ),
    "sum of a background": (
        lambda: change(
            "findings", "salt", background=(("low", about(0.2)), ("fair", about(0.6)), ("high", about(0.1)))
        ),
        "finding salt.background: the levels sum to 0.9, not to 1",
    ),
    # Codes of other systems, and the day of a review.
    "codes that may not be shipped": (
        lambda: cause(codes=(("snomed", ("82470000",)),)),
        f"cause chill.codes.snomed: the terms of this system do not let it be shipped; {SYSTEMS}",
    ),
    "a near name of another system": (
        lambda: cause(codes=(("icd10", ("R25.3",)),)),
        f"cause chill.codes.icd10: the terms of this system do not let it be shipped; {SYSTEMS}",
    ),
    "a system with a slip": (
        lambda: change("findings", "fever", codes=(("lonic", ("8310-5",)),)),
        "finding fever.codes.lonic: unknown system; did you mean 'loinc'?",
    ),
    "a system of our own": (
        lambda: cause(codes=(("ward_7", ("x",)),)),
        f"cause chill.codes.ward_7: unknown system; {SYSTEMS}",
    ),
    "a code with a slip": (
        lambda: change("findings", "fever", codes=(("hpo", ("HP:0001945", "HP:1945")),)),
        "finding fever.codes.hpo: 'HP:1945' has not the shape of a code of this system",
    ),
    "a day turned round": (
        lambda: cause(reviewed="25.11.2026"),
        "cause chill.reviewed: '25.11.2026' is no day; write it as year-month-day, 2026-11-25",
    ),
    "a day that no calendar has": (
        lambda: cause(reviewed="2026-02-30"),
        "cause chill.reviewed: '2026-02-30' is no day; write it as year-month-day, 2026-11-25",
    ),
    "a day without hyphens": (
        lambda: cause(reviewed="20261125"),
        "cause chill.reviewed: '20261125' is no day; write it as year-month-day, 2026-11-25",
    ),
    # Causes.
    "family": (
        lambda: cause(family="harmles"),
        "cause chill.family: unknown family 'harmles'; did you mean 'harmless'?",
    ),
    "prior of one": (
        lambda: cause(prior=attrs.evolve(about(0.9), high=1.0)),
        "cause chill.prior: a share lies strictly between 0 and 1, got 0.45 to 1",
    ),
    "descending prior": (
        lambda: cause(prior=attrs.evolve(about(0.9), low=0.95)),
        "cause chill.prior: low, value, high must ascend: 0.95, 0.9, 0.99",
    ),
    "priors": (
        lambda: cause(prior=about(0.8)),
        "priors: with something_else the priors sum to 0.9, not to 1",
    ),
    "something else": (
        lambda: attrs.evolve(SOUND, something_else=attrs.evolve(about(0.1), low=0.2)),
        "something_else: low, value, high must ascend: 0.2, 0.1, 0.15",
    ),
    "share of a floor": (lambda: floor(at_share=1.0), "cause chill.floor.at_share: lies between 0 and 1"),
    "calm floor": (
        lambda: floor(urgency=Urgency.ROUTINE),
        "cause chill.floor.urgency: a floor demands soon or more",
    ),
    "source of a floor": (
        lambda: floor(sources=("studdy",)),
        "cause chill.floor: unknown source 'studdy'; did you mean 'study'?",
    ),
    "what a floor needs": (
        lambda: floor(needs=parse("tremors")),
        "cause chill.floor.needs: unknown finding 'tremors'; did you mean 'tremor'?",
    ),
    "a floor that needs no": (
        lambda: floor(needs=parse("not tremor")),
        "cause chill.floor.needs: must be monotone: no `not`, no upper limit on a count of medicines",
    ),
    "remedy of a cause": (
        lambda: cause(remedies=("blankets",)),
        "cause chill.remedies: unknown remedy 'blankets'; did you mean 'blanket'?",
    ),
    # Links.
    "linked twice": (
        lambda: linked(link("fever", present=number(0.5)), link("fever", present=number(0.5))),
        "cause chill.evidence[fever]: is linked twice",
    ),
    "link to nothing": (
        lambda: linked(link("fevre", present=number(0.5))),
        "cause chill.evidence[fevre]: unknown finding 'fevre'; did you mean 'fever'?",
    ),
    "no background": (
        lambda: linked(link("sweat", present=number(0.5))),
        "cause chill.evidence[sweat]: cannot be weighed: the finding has no background",
    ),
    "no such state": (
        lambda: linked(link("skin", LR, green=number(2.0))),
        "cause chill.evidence[skin]: unknown state 'green'; known are blue, red",
    ),
    "both states": (
        lambda: linked(link("fever", LR, present=number(2.0), absent=number(0.5))),
        "cause chill.evidence[fever]: a yes/no finding takes one number; the other state follows from it",
    ),
    "frequency above one": (
        lambda: linked(link("fever", present=number(0.9, high=1.5))),
        "cause chill.evidence[fever].present: a share lies strictly between 0 and 1, got 0.45 to 1.5",
    ),
    "ratio of nothing": (
        lambda: linked(link("fever", Statistic.ODDS_RATIO, present=number(2.0, low=-1.0))),
        "cause chill.evidence[fever].present: a ratio lies above 0, got -1 to 3",
    ),
    "impossible ratio": (
        lambda: linked(link("fever", LR, present=number(9.6))),
        "cause chill.evidence[fever].present: the ratio times the background is 0.96; no frequency can be that high",
    ),
    "impossible absence": (
        lambda: linked(link("fever", LR, absent=number(1.2))),
        "cause chill.evidence[fever].absent: the ratio times the background is 1.08; no frequency can be that high",
    ),
    "levels of a frequency": (
        lambda: linked(link("salt", low=number(0.5), fair=number(0.5))),
        "cause chill.evidence[salt]: a frequency needs every level and a sum of 1; the sum is 1",
    ),
    "sum of a frequency": (
        lambda: linked(link("skin", blue=number(0.5), red=number(0.4))),
        "cause chill.evidence[skin]: a frequency needs every level and a sum of 1; the sum is 0.9",
    ),
    # Grades.
    "no source": (lambda: graded(Grade.DERIVED), "cause chill.prior: the grade derived needs a source"),
    "not read": (
        lambda: graded(Grade.DERIVED, "seen"),
        "cause chill.prior: the grade derived needs a source whose text was read",
    ),
    "weak": (
        lambda: graded(Grade.MEASURED, "forum"),
        "cause chill.prior: a weak source does not carry a measured number alone",
    ),
    # Medicines.
    "class of a medicine": (
        lambda: change("medicines", "saltine", classes=("salt",)),
        "medicine saltine.classes: unknown medicine class 'salt'; did you mean 'salts'?",
    ),
    "cause of a medicine": (
        lambda: change("medicines", "saltine", causes=("chil",)),
        "medicine saltine.causes: unknown cause 'chil'; did you mean 'chill'?",
    ),
    "class of a class": (
        lambda: change("medicine_classes", "any_salts", includes=("salt",)),
        "medicine class any_salts.includes: unknown medicine class 'salt'; did you mean 'salts'?",
    ),
    "grade of a class": (
        lambda: change("medicine_classes", "salts", grade=Grade.MEASURED),
        "medicine class salts: the grade measured needs a source",
    ),
    # Remedies.
    "grade of a remedy": (
        lambda: remedy(grade="E"),
        "remedy blanket.grade: expected A, B, C or D, got 'E'",
    ),
    "no step": (lambda: remedy(steps=()), "remedy blanket: needs at least one step"),
    "no caution": (
        lambda: remedy(cautions=()),
        "remedy blanket: needs at least one caution: nothing helps everybody and harms nobody",
    ),
    "needs in words": (
        lambda: remedy(needs_text=""),
        "remedy blanket.needs_text: says in words what the remedy needs",
    ),
    "caution without a reason": (
        lambda: caution(why=""),
        "remedy blanket.cautions[0]: needs its reason in words",
    ),
    "grade of a caution": (
        lambda: caution(grade=Grade.GRADED, sources=("seen",)),
        "remedy blanket.cautions[0]: the grade graded needs a source whose text was read",
    ),
    # Red flags.
    "calm rule": (
        lambda: rule(urgency=Urgency.SELF_CARE),
        "red flag rf_salt.urgency: only the gate may say self_care",
    ),
    "rule that needs no": (
        lambda: rule("not fever"),
        "red flag rf_salt.when: must be monotone: no `not`, no upper limit on a count of medicines",
    ),
    "rule without a reason": (
        lambda: rule(reason=""),
        "red flag rf_salt: needs a reason and an action in words",
    ),
    "rule without an action": (
        lambda: rule(action=""),
        "red flag rf_salt: needs a reason and an action in words",
    ),
    # The gate.
    "gate asks nothing": (
        lambda: attrs.evolve(SOUND, gate=Gate(questions=(GateQuestion(finding="fevre", order=1),))),
        "gate fevre: unknown finding 'fevre'; did you mean 'fever'?",
    ),
    "gate covers a number": (
        lambda: attrs.evolve(SOUND, gate=Gate(questions=(GateQuestion(finding="fever", order=1, covers=("salt",)),))),
        "gate fever: 'salt' is no yes/no finding",
    ),
    "stop at nothing": (
        lambda: attrs.evolve(
            SOUND, gate=Gate(stops=(GateStop(when=parse("fevre"), urgency=Urgency.SOON, reason="R."),))
        ),
        "gate stop fevre: unknown finding 'fevre'; did you mean 'fever'?",
    ),
    # Retired ids.
    "gone and still there": (
        lambda: retired(id="fever"),
        "retired finding fever: is the id of a finding; an id that was retired is never used again",
    ),
    "gone twice": (
        lambda: retired(Retired(id="shiver", kind=Kind.FINDING, since="2028.1.0")),
        "retired finding shiver: is given twice",
    ),
    "gone under no id": (
        lambda: retired(id="Shiver"),
        "retired finding Shiver: an id is lower case letters, digits and _, starting with a letter",
    ),
    "sent to nothing": (
        lambda: retired(use="tremors"),
        "retired finding shiver.use: unknown finding 'tremors'; did you mean 'tremor'?",
    ),
    "sent to another kind": (
        lambda: retired(use="salts"),
        "retired finding shiver.use: unknown finding 'salts'; did you mean 'salt'?",
    ),
    "sent on": (
        lambda: retired(Retired(id="quiver", kind=Kind.FINDING, since="2026.1.0", use="shiver")),
        "retired finding quiver.use: unknown finding 'shiver'; retired in 2027.1.0, use 'tremor'",
    ),
    "gone at no time": (
        lambda: retired(since=""),
        "retired finding shiver.since: names the version of the data that no longer had it",
    ),
    "still asked": (
        lambda: attrs.evolve(rule("shiver"), retired=retired().retired),
        "red flag rf_salt.when: unknown finding 'shiver'; retired in 2027.1.0, use 'tremor'",
    ),
    # What conditions may ask.
    "number as yes/no": (
        lambda: rule("salt"),
        "red flag rf_salt.when: 'salt' has levels; compare it with a number or a level",
    ),
    "yes/no as number": (
        lambda: rule("fever > 38"),
        "red flag rf_salt.when: 'fever' is no number; write its name alone",
    ),
    "no such level": (
        lambda: rule("skin == blues"),
        "red flag rf_salt.when: 'skin' has no level 'blues'; did you mean 'blue'?",
    ),
    "level of a yes/no": (
        lambda: rule("fever == present"),
        "red flag rf_salt.when: 'fever' is answered yes or no; write its name alone",
    ),
    "count of nothing": (
        lambda: rule("medicines.salt >= 1"),
        "red flag rf_salt.when: unknown medicine class 'salt'; did you mean 'salts'?",
    ),
    "no such medicine": (
        lambda: rule("medicine.saltin"),
        "red flag rf_salt.when: unknown medicine 'saltin'; did you mean 'saltine'?",
    ),
    "days of no medicine": (
        lambda: rule("started.medicine.saltin <= 3"),
        "red flag rf_salt.when: unknown medicine 'saltin'; did you mean 'saltine'?",
    ),
    "days of no class": (
        lambda: rule("changed.salt <= 3"),
        "red flag rf_salt.when: unknown medicine class 'salt'; did you mean 'salts'?",
    ),
}


SOUND_TOO: dict[str, Callable[[], KnowledgeBase]] = {
    "codes of every system": lambda: cause(
        codes=(
            ("icd10cm", ("R25.3",)),
            ("mondo", ("MONDO:0005466",)),
            ("mesh", ("D005207",)),
            ("orpha", ("ORPHA:803",)),
        )
    ),
    "reviewed on a leap day": lambda: cause(reviewed="2024-02-29"),
    "no floor": lambda: cause(floor=None),
    "a floor for everybody": lambda: floor(needs=None),
    "a measured number": lambda: graded(Grade.MEASURED, "forum", "study"),
    "a remedy for everybody": lambda: remedy(needs=None, needs_text=""),
    # Nobody is kept from help for want of a warning about it.
    "the way to a professional": lambda: remedy(kind=RemedyKind.PROFESSIONAL, cautions=()),
    # What the core leaves to others is not counted against a world without causes.
    "no cause": lambda: attrs.evolve(SOUND, causes=(), medicines=(), remedies=(), red_flags=()),
    "an id that only another kind has": lambda: retired(id="chill", kind=Kind.FINDING),
    "nothing in its place": lambda: retired(use=""),
}


def test_the_small_world_is_sound() -> None:
    """
    So that each fault below is the fault of the one thing that was changed.
    """
    assert list(check(SOUND)) == []


@pytest.mark.parametrize("broken", BROKEN)
def test_one_broken_thing_is_one_fault_with_its_path(broken: str) -> None:
    """
    An editor reads what is wrong, where, and what may have been meant.
    """
    make, fault = BROKEN[broken]

    assert [str(issue) for issue in check(make())] == [fault]


@pytest.mark.parametrize("sound", SOUND_TOO)
def test_what_may_be_left_out_is_no_fault(sound: str) -> None:
    """
    A rule that asks for more than it says would keep sound packs out.
    """
    assert list(check(SOUND_TOO[sound]())) == []


def test_of_a_pack_only_what_it_adds_is_looked_at() -> None:
    """
    The core was checked before; a pack is not blamed for what it did not write.
    """
    kb = change("remedies", "blanket", steps=())
    with_pack = attrs.evolve(kb, sources=(*kb.sources, Source(id="acme:s", title="T"), Source(id="acme:s", title="T")))

    assert [str(issue) for issue in check(with_pack, pack="acme")] == ["source acme:s: is given twice"]
    assert [str(issue) for issue in check(kb, pack="acme", extended=["blanket"])] == [
        "remedy blanket: needs at least one step"
    ]
