"""
The example packs: projects that anybody can build, install and use beside twitchkb.
"""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

import twitchkb
from twitchkb import Pack, Urgency, assess
from twitchkb.packs import read_pack

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
EXAMPLES = {"riverside": HERE / "hospital", "rare": HERE / "rare_disease"}
PROGRAM = """
import json, sys, twitchkb
answer = twitchkb.assess(json.load(sys.stdin))
print(json.dumps({
    "packs": [pack.id for pack in answer.provenance.packs],
    "refused": [pack.id for pack in answer.provenance.refused],
    "reasons": [reason.id for reason in answer.urgency.reasons],
    "first": answer.causes[0].id,
    "where": twitchkb.__file__,
}))
"""


def data(id: str) -> Pack:
    (folder,) = (EXAMPLES[id] / "src").glob("*/data")
    return Pack.from_directory(folder)


@pytest.fixture(scope="module")
def both() -> twitchkb.KnowledgeBase:
    """
    The core with both examples.
    """
    return twitchkb.load(packs=[data(id) for id in EXAMPLES], plugins=False, strict=True)


def test_the_examples_show_everything_that_a_pack_may_add() -> None:
    """
    An author finds a model for every kind of record.
    """
    contents = [read_pack(data(id)) for id in EXAMPLES]

    kinds = ("causes", "findings", "groups", "families", "medicines", "medicine_classes", "remedies", "red_flags")
    missing = [kind for kind in (*kinds, "sources", "links", "cautions") if not any(getattr(c, kind) for c in contents)]
    on_core = [link for c in contents for cause in c.causes for link in cause.evidence if ":" not in link.finding]

    assert missing == []
    assert on_core
    assert any(c.gate.questions for c in contents)
    assert any(c.gate.stops for c in contents)


def test_local_advice_joins_the_answer(both: twitchkb.KnowledgeBase) -> None:
    """
    A question, a medicine, a caution, a remedy and a rule of the hospital, each at work.
    """
    person = {
        "age": 40,
        "findings": {"riverside:worse_after_pool": True, "dark_urine": True},
        "medicines": ["ward salt"],
    }
    answer = assess(person, kb=both)
    fainted = assess({**person, "findings": {"riverside:pool_faint": True}}, kb=both)

    assert "riverside:pool_break" in {remedy.id for remedy in answer.remedies}
    assert "hydrate" in {remedy.id for remedy in answer.withheld}
    assert "riverside.takes_ward_salt" in {reason.id for reason in answer.urgency.reasons}
    assert fainted.urgency.level is Urgency.URGENT


def test_a_rare_disease_with_its_own_test_leads_where_the_test_says_so(both: twitchkb.KnowledgeBase) -> None:
    """
    A pack can bring a cause that the core has never heard of.
    """
    answer = assess({"findings": {"rare:ripple_on_touch": True, "rare:ripple_antibody": "250 kU/L"}}, kb=both)

    assert answer.causes[0].id == "rare:ripple_disease"
    assert answer.urgency.level >= Urgency.SOON


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A fresh virtual environment with the wheels of twitchkb and of both examples.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    wheels = folder / "wheels"
    for project in (ROOT, *EXAMPLES.values()):
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "wheel",
                "-q",
                "--disable-pip-version-check",
                "--no-deps",
                "-w",
                wheels,
                project,
            ],
            check=True,
        )
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *sorted(wheels.iterdir())], check=True
    )
    return python


def ask(python: Path, profile: Any, **environment: str) -> Any:
    outcome = subprocess.run(
        [python, "-I", "-c", PROGRAM],
        input=json.dumps(profile),
        text=True,
        capture_output=True,
        check=True,
        env={**os.environ, **environment},
    )
    return json.loads(outcome.stdout)


def test_installed_packs_are_found_in_a_fresh_environment(elsewhere: Path) -> None:
    """
    Install the wheel and the pack is there; nothing needs to be registered.
    """
    answer = ask(
        elsewhere,
        {"findings": {"rare:ripple_on_touch": True, "rare:ripple_antibody": "250 U/mL", "riverside:pool_faint": True}},
    )

    assert answer["packs"] == ["core", "rare", "riverside"]
    assert answer["refused"] == []
    assert "riverside:rf_pool_faint" in answer["reasons"]
    assert answer["first"] == "rare:ripple_disease"
    assert str(ROOT) not in answer["where"]


def test_the_switch_turns_discovery_off(elsewhere: Path) -> None:
    """
    One variable, and the answer is that of the core alone.
    """
    assert ask(elsewhere, {}, TWITCHKB_NO_PLUGINS="1")["packs"] == ["core"]


def test_the_command_line_finds_installed_packs(elsewhere: Path) -> None:
    """
    `twitchkb check` knows the wheel as well as the checkout.
    """
    for id, project in EXAMPLES.items():
        (folder,) = (project / "src").glob("*/data")
        done = subprocess.run(
            [elsewhere, "-m", "twitchkb", "check", folder], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (id, done.stdout)
