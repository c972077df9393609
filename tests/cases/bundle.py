"""
Write the people of the cases and of everyday life into the package, for `twitchkb diff`.

Run as `make people` after a case has changed.
"""

import json
from pathlib import Path
from typing import Any

from twitchkb.layout import laid_out

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "src" / "twitchkb" / "people.json"


def people() -> list[dict[str, Any]]:
    """
    Each person with an id and a profile, and nothing else.
    """
    cases = [json.loads(file.read_text("utf-8")) for file in sorted(HERE.glob("c*.json"))]
    everyday = json.loads((HERE.parent / "data" / "everyday_people.json").read_text("utf-8"))["people"]
    return [{"id": each["id"], "profile": each["profile"]} for each in (*cases, *everyday)]


if __name__ == "__main__":
    TARGET.write_text(laid_out(people()), "utf-8")
    print(f"{len(people())} people in {TARGET.name}")
