"""
Only codes that may be shipped are in the data, and each has the shape of its system.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import twitchkb
from twitchkb import KnowledgeBase
from twitchkb.checks import CODE_SHAPES

DATA = Path(twitchkb.__file__).parent / "data"
TERMS = Path(__file__).parents[2] / "THIRD_PARTY_CODES.md"
# Names and shapes of what may not be shipped. A number of SNOMED CT is six to eighteen digits without a letter.
FORBIDDEN_NAMES = re.compile(r"\b(?:atc|snomed\w*|sctid|sider|icd10|icd10who|icd11|umls|cui|meddra)\b", re.IGNORECASE)
ATC = re.compile(r"\b[ABCDGHJLMNPRSV]\d{2}[A-Z]{2}\d{2}\b")
SNOMED = re.compile(r"\b\d{6,18}\b")
UMLS_OR_STITCH = re.compile(r"\b(?:C\d{7}|CID[01m]\d+)\b")


def coded(kb: KnowledgeBase) -> Iterator[tuple[str, str, str]]:
    """
    Every code, with its record and its system.
    """
    for record in (*kb.causes, *kb.findings):
        for system, codes in record.codes:
            yield from ((record.id, system, code) for code in codes)


def strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """
    Every key and every text of a file, each text with the key it stands under.
    """
    if isinstance(value, dict):
        for name, part in value.items():
            yield "key", name
            yield from strings(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part, key)
    elif isinstance(value, str):
        yield key, value


def loinc_check_digit(number: str) -> int:
    """
    The last digit of a LOINC code, worked out from those before it (modulus 10, every second digit doubled).
    """
    doubled = "".join(str(int(digit) * (2 if place % 2 == 0 else 1)) for place, digit in enumerate(reversed(number)))
    return -sum(map(int, doubled)) % 10


def test_every_code_belongs_to_a_system_that_may_be_shipped_and_has_its_shape(kb: KnowledgeBase) -> None:
    """
    An app joins by these codes: a wrong letter joins with another illness.
    """
    shapes = CODE_SHAPES
    faults = [each for each in coded(kb) if each[1] not in shapes or not shapes[each[1]].fullmatch(each[2])]

    assert faults == []


def test_every_loinc_code_has_its_check_digit(kb: KnowledgeBase) -> None:
    """
    A slip of the pen in a code is found by the digit that is there to find it.
    """
    wrong = [
        (record, code)
        for record, system, code in coded(kb)
        if system == "loinc" and loinc_check_digit(code[:-2]) != int(code[-1])
    ]

    assert loinc_check_digit("2823") == 3
    assert wrong == []


def test_no_code_stands_twice_in_a_record(kb: KnowledgeBase) -> None:
    """
    A list of codes is a set.
    """
    every = list(coded(kb))

    assert len(every) == len(set(every))


@pytest.mark.parametrize("file", sorted(DATA.rglob("*.json")), ids=lambda file: file.stem)
def test_nothing_of_the_systems_left_out_is_in_the_data(file: Path) -> None:
    """
    ATC, the ICD-10 of the WHO, SNOMED CT and SIDER may not be shipped, under whatever name.
    """
    elsewhere = {"url", "doi", "pmid", *CODE_SHAPES}
    for key, text in strings(json.loads(file.read_text("utf-8"))):
        if key in elsewhere:
            continue
        assert not FORBIDDEN_NAMES.search(text), text
        assert not ATC.search(text), text
        assert not UMLS_OR_STITCH.search(text), text
        # Titles and publishers of sources hold numbers of articles.
        assert file.stem == "sources" or not SNOMED.search(text), text


def test_the_terms_name_each_system_that_is_shipped(kb: KnowledgeBase) -> None:
    """
    Who ships our data on finds the terms of every system in it, and of no other.
    """
    shipped = TERMS.read_text("utf-8").partition("## Left out on purpose")[0]
    named = set(re.findall(r"^\| [^|]+ \| `(\w+)` \|", shipped, re.MULTILINE))

    assert named == {system for _, system, _ in coded(kb)}


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (ATC, "N06AB06"),
        (SNOMED, "82470000"),
        (UMLS_OR_STITCH, "C0015644"),
        (UMLS_OR_STITCH, "CID100002173"),
        (FORBIDDEN_NAMES, "atc"),
        (FORBIDDEN_NAMES, "SNOMED_CT"),
        (FORBIDDEN_NAMES, "icd10"),
    ],
)
def test_the_shapes_catch_what_they_are_for(pattern: re.Pattern[str], text: str) -> None:
    """
    A law that could not fail would be no law.
    """
    assert pattern.search(text)


def test_the_shapes_tell_the_systems_apart() -> None:
    """
    A code under the wrong system is found.
    """
    examples = {
        "icd10cm": "G51.4", "hpo": "HP:0002380", "mondo": "MONDO:0004976",
        "mesh": "D000690", "orpha": "ORPHA:803", "loinc": "2823-3",
    }  # fmt: skip
    for system, shape in CODE_SHAPES.items():
        assert [name for name, code in examples.items() if shape.fullmatch(code)] == [system]
