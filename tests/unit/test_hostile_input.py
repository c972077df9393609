"""
Hostile profiles and pack files: one clear error with every fault, and nothing half-loaded.
"""

import json
import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import twitchkb
from twitchkb import (
    Pack,
    PackError,
    PackWarning,
    Profile,
    ProfileError,
    ReadError,
    assess,
    from_json,
    load,
)
from twitchkb.model import KnowledgeBase
from twitchkb.testing import worlds
from twitchkb.testing.laws import loading, reading
from twitchkb.wire import parse_json

CORE = Path(twitchkb.__file__).parent / "data"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "too deeply"),
        ('{"age": NaN}', "NaN is no number"),
        ('{"age": Infinity}', "Infinity is no number"),
        ('{"age": 1e999}', "too large"),
        ('{"findings": {"seizure": true, "seizure": false}}', "'seizure' is given twice"),
        ('{"age": ' + "9" * 5000 + "}", "digits"),
        ('{"age": 3', "line 1, column"),
        ("", "line 1, column 1"),
        (b'{"age": "\xff"}', "not UTF-8"),
        (b'\xef\xbb\xbf{"age": 3}', "save it as UTF-8 without one"),
        ('{"findings": ' + " " * 9_000_000 + "{}}", "bytes"),
        ("[]", "expected an object"),
        ("null", "expected an object"),
    ],
)
def test_text_that_is_no_profile_is_refused(text: str | bytes, said: str) -> None:
    """
    Python's own reader lets most of these pass, or crashes.
    """
    with pytest.raises(ProfileError, match=said):
        from_json(text, Profile)


@pytest.mark.parametrize(
    ("profile", "path", "said"),
    [
        ({"findings": {"seizzure": True}}, "$.findings.seizzure", "did you mean 'seizure'"),
        ({"findings": {"\u0430ge": 30}}, "$.findings", "U+0430"),
        ({"\u0430ge": 30}, "$.", "unknown key"),
        ({"findings": {"seizure": "false"}}, "$.findings.seizure", "expected true, false or null"),
        ({"findings": {"seizure": "no"}}, "$.findings.seizure", "expected true, false or null"),
        ({"findings": {"seizure": 1}}, "$.findings.seizure", "expected true, false or null"),
        ({"findings": {"seizure": [True]}}, "$.findings.seizure", "expected true, false or null"),
        ({"age": "nan"}, "$.age", "expected a number"),
        ({"age": "1_000"}, "$.age", "expected a number"),
        ({"age": "\u0663\u0664"}, "$.age", "expected a number"),
        ({"age": True}, "$.age", "expected a finite number"),
        ({"age": float("inf")}, "$.age", "expected a finite number"),
        ({"age": 400}, "$.age", "outside 0 to 120"),
        ({"sex": "f"}, "$.sex", "expected one of 'female', 'male'"),
        ({"findings": {"potassium": 3.1}}, "$.findings.potassium", "has no unit"),
        ({"findings": {"potassium": "3.1 mg/dl"}}, "$.findings.potassium", "unknown unit 'mg/dl'"),
        ({"findings": {"potassium": "3,1 mmol/L"}}, "$.findings.potassium", "expected a number with its unit"),
        ({"findings": {"potassium": {"value": 3.1}}}, "$.findings.potassium", "expected {"),
        ({"findings": {"takes_ssri": True}}, "$.findings.takes_ssri", "worked out from other answers"),
        ({"findings": "seizure"}, "$.findings", "expected an object"),
        ({"medicines": "aspirin"}, "$.medicines", "expected a list"),
        ({"medicines": [3]}, "$.medicines[0]", "expected a name"),
        ({"medicines": [{"nmae": "aspirin"}]}, "$.medicines[0].nmae", "did you mean 'name'"),
        ({"medicines": [{"name": "aspirin", "started_days": -1}]}, "$.medicines[0].started_days", "expected days"),
        ({"medicines": [""]}, "$.medicines[0].name", "expected a name"),
        ({"medicines": ["x"] * 1000}, "$.medicines", "at most"),
        ({"findings": {f"f{i}": True for i in range(5000)}}, "$.findings", "at most"),
    ],
)
def test_a_wrong_answer_is_told_with_its_path(profile: Any, path: str, said: str) -> None:
    """
    Nothing is guessed, and nothing falls under the table.
    """
    with pytest.raises(ProfileError) as error:
        assess(profile)

    assert any(issue.path.startswith(path) and said in issue.message for issue in error.value.issues), error.value


