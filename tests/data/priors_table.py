"""
The table of priors in the docs, written from the data.

`python -m tests.data.priors_table` writes it anew; the way in of a cause is kept by hand in the table itself.
"""

from pathlib import Path

import twitchkb
from twitchkb import KnowledgeBase

__all__ = ["PAGE", "WAYS", "rows_for", "table_of", "ways_in"]

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "priors.md"
WAYS = frozenset({"new cases", "living cases", "users", "among presenters", "beside a neighbour"})
HEAD = ("| cause | value | range | way in | reasoning |", "|---|---|---|---|---|")


def table_of(page: str) -> tuple[str, ...]:
    """
    The lines of the table in the page, without its head.
    """
    _, _, below = page.partition("\n".join(HEAD))
    return tuple(line for line in below.splitlines() if line)


def ways_in(page: str) -> dict[str, str]:
    """
    The way in of every cause that the table names.
    """
    cells = ([cell.strip() for cell in line.split("|")] for line in table_of(page))
    return {row[1].strip("`"): row[4] for row in cells}


def rows_for(kb: KnowledgeBase, ways: dict[str, str]) -> tuple[str, ...]:
    """
    The rows that the data ask for, the most common cause first.
    """
    causes = sorted(kb.causes, key=lambda cause: (-cause.prior.value, cause.id))
    rows = [(cause.id, cause.prior, ways.get(cause.id, "?")) for cause in causes]
    rows.append(("something_else", kb.something_else, ways.get("something_else", "?")))
    return tuple(
        f"| `{name}` | {_plain(prior.value)} | {_plain(prior.low)} to {_plain(prior.high)} | {way} | {prior.note} |"
        for name, prior, way in rows
    )


def _plain(share: float) -> str:
    """
    Two significant digits, without an exponent: shares here reach down to one in millions.
    """
    return format(float(f"{share:.2g}"), ".9f").rstrip("0")


if __name__ == "__main__":
    page = PAGE.read_text("utf-8")
    before, _, _ = page.partition("\n".join(HEAD))
    rows = rows_for(twitchkb.load(), ways_in(page))
    PAGE.write_text(before + "\n".join((*HEAD, *rows)) + "\n", "utf-8")
