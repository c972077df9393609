"""
The condition language: what it reads, what it refuses, and Kleene's three values.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.worlds import conditions, knowledge_bases
from twitchkb import ReadError
from twitchkb.condition import is_monotone, parse


@given(st.data())
def test_printing_and_parsing_gives_an_equal_condition(data: st.DataObject) -> None:
    """
    A condition can be written to a file and read back unchanged.
    """
    kb = data.draw(knowledge_bases())
    condition = data.draw(conditions(tuple(f for f in kb.findings if f.id != "age"), monotone=False))

    assert parse(str(condition)) == condition


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("acme:glow and tremor", "the colon of an id is a dot"),
        ("tremor AND sweating", "write and, or, not in small letters"),
        ("sex = female", "equal is =="),
        ("potassium < 2.5 mmol/L", r"'mmol/L' follows a number; write the bare number, '< 2.5', in the unit of"),
        ("tremor and (sleep_hours<=5h or fever)", "'h' follows a number; write the bare number, '<=5'"),
        ("temperature > 38.5 °C", "'°C' follows a number; write the bare number, '> 38.5'"),
        ("started.ssri <= 30 days", r"'days' follows a number; .* \(in days for a medicine\)"),
        ("humidity >= 60 %", "'%' follows a number"),
        ("potassium < 3 AND tremor", "write and, or, not in small letters"),
        ("age > 1e2 and (tremor", "was never closed"),
        ("age > 60 and tremor fever", "invalid syntax"),
    ],
)
def test_the_usual_slips_are_told_with_the_way_out(text: str, said: str) -> None:
    """
    An author comes from the JSON around a condition, from SQL or from a spreadsheet.
    """
    with pytest.raises(ReadError, match=said):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a b",
        "1",
        "a < b",
        "a < 'x'",
        "a < True",
        "a < 1e30",
        "1 < a < 3",
        "a + b",
        "f(a)",
        "any()",
        "at_least(3, a, b)",
        "at_least(0, a)",
        "at_least(True, a)",
        "any(a, key=b)",
        "lambda: a",
        "a if b else c",
        "[a]",
        "a.b.c.d",
        "medicines.ssri",
        "started.ssri",
        "__import__('os').system('true')",
        "(" * 300 + "a" + ")" * 300,
        "not " * 50 + "a",
        "a\x00b",
        "a or " * 2000 + "a",
    ],
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    """
    Only the listed nodes pass; nothing is executed; length and depth are limited.
    """
    with pytest.raises(ReadError):
        parse(text)


def test_reassuring_rules_are_not_monotone() -> None:
    """
    A red flag may not hang on an absence.
    """
    assert not is_monotone(parse("a and not b"))
    assert not is_monotone(parse("medicines.ssri < 2"))
    assert is_monotone(parse("at_least(2, a, b, c) and (potassium < 2.5 or started.ssri <= 30)"))


@pytest.mark.parametrize("text", ["-" * 1500 + "x", "x < " + "-" * 1500 + "1", "a" + ".b" * 1900, "a" + "()" * 1900])
def test_nesting_that_would_exhaust_the_stack_is_refused(text: str) -> None:
    """
    A rule that nobody could read ends in an error of the library, never in a crash.
    """
    with pytest.raises(ReadError):
        parse(text)
