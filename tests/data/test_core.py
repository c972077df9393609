"""
The bundled dataset: sound, sourced, reachable, and calm about ordinary people.
"""

import json
from pathlib import Path
from typing import Any

import pytest

import twitchkb
from twitchkb import KnowledgeBase, Urgency, assess
from twitchkb.checks import check
from twitchkb.vocabulary import Grade

PEOPLE = json.loads((Path(__file__).parent / "everyday_people.json").read_text("utf-8"))["people"]
ARTICLE_CAUSES = {
    "dehydration": "dehydration",
    "hypokalaemia": "electrolyte_imbalance",
    "hyperkalaemia": "electrolyte_imbalance",
    "hypocalcaemia": "electrolyte_imbalance",
    "hypercalcaemia": "electrolyte_imbalance",
    "hypomagnesaemia": "electrolyte_imbalance",
    "hypermagnesaemia": "electrolyte_imbalance",
    "muscle_overuse": "overuse_or_strain",
    "sleep_deprivation": "sleep_deprivation",
    "stress_anxiety": "stress_and_anxiety",
    "multiple_sclerosis": "neurological_disorders",
    "amyotrophic_lateral_sclerosis": "neurological_disorders",
    "myasthenia_gravis": "neurological_disorders",
    "ssri_side_effect": "medicines",
    "antipsychotic_side_effect": "medicines",
    "diuretic_side_effect": "medicines",
}


def test_checks_find_nothing(kb: KnowledgeBase) -> None:
    """
    Every id resolves, every number is a number of its kind, every rule is monotone.
    """
    assert [str(issue) for issue in check(kb)] == []


def test_the_dataset_is_as_large_as_it_says(kb: KnowledgeBase) -> None:
    """
    What the foundation promises is there.
    """
    assert len(kb.causes) >= 90
    assert len([finding for finding in kb.findings if finding.question]) >= 220
    assert len(kb.medicines) >= 466
    assert len(kb.remedies) >= 37
    assert len(kb.red_flags) >= 60
    assert len(kb.gate.questions) == 18
    assert len(PEOPLE) >= 60


@pytest.mark.parametrize(("cause", "family"), sorted(ARTICLE_CAUSES.items()))
def test_the_causes_of_the_founding_article_keep_their_rows(kb: KnowledgeBase, cause: str, family: str) -> None:
    """
    Each keeps its row for ever, graded honestly.
    """
    assert kb.cause(cause).family == family


def test_the_five_remedies_of_the_founding_article_keep_their_rows(kb: KnowledgeBase) -> None:
    """
    Stay hydrated, eat well, rest and relax, sleep, consult a professional.
    """
    article = {remedy.id for remedy in kb.remedies if remedy.article}

    assert {"hydrate", "balanced_diet", "sleep_schedule", "see_professional"} <= article
    assert article & {"rest_and_pace", "relaxation"}


def test_every_number_is_sourced_or_graded_expert(kb: KnowledgeBase) -> None:
    """
    No number without a source that was read, or the honest word for it.
    """
    numbers: list[tuple[str, Grade, tuple[str, ...]]] = []
    for cause in kb.causes:
        numbers.append((cause.id, cause.prior.grade, cause.prior.sources))
        numbers += [(f"{cause.id}.{link.finding}", link.grade, link.sources) for link in cause.evidence]
    for finding in kb.findings:
        numbers += [(f"{finding.id}.{state}", e.grade, e.sources) for state, e in finding.background]

    for name, grade, sources in numbers:
        assert grade is Grade.EXPERT or any(kb.source(source).text_read for source in sources), name


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["id"])
def test_an_ordinary_person_is_not_alarmed(kb: KnowledgeBase, person: dict[str, Any]) -> None:
    """
    Crying wolf at a tired eyelid is a failure too.
    """
    assert assess(person["profile"], kb=kb).urgency.level <= Urgency(person["at_most"])


def test_an_eyelid_after_short_nights_and_coffee_is_an_eyelid(kb: KnowledgeBase) -> None:
    """
    The commonest question gets the plain answer.
    """
    answer = assess(
        {
            "age": 30,
            "sex": "female",
            "findings": {"twitch_eyelid": True, "sleep_hours": 4.5, "caffeine_mg_per_day": 450},
        },
        kb=kb,
    )

    assert answer.causes[0].id == "eyelid_myokymia"
    assert answer.urgency.level is Urgency.ROUTINE


