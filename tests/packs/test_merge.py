"""
Laws of the merge: a pack only adds, makes nobody less safe, and leaves no trace.
"""

import attrs
from hypothesis import given
from hypothesis import strategies as st

from twitchkb import Pack, assess, to_json
from twitchkb.testing import packs, profiles
from twitchkb.testing.laws import loading
from twitchkb.testing.worlds import beside_the_core, bundled


@given(packs(), st.data())
def test_29_loading_a_pack_never_lowers_the_urgency_of_any_profile(pack: Pack, data: st.DataObject) -> None:
    """
    Whatever a pack adds, and whatever is answered to its questions, nobody is told to wait longer.
    """
    loading.law_29_loading_a_pack_never_lowers_the_urgency(pack, (pack,), data)


@given(packs(), st.data())
def test_16_unloading_a_pack_restores_the_earlier_output_byte_for_byte(pack: Pack, data: st.DataObject) -> None:
    """
    A pack is a guest: when it goes, everything is as it was.
    """
    loading.law_16_unloading_a_pack_restores_the_earlier_output(pack, (pack,), data)


@given(packs(id="one"), packs(id="two"), st.data())
def test_12_the_order_of_packs_changes_no_byte(one: Pack, two: Pack, data: st.DataObject) -> None:
    """
    Who was installed first shows nowhere.
    """
    kb, other = beside_the_core(one, two), beside_the_core(two, one)
    profile = data.draw(profiles(kb))

    assert kb == other
    assert to_json(assess(profile, kb=kb)) == to_json(assess(profile, kb=other))


@given(packs(id="one"), packs(id="two"), st.data())
def test_29_a_second_pack_never_lowers_what_the_first_one_raised(one: Pack, two: Pack, data: st.DataObject) -> None:
    """
    Packs are safe from each other as the core is safe from them.
    """
    loading.law_29_loading_a_pack_never_lowers_the_urgency(two, (one, two), data)


@given(packs())
def test_a_pack_only_adds(pack: Pack) -> None:
    """
    Every record of the core is there as it was, but for evidence and cautions that were added to it.
    """
    kb, core = beside_the_core(pack), bundled()

    for cause in core.causes:
        assert kb.cause(cause.id).evidence[: len(cause.evidence)] == cause.evidence
        assert attrs.evolve(kb.cause(cause.id), evidence=cause.evidence) == cause
    for remedy in core.remedies:
        assert kb.remedy(remedy.id).cautions[: len(remedy.cautions)] == remedy.cautions
        assert attrs.evolve(kb.remedy(remedy.id), cautions=remedy.cautions) == remedy
    for kind in ("findings", "groups", "families", "medicines", "medicine_classes", "red_flags", "sources"):
        assert set(getattr(core, kind)) <= set(getattr(kb, kind))
    assert set(core.gate.questions) <= set(kb.gate.questions)
    assert set(core.gate.stops) <= set(kb.gate.stops)
    assert (kb.something_else, kb.wording) == (core.something_else, core.wording)
