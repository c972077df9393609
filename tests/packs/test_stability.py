"""
What a pack may rely on: a pack that was written once loads in every later version of the same api.
"""

from pathlib import Path

import pytest

import twitchkb
from twitchkb import Pack, assess
from twitchkb.model import Kind
from twitchkb.packs import API, SCHEMA, read_pack
from twitchkb.vocabulary import CautionAction, Grade, RemedyKind, Urgency

FROZEN = Path(__file__).parent / "frozen_v1"
DIGESTS = {
    "rare": "5da82a373c34aaef67e2d581d7388f064fc31ed811aa2b4016b28ca3767b2bfa",
    "riverside": "f88c41c7eef36271a5c00153586303d8655f9c4aa2ac10eb2f4258e2e16dd235",
}
# Ids of the core that the frozen packs name: they are never reused and, within one api, never removed.
NAMED = {
    "cause": ("amyotrophic_lateral_sclerosis", "dehydration", "hyponatraemia", "muscle_overuse"),
    "finding": ("muscle_cramps", "muscle_stiffness"),
    "remedy": ("hydrate", "see_professional"),
}


@pytest.mark.parametrize("id", sorted(DIGESTS))
def test_a_frozen_pack_is_what_it_was_and_loads(id: str) -> None:
    """
    Nobody has to touch a pack because the library has a new version.
    """
    pack = Pack.from_directory(FROZEN / id)

    assert read_pack(pack).digest == DIGESTS[id]
    assert [p.id for p in twitchkb.load(packs=[pack], plugins=False, strict=True).packs] == ["core", id]


def test_a_frozen_pack_means_what_it_meant() -> None:
    """
    Its cause, its test, its rule and its caution still do their work.
    """
    kb = twitchkb.load(packs=[Pack.from_directory(FROZEN / id) for id in DIGESTS], plugins=False, strict=True)

    ripple = assess({"findings": {"rare:ripple_on_touch": True, "rare:ripple_antibody": "250 U/mL"}}, kb=kb)
    pool = assess({"findings": {"riverside:pool_faint": True}, "medicines": ["ward salt"]}, kb=kb)

    assert ripple.causes[0].id == "rare:ripple_disease"
    assert "rare:rf_high_antibody" in {reason.id for reason in ripple.urgency.reasons}
    assert "riverside:rf_pool_faint" in {reason.id for reason in pool.urgency.reasons}
    assert "hydrate" not in {remedy.id for remedy in pool.remedies}


@pytest.mark.parametrize(("kind", "ids"), sorted(NAMED.items()))
def test_ids_that_packs_name_are_still_there(kb: twitchkb.KnowledgeBase, kind: str, ids: tuple[str, ...]) -> None:
    """
    An id keeps its meaning for as long as the api keeps its number.
    """
    assert [id for id in ids if not kb.has(kind, id)] == []


def test_the_words_of_schema_1_only_grow() -> None:
    """
    A value that a pack of this schema may hold is never taken away.
    """
    assert (SCHEMA, API) == (1, 1)
    assert {"self_care", "routine", "soon", "urgent", "emergency"} == {member.value for member in Urgency}
    assert {"measured", "derived", "graded", "expert"} <= {member.value for member in Grade}
    assert {"self_care", "first_aid", "professional", "specialist", "advice_against"} <= {m.value for m in RemedyKind}
    assert len(CautionAction) >= 25
    assert {*("cause", "finding", "group", "family", "medicine", "medicine_class", "remedy", "red_flag", "source")} <= {
        member.value for member in Kind
    }
