"""
The JSON Schemas: made from the records, shipped as made, and of one mind with the strict reader.
"""

import copy
import functools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import twitchkb
from twitchkb import Assessment, Pack, PackError, Profile, ProfileError, ReadError, assess, from_json
from twitchkb.adapters.json_schema import schemas
from twitchkb.layout import laid_out
from twitchkb.packs import read_pack
from twitchkb.testing import pack_of, packs, profiles
from twitchkb.testing.worlds import bundled
from twitchkb.wire import unstructure

jsonschema = pytest.importorskip("jsonschema")

SHIPPED = Path(twitchkb.__file__).parent / "schema"
FILES = {
    "pack.json": "pack",
    "families.json": "families",
    "groups.json": "groups",
    "medicines.json": "medicines",
    "medicine_classes.json": "medicine_classes",
    "red_flags.json": "red_flags",
    "remedies.json": "remedies",
    "retired.json": "retired",
    "sources.json": "sources",
    "gate.json": "gate",
    "evidence.json": "evidence",
    "cautions.json": "cautions",
    "wording.json": "wording",
}
MANIFEST = {"id": "acme", "version": "1", "schema": 1, "api": 1}
# What may stand in the place of anything: a value of every kind, and text that no file may hold.
STRAY = [None, True, 3, 2.5, "x", [], {}, ["x"], {"value": 1}, [[1, 2], [3, 4]], "\u0007", "x" * 20_001]


@functools.cache
def validator(name: str) -> Any:
    return jsonschema.Draft202012Validator(schemas()[name])


def schema_of(file: str) -> str:
    return FILES.get(file) or ("cause" if file.startswith("causes/") else "findings")


def reads(file: str, value: Any) -> bool:
    """
    Whether the strict reader takes this value as this file of a pack.
    """
    files = {"pack.json": MANIFEST, file: value}
    try:
        if file == "pack.json":
            pack_of(files)
        else:
            read_pack(pack_of(files))
    except PackError:
        return False
    return True


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """
    The path of every part of a JSON value.
    """
    inner = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


def spoilt(draw: Any, value: Any) -> Any:
    """
    The value with one part left out, added or replaced.
    """
    result = copy.deepcopy(value)
    path = draw(st.sampled_from(places(result)))
    where = functools.reduce(lambda part, key: part[key], path[:-1], result)
    here = functools.reduce(lambda part, key: part[key], path, result)
    what = draw(st.sampled_from(["replace", "remove", "add"]))
    if what == "add" and isinstance(here, dict):
        here[draw(st.sampled_from(["nmae", "value", "$schemas"]))] = draw(st.sampled_from(STRAY))
    elif what == "add" and isinstance(here, list):
        here.append(draw(st.sampled_from(STRAY)))
    elif what == "remove" and path:
        del where[path[-1]]
    elif path:
        where[path[-1]] = draw(st.sampled_from(STRAY))
    else:
        result = draw(st.sampled_from(STRAY))
    return result


@pytest.mark.parametrize("name", sorted(schemas()))
def test_every_schema_is_sound_and_shipped_as_it_is_made(name: str) -> None:
    """
    After a record has changed, `make schemas` writes them anew.
    """
    jsonschema.Draft202012Validator.check_schema(schemas()[name])

    assert (SHIPPED / f"{name}.schema.json").read_text("utf-8") == laid_out(schemas()[name])
    assert {file.name for file in SHIPPED.iterdir()} == {f"{each}.schema.json" for each in schemas()}


CORE = sorted(p for p in (Path(twitchkb.__file__).parent / "data").rglob("*.json"))


@pytest.mark.parametrize(
    "file", [f for f in CORE if f.parent.name != "causes" or f.stem[0] in "ab"], ids=lambda f: f.stem
)
def test_the_bundled_files_fit_their_schemas(file: Path) -> None:
    """
    An editor that follows the schema accepts what the library ships.
    """
    name = file.name if file.parent.name == "data" else f"{file.parent.name}/{file.name}"

    assert list(validator(schema_of(name)).iter_errors(json.loads(file.read_text("utf-8")))) == []


@given(packs(), st.data())
def test_schema_and_reader_agree_on_files_of_packs(pack: Pack, data: st.DataObject) -> None:
    """
    What the schema accepts the reader accepts, and the reverse: also for a file with one slip in it.
    """
    files = {entry.name: entry for entry in pack.root.iterdir() if entry.is_file()}
    files |= {f"{d}/{e.name}": e for d in ("causes", "findings") for e in (pack.root / d).iterdir()}
    file = data.draw(st.sampled_from(sorted(files)))
    value = json.loads(files[file].read_bytes())
    other = spoilt(data.draw, value)

    assert validator(schema_of(file)).is_valid(value)
    assert validator(schema_of(file)).is_valid(other) == reads(file, other), (file, other)


@given(profiles(), st.data())
def test_schema_and_reader_agree_on_assessments(profile: Profile, data: st.DataObject) -> None:
    """
    An answer that was stored is read back exactly where the schema accepts it.
    """
    value = unstructure(assess(profile, kb=bundled()))
    other = spoilt(data.draw, value)

    def reads_back(value: Any) -> bool:
        try:
            from_json(json.dumps(value), Assessment)
        except ReadError:
            return False
        return True

    assert validator("assessment").is_valid(value)
    assert reads_back(value)
    assert validator("assessment").is_valid(other) == reads_back(other)


@given(profiles(), st.data())
def test_schema_and_reader_agree_on_profiles(profile: Profile, data: st.DataObject) -> None:
    """
    What the schema refuses `assess` refuses; what it accepts has the shape of a profile.
    """
    value = unstructure(profile)
    other = spoilt(data.draw, value)

    assert validator("profile").is_valid(value)
    if validator("profile").is_valid(other):
        from_json(json.dumps(other), Profile)
    else:
        with pytest.raises(ProfileError):
            assess(other, kb=bundled())