def test_weakness_and_wasting_put_motor_neurone_disease_before_harmless_twitching(kb: KnowledgeBase) -> None:
    """
    The one sign that divides them decides.
    """
    answer = assess(
        {
            "age": 62,
            "findings": {"muscle_weakness": True, "muscle_wasting": True, "twitch_fine": True, "twitch_arm": True},
        },
        kb=kb,
    )
    places = [cause.id for cause in answer.causes]

    assert places.index("amyotrophic_lateral_sclerosis") < places.index("benign_fasciculation_syndrome")
    assert answer.urgency.level >= Urgency.SOON


@pytest.mark.parametrize(
    ("profile", "least"),
    [
        ({"findings": {"seizure": True}}, Urgency.URGENT),
        ({"findings": {"confusion": True, "myoclonic_jerks": True}}, Urgency.EMERGENCY),
        ({"findings": {"potassium": "2.2 mmol/L"}}, Urgency.EMERGENCY),
        ({"findings": {"saddle_numbness": True, "bladder_bowel_change_new": True}}, Urgency.EMERGENCY),
        (
            {
                "findings": {
                    "pesticide_exposure_recent": True,
                    "excess_saliva_or_tears": True,
                    "sweating_drenching": True,
                }
            },
            Urgency.EMERGENCY,
        ),
        (
            {
                "medicines": [{"name": "sertraline", "started_days": 2}, "tramadol"],
                "findings": {
                    "agitation": True,
                    "tremor": True,
                    "fever": True,
                    "sweating_drenching": True,
                    "myoclonic_jerks": True,
                },
            },
            Urgency.EMERGENCY,
        ),
        ({"findings": {"suicidal_plan_or_intent": True}}, Urgency.EMERGENCY),
        ({"findings": {"overdose_taken": True}}, Urgency.EMERGENCY),
    ],
)
def test_a_grave_sign_is_heard_whatever_else_is_said(
    kb: KnowledgeBase, profile: dict[str, Any], least: Urgency
) -> None:
    """
    Missing a red flag is worse than raising one too many.
    """
    calm = {"sleep_hours": 4, "caffeine_mg_per_day": 500, "excessive_worry": True}
    findings = {**calm, **profile.get("findings", {})}

    assert assess({**profile, "findings": findings}, kb=kb).urgency.level >= least


def test_first_aid_comes_with_the_emergency(kb: KnowledgeBase) -> None:
    """
    Sugar in a low is never withheld by urgency.
    """
    answer = assess(
        {"age": 40, "findings": {"glucose": "2.4 mmol/L", "sweating": True, "tremor": True}, "medicines": ["insulin"]},
        kb=kb,
    )

    assert answer.urgency.level >= Urgency.URGENT
    assert "glucose_treat" in [remedy.id for remedy in answer.remedies]
    assert answer.remedies[0].id == "see_professional"


def test_a_medicine_is_known_by_ingredient_brand_and_dose(kb: KnowledgeBase) -> None:
    """
    People write what stands on the box.
    """
    assert {kb.medicine(name).id for name in ("sertraline", "Zoloft", "ZOLOFT 50 mg", "sertraline 100mg tablets")} == {
        "sertraline"
    }
    answer = assess({"medicines": ["grandmother's drops"]}, kb=kb)
    assert answer.unrecognised_medicines[0].name == "grandmother's drops"


def test_the_data_is_small_enough_to_embed() -> None:
    """
    A phone downloads it too.
    """
    folder = Path(twitchkb.__file__).parent / "data"

    assert sum(file.stat().st_size for file in folder.rglob("*.json")) < 4_000_000


def test_everyday_people_are_kept_out_of_hospital(kb: KnowledgeBase) -> None:
    """
    None of them is expected to need an ambulance, and at most two to be seen the same day.
    """
    levels = [assess(person["profile"], kb=kb).urgency.level for person in PEOPLE]

    assert Urgency.EMERGENCY not in levels
    assert sum(level is Urgency.URGENT for level in levels) <= 2
    assert sum(level >= Urgency.SOON for level in levels) <= len(PEOPLE) // 10
