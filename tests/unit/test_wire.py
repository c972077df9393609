"""
The strict reader, kind by kind: what it refuses, in which words, and that nothing is half-read.
"""

from typing import Any

import pytest

from twitchkb import Profile, ReadError, from_json, to_json
from twitchkb.condition import Condition, parse
from twitchkb.model import (
    Cause,
    Caution,
    Estimate,
    Finding,
    LabTest,
    Link,
    MedicineClass,
    Remedy,
    Retired,
    Scale,
    Source,
    SourcedEstimate,
    Statistic,
    Symptom,
)
from twitchkb.profile import MedicineUse
from twitchkb.vocabulary import Grade
from twitchkb.wire import read_profile, structure, unstructure

NUMBER = {"value": 0.5, "low": 0.4, "high": 0.6}
LINK = {"finding": "tremor", "grade": "expert"}
SIGN = {"id": "glow", "type": "symptom", "label": "Glowing"}
SCALE = {"unit": "h", "cuts": [1], "levels": ["a", "b"], "accepts": [0, 24]}
REMEDY = {"id": "r", "name": "R", "kind": "self_care", "grade": "D", "steps": ["S."]}


@pytest.mark.parametrize(
    ("kind", "value", "faults"),
    [
        # Objects, lists and texts.
        (Source, [], ["$: expected an object, got []"]),
        (Source, {"title": "T"}, ["$.id: needs the key 'id'"]),
        (Source, {"id": "s", "title": "T", "titel": "T"}, ["$: unknown key 'titel'; did you mean 'title'?"]),
        (Source, {"id": 3, "title": None}, ["$.id: expected text, got 3", "$.title: expected text, got None"]),
        (Source, {"id": "s", "title": "a\tb"}, ["$.title: holds the character U+0009, which cannot be printed"]),
        (Source, {"id": "s", "title": "x" * 20_001}, ["$.title: expected at most 20000 characters, got 20001"]),
        (MedicineClass, {"id": "c", "name": "C", "includes": "ab"}, ["$.includes: expected a list, got 'ab'"]),
        (MedicineClass, {"id": "c", "name": "C", "includes": ["a", 3]}, ["$.includes[1]: expected text, got 3"]),
        # True and false, numbers, words.
        (Source, {"id": "s", "title": "T", "weak": 1}, ["$.weak: expected true or false, got 1"]),
        (Source, {"id": "s", "title": "T", "weak": "yes"}, ["$.weak: expected true or false, got 'yes'"]),
        (Source, {"id": "s", "title": "T", "year": 2003.0}, ["$.year: expected a whole number, got 2003.0"]),
        (Estimate, NUMBER | {"low": "0.4"}, ["$.low: expected a finite number, got '0.4'"]),
        (Estimate, NUMBER | {"low": True}, ["$.low: expected a finite number, got True"]),
        (Estimate, NUMBER | {"high": float("nan")}, ["$.high: expected a finite number, got nan"]),
        (
            SourcedEstimate,
            NUMBER | {"grade": "exprt"},
            ["$.grade: expected one of measured, derived, graded, expert, got 'exprt'; did you mean 'expert'?"],
        ),
        (
            SourcedEstimate,
            NUMBER | {"grade": ["expert"]},
            ["$.grade: expected one of measured, derived, graded, expert, got ['expert']"],
        ),
        # Findings: which of the three it is stands in the file.
        (Finding, [], ["$: expected an object with a type of symptom, risk_factor, lab_test, got None"]),
        (Finding, {"id": "x"}, ["$: expected an object with a type of symptom, risk_factor, lab_test, got None"]),
        (
            Finding,
            SIGN | {"type": "sign"},
            ["$: expected an object with a type of symptom, risk_factor, lab_test, got 'sign'"],
        ),
        (
            Finding,
            SIGN | {"type": ["symptom"]},
            ["$: expected an object with a type of symptom, risk_factor, lab_test, got ['symptom']"],
        ),
        (LabTest, SIGN, ["$: expected a lab_test, got a symptom"]),
        (Finding, SIGN | {"modifiable": True}, ["$: unknown key 'modifiable'"]),
        (Finding, SIGN | {"background": 0.5}, ["$.background: expected an object, got 0.5"]),
        (Finding, SIGN | {"background": NUMBER}, ["$.background['present'].grade: needs the key 'grade'"]),
        # Pairs, and tuples of a fixed length.
        (Scale, SCALE | {"accepts": [0]}, ["$.accepts: expected 2 values, got 1"]),
        (Scale, SCALE | {"accepts": {"from": 0}}, ["$.accepts: expected a list, got {'from': 0}"]),
        (Scale, SCALE | {"also": [["min", 60]]}, ["$.also: expected an object, got [['min', 60]]"]),
        (Scale, SCALE | {"also": {"min": "60"}}, ["$.also['min']: expected a finite number, got '60'"]),
        # Links: the number stands under the name of its statistic.
        (Link, "tremor", ["$: expected an object, got 'tremor'"]),
        (
            Link,
            LINK,
            ["$: expected exactly one of frequency, odds_ratio, risk_ratio, likelihood_ratio, got none"],
        ),
        (
            Link,
            LINK | {"frequency": NUMBER, "odds_ratio": NUMBER},
            [
                (
                    "$: expected exactly one of frequency, odds_ratio, risk_ratio, likelihood_ratio, "
                    "got ['frequency', 'odds_ratio']"
                )
            ],
        ),
        (
            Link,
            LINK | {"frequency": NUMBER, "statistic": "frequency"},
            ["$: the number stands under the name of its statistic"],
        ),
        (
            Link,
            LINK | {"frequency": NUMBER, "estimates": {}},
            ["$: the number stands under the name of its statistic"],
        ),
        (Link, LINK | {"frequency": 0.5}, ["$.estimates: expected an object, got 0.5"]),
        # Ages.
        (Remedy, 3, ["$: expected an object, got 3"]),
        (Remedy, REMEDY | {"ages": [18, 70]}, ['$: ages: expected {"from": years, "to": years}, got [18, 70]']),
        (
            Remedy,
            REMEDY | {"ages": {"form": 18}},
            ['$: ages: expected {"from": years, "to": years}, got {\'form\': 18}'],
        ),
        # Conditions.
        (Condition, "tremor and", ["$: cannot read 'tremor and': invalid syntax"]),
        (Condition, 3, ["$: expected text, got 3"]),
        (
            Caution,
            {"when": "tremor +", "action": "do_not", "why": "W."},
            ["$.when: cannot read 'tremor +': invalid syntax"],
        ),
        # Retired ids.
        (
            Retired,
            {"id": "x", "kind": "medicine class", "since": "2027.1.0"},
            [
                (
                    "$.kind: expected one of cause, finding, group, family, medicine, medicine_class, remedy, "
                    "red_flag, source, got 'medicine class'; did you mean 'medicine_class'?"
                )
            ],
        ),
        (Retired, {"id": "x", "kind": "cause"}, ["$.since: needs the key 'since'"]),
    ],
)
def test_a_malformed_record_is_told_with_its_path_and_what_was_expected(
    kind: type, value: Any, faults: list[str]
) -> None:
    """
    Nothing is coerced, and every fault of the record is told at once.
    """
    with pytest.raises(ReadError) as error:
        structure(value, kind)

    assert [str(issue) for issue in error.value.issues] == faults


