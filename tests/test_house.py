"""
The house: who may import whom, which outside modules each room may use, and what an import costs.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import twitchkb

SOURCE = Path(twitchkb.__file__).parent

# Each room, the rooms it may import, and the outside modules it may import.
ROOMS: dict[str, tuple[set[str], set[str]]] = {
    "version": (set(), set()),
    "errors": (set(), {"attrs", "collections"}),
    "vocabulary": (set(), {"enum"}),
    "condition": ({"errors"}, {"ast", "attrs", "collections", "operator", "re", "typing"}),
    "model": (
        {"condition", "errors", "vocabulary"},
        {"attrs", "bisect", "collections", "difflib", "enum", "math", "re", "typing", "unicodedata"},
    ),
    "profile": (set(), {"attrs", "collections", "typing"}),
    # `adapters` only inside the two methods by which a notebook shows an answer; see the test below.
    "assessment": ({"adapters", "vocabulary"}, {"attrs", "collections", "math"}),
    "dialogue": ({"assessment", "vocabulary"}, {"attrs"}),
    "questionnaire": (
        {"answers", "condition", "model", "vocabulary"},
        {"array", "attrs", "collections", "math"},
    ),
    "interview": (
        {"answers", "condition", "model", "questionnaire", "vocabulary"},
        {"attrs", "collections", "heapq", "itertools", "math"},
    ),
    "pairs": ({"model"}, {"attrs", "collections", "itertools", "math"}),
    "conversation": (
        {
            "answers",
            "assessment",
            "dataset",
            "dialogue",
            "engine",
            "errors",
            "interview",
            "model",
            "pairs",
            "profile",
            "questionnaire",
            "scoring",
            "wire",
        },
        {"attrs", "collections", "typing"},
    ),
    "ask": (
        {
            "adapters",
            "assessment",
            "conversation",
            "dialogue",
            "engine",
            "errors",
            "model",
            "profile",
            "vocabulary",
            "wire",
        },
        {"attrs", "collections", "pathlib", "re", "sys", "textwrap", "typing"},
    ),
    "wire": (
        {"assessment", "condition", "errors", "model", "profile", "vocabulary"},
        {"attrs", "cattrs", "collections", "functools", "json", "math", "re", "typing"},
    ),
    "answers": (
        {"assessment", "condition", "errors", "model", "profile"},
        {"attrs", "collections", "math", "re", "typing"},
    ),
    "checks": (
        {"condition", "errors", "model", "vocabulary"},
        {"attrs", "collections", "datetime", "keyword", "re", "typing"},
    ),
    "scoring": ({"assessment", "model"}, {"attrs", "collections", "itertools", "math", "operator"}),
    "triage": ({"answers", "assessment", "condition", "model", "vocabulary"}, {"attrs", "collections", "math"}),
    "advice": (
        {"answers", "assessment", "condition", "model", "vocabulary"},
        {"attrs", "collections", "itertools", "math"},
    ),
    "packs": (
        {"errors", "model", "wire"},
        {"attrs", "collections", "hashlib", "importlib_resources", "pathlib", "typing"},
    ),
    "plugins": ({"errors", "packs"}, {"attrs", "collections", "importlib", "os", "typing"}),
    "guard": (
        {"condition", "errors", "model", "packs", "scoring", "vocabulary"},
        {"attrs", "collections", "keyword", "re", "typing"},
    ),
    "dataset": (
        {"checks", "errors", "guard", "model", "packs", "plugins"},
        {"attrs", "collections", "functools", "hashlib", "itertools", "operator", "threading", "typing", "warnings"},
    ),
    "engine": (
        {
            "advice",
            "answers",
            "assessment",
            "dataset",
            "errors",
            "model",
            "profile",
            "scoring",
            "triage",
            "version",
            "vocabulary",
            "wire",
        },
        {"attrs", "collections", "typing"},
    ),
    "explain": ({"model"}, {"collections", "textwrap"}),
    "citations": ({"model"}, {"attrs", "collections"}),
    "layout": (set(), {"json", "typing"}),
    "testing": ({"testing.folders", "testing.trial", "testing.worlds"}, {"hypothesis"}),
    "testing.folders": ({"packs"}, {"collections", "importlib_resources", "io", "json", "typing"}),
    "testing.worlds": (
        {
            "condition",
            "dataset",
            "engine",
            "model",
            "packs",
            "plugins",
            "profile",
            "testing.folders",
            "vocabulary",
            "wire",
        },
        {"attrs", "collections", "functools", "hypothesis", "random", "typing"},
    ),
    "testing.renaming": ({"condition", "model"}, {"attrs", "collections", "random", "typing"}),
    "testing.trial": (
        {"packs", "testing.laws", "testing.laws.parts", "testing.worlds"},
        {"attrs", "collections", "contextlib", "functools", "hypothesis", "typing"},
    ),
    "testing.laws": (
        {
            "model",
            "packs",
            "testing.laws.explanation",
            "testing.laws.loading",
            "testing.laws.ranking",
            "testing.laws.reading",
            "testing.laws.urgency",
        },
        {"collections", "hypothesis"},
    ),
    "testing.laws.parts": (
        {"answers", "assessment", "engine", "model", "profile"},
        {"collections", "hypothesis", "math", "random", "typing"},
    ),
    "testing.laws.ranking": (
        {
            "assessment",
            "engine",
            "model",
            "profile",
            "scoring",
            "testing.laws.parts",
            "testing.renaming",
            "testing.worlds",
            "vocabulary",
            "wire",
        },
        {"attrs", "collections", "hypothesis", "math", "random", "typing"},
    ),
    "testing.laws.reading": (
        {
            "assessment",
            "engine",
            "errors",
            "model",
            "profile",
            "testing.laws.parts",
            "testing.worlds",
            "wire",
        },
        {"collections", "contextlib", "hypothesis", "json", "typing"},
    ),
    "testing.laws.urgency": (
        {"condition", "engine", "model", "testing.laws.parts", "testing.worlds", "vocabulary"},
        {"attrs", "hypothesis"},
    ),
    "testing.laws.explanation": (
        {
            "adapters.text",
            "assessment",
            "conversation",
            "dialogue",
            "engine",
            "model",
            "testing.laws.parts",
            "testing.worlds",
            "vocabulary",
            "wire",
        },
        {"attrs", "hypothesis", "json", "math", "typing"},
    ),
    # Law 13 starts processes of its own, and hands them the packs in a folder.
    "testing.laws.loading": (
        {
            "engine",
            "errors",
            "model",
            "packs",
            "profile",
            "testing.folders",
            "testing.laws.parts",
            "testing.laws.reading",
            "testing.worlds",
            "wire",
        },
        {
            "attrs",
            "contextlib",
            "hashlib",
            "hypothesis",
            "importlib_resources",
            "json",
            "os",
            "pathlib",
            "subprocess",
            "sys",
            "tempfile",
            "threading",
            "typing",
        },
    ),
    "_hypothesis": ({"assessment", "engine", "model", "packs", "profile", "testing"}, {"hypothesis", "typing"}),
    "adapters": (set(), set()),
    "adapters.json_schema": (
        {"assessment", "condition", "layout", "model", "packs"},
        {"attrs", "collections", "enum", "pathlib", "sys", "types", "typing"},
    ),
    "cli_sources": ({"citations", "dataset", "packs", "wire"}, {"argparse", "collections", "textwrap", "typing"}),
    "narrative": ({"assessment", "vocabulary"}, {"attrs", "collections", "math"}),
    "adapters.text": ({"assessment", "narrative", "vocabulary"}, {"collections", "textwrap"}),
    "adapters.html": ({"assessment", "narrative"}, {"collections", "html"}),
    "adapters.svg": ({"assessment", "narrative"}, {"attrs", "collections", "html", "itertools", "textwrap"}),
    "batch": ({"batch.columns", "batch.people", "batch.table"}, {"importlib", "typing"}),
    "batch.arrow": (set(), {"pyarrow", "scipy", "typing"}),
    "batch.kleene": ({"condition"}, {"attrs", "collections", "numpy", "typing"}),
    "batch.medicines": (
        {"answers", "batch.arrow", "batch.kleene", "condition", "engine"},
        {"attrs", "collections", "math", "numpy", "typing"},
    ),
    "batch.columns": (
        {
            "answers",
            "batch.arrow",
            "batch.kleene",
            "batch.medicines",
            "condition",
            "engine",
            "errors",
            "model",
            "profile",
        },
        {"attrs", "collections", "difflib", "numpy", "re", "typing"},
    ),
    "batch.kernel": (
        {"assessment", "batch.arrow", "batch.columns", "batch.kleene", "engine", "model", "scoring"},
        {"attrs", "collections", "math", "numpy", "threading", "typing"},
    ),
    "batch.urgency": (
        {
            "batch.arrow",
            "batch.columns",
            "batch.kernel",
            "batch.kleene",
            "condition",
            "engine",
            "triage",
            "vocabulary",
        },
        {"attrs", "collections", "numpy", "typing"},
    ),
    "batch.contributions": ({"batch.arrow", "batch.kernel"}, {"numpy", "typing"}),
    "batch.table": (
        {
            "answers",
            "batch.arrow",
            "batch.columns",
            "batch.contributions",
            "batch.kernel",
            "batch.medicines",
            "batch.urgency",
            "dataset",
            "engine",
            "errors",
            "model",
            "vocabulary",
        },
        {"collections", "concurrent", "itertools", "numpy", "threading", "typing"},
    ),
    "batch.people": (
        {
            "batch.arrow",
            "batch.columns",
            "batch.kleene",
            "batch.medicines",
            "condition",
            "dataset",
            "engine",
            "model",
        },
        {"attrs", "collections", "math", "numpy", "scipy", "typing"},
    ),
    "batch.spark": (
        {"batch.arrow", "batch.table", "dataset", "errors", "model"},
        {"collections", "hashlib", "pickle", "pyspark", "typing"},
    ),
    "batch.mapping": (
        {"batch.columns", "errors", "model", "wire"},
        {"attrs", "collections", "difflib", "json", "typing"},
    ),
    "batch.files": (
        {"batch.arrow", "batch.columns", "batch.medicines", "batch.table", "errors", "model", "wire"},
        {"attrs", "collections", "contextlib", "json", "pathlib", "shutil", "typing"},
    ),
    "batch.command": (
        {
            "batch",
            "batch.files",
            "batch.mapping",
            "batch.table",
            "dataset",
            "errors",
            "model",
            "packs",
            "version",
            "vocabulary",
        },
        {"argparse", "collections", "pathlib", "sys", "time", "typing"},
    ),
    "cli": (
        {
            "batch",
            "adapters",
            "ask",
            "cli_packs",
            "cli_sources",
            "dataset",
            "engine",
            "errors",
            "explain",
            "model",
            "packs",
            "profile",
            "version",
            "wire",
        },
        {"argparse", "collections", "io", "os", "pathlib", "sys", "textwrap"},
    ),
    "reading": (set(), {"re"}),
    "review": (
        {"answers", "condition", "errors", "model", "reading", "vocabulary"},
        {"attrs", "collections", "itertools", "math"},
    ),
    "compare": ({"engine", "errors", "model"}, {"attrs", "collections", "typing"}),
    "template": ({"layout", "packs"}, {"importlib_resources", "typing"}),
    "cli_packs": (
        {
            "checks",
            "compare",
            "dataset",
            "errors",
            "guard",
            "layout",
            "model",
            "packs",
            "plugins",
            "review",
            "template",
            "wire",
        },
        {"argparse", "collections", "importlib_resources", "pathlib", "re", "sys", "typing"},
    ),
    "__main__": ({"cli"}, {"sys"}),
    "__init__": (
        {
            "assessment",
            "conversation",
            "dataset",
            "dialogue",
            "engine",
            "errors",
            "model",
            "packs",
            "profile",
            "version",
            "vocabulary",
            "wire",
        },
        {"importlib", "typing"},
    ),
}


def rooms() -> dict[str, Path]:
    found = {}
    for file in sorted(SOURCE.rglob("*.py")):
        name = ".".join(file.relative_to(SOURCE).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = file
    return found


def imports(name: str, file: Path) -> tuple[set[str], set[str]]:
    """
    The rooms and the outside modules that a file imports, anywhere in it.
    """
    inside, outside = set(), set()
    package = name.split(".")[: None if file.stem == "__init__" and name != "__init__" else -1]
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            outside |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("twitchkb."):
            inside.add((node.module or "").removeprefix("twitchkb."))
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            outside.add((node.module or "").split(".")[0])
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1]
            inside |= (
                {".".join([*base, node.module])} if node.module else {".".join([*base, a.name]) for a in node.names}
            )
    return inside, outside


@pytest.mark.parametrize("name", sorted(rooms()))
def test_every_room_imports_only_what_it_may(name: str) -> None:
    """
    The direction of imports is the architecture; a new arrow is a decision that is written here.
    """
    inside, outside = imports(name, rooms()[name])

    assert inside <= ROOMS[name][0]
    assert outside <= ROOMS[name][1]


def test_a_record_reaches_an_adapter_only_where_a_notebook_shows_it() -> None:
    """
    The answer knows how to be looked at, yet nobody who does not look loads a renderer.
    """
    tree = ast.parse(rooms()["assessment"].read_text("utf-8"))
    inside = {
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and node.module == "adapters"
    }
    everywhere = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "adapters"]

    assert inside == {"_repr_html_", "_repr_mimebundle_"}
    assert len(everywhere) == len(inside)
    program = (
        "import sys, twitchkb\n"
        "twitchkb.assess({})\n"
        "assert not [name for name in sys.modules if name.startswith(('twitchkb.adapters', 'twitchkb.narrative'))]\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_list_names_every_room() -> None:
    """
    A new file gets its place before it gets in.
    """
    assert set(rooms()) == set(ROOMS)


def test_every_file_says_what_it_is_for() -> None:
    """
    A file has one purpose that its first line says.
    """
    for file in rooms().values():
        assert ast.get_docstring(ast.parse(file.read_text("utf-8")))


def test_importing_the_library_reads_nothing_and_loads_no_room() -> None:
    """
    No data file, no entry point, no cattrs: an app that never asks pays nothing.
    """
    program = (
        "import sys, builtins\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "import twitchkb\n"
        "assert not [name for name in opened if name.endswith('.json')], opened\n"
        "assert not {'cattrs', 'attr', 'importlib.metadata', 'importlib_resources', 'json'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_every_public_name_is_there_and_has_an_example() -> None:
    """
    What `__all__` names can be fetched, and its docstring shows how it is used.
    """
    for name in twitchkb.__all__:
        value = getattr(twitchkb, name)
        assert name == "__version__" or ">>>" in (value.__doc__ or ""), name
    assert dir(twitchkb) == sorted(twitchkb.__all__)
    with pytest.raises(AttributeError):
        twitchkb.no_such_name  # noqa: B018  # the access is the test
