"""
How the files of the bundled data look, byte for byte.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import twitchkb
from twitchkb.layout import laid_out

DATA = Path(twitchkb.__file__).parent / "data"
MOST_BYTES = 2_000_000

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts),
)


@pytest.mark.parametrize("file", sorted(DATA.rglob("*.json")), ids=lambda file: file.stem)
def test_every_file_has_the_one_layout(file: Path) -> None:
    """
    A diff of the data shows what changed, and nothing else.
    """
    assert file.read_text("utf-8") == laid_out(json.loads(file.read_text("utf-8")))


def test_the_bundled_data_stays_small() -> None:
    """
    An app that embeds the data carries at most two megabytes.
    """
    assert sum(file.stat().st_size for file in DATA.rglob("*") if file.is_file()) <= MOST_BYTES


@given(json_values)
def test_a_layout_says_the_same_and_is_stable(value: object) -> None:
    """
    Laying out changes no value, and doing it twice changes nothing more.
    """
    text = laid_out(value)

    assert json.loads(text) == value
    assert laid_out(json.loads(text)) == text
