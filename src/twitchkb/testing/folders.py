"""
Packs that live in memory: for tests, and for anything that makes a pack on the fly.
"""

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from importlib_resources.abc import Traversable

from ..packs import Pack

__all__ = ["Folder", "pack_of"]


class Folder(Traversable):
    """
    A folder, or a file, whose content is held in memory.

    Example:
        >>> folder = Folder({"causes/glow.json": b"{}"})
        >>> [entry.name for entry in folder.iterdir()], (folder / "causes" / "glow.json").read_bytes()
        (['causes'], b'{}')
    """

    def __init__(self, files: Mapping[str, bytes], path: str = "") -> None:
        self._files = dict(files)
        self._path = path

    @property
    def name(self) -> str:
        """
        The last part of the path.
        """
        return self._path.rpartition("/")[2]

    def iterdir(self) -> Iterator["Folder"]:
        """
        What lies in this folder, each once.
        """
        start = f"{self._path}/" if self._path else ""
        inside = [name.removeprefix(start).partition("/")[0] for name in self._files if name.startswith(start)]
        for name in dict.fromkeys(inside):
            yield Folder(self._files, start + name)

    def is_dir(self) -> bool:
        """
        Whether something can lie in it.
        """
        return not self.is_file()

    def is_file(self) -> bool:
        """
        Whether it has content of its own.
        """
        return self._path in self._files

    def joinpath(self, *descendants: Any) -> "Folder":
        """
        What lies below, whether it exists or not.
        """
        return Folder(self._files, "/".join([part for part in (self._path, *map(str, descendants)) if part]))

    def open(self, mode: str = "r", *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002  # the signature is not ours
        """
        The content as bytes or, with a mode of text, as UTF-8.

        Raises:
            FileNotFoundError: there is no such file.
        """
        if self._path not in self._files:
            raise FileNotFoundError(2, "No such file", self._path)
        stream = io.BytesIO(self._files[self._path])
        return stream if "b" in mode else io.TextIOWrapper(stream, "utf-8")


def pack_of(files: Mapping[str, Any]) -> Pack:
    """
    The pack made of these JSON values, by file name; bytes are taken as they are.

    Raises:
        PackError: there is no readable `pack.json` among them.

    Example:
        >>> pack_of({"pack.json": {"id": "acme", "version": "1.0.0", "schema": 1, "api": 1}}).id
        'acme'
    """
    content = {
        name: value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        for name, value in files.items()
    }
    return Pack.from_traversable(Folder(content))
