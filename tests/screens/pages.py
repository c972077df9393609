"""
Write the six pages and pictures that people look at before a change of the renderers lands.

    python tests/screens/pages.py FOLDER
"""

import sys
from pathlib import Path
from typing import Any

import twitchkb
from twitchkb.adapters import html, svg

PEOPLE: dict[str, dict[str, Any]] = {
    "eyelid": {"age": 29, "findings": {"twitch_eyelid": True, "sleep_hours": 4.5, "muscle_weakness": False}},
    "caffeine_stress": {
        "age": 34,
        "sex": "female",
        "findings": {
            "twitch_calf": True,
            "twitch_several_places": True,
            "twitch_fine": True,
            "caffeine_mg_per_day": 600,
            "excessive_worry": True,
            "when_stressed": True,
            "muscle_weakness": False,
            "muscle_wasting": False,
        },
        "medicines": [],
    },
    "diuretic": {
        "age": 67,
        "findings": {"twitch_calf": True, "frequent_cramps": True, "potassium": "2.9 mmol/L"},
        "medicines": [{"name": "furosemide", "started_days": 21}],
    },
    "als_pattern": {
        "age": 61,
        "sex": "male",
        "findings": {
            "twitch_fine": True,
            "twitch_arm": True,
            "muscle_weakness": True,
            "muscle_wasting": True,
            "weakness_worse_over_months": True,
            "speech_difficulty": True,
            "numbness_tingling": False,
        },
    },
    "serotonin": {
        "age": 42,
        "findings": {"agitation": True, "sweating_drenching": True, "fever": True, "tremor": True, "diarrhoea": True},
        "medicines": [{"name": "sertraline", "changed_days": 1}, "tramadol"],
    },
    "nothing": {},
}


def main(folder: Path) -> None:
    """
    A page and a picture for each person.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, profile in PEOPLE.items():
        answer = twitchkb.assess(profile)
        (folder / f"{name}.html").write_text(html.page(answer), "utf-8")
        (folder / f"{name}.svg").write_text(svg.render(answer), "utf-8")
    print(f"{len(PEOPLE)} people in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
