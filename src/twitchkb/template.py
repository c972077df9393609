"""
The files of a new pack: a complete project that installs, loads and passes its tests.

Text only; `cli_packs` writes it. What an author must replace says so. The
JSON Schemas come along, so that an editor helps without a network: objects
name theirs in `$schema`, and files that are lists have a mapping in
`.vscode/settings.json`.
"""

from typing import Any

import importlib_resources

from .layout import laid_out
from .packs import API, SCHEMA

__all__ = ["project"]

_LISTS = {"findings/*.json": "findings", "evidence.json": "evidence", "cautions.json": "cautions"}
_NOTE = "Replace this number, and say how it was reached."


def project(id: str) -> dict[str, str]:
    """
    Every file of a new project, by its path.

    Args:
        id: the id of the pack: lower case letters, digits and `_`.

    Example:
        >>> sorted(project("acme"))[-1], "acme:example" in project("acme")["src/twitchkb_acme/data/causes/example.json"]
        ('tests/test_pack.py', True)
    """
    module, distribution = f"twitchkb_{id}", f"twitchkb-{id.replace('_', '-')}"
    data = {f"src/{module}/data/{name}": laid_out(_naming(name, value)) for name, value in _data(id).items()}
    return {
        "README.md": _README.format(id=id, module=module, distribution=distribution),
        "pyproject.toml": _PYPROJECT.format(id=id, module=module, distribution=distribution),
        f"src/{module}/__init__.py": _MODULE.format(id=id),
        "tests/test_pack.py": _TESTS.format(id=id, module=module),
        ".vscode/settings.json": laid_out({"json.schemas": [_mapped(module, file) for file in sorted(_LISTS)]}),
        **_schemas(),
        **data,
    }


def _schemas() -> dict[str, str]:
    """
    Every schema that this version ships.
    """
    shipped = importlib_resources.files(__package__) / "schema"
    return {f".schema/{file.name}": file.read_text("utf-8") for file in shipped.iterdir()}


def _naming(name: str, value: Any) -> Any:
    """
    The value of a file, which names its schema where it is an object.
    """
    if not isinstance(value, dict):
        return value
    schema = "cause" if name.startswith("causes/") else name.removesuffix(".json")
    # From the file through `data`, the module and `src` up to the project.
    return {"$schema": f"{'../' * (3 + name.count('/'))}.schema/{schema}.schema.json", **value}


def _mapped(module: str, file: str) -> dict[str, Any]:
    return {"fileMatch": [f"/src/{module}/data/{file}"], "url": f"./.schema/{_LISTS[file]}.schema.json"}


def _data(id: str) -> dict[str, Any]:
    return {
        "pack.json": {"id": id, "version": "0.1.0", "schema": SCHEMA, "api": API, "title": f"The pack {id}"},
        "causes/example.json": {
            "id": f"{id}:example",
            "name": "An example",
            "clinical_name": "Exemplum",
            "family": "harmless_twitching",
            "summary": "Say in one or two short lines what it is.",
            "course": "Say how it comes, and how it goes.",
            "prior": _number(0.0005, 0.0001, 0.002),
            "evidence": [
                {"finding": f"{id}:sign", "frequency": _estimate(0.7, 0.5, 0.9), **_GRADE, "sources": [f"{id}:source"]},
                {"finding": "muscle_cramps", "likelihood_ratio": _estimate(1.7, 1.2, 2.5), **_GRADE},
                {"finding": "muscle_weakness", "likelihood_ratio": _estimate(0.5, 0.3, 0.9), **_GRADE},
            ],
            "remedies": ["see_professional"],
        },
        "findings/signs.json": [
            {
                "id": f"{id}:sign",
                "type": "symptom",
                "label": "An example of a sign",
                "question": "Do you have the sign of the example?",
                "help": "Say what counts and what does not.",
                "background": _number(0.02, 0.01, 0.05),
            }
        ],
        "sources.json": {
            "sources": [
                {
                    "id": f"{id}:source",
                    "title": "Replace this by a publication that you have read",
                    "url": "https://example.org/",
                }
            ]
        },
    }


_GRADE = {"grade": "expert", "note": _NOTE}


def _estimate(value: float, low: float, high: float) -> dict[str, float]:
    return {"value": value, "low": low, "high": high}


def _number(value: float, low: float, high: float) -> dict[str, Any]:
    return {**_estimate(value, low, high), **_GRADE}


_PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "{distribution}"
version = "0.1.0"
description = "The pack {id} for twitchkb."
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["twitchkb"]

[project.optional-dependencies]
test = ["pytest", "twitchkb[testing]"]

[project.entry-points."twitchkb.packs"]
{id} = "{module}:PACK"

[tool.hatch.build.targets.wheel]
packages = ["src/{module}"]
"""

_MODULE = '''\
"""
The pack {id} for twitchkb: data, and nothing that runs.
"""

from importlib_resources import files
from twitchkb import Pack

__all__ = ["PACK"]

PACK = Pack.from_traversable(files(__name__) / "data")
'''

_TESTS = '''\
"""
The pack {id}: it loads whole, keeps every law, and finds what it is for.
"""

import twitchkb
from twitchkb.testing import check_laws

from {module} import PACK


def test_the_pack_loads_whole():
    """
    Every fault is told with its file.
    """
    twitchkb.load(packs=[PACK], plugins=False, strict=True)


def test_the_pack_keeps_the_laws():
    """
    Nobody becomes less safe by adding it.
    """
    check_laws(PACK, max_examples=5)


def test_the_sign_speaks_for_the_example():
    """
    Replace this by a person whom your pack is for.
    """
    kb = twitchkb.load(packs=[PACK], plugins=False, strict=True)

    answer = twitchkb.assess({{"findings": {{"{id}:sign": True}}}}, kb=kb)

    example = next(cause for cause in answer.causes if cause.id == "{id}:example")
    assert [part.finding for part in example.contributions] == ["{id}:sign"]
    assert example.points.value > example.prior.value
'''

_README = """\
# {distribution}

A pack for [twitchkb](https://pypi.org/project/twitchkb/): it adds data to what twitchkb knows about muscle twitching.

Try it:

```console
$ python -m venv .venv
$ .venv/bin/pip install -e '.[test]'
$ .venv/bin/pytest
$ .venv/bin/twitchkb check src/{module}/data
$ .venv/bin/twitchkb diff core src/{module}/data
```

Once it is installed, every app that uses twitchkb finds it by itself.

Then replace the example in `src/{module}/data`: the cause, its sign, its source, and every number.
The last test in `tests/test_pack.py` is about the example: replace it by a person whom your pack is for.
Your ids begin with `{id}:`, and in a condition a colon is written as a dot: `{id}.sign`.

`.schema` holds the JSON Schemas that came with twitchkb, so that your editor can complete keys and mark faults.
They are no part of the pack; after an update of twitchkb copy them again, from its folder `twitchkb/schema`.
"""
