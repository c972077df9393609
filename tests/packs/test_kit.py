"""
The testing kit itself: what it makes is sound, and everything a pack may add is made.
"""

import attrs
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from twitchkb import Assessment, Pack, PackError, Profile, assess, to_json
from twitchkb._hypothesis import register
from twitchkb.checks import check
from twitchkb.model import KnowledgeBase
from twitchkb.testing import Folder, check_laws, knowledge_bases, laws, pack_of, packs, profiles, trial
from twitchkb.testing.worlds import beside_the_core

from .test_examples import EXAMPLES, data


@given(knowledge_bases())
def test_a_generated_world_is_sound(kb: KnowledgeBase) -> None:
    """
    A law that fails on it fails for the law, and not for a world that could not be loaded.
    """
    assert [str(issue) for issue in check(kb)] == []


@given(packs())
def test_a_generated_pack_is_sound(pack: Pack) -> None:
    """
    What the kit calls a pack is one that `load` takes.
    """
    kb = beside_the_core(pack)

    assert [loaded.id for loaded in kb.packs] == ["core", "made"]


def test_the_core_keeps_its_own_laws() -> None:
    """
    What is asked of packs holds for the bundled dataset; it has nothing to be loaded beside it, and the report says so.
    """
    report = check_laws(max_examples=5)

    assert {law[:6] for law, why in report.silent} == {"law_12", "law_16", "law_29"}


def test_the_core_keeps_the_laws_with_both_examples_and_none_is_silent() -> None:
    """
    The packs that the documentation shows are packs to follow.
    """
    report = check_laws(*(data(id) for id in EXAMPLES), max_examples=5)

    assert report.silent == ()
    assert len(report.held) == len(laws.LAWS) + len(laws.LOADING_LAWS) + 2 * len(laws.PACK_LAWS)


def test_a_broken_law_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The author reads which law, and for whom.
    """

    def law_00_nobody_is_ever_unwell(kb: KnowledgeBase, data: st.DataObject) -> None:
        assert not data.draw(st.sampled_from(kb.causes))

    monkeypatch.setattr(trial, "LAWS", (law_00_nobody_is_ever_unwell,))
    monkeypatch.setattr(trial, "LOADING_LAWS", ())

    with pytest.raises(ExceptionGroup, match="1 of 3 laws") as error:
        check_laws(max_examples=1)
    assert "law_00_nobody_is_ever_unwell" in error.value.exceptions[0].__notes__[-1]


def test_a_law_that_nobody_was_drawn_for_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A law that was never really tried is not among those that hold.
    """

    def law_00_of_people_who_do_not_exist(kb: KnowledgeBase, data: st.DataObject) -> None:
        assume(False)

    monkeypatch.setattr(trial, "LAWS", (law_00_of_people_who_do_not_exist,))
    monkeypatch.setattr(trial, "LOADING_LAWS", ())

    report = check_laws(max_examples=1)

    assert report.held == ()
    assert report.silent[0] == (
        "law_00_of_people_who_do_not_exist",
        "nobody who was drawn is somebody it speaks about",
    )
    assert "0 laws hold\nsilent: law_00_of_people" in str(report)


@given(knowledge_bases(), st.permutations(["x1", "x2", "x3"]), st.data())
def test_causes_with_equal_points_come_in_the_order_of_their_ids(
    kb: KnowledgeBase, ids: list[str], data: st.DataObject
) -> None:
    """
    However a knowledge base is ordered, one and the same person gets one and the same list.
    """
    alike = attrs.evolve(kb, causes=tuple(attrs.evolve(kb.causes[0], id=id) for id in ids))
    profile = data.draw(profiles(alike))

    answer = assess(profile, kb=alike)

    assert [cause.id for cause in answer.causes] == ["x1", "x2", "x3"]
    in_order = attrs.evolve(alike, causes=tuple(sorted(alike.causes, key=lambda cause: cause.id)))
    assert to_json(answer) == to_json(assess(profile, kb=in_order))


def test_law_12_notices_a_ranking_that_shows_the_order_of_causes(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    The law holds for ties as well: a ranking that breaks them by place breaks the law.
    """

    def by_place(profile: Profile, *, kb: KnowledgeBase) -> Assessment:
        place = {cause.id: i for i, cause in enumerate(kb.causes)}
        answer = assess(profile, kb=kb)
        return attrs.evolve(answer, causes=tuple(sorted(answer.causes, key=lambda c: (-c.points.value, place[c.id]))))

    law = laws.ranking.law_12_permuting_findings_causes_and_answers_changes_no_byte

    @settings(max_examples=20, database=None, phases=[Phase.generate])
    @given(knowledge_bases(), st.data())
    def tried(kb: KnowledgeBase, data: st.DataObject) -> None:
        law(attrs.evolve(kb, causes=tuple(attrs.evolve(kb.causes[0], id=f"x{i}") for i in range(4))), data)

    tried()
    monkeypatch.setattr(laws.ranking, "assess", by_place)

    with pytest.raises(AssertionError):
        tried()


@settings(max_examples=2)
@given(st.data())
def test_the_plugin_for_hypothesis_makes_people_and_packs_by_their_type(made: st.DataObject) -> None:
    """
    In another project `from_type(Profile)` works without a word about this package.
    """
    register()

    assert isinstance(made.draw(st.from_type(Profile)), Profile)
    assert isinstance(made.draw(st.from_type(Pack)), Pack)
    assert made.draw(st.from_type(KnowledgeBase)).causes
    assert made.draw(st.from_type(Assessment)).notice


def test_a_pack_in_memory_is_read_like_one_on_disk() -> None:
    """
    Folders, files and what is missing behave as they do anywhere.
    """
    folder = Folder({"a/b.json": "ü".encode(), "c.json": b""})

    assert sorted(entry.name for entry in folder.iterdir()) == ["a", "c.json"]
    assert (folder / "a").is_dir()
    assert (folder / "a" / "b.json").read_text("utf-8") == "ü"
    with pytest.raises(FileNotFoundError):
        (folder / "d.json").read_bytes()
    with pytest.raises(PackError, match=r"pack\.json"):
        pack_of({})
