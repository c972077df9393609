"""
How files become records, and packs one knowledge base, where something is missing or in the way.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from twitchkb import KnowledgeBase, Pack, PackError, dataset, load
from twitchkb.packs import core_pack, read_pack
from twitchkb.testing import Folder, pack_of

MANIFEST = {"id": "acme", "version": "1.0.0", "schema": 1, "api": 1}
LINK = {"frequency": {"value": 0.5, "low": 0.4, "high": 0.6}, "grade": "expert"}
SIGN = {"id": "acme:glow", "type": "symptom", "label": "Glowing", "question": "Do you glow?"}


def faults(files: dict[str, Any]) -> list[str]:
    with pytest.raises(PackError) as error:
        read_pack(pack_of({"pack.json": MANIFEST, **files}))
    return [str(issue) for issue in error.value.issues]


def test_a_broken_addition_to_a_record_of_the_core_is_told_with_its_place() -> None:
    """
    One broken link among sound ones keeps the pack out, and is named.
    """
    links = [
        {"cause": "dehydration", "finding": "acme:glow", **LINK},
        {"cause": "dehydration", "finding": "acme:glow"},
    ]

    assert faults({"evidence.json": links}) == [
        "evidence.json: $[1]: expected exactly one of frequency, odds_ratio, risk_ratio, likelihood_ratio, got none"
    ]


def test_any_object_may_name_its_schema() -> None:
    """
    For the editor; what the pack says is the same with and without.
    """
    schema = {"$schema": "../schema.json"}
    named = pack_of(
        {
            "pack.json": {**schema, **MANIFEST},
            "findings/signs.json": [{**schema, **SIGN}],
            "sources.json": {**schema, "sources": [{**schema, "id": "acme:s", "title": "T"}]},
            "gate.json": {**schema, "questions": [{"finding": "acme:glow", "order": 1}]},
        }
    )
    plain = pack_of(
        {
            "pack.json": MANIFEST,
            "findings/signs.json": [SIGN],
            "sources.json": {"sources": [{"id": "acme:s", "title": "T"}]},
            "gate.json": {"questions": [{"finding": "acme:glow", "order": 1}]},
        }
    )
    one, other = (load(packs=[pack], plugins=False, strict=True) for pack in (named, plain))

    assert [one.finding("acme:glow"), one.source("acme:s"), one.gate] == [
        other.finding("acme:glow"),
        other.source("acme:s"),
        other.gate,
    ]


def test_a_schema_inside_a_record_is_a_key_like_any_other() -> None:
    """
    Only the outermost object is for an editor.
    """
    sign = {**SIGN, "background": {"value": 0.1, "low": 0.1, "high": 0.1, "grade": "expert", "$schema": "x"}}

    assert faults({"findings/signs.json": [sign]}) == [
        "findings/signs.json: $[0].background['present']: unknown key '$schema'"
    ]


class Unreadable(Folder):
    """
    A folder in which one file cannot be opened, as on a disk that fails.
    """

    def joinpath(self, *descendants: Any) -> "Unreadable":
        return Unreadable(self._files, super().joinpath(*descendants)._path)

    def iterdir(self) -> Any:
        return (Unreadable(self._files, entry._path) for entry in super().iterdir())

    def open(self, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        if self.name == "sources.json":
            raise PermissionError(13, "Permission denied", self.name)
        return super().open(mode, *args, **kwargs)


def test_a_file_that_cannot_be_opened_is_a_fault_of_the_pack() -> None:
    """
    A pack that is half there is not there.
    """
    files = {"pack.json": json.dumps(MANIFEST).encode(), "sources.json": b'{"sources": []}'}

    with pytest.raises(PackError, match=r"^sources\.json: cannot be read: Permission denied$"):
        read_pack(Pack.from_traversable(Unreadable(files)))


def test_a_manifest_that_cannot_be_opened_is_a_fault(tmp_path: Path) -> None:
    """
    The fault names the file and what the system said, and not that it is missing.
    """
    (tmp_path / "pack.json").mkdir()

    with pytest.raises(PackError, match=r"^pack\.json: cannot be read: [^:]+$") as error:
        Pack.from_directory(tmp_path)
    assert "a pack is the folder" not in str(error.value)


def test_a_manifest_that_is_gone_when_the_pack_is_read_is_a_fault() -> None:
    """
    Between naming a pack and reading it its folder may have changed.
    """
    pack = Pack(id="acme", version="1", api=1, root=Folder({"sources.json": b'{"sources": []}'}))

    with pytest.raises(PackError, match=r"^pack\.json: no such file$"):
        read_pack(pack)


def test_what_is_no_json_lies_beside_the_data_without_harm() -> None:
    """
    Notes for people and listings of systems belong to no pack.
    """
    with_notes = pack_of(
        {"pack.json": MANIFEST, "README.md": b"#", "causes/NOTES.txt": b"<b>", "findings/.DS_Store": b"\x00"}
    )

    assert read_pack(with_notes).digest == read_pack(pack_of({"pack.json": MANIFEST})).digest


@pytest.mark.parametrize("missing", ["wording.json", "something_else"])
def test_a_core_without_its_sentences_or_its_rest_is_no_core(missing: str) -> None:
    """
    No answer could be given from it, so none is tried.
    """
    folder = Path(str(core_pack().root))
    files = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.json")}
    manifest = json.loads(files["pack.json"])
    files = {name: content for name, content in files.items() if name != missing}
    files["pack.json"] = json.dumps({key: value for key, value in manifest.items() if key != missing}).encode()

    with pytest.raises(PackError, match=r"^core: needs wording\.json, and something_else in pack\.json$"):
        dataset.assemble(pack_of(files), [], strict=True)


def test_threads_that_ask_at_once_share_one_reading(monkeypatch: pytest.MonkeyPatch, kb: KnowledgeBase) -> None:
    """
    Whoever waited for the lock takes what the first one has read.
    """

    class Faster:
        """
        A lock that was held until another thread had read the data.
        """

        def __enter__(self) -> None:
            dataset._DEFAULT.append(kb)

        def __exit__(self, *_: object) -> None:
            pass

    def again() -> KnowledgeBase:
        raise AssertionError("the data was read twice")

    monkeypatch.setattr(dataset, "_DEFAULT", [])
    monkeypatch.setattr(dataset, "_LOCK", Faster())
    monkeypatch.setattr(dataset, "load", again)

    assert dataset.default_knowledge_base() is kb