def test_all_faults_are_told_at_once() -> None:
    """
    An editor mends a profile in one go.
    """
    with pytest.raises(ProfileError) as error:
        assess({"aeg": 3, "findings": {"seizzure": True, "potassium": 3}, "medicines": [{"name": 3}]})

    assert [issue.path for issue in error.value.issues] == [
        "$.aeg",
        "$.findings.potassium",
        "$.findings.seizzure",
        "$.medicines[0].name",
    ]


def test_an_error_survives_pickling() -> None:
    """
    A worker's error reaches its parent whole.
    """
    with pytest.raises(ProfileError) as error:
        assess({"aeg": 3})

    again = pickle.loads(pickle.dumps(error.value))  # noqa: S301  # our own bytes

    assert str(again) == str(error.value)
    assert again.issues == error.value.issues


def test_a_lone_surrogate_in_a_name_neither_matches_nor_breaks_the_answer() -> None:
    """
    What cannot be written as UTF-8 is refused where it would be shown.
    """
    with pytest.raises(ProfileError, match="printed"):
        assess(parse_json('{"medicines": ["\\ud800"]}'))


@given(worlds.worlds(), st.data())
def test_38_anything_given_to_a_reader_ends_in_a_result_or_in_an_error_of_the_library(
    kb: KnowledgeBase, data: st.DataObject
) -> None:
    """
    No input makes the library fail in a way that it did not mean to.
    """
    reading.law_38_anything_given_to_a_reader_ends_in_a_result_or_in_an_error_of_the_library(kb, data)


@given(st.data())
def test_38_a_broken_pack_is_refused_and_named(data: st.DataObject) -> None:
    """
    The same for whole packs, one file of which is cut, garbled or holds what does not belong there.
    """
    loading.law_38_a_broken_pack_is_refused_and_named((), data)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """
    A small sound pack on disk.
    """
    folder = tmp_path / "acme"
    (folder / "causes").mkdir(parents=True)
    (folder / "findings").mkdir()
    write(folder / "pack.json", {"id": "acme", "version": "1.0.0", "schema": 1, "api": 1})
    write(
        folder / "findings/symptoms.json",
        [
            {
                "id": "acme:glow",
                "type": "symptom",
                "label": "Glowing",
                "question": "Do you glow?",
                "background": {"value": 0.01, "low": 0.005, "high": 0.02, "grade": "expert"},
            }
        ],
    )
    write(
        folder / "causes/glow.json",
        {
            "id": "acme:glow_disease",
            "name": "Glow disease",
            "clinical_name": "Morbus lucens",
            "family": "infections",
            "summary": "It glows.",
            "course": "It fades.",
            "prior": {"value": 0.001, "low": 0.0005, "high": 0.002, "grade": "expert"},
            "evidence": [
                {"finding": "acme:glow", "frequency": {"value": 0.9, "low": 0.8, "high": 0.95}, "grade": "expert"}
            ],
        },
    )
    return folder


def write(file: Path, value: Any) -> None:
    file.write_text(json.dumps(value), "utf-8")


def test_a_sound_pack_loads_and_ranks(pack: Path) -> None:
    """
    The door is open to those who knock.
    """
    kb = load(packs=[Pack.from_directory(pack)], strict=True)

    assert assess({"findings": {"acme:glow": True}}, kb=kb).provenance.packs[0].id in ("acme", "core")
    assert kb.cause("acme:glow_disease").name == "Glow disease"


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        (
            "causes/glow.json",
            {"prior": {"value": "0.1", "low": 0.1, "high": 0.1, "grade": "expert"}},
            "expected a finite number, got '0.1'",
        ),
        ("causes/glow.json", {"nmae": "x"}, "unknown key 'nmae'; did you mean 'name'?"),
        ("causes/glow.json", {"name": None}, "expected text, got None"),
        ("causes/glow.json", {"name": ["x"]}, "expected text, got ['x']"),
        ("causes/glow.json", {"name": "\ud800"}, "U+D800"),
        ("causes/glow.json", {"name": "red\x1b[31m"}, "U+001B"),
        ("causes/glow.json", {"remedies": "hello"}, "expected a list, got 'hello'"),
        ("causes/glow.json", {"id": "hypokalaemia"}, "begin with 'acme:'"),
        ("causes/glow.json", {"family": "infection"}, "did you mean 'infections'"),
        ("causes/glow.json", {"floor": {"urgency": "late", "at_share": 0.5}}, "expected one of self_care"),
        (
            "causes/glow.json",
            {"floor": {"urgency": "soon", "at_share": 0.5, "needs": "acme.glow > 2"}},
            "is no number; write its name alone",
        ),
        ("pack.json", {"schema": 3.9}, "expected a whole number, got 3.9"),
        ("pack.json", {"schema": True}, "expected a whole number, got True"),
    ],
)
def test_a_broken_record_names_file_path_and_what_was_expected(
    pack: Path, file: str, change: dict[str, Any], said: str
) -> None:
    """
    Nothing is coerced and nothing half-loaded; the host goes on without the pack.
    """
    write(pack / file, json.loads((pack / file).read_text()) | change)

    with pytest.raises(PackError) as error:
        load(packs=[Pack.from_directory(pack)], strict=True)

    assert any(said in issue.message for issue in error.value.issues), error.value


