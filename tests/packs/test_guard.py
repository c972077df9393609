"""
What a pack may not do to a small core that is made for it: calm a grave cause, or pass for another.
"""

from typing import Any

import attrs
import pytest

from tests.unit.test_checks import FLOOR, SOUND, about, link, number
from twitchkb import Pack, PackError, load, wire
from twitchkb.checks import check
from twitchkb.condition import parse
from twitchkb.guard import check_guard
from twitchkb.model import KnowledgeBase, Statistic
from twitchkb.packs import core_pack, read_pack
from twitchkb.testing import pack_of

MANIFEST = {"id": "acme", "version": "1.0.0", "schema": 1, "api": 1}
AGAINST = link("drugged", Statistic.LIKELIHOOD_RATIO, present=number(0.2, low=0.1, high=0.4))
DOUBTFUL = link("drugged", Statistic.LIKELIHOOD_RATIO, present=number(0.9, low=0.5, high=1.5))


def core(when: str, *, against: Any = AGAINST, floor: Any = FLOOR) -> KnowledgeBase:
    """
    The small world, in which taking certain medicines speaks against its one grave cause.
    """
    kb = attrs.evolve(
        SOUND,
        causes=tuple(attrs.evolve(cause, floor=floor, evidence=(against,)) for cause in SOUND.causes),
        findings=tuple(
            attrs.evolve(f, when=parse(when), background=(("present", about(0.3)),)) if f.id == "drugged" else f
            for f in SOUND.findings
        ),
    )
    assert list(check(kb)) == []
    return kb


def faults(kb: KnowledgeBase, *classes: str) -> list[str]:
    """
    What is said of a pack with two medicines, one without a class and one of these classes.
    """
    pack = pack_of(
        {
            "pack.json": MANIFEST,
            "medicines.json": {
                "medicines": [
                    {"id": "acme:plain", "name": "Plain"},
                    {"id": "acme:briny", "name": "Briny", "classes": list(classes)},
                ]
            },
        }
    )
    return [str(issue) for issue in check_guard(pack, read_pack(pack), kb)]


def refusal(medicine_class: str) -> str:
    return (
        f"medicine acme:briny.classes: may not join {medicine_class!r}: "
        "its members speak against 'chill', which demands an urgency"
    )


@pytest.mark.parametrize(
    ("when", "classes", "refused"),
    [
        ("medicines.salts >= 1", ["salts"], ["salts"]),
        ("started.salts <= 30", ["salts"], ["salts"]),
        ("tremor or medicines.salts >= 1", ["salts"], ["salts"]),
        # Whoever asks for the broad class asks for the narrow one as well, and not the reverse.
        ("medicines.any_salts >= 1", ["any_salts", "salts"], ["any_salts", "salts"]),
        ("medicines.any_salts >= 1 or medicines.salts >= 2", ["salts"], ["salts"]),
        ("medicines.salts >= 1", ["any_salts"], []),
        ("medicine.saltine", ["salts"], []),
    ],
)
def test_a_medicine_may_not_join_a_class_that_speaks_against_a_grave_cause(
    when: str, classes: list[str], refused: list[str]
) -> None:
    """
    Else whoever takes the medicine of a pack would look safer than without the pack.
    """
    assert faults(core(when), *classes) == [refusal(each) for each in refused]


def test_a_class_that_may_speak_either_way_or_against_a_harmless_cause_is_open() -> None:
    """
    Only what certainly calms something grave is kept from packs.
    """
    assert faults(core("medicines.salts >= 1", against=DOUBTFUL), "salts") == []
    assert faults(core("medicines.salts >= 1", floor=None), "salts") == []


def test_a_pack_that_passes_for_another_is_refused() -> None:
    """
    What the host was told and what the files say must be one name.
    """
    pack = pack_of({"pack.json": MANIFEST})
    disguised = Pack(id="other", version=pack.version, api=pack.api, root=pack.root)

    with pytest.raises(PackError, match=r"says 'acme', but the pack is known as 'other'"):
        load(packs=[disguised], plugins=False, strict=True)


def test_a_pack_has_no_share_of_the_unknown() -> None:
    """
    How many people have none of the causes is for the core to say.
    """
    share = {"value": 0.5, "low": 0.4, "high": 0.6, "grade": "expert"}
    pack = pack_of({"pack.json": {**MANIFEST, "something_else": share}})

    with pytest.raises(PackError, match=r"\$\.something_else: only the bundled dataset has one"):
        load(packs=[pack], plugins=False, strict=True)


def test_a_pack_changes_no_sentence_of_the_answer(kb: KnowledgeBase) -> None:
    """
    Also where its wording is whole and sound.
    """
    pack = pack_of({"pack.json": MANIFEST, "wording.json": wire.unstructure(kb.wording)})

    with pytest.raises(PackError, match=r"wording\.json: only the bundled dataset has one"):
        load(packs=[pack], plugins=False, strict=True)


def test_a_pack_retires_its_own_ids_and_no_others() -> None:
    """
    Nobody is sent away from an id of the core by a stranger.
    """
    gone = [{"id": id, "kind": "finding", "since": "2.0.0", "use": "tremor"} for id in ("acme:old", "twitch_eyelid")]
    pack = pack_of({"pack.json": MANIFEST, "retired.json": {"retired": gone}})

    found = [str(issue) for issue in check_guard(pack, read_pack(pack), load(plugins=False))]

    assert found == ["retired twitch_eyelid: the ids of this pack begin with 'acme:'"]


def test_the_core_passes_for_no_pack_of_somebody_else() -> None:
    """
    Its name is taken.
    """
    with pytest.raises(PackError, match=r"'core' is the bundled dataset"):
        load(packs=[core_pack()], plugins=False, strict=True)
