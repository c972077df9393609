"""
What is handed on: a source distribution without its terms or its contact for reports would be half a project.
"""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_source_distribution_brings_every_document_of_the_root() -> None:
    """
    Who gets the archive alone finds the licence, the intended use, and where to report a weakness.
    """
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    brought = set(settings["tool"]["hatch"]["build"]["targets"]["sdist"]["include"])
    documents = {file.name for file in ROOT.glob("*.md")}

    assert {"LICENSE", "Makefile", "SECURITY.md", *documents} <= brought
    assert all((ROOT / name).exists() for name in brought)