def test_a_refused_pack_is_named_and_never_stops_the_host(pack: Path) -> None:
    """
    Whole or not at all; the answer says who is missing, and is otherwise that of the core.
    """
    good = Pack.from_directory(pack)
    write(
        pack / "red_flags.json",
        {"red_flags": [{"id": "acme:rf", "urgency": "soon", "when": "not acme.glow", "reason": "R.", "action": "A."}]},
    )

    with pytest.warns(PackWarning, match="monotone"):
        kb = load(packs=[good])

    answer = assess({}, kb=kb)
    assert answer.provenance.refused[0].id == "acme"
    assert answer.causes == assess({}, kb=load()).causes


def test_16_and_29_a_pack_neither_leaves_a_trace_nor_lowers_an_urgency(pack: Path) -> None:
    """
    Without the pack the output is what it was, byte for byte; with it nobody is less urgent.
    """
    profile = {"age": 50, "findings": {"muscle_weakness": True, "muscle_wasting": True}}
    before = twitchkb.to_json(assess(profile, kb=load()))

    with_pack = assess(profile, kb=load(packs=[Pack.from_directory(pack)], strict=True))

    assert with_pack.urgency.level >= assess(profile, kb=load()).urgency.level
    assert twitchkb.to_json(assess(profile, kb=load())) == before


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("gate.json", {"stops": [{"when": "age >= 0", "urgency": "self_care", "reason": "Calm."}]}, "only the gate"),
        ("gate.json", {"questions": [{"finding": "acme:glow", "order": 99, "covers": ["seizure"]}]}, "may only cover"),
        ("medicines.json", {"medicines": [{"id": "acme:salt", "name": "Lithium"}]}, "already belongs"),
    ],
)
def test_29_a_pack_that_could_lower_an_urgency_is_refused(pack: Path, file: str, content: Any, said: str) -> None:
    """
    Nobody becomes less safe by adding a pack.
    """
    write(pack / file, content)

    with pytest.raises(PackError, match=said):
        load(packs=[Pack.from_directory(pack)], strict=True)


def test_two_packs_of_one_name_are_both_refused(pack: Path) -> None:
    """
    Nobody knows which of them was meant.
    """
    twice = [Pack.from_directory(pack), Pack.from_directory(pack)]

    with pytest.warns(PackWarning, match="2 packs have this id.*: keep one, or set TWITCHKB_NO_PLUGINS=1"):
        kb = load(packs=twice)

    assert kb.refused[0].id == "acme"


def test_a_folder_without_a_manifest_is_no_pack(tmp_path: Path) -> None:
    """
    The error names the file that is missing.
    """
    with pytest.raises(PackError, match=r"pack\.json: cannot be read: a pack is the folder"):
        Pack.from_directory(tmp_path)


def test_an_unknown_file_is_a_fault_and_not_ignored(pack: Path) -> None:
    """
    A file with a typo in its name would otherwise be lost in silence.
    """
    shutil.copy(pack / "pack.json", pack / "remedys.json")

    with pytest.raises(PackError, match=r"remedys\.json: no file of a pack"):
        load(packs=[Pack.from_directory(pack)], strict=True)


@pytest.mark.parametrize("text", ["{", '{"id": 1}', '{"id": "a", "id": "b"}', '{"version": NaN}'])
def test_a_broken_manifest_is_one_clear_error(tmp_path: Path, text: str) -> None:
    """
    Even the first file of a pack cannot take the reader by surprise.
    """
    (tmp_path / "pack.json").write_text(text, "utf-8")

    with pytest.raises(ReadError, match=r"pack\.json"):
        Pack.from_directory(tmp_path)
