"""
Many people at once: columns in, columns out, from a laptop to a cluster.

Needs the extra `batch`. Nothing here is imported before a name is first used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .columns import TableError
    from .people import simulate, simulate_batches
    from .table import Assessor, assess_batches, assess_table

__all__ = ["Assessor", "TableError", "assess_batches", "assess_table", "simulate", "simulate_batches"]

_ROOM = {
    "Assessor": "table",
    "TableError": "columns",
    "assess_batches": "table",
    "assess_table": "table",
    "simulate": "people",
    "simulate_batches": "people",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415  # the door itself stays light

    try:
        room = importlib.import_module(f"{__name__}.{_ROOM[name]}")
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] in {"numpy", "scipy", "pyarrow"}:
            raise ModuleNotFoundError(
                f"twitchkb.batch needs {error.name}: pip install 'twitchkb[batch]'", name=error.name
            ) from None
        raise
    value = getattr(room, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
