"""
Packs that are found through entry points: what is found, and how the hostile ones end.
"""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from twitchkb import Pack, PackError, PackWarning, assess, load
from twitchkb.testing import pack_of

from .site import FINDING, MANIFEST, Site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """
    An empty place for distributions, in front of all others.
    """
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delenv("TWITCHKB_NO_PLUGINS", raising=False)
    yield Site(tmp_path)
    for name in set(sys.modules) - before:
        if name.startswith("dist_"):
            del sys.modules[name]


def test_an_installed_pack_is_found_and_can_be_turned_off(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Installed is enough; the host can say no, for one call or for the process.
    """
    site.install_data("acme", {"findings/signs.json": [{"id": "acme:glow", **FINDING}]})

    assert [pack.id for pack in load().packs] == ["core", "acme"]
    assert [pack.id for pack in load(plugins=False).packs] == ["core"]
    monkeypatch.setenv("TWITCHKB_NO_PLUGINS", "1")
    assert [pack.id for pack in load().packs] == ["core"]
    monkeypatch.setenv("TWITCHKB_NO_PLUGINS", "0")
    assert [pack.id for pack in load().packs] == ["core", "acme"]


def test_two_distributions_that_offer_one_id_are_both_refused_and_named(site: Site) -> None:
    """
    Nobody knows which of them was meant.
    """
    site.install_data("acme", {}, dist="first-owner")
    site.install_data("acme", {}, dist="second-owner")

    with pytest.warns(PackWarning, match=r"first-owner 1\.0, second-owner 1\.0"):
        kb = load()

    assert [pack.id for pack in kb.packs] == ["core"]
    assert kb.refused[0].id == "acme"


def test_a_pack_given_by_hand_and_installed_is_refused(site: Site) -> None:
    """
    The same rule for every way in.
    """
    site.install_data("acme", {})

    with pytest.raises(PackError, match="given to load"):
        load(packs=[pack_of({"pack.json": {"id": "acme", **MANIFEST}})], strict=True)


TRAP = """
from twitchkb import Pack
from twitchkb.testing import Folder

class Trap(Folder):
    def iterdir(self):
        raise SystemExit("got you")

PACK = Pack(id="acme", version="1", api=1, root=Trap({}))
"""


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise ImportError('no such thing')", "no such thing"),
        ("import a_module_that_nobody_has", "a_module_that_nobody_has"),
        ("import sys; sys.exit(3)", "SystemExit"),
        ("assert False, 'never'", "AssertionError: never"),
        ("def f(): f()\nf()", "RecursionError"),
        ("raise ValueError('\\x1b[31mred')", "?[31mred"),
        ("class E(Exception):\n    def __str__(self): raise RuntimeError\nraise E", "raised E"),
        ("PACK = 3", "expected a twitchkb.Pack"),
        ("PACK = 'acme'", "expected a twitchkb.Pack"),
        ("pack = 3", "has no attribute 'PACK'"),
        ("x = (", "SyntaxError"),
        ("from twitchkb import Pack\nPACK = Pack(id='other', version='1', api=1, root=None)", "calls itself 'other'"),
        ("from twitchkb import Pack\nPACK = Pack(id='acme', version='1', api=1, root=None)", "AttributeError"),
        ("from twitchkb import Pack\nPACK = Pack.from_directory('/no/such/folder')", "cannot be read"),
        (
            TRAP,
            "got you",
        ),
    ],
)
def test_a_module_that_fails_is_a_refusal_that_names_the_pack(site: Site, source: str, said: str) -> None:
    """
    One broken pack stops neither the host nor the others.
    """
    site.install("acme", source)
    site.install_data("good", {"findings/signs.json": [{"id": "good:glow", **FINDING}]})

    with pytest.warns(PackWarning, match="'acme'"):
        kb = load()

    answer = assess({"findings": {"good:glow": True}}, kb=kb)
    assert [pack.id for pack in answer.provenance.packs] == ["core", "good"]
    (refused,) = answer.provenance.refused
    assert refused.id == "acme"
    assert said in refused.reasons[0]
    assert refused.reasons[0].isprintable()
    with pytest.raises(PackError, match="acme"):
        load(strict=True)


def test_a_keyboard_interrupt_passes_through_whoever_raises_it(site: Site) -> None:
    """
    A person who ends a pack that never comes back must not be overruled by the library.
    """
    site.install("acme", "raise KeyboardInterrupt")

    with pytest.raises(KeyboardInterrupt):
        load()


RED_FLAG = {"id": "acme:rf", "urgency": "soon", "when": "acme.glow", "reason": "R.", "action": "A."}
REMEDY = {"id": "acme:r", "name": "R", "kind": "self_care", "grade": "D", "steps": ["S."]}
MEDICINE = {"id": "acme:m", "name": "Acmeine"}
CAUTION = {"when": "acme.glow", "action": "do_not", "why": "No."}
LINK = {"frequency": {"value": 0.5, "low": 0.4, "high": 0.6}, "grade": "expert"}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param({"pack.json": {"id": "acme", **MANIFEST, "api": 2}}, "speaks api 1", id="wrong api"),
        pytest.param({"pack.json": {"id": "acme", **MANIFEST, "schema": 2}}, "reads schema 1", id="wrong schema"),
        pytest.param({"sources.json": b"[" * 200_000}, "too deeply", id="deep JSON"),
        pytest.param({"sources.json": b" " * 8_000_001}, "bytes", id="huge file"),
        pytest.param({"sources.json": b'{"sources": [], "sources": []}'}, "given twice", id="repeated key"),
        pytest.param({"sources.json": b""}, "line 1", id="empty file"),
        pytest.param({"sources.json": b"\xff\xfe"}, "UTF-8", id="no UTF-8"),
        pytest.param({"sources.json/x": b""}, "is no plain file", id="folder for a file"),
        pytest.param(
            {"groups.json": {"groups": [{"id": "acme:g", "label": "G", "cap": 900}]}}, "up to 30", id="huge cap"
        ),
        pytest.param(
            {"sources.json": {"sources": [{"id": "acme:s", "title": "\x1b[2J"}]}}, "U+001B", id="terminal escape"
        ),
        pytest.param({"sources.json": {"sources": [{"id": "acme:s", "title": "<script>x"}]}}, "markup", id="HTML"),
        pytest.param({"sources.json": {"sources": [{"id": "acme:s", "title": "a\u202eb"}]}}, "U+202E", id="bidi"),
        pytest.param(
            {"sources.json": {"sources": [{"id": "acme:s", "title": "x" * 30_000}]}}, "characters", id="long text"
        ),
        pytest.param({"sources.json": {"sources": [{"id": "hunter_2003", "title": "X"}]}}, "begin with", id="clash"),
        pytest.param(
            {"sources.json": {"sources": [{"id": "acme:../x", "title": "X"}]}}, "lower case", id="path in an id"
        ),
        pytest.param({"sources.json": {"sources": [{"id": "acme:class", "title": "X"}]}}, "grammar", id="keyword"),
        pytest.param({"red_flags.json": {"red_flags": [RED_FLAG | {"when": "not acme.glow"}]}}, "monotone", id="not"),
        pytest.param(
            {"red_flags.json": {"red_flags": [RED_FLAG | {"when": "__import__('os')"}]}}, "condition", id="code"
        ),
        pytest.param({"red_flags.json": {"red_flags": [RED_FLAG | {"when": "-" * 1500 + "x"}]}}, "nests", id="nested"),
        pytest.param(
            {"red_flags.json": {"red_flags": [RED_FLAG | {"urgency": "self_care"}]}}, "only the gate", id="calm"
        ),
        pytest.param({"remedies.json": {"remedies": [REMEDY]}}, "caution", id="remedy without cautions"),
        pytest.param({"cautions.json": [{"remedy": "see_professional", **CAUTION}]}, "take away", id="no professional"),
        pytest.param({"cautions.json": [{"remedy": "nothing", **CAUTION}]}, "unknown remedy", id="stray caution"),
        pytest.param(
            {"evidence.json": [{"cause": "dehydration", "finding": "tremor", **LINK}]}, "this pack", id="core link"
        ),
        pytest.param(
            {"evidence.json": [{"cause": "nothing", "finding": "acme:glow", **LINK}]}, "unknown cause", id="stray"
        ),
        pytest.param({"evidence.json": {}}, "expected a list", id="no list"),
        pytest.param({"evidence.json": [3]}, "names a cause", id="no object"),
        pytest.param({"sources.json": []}, "one key", id="no key"),
        pytest.param({"sources.json": {"sources": 3}}, "list", id="number for a list"),
        pytest.param({"medicines.json": {"medicines": [MEDICINE | {"name": "Lithium"}]}}, "already belongs", id="name"),
        pytest.param(
            {"medicines.json": {"medicines": [MEDICINE | {"names": ["lithium 400"]}]}}, "already belongs", id="dose"
        ),
        pytest.param(
            {"medicines.json": {"medicines": [MEDICINE | {"brands": ["LITHIUM."]}]}}, "already belongs", id="brand"
        ),
        pytest.param({"wording.json": {}}, "wording.json", id="wording"),
        pytest.param(
            {"gate.json": {"questions": [{"finding": "seizure", "order": 1}]}}, "only ask", id="core question"
        ),
        pytest.param(
            {"gate.json": {"questions": [{"finding": "acme:glow", "order": 1, "covers": ["seizure"]}]}},
            "only cover",
            id="cover",
        ),
        pytest.param(
            {"gate.json": {"stops": [{"when": "age >= 0", "urgency": "self_care", "reason": "Calm."}]}},
            "only the gate",
            id="calming stop",
        ),
        pytest.param(
            {"findings/more.json": [{"id": "acme:more", **FINDING, "group": "motor_loss"}]},
            "group of this pack",
            id="group",
        ),
        pytest.param({"findings/more.json": [{"id": "acme:glow", **FINDING}]}, "given twice", id="own clash"),
        pytest.param(
            {
                "pack.json": {
                    "id": "acme",
                    **MANIFEST,
                    "something_else": {"value": 0.1, "low": 0.1, "high": 0.1, "grade": "expert"},
                }
            },
            "only the bundled",
            id="something else",
        ),
    ],
)
def test_a_hostile_pack_is_refused_and_named(site: Site, files: dict[str, Any], said: str) -> None:
    """
    The host always answers, as the core alone would, and says who is missing and why.
    """
    site.install_data("acme", {"findings/signs.json": [{"id": "acme:glow", **FINDING}], **files})

    with pytest.warns(PackWarning, match="'acme'"):
        kb = load()

    assert kb.refused[0].id == "acme"
    assert any(said in reason for reason in kb.refused[0].reasons), kb.refused[0].reasons
    assert assess({}, kb=kb).causes == assess({}, kb=load(plugins=False)).causes


@pytest.mark.parametrize("id", ["core", "medicine", "class", "Acme", "a:b"])
def test_a_pack_cannot_take_a_name_that_conditions_or_ids_could_not_carry(id: str) -> None:
    """
    `medicine.glow` asks for a medicine, so no pack is called `medicine`.
    """
    with pytest.raises(PackError, match=r"pack\.json"):
        load(packs=[pack_of({"pack.json": {"id": id, **MANIFEST}})], plugins=False, strict=True)


def test_a_link_that_leads_out_of_the_pack_is_not_followed(site: Site, tmp_path: Path) -> None:
    """
    A pack shows its own files and no others of the machine.
    """
    site.install_data("acme", {})
    outside = tmp_path / "secret.json"
    outside.write_text('{"sources": [{"id": "acme:s", "title": "A secret"}]}', "utf-8")
    (tmp_path / "data_acme" / "sources.json").symlink_to(outside)

    with pytest.warns(PackWarning, match="leads out of the pack"):
        kb = load()

    assert "secret" not in str(kb.refused)


def test_a_pack_of_too_many_bytes_or_files_is_refused() -> None:
    """
    Also where every single file is small enough.
    """
    manifest = {"pack.json": {"id": "acme", **MANIFEST}}
    many = pack_of({**manifest, **{f"causes/c{i}.json": b"{}" for i in range(5_001)}})
    large = pack_of({**manifest, **{f"causes/c{i}.json": b" " * 7_000_000 for i in range(5)}})

    for pack in (many, large):
        with pytest.raises(PackError, match="at most"):
            load(packs=[pack], plugins=False, strict=True)


def test_the_reasons_of_a_refusal_are_limited_in_number() -> None:
    """
    A pack cannot drown the host in its faults.
    """
    sources = [{"id": f"x{i}", "title": "T"} for i in range(3_000)]
    pack = pack_of({"pack.json": {"id": "acme", **MANIFEST}, "sources.json": {"sources": sources}})

    with pytest.warns(PackWarning):
        kb = load(packs=[pack], plugins=False)

    assert len(kb.refused[0].reasons) == 100


def test_two_packs_that_claim_one_name_of_a_medicine_are_both_refused() -> None:
    """
    With one of them the name means a medicine, with both it means nothing: so neither may come between.
    """
    one, two, three = (
        pack_of(
            {"pack.json": {"id": id, **MANIFEST}, "medicines.json": {"medicines": [{"id": f"{id}:m", "name": name}]}}
        )
        for id, name in (("one", "Acmeine"), ("two", "acmeine 20 mg"), ("three", "Other"))
    )

    with pytest.warns(PackWarning, match="Acmeine|acmeine"):
        kb = load(packs=[one, two, three], plugins=False)

    assert [pack.id for pack in kb.refused] == ["one", "two"]
    assert [pack.id for pack in kb.packs] == ["core", "three"]


def test_a_pack_in_a_zip_file_loads(tmp_path: Path) -> None:
    """
    Zipped applications have no folders, and need none.
    """
    file = tmp_path / "app.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("data/pack.json", json.dumps({"id": "acme", **MANIFEST}))
        archive.writestr("data/findings/signs.json", json.dumps([{"id": "acme:glow", **FINDING}]))

    kb = load(packs=[Pack.from_traversable(zipfile.Path(file, "data/"))], plugins=False, strict=True)

    assert kb.finding("acme:glow").label == "Glowing"


PROGRAM = """
import sys, twitchkb
assert not {'importlib.metadata', 'twitchkb.plugins'} & set(sys.modules)
"""


def test_discovery_adds_nothing_to_import() -> None:
    """
    An app that never asks pays nothing.
    """
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
