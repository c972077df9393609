"""
Laws of the merge: a pack only adds, makes nobody less safe, and leaves no trace.
"""

from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from twitchkb import MedicineUse, Pack, Profile, assess, to_json
from twitchkb.testing import packs, profiles
from twitchkb.testing.worlds import answer, beside_the_core, bundled


def without(pack: str, profile: Profile) -> Profile:
    """
    The same person as an app without the pack hears them.
    """
    return attrs.evolve(profile, findings=[p for p in profile.findings if not p[0].startswith(f"{pack}:")])


_medicines = st.builds(
    MedicineUse,
    name=st.sampled_from(["made drug", "Lasix", "lithium", "sertraline", "baclofen"]),
    stopped_days=st.none() | st.integers(0, 20),
)


@given(packs(), st.data())
def test_29_loading_a_pack_never_lowers_the_urgency_of_any_profile(pack: Pack, data: st.DataObject) -> None:
    """
    Whatever a pack adds, and whatever is answered to its questions, nobody is told to wait longer.
    """
    kb = beside_the_core(pack)
    own = [finding for finding in kb.findings if finding.id.startswith("made:") and finding.when is None]
    grave = [cause for cause in kb.causes if cause.floor is not None and ":" not in cause.id]
    near = data.draw(st.sampled_from(grave))
    told = {
        f.finding: data.draw(answer(kb.finding(f.finding))) for f in near.evidence if kb.finding(f.finding).when is None
    }
    answers: dict[str, Any] = {id: value for id, value in told.items() if id not in ("age", "sex")}
    answers |= {finding.id: data.draw(answer(finding)) for finding in own}
    if data.draw(st.booleans()):
        answers |= {question.finding: False for question in kb.gate.questions if ":" not in question.finding}
    medicines = data.draw(st.none() | st.tuples(st.just("made drug")) | st.tuples(st.just("made drug"), _medicines))
    profile = attrs.evolve(data.draw(profiles(kb, most=4)), findings=answers, medicines=medicines)

    alone, together = assess(without("made", profile), kb=bundled()), assess(profile, kb=kb)

    assert together.urgency.level >= alone.urgency.level
    raised = {reason.id for reason in alone.urgency.reasons if reason.kind in ("red_flag", "floor", "stop")}
    assert raised <= {reason.id for reason in together.urgency.reasons}
    upper = {cause.id: cause.points.high for cause in together.causes}
    for cause in alone.causes:
        assert kb.cause(cause.id).floor is None or upper[cause.id] >= cause.points.high


@given(packs(), st.data())
def test_16_unloading_a_pack_restores_the_earlier_output_byte_for_byte(pack: Pack, data: st.DataObject) -> None:
    """
    A pack is a guest: when it goes, everything is as it was.
    """
    profile = data.draw(profiles(bundled()))
    before = to_json(assess(profile, kb=beside_the_core()))

    assess(profile, kb=beside_the_core(pack))

    assert to_json(assess(profile, kb=beside_the_core())) == before


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
    kb = beside_the_core(one, two)
    profile = data.draw(profiles(kb))

    alone, together = assess(without("two", profile), kb=beside_the_core(one)), assess(profile, kb=kb)

    assert together.urgency.level >= alone.urgency.level


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
