"""
Ids that are gone: never used again, and whoever still names one is told what takes its place.

Nothing is released yet, so nothing of the bundled dataset is retired; the core here is made up from it.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest

from twitchkb import KnowledgeBase, Pack, PackError, ProfileError, assess, cli, from_json, load, wire
from twitchkb.dataset import assemble, join
from twitchkb.errors import UnknownIdError
from twitchkb.model import Kind, Retired
from twitchkb.packs import PackContents, core_pack, read_pack
from twitchkb.plugins import by_hand
from twitchkb.testing import pack_of

GONE = (
    Retired(id="drying_out", kind=Kind.CAUSE, since="2027.1.0", use="dehydration"),
    Retired(id="drink_up", kind=Kind.REMEDY, since="2027.1.0", use="hydrate"),
    Retired(id="eye_jumps", kind=Kind.FINDING, since="2027.1.0", use="twitch_eyelid"),
    Retired(id="moon_water", kind=Kind.MEDICINE, since="2027.1.0", use="lithium"),
    Retired(id="moon_waters", kind=Kind.MEDICINE_CLASS, since="2027.1.0", use="ssri"),
    Retired(id="humours", kind=Kind.FINDING, since="2028.1.0"),
)
MANIFEST = {"id": "acme", "version": "1.0.0", "schema": 1, "api": 1}
SIGN = {
    "id": "acme:glow",
    "type": "symptom",
    "label": "Glowing",
    "question": "Do you glow?",
    "background": {"value": 0.01, "low": 0.005, "high": 0.02, "grade": "expert"},
}
CAUSE = {
    "id": "acme:glow_disease",
    "name": "Glow disease",
    "clinical_name": "Morbus lucens",
    "family": "infections",
    "summary": "It glows.",
    "course": "It fades.",
    "prior": {"value": 0.001, "low": 0.0005, "high": 0.002, "grade": "expert"},
}
RULE = {"id": "acme:rf", "urgency": "soon", "reason": "R.", "action": "A."}
LINK = {"frequency": {"value": 0.5, "low": 0.4, "high": 0.6}, "grade": "expert"}
CAUTION = {"when": "acme.glow", "action": "do_not", "why": "No."}


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> tuple[PackContents, KnowledgeBase]:
    """
    The core as a later version might be, and the knowledge base that it makes alone.
    """
    folder = tmp_path_factory.mktemp("later") / "data"
    shutil.copytree(Path(str(core_pack().root)), folder)
    (folder / "retired.json").write_text(wire.to_json({"retired": list(GONE)}), "utf-8")
    core = Pack.from_directory(folder)
    return read_pack(core), assemble(core, [], strict=True)


def test_nothing_of_the_bundled_data_is_retired_before_its_first_release(kb: KnowledgeBase) -> None:
    """
    The map is there, and empty.
    """
    assert kb.retired == ()
    assert (Path(str(core_pack().root)) / "retired.json").read_text("utf-8") == '{"retired": []}\n'


def test_a_profile_that_names_a_retired_id_is_told_what_takes_its_place(
    later: tuple[PackContents, KnowledgeBase],
) -> None:
    """
    An app that was written for an older version reads how to go on, and nothing is dropped in silence.
    """
    with pytest.raises(ProfileError) as error:
        assess({"findings": {"eye_jumps": True, "humours": False}}, kb=later[1])

    assert [str(issue) for issue in error.value.issues] == [
        "$.findings.eye_jumps: unknown finding; retired in 2027.1.0, use 'twitch_eyelid'",
        "$.findings.humours: unknown finding; retired in 2028.1.0, and nothing takes its place",
    ]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"red_flags.json": {"red_flags": [RULE | {"when": "acme.glow and eye_jumps"}]}},
            "red flag acme:rf.when: unknown finding 'eye_jumps'; retired in 2027.1.0, use 'twitch_eyelid'",
        ),
        (
            {"red_flags.json": {"red_flags": [RULE | {"when": "medicine.moon_water"}]}},
            "red flag acme:rf.when: unknown medicine 'moon_water'; retired in 2027.1.0, use 'lithium'",
        ),
        (
            {"red_flags.json": {"red_flags": [RULE | {"when": "started.moon_waters <= 3"}]}},
            "red flag acme:rf.when: unknown medicine class 'moon_waters'; retired in 2027.1.0, use 'ssri'",
        ),
        (
            {"causes/glow.json": CAUSE | {"evidence": [{"finding": "eye_jumps", **LINK}]}},
            (
                "cause acme:glow_disease.evidence[eye_jumps]: "
                "unknown finding 'eye_jumps'; retired in 2027.1.0, use 'twitch_eyelid'"
            ),
        ),
        (
            {"causes/glow.json": CAUSE | {"remedies": ["drink_up"]}},
            "cause acme:glow_disease.remedies: unknown remedy 'drink_up'; retired in 2027.1.0, use 'hydrate'",
        ),
        (
            {"evidence.json": [{"cause": "drying_out", "finding": "acme:glow", **LINK}]},
            "evidence.json: unknown cause 'drying_out'; retired in 2027.1.0, use 'dehydration'",
        ),
        (
            {"cautions.json": [{"remedy": "drink_up", **CAUTION}]},
            "cautions.json: unknown remedy 'drink_up'; retired in 2027.1.0, use 'hydrate'",
        ),
    ],
)
def test_a_pack_that_names_a_retired_id_is_told_what_takes_its_place(
    later: tuple[PackContents, KnowledgeBase], files: dict[str, Any], said: str
) -> None:
    """
    Its author mends it without searching through a changelog.
    """
    pack = pack_of({"pack.json": MANIFEST, "findings/signs.json": [SIGN], **files})

    with pytest.raises(PackError) as error:
        join(*later, [by_hand(pack)], strict=True)

    assert [str(issue) for issue in error.value.issues] == [f"acme: {said}"]


def test_the_look_ups_name_what_takes_its_place(later: tuple[PackContents, KnowledgeBase]) -> None:
    """
    Also for whoever asks the knowledge base itself.
    """
    kb = later[1]

    with pytest.raises(UnknownIdError, match=r"unknown cause 'drying_out'; retired in 2027\.1\.0, use 'dehydration'"):
        kb.cause("drying_out")
    with pytest.raises(UnknownIdError, match=r"unknown medicine 'moon_water'; retired in 2027\.1\.0, use 'lithium'"):
        kb.medicine("moon_water")
    # A finding of this name is gone, and a cause of this name there never was.
    with pytest.raises(UnknownIdError, match=r"^unknown cause 'eye_jumps'$"):
        kb.cause("eye_jumps")


def test_show_names_what_takes_its_place(
    later: tuple[PackContents, KnowledgeBase], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """
    The command line says the same.
    """
    monkeypatch.setattr(cli.dataset, "load", lambda: later[1])

    assert cli.main(["show", "drink_up"]) == 1
    assert "nothing here is called 'drink_up'; retired in 2027.1.0, use 'hydrate'" in capsys.readouterr().err


def test_a_pack_sends_to_what_takes_the_place_of_its_own_ids() -> None:
    """
    To another of its own, or to one of the core that has come since.
    """
    gone = [
        {"id": "acme:shine", "kind": "finding", "since": "1.1.0", "use": "acme:glow"},
        {"id": "acme:lid", "kind": "finding", "since": "1.2.0", "use": "twitch_eyelid"},
    ]
    pack = pack_of({"pack.json": MANIFEST, "findings/signs.json": [SIGN], "retired.json": {"retired": gone}})

    kb = load(packs=[pack], plugins=False, strict=True)

    assert [each.use for each in kb.retired] == ["twitch_eyelid", "acme:glow"]
    with pytest.raises(ProfileError, match=r"retired in 1\.1\.0, use 'acme:glow'"):
        assess({"findings": {"acme:shine": True}}, kb=kb)


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ({"id": "acme:glow", "use": "twitch_eyelid"}, "is the id of a finding; an id that was retired is never used"),
        ({"id": "acme:shine", "use": "acme:glo"}, "unknown finding 'acme:glo'; did you mean 'acme:glow'?"),
        ({"id": "acme:shine", "use": "dehydration"}, "unknown finding 'dehydration'"),
    ],
)
def test_a_pack_that_uses_a_retired_id_again_or_sends_to_nothing_is_refused(gone: dict[str, str], said: str) -> None:
    """
    Else a stored answer would come to mean something else.
    """
    record = {"kind": "finding", "since": "1.1.0", **gone}
    pack = pack_of({"pack.json": MANIFEST, "findings/signs.json": [SIGN], "retired.json": {"retired": [record]}})

    with pytest.raises(PackError) as error:
        load(packs=[pack], plugins=False, strict=True)

    assert said in str(error.value)


def test_the_map_is_written_and_read_back() -> None:
    """
    What is left out is the default.
    """
    text = wire.to_json(GONE[-1])

    assert text == '{"id":"humours","kind":"finding","since":"2028.1.0"}'
    assert from_json(text, Retired) == GONE[-1]