def test_faults_deep_inside_a_cause_keep_their_path() -> None:
    """
    An editor is led to the very number.
    """
    cause = {
        "id": "c",
        "name": "C",
        "clinical_name": "C",
        "family": "f",
        "summary": "S.",
        "course": "C.",
        "prior": NUMBER | {"grade": "expert"},
        "evidence": [LINK | {"frequency": NUMBER}, LINK | {"frequency": NUMBER | {"low": None}}],
        "floor": {"urgency": "soon", "at_share": 0.5, "needs": "not"},
    }

    with pytest.raises(ReadError) as error:
        structure(cause, Cause)

    assert [issue.path for issue in error.value.issues] == ["$.floor.needs", "$.evidence[1].estimates['present'].low"]


def test_what_reads_shorter_in_a_file_is_written_shorter_and_read_back() -> None:
    """
    A number of a yes/no finding stands alone, ages are named, and defaults are left out.
    """
    link = Link(
        finding="tremor",
        statistic=Statistic.ODDS_RATIO,
        estimates=(("present", Estimate(value=2.0, low=1.0, high=3.0)),),
        grade=Grade.EXPERT,
    )
    levels = Link(
        finding="salt",
        statistic=Statistic.FREQUENCY,
        estimates=(("low", Estimate(value=0.5, low=0.4, high=0.6)), ("high", Estimate(value=0.5, low=0.4, high=0.6))),
        grade=Grade.EXPERT,
    )
    sign = Symptom(
        id="glow",
        label="Glowing",
        when=parse("tremor"),
        background=(("present", SourcedEstimate(value=0.5, low=0.4, high=0.6, grade=Grade.EXPERT)),),
    )
    remedy = structure(REMEDY | {"ages": {"from": 18}}, Remedy)

    assert unstructure(link) == {
        "finding": "tremor",
        "odds_ratio": {"value": 2.0, "low": 1.0, "high": 3.0},
        "grade": "expert",
    }
    assert set(unstructure(levels)["frequency"]) == {"low", "high"}
    assert unstructure(sign) == SIGN | {"background": NUMBER | {"grade": "expert"}, "when": "tremor"}
    assert unstructure(remedy)["ages"] == {"from": 18.0, "to": None}
    assert unstructure(structure(REMEDY, Remedy)) == REMEDY
    assert unstructure(structure(SIGN, Finding)) == SIGN
    for kind, record in ((Link, link), (Link, levels), (Finding, sign), (Remedy, remedy)):
        assert structure(unstructure(record), kind) == record


def test_a_profile_is_written_with_its_medicines_and_read_back() -> None:
    """
    What was not told about a medicine is left out, and stays not told.
    """
    profile = Profile(
        findings={"potassium": {"value": 3.1, "unit": "mmol/L"}},
        medicines=["aspirin", MedicineUse(name="lithium", started_days=3)],
    )

    text = to_json(profile)

    assert read_profile(profile) == (profile, ())
    assert '"medicines":["aspirin",{"name":"lithium","started_days":3}]' in text
    assert to_json(from_json(text, Profile)) == text


def test_json_that_is_indented_says_the_same() -> None:
    """
    For reading by people.
    """
    assert to_json(Profile(age=34), indent=2).startswith('{\n  "age": 34')
