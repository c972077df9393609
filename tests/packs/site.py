"""
A folder of installed distributions that offer packs, as the tests and the benchmarks make one.
"""

import json
from pathlib import Path
from typing import Any

MANIFEST = {"version": "1.0.0", "schema": 1, "api": 1}
FINDING = {
    "type": "symptom",
    "label": "Glowing",
    "question": "Do you glow?",
    "background": {"value": 0.01, "low": 0.005, "high": 0.02, "grade": "expert"},
}


class Site:
    """
    A folder of installed distributions.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, id: str, source: str, *, dist: str = "", value: str = "", entry: bool = True) -> None:
        """
        A distribution whose one module has this source, and offers a pack.
        """
        dist = dist or f"dist-{id}"
        module = dist.replace("-", "_")
        (self.folder / f"{module}.py").write_text(source, "utf-8")
        info = self.folder / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {dist}\nVersion: 1.0\n", "utf-8")
        group = "twitchkb.packs" if entry else "console_scripts"
        (info / "entry_points.txt").write_text(f"[{group}]\n{id} = {value or f'{module}:PACK'}\n", "utf-8")

    def install_data(self, id: str, files: dict[str, Any], *, dist: str = "") -> None:
        """
        A distribution that offers these files as a pack.
        """
        folder = self.folder / f"data_{dist or id}".replace("-", "_")
        for name, value in {"pack.json": {"id": id, **MANIFEST}, **files}.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
        self.install(id, f"from twitchkb import Pack\nPACK = Pack.from_directory({str(folder)!r})\n", dist=dist)
