"""Who may import whom: the layers of the package and the home of each dependency."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = "smsc_sim"

GROUND = {"content", "theory", "model"}
DOWN_TO_RESULTS = {*GROUND, "scenario", "engines", "results"}
MAY_IMPORT = {
    "content": set(),
    "theory": set(),
    "model": set(),
    "scenario": GROUND,
    "engines": {"model"},
    "results": {*GROUND, "scenario", "engines"},
    "experiment": DOWN_TO_RESULTS,
    "planning": {*DOWN_TO_RESULTS, "experiment"},
    "report": {*DOWN_TO_RESULTS, "experiment", "planning"},
    "cli": {*DOWN_TO_RESULTS, "experiment", "planning", "report"},
}

HOMES = {
    "simpy": ("engines/reference.py",),
    "yaml": ("scenario/",),
    "pydantic": ("scenario/",),
    "pydantic_core": ("scenario/",),
    "pint": ("scenario/",),
    "matplotlib": ("report/",),
    "typst": ("report/",),
    "numba": (
        "engines/",
        "model/draws.py",
        "content/kernels.py",
        "content/numbering_kernels.py",
    ),
    "llvmlite": ("engines/",),
}

HEAVY = {"numpy", "pandas", "numba", "scipy", "matplotlib", "pydantic", "pint", "pyarrow", "simpy"}


class Import(NamedTuple):
    """One imported name, as an absolute dotted path."""

    target: str
    line: int
    is_lazy: bool


def absolute_base(node: ast.ImportFrom, folders: tuple[str, ...]) -> str:
    """Dotted path that `from ... import` starts at; `folders` are those of the importing file."""
    if node.level == 0:
        return node.module or ""
    kept = folders[: len(folders) - node.level + 1]
    return ".".join([*kept, node.module] if node.module else kept)


def targets_of(node: ast.AST, folders: tuple[str, ...]) -> list[str]:
    """Dotted paths that one statement or call imports; [] for any other node.

    `from a import b` gives `a.b`, since b may be a module.
    """
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom():
            base = absolute_base(node, folders)
            return [f"{base}.{alias.name}" for alias in node.names]
        case ast.Call(
            func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(name)), *_],
        ):
            return [name]
    return []


def is_for_typing_only(node: ast.AST) -> bool:
    """Whether a node is `if TYPE_CHECKING:` or `if typing.TYPE_CHECKING:`."""
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def imports_of(path: Path, root: Path) -> Iterator[Import]:
    """Every import of a file, wherever in it; lazy ones do not run when the file is imported."""
    folders = path.parent.relative_to(root.parent).parts
    nodes = [(ast.parse(path.read_text(encoding="utf-8"), str(path)), False)]
    while nodes:
        node, is_lazy = nodes.pop()
        for target in targets_of(node, folders):
            yield Import(target, node.lineno, is_lazy)
        waits = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        inside_is_lazy = is_lazy or waits or is_for_typing_only(node)
        nodes += [(child, inside_is_lazy) for child in ast.iter_child_nodes(node)]


def problem_with(found: Import, module: tuple[str, ...]) -> str | None:
    """What is wrong with an import in a module, such as ("engines", "jit.py"), or None."""
    layer, inside = module[0], "/".join(module)
    top, *rest = found.target.split(".")
    if top != PACKAGE:
        if layer == "__init__.py" and not found.is_lazy and top not in sys.stdlib_module_names:
            return f"imports {top} at once; import it inside a function"
        homes = HOMES.get(top)
        if homes and not inside.startswith(homes):
            return f"must not import {top}; only {' and '.join(homes)} may"
        return None
    if layer == "__init__.py":
        return None if found.is_lazy else "imports a layer at once; import it inside a function"
    used = rest[0] if rest else ""
    if layer == "__main__.py":
        return None if used == "cli" else "must import cli only"
    if used == layer:
        return None
    if used == "__version__" and "results" in MAY_IMPORT[layer] | {layer}:
        return None
    if used in MAY_IMPORT[layer]:
        return None
    return f"{layer} must not import {used or PACKAGE}"


def violations(root: Path) -> list[str]:
    """One line per forbidden import of the package whose folder is `root`, by file and line."""
    lines = []
    for path in sorted(root.rglob("*.py")):
        module = path.relative_to(root).parts
        where = f"{root.name}/{'/'.join(module)}"
        if module[0] not in {*MAY_IMPORT, "__init__.py", "__main__.py"}:
            lines.append(f"{where}: {module[0]} is no layer of the design")
            continue
        found = sorted(imports_of(path, root), key=lambda found: (found.line, found.target))
        problems = ((one.line, problem_with(one, module)) for one in found)
        lines += [f"{where}:{line}: {problem}" for line, problem in problems if problem]
    return lines


# What a run by the compiled engine, its machine code on disk, can do without: half a second.
NEEDLESS = {"numba", "simpy", "scipy.stats", "matplotlib", "typst", "phonenumbers", "IPython"}


def modules_after(statement: str, folder: Path) -> set[str]:
    """Modules that a fresh interpreter, started in `folder`, loads by a statement."""
    program = (
        "import json, sys; before = set(sys.modules)\n"
        f"{statement}\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def heavy_modules_after(statement: str, folder: Path) -> list[str]:
    """Heavy libraries among them."""
    return sorted(HEAVY.intersection(modules_after(statement, folder)))


def make_tree(root: Path, files: dict[str, str]) -> Path:
    """Write a made-up package and give its folder back."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


ALLOWED_TREE = {
    "__init__.py": (
        "import os\nfrom typing import TYPE_CHECKING\n__version__ = '1'\n"
        "if TYPE_CHECKING:\n    import pandas\n"
        "def run():\n    from smsc_sim.experiment import replicate\n    return replicate\n"
    ),
    "__main__.py": "from smsc_sim.cli import run_and_exit\nrun_and_exit()\n",
    "content/alphabets.py": "import numpy as np\nfrom . import money\n",
    "content/money.py": "from decimal import Decimal\n",
    "theory/queues.py": "import math\n",
    "model/draws.py": "import numba\n",
    "model/step.py": "from smsc_sim.model import draws\nfrom .draws import uniform\n",
    "scenario/loader.py": (
        "import pint, pydantic, yaml\nfrom smsc_sim import content, model\n"
        "from smsc_sim.theory.queues import erlang_b\n"
    ),
    "engines/reference.py": "import simpy\nfrom ..model import step\n",
    "engines/compiled.py": "import numba\nimport smsc_sim.model.step\n",
    "results/store.py": "from smsc_sim import __version__\nfrom smsc_sim.engines import compiled\n",
    "experiment/replicate.py": "from smsc_sim.results import store\n",
    "planning/sizing.py": "from smsc_sim.experiment import replicate\n",
    "report/figures.py": "import matplotlib.pyplot as plt, typst\nfrom ..planning import sizing\n",
    "cli/__init__.py": "def main():\n    from smsc_sim.report import figures\n    return figures\n",
}

# Every kind of violation, alone in its file: text of the file -> what is said about it.
VIOLATIONS = [
    ("content/a.py", "from smsc_sim.model import step", "content must not import model"),
    ("theory/a.py", "import smsc_sim.content.money", "theory must not import content"),
    ("model/a.py", "from ..scenario import schema", "model must not import scenario"),
    ("model/b.py", "from .. import theory", "model must not import theory"),
    ("model/c.py", "from smsc_sim import __version__", "model must not import __version__"),
    ("model/d/e.py", "from ...content import money", "model must not import content"),
    ("scenario/a.py", "from smsc_sim import engines", "scenario must not import engines"),
    ("engines/a.py", "from smsc_sim.scenario import schema", "engines must not import scenario"),
    ("engines/b.py", "from smsc_sim.results import store", "engines must not import results"),
    ("results/a.py", "import smsc_sim.experiment", "results must not import experiment"),
    ("experiment/a.py", "import smsc_sim.planning", "experiment must not import planning"),
    ("planning/a.py", "import smsc_sim.report.figures", "planning must not import report"),
    ("report/a.py", "import smsc_sim.cli", "report must not import cli"),
    ("report/b.py", "import smsc_sim", "report must not import smsc_sim"),
    ("cli/a.py", "import smsc_sim.data.rates", "cli must not import data"),
    (
        "report/c.py",
        "import importlib; importlib.import_module('smsc_sim.cli')",
        "report must not import cli",
    ),
    ("report/d.py", "def f(): from smsc_sim.cli import g", "report must not import cli"),
    (
        "engines/compiled.py",
        "import simpy",
        "must not import simpy; only engines/reference.py may",
    ),
    ("results/b.py", "import yaml", "must not import yaml; only scenario/ may"),
    ("cli/b.py", "from pydantic import BaseModel", "must not import pydantic; only scenario/ may"),
    ("theory/b.py", "import pint.util", "must not import pint; only scenario/ may"),
    ("cli/c.py", "from matplotlib import pyplot", "must not import matplotlib; only report/ may"),
    ("planning/b.py", "import typst", "must not import typst; only report/ may"),
    (
        "model/step.py",
        "from numba import njit",
        "must not import numba; only engines/ and model/draws.py and content/kernels.py and "
        "content/numbering_kernels.py may",
    ),
    ("__init__.py", "import pandas", "imports pandas at once; import it inside a function"),
    (
        "__init__.py",
        "from .results import store",
        "imports a layer at once; import it inside a function",
    ),
    ("__main__.py", "import smsc_sim.report", "must import cli only"),
]


def test_package_obeys_the_layers() -> None:
    """No file of the package imports upwards or takes a dependency away from its home."""
    assert violations(REPOSITORY / PACKAGE) == []


def test_allowed_imports_pass(tmp_path: Path) -> None:
    """A tree that uses every allowed kind of import is not complained about."""
    assert violations(make_tree(tmp_path / PACKAGE, ALLOWED_TREE)) == []


@pytest.mark.parametrize(("name", "text", "problem"), VIOLATIONS)
def test_each_violation_is_reported(tmp_path: Path, name: str, text: str, problem: str) -> None:
    """Each kind of forbidden import, put into an allowed tree, is reported alone, file and line."""
    root = make_tree(tmp_path / PACKAGE, {**ALLOWED_TREE, name: f"'''Made up.'''\n{text}\n"})
    assert violations(root) == [f"{PACKAGE}/{name}:2: {problem}"]


def test_unknown_layer_is_reported(tmp_path: Path) -> None:
    """A Python file outside the layers of the design is reported."""
    root = make_tree(tmp_path / PACKAGE, {**ALLOWED_TREE, "helpers/misc.py": "import os\n"})
    assert violations(root) == [f"{PACKAGE}/helpers/misc.py: helpers is no layer of the design"]


@pytest.mark.parametrize("module", ["smsc_sim", "smsc_sim.cli"])
def test_start_up_loads_nothing_heavy(module: str) -> None:
    """Importing the package or its command line loads no heavy library, so --help stays quick."""
    assert heavy_modules_after(f"import {module}", REPOSITORY) == []


def run_of_quickstart(engine: str, folder: Path) -> set[str]:
    """Modules that a short run of the quickstart loads."""
    arguments = ["run", str(REPOSITORY / "scenarios" / "quickstart.yaml"), "--engine", engine,
                 "--replications", "2", "--window", "17:50-17:52", "--set", "warm_up=10 s",
                 "--no-report", "--out", str(folder)]  # fmt: skip
    statement = f"from smsc_sim.cli import main; assert main({arguments}) in (0, 1, 4)"
    return modules_after(statement, REPOSITORY)


def test_a_run_loads_only_what_it_needs(tmp_path: Path) -> None:
    """A run by the compiled engine loads nothing that it can do without, at most 1,500 modules."""
    loaded = run_of_quickstart("compiled", tmp_path)
    assert not NEEDLESS & loaded
    assert "smsc_sim.engines.compiled" in loaded
    assert len(loaded) <= 1500


def test_needless_modules_are_noticed(tmp_path: Path) -> None:
    """A run by the reference engine loads SimPy, and numba for its draws: both are found."""
    assert {"numba", "simpy"} <= run_of_quickstart("reference", tmp_path)


def test_heavy_start_up_is_noticed(tmp_path: Path) -> None:
    """A made-up package that imports numpy through another module is found out."""
    make_tree(tmp_path, {"made_up/__init__.py": "from . import core\n"})
    make_tree(tmp_path, {"made_up/core.py": "import numpy.random\n"})
    assert heavy_modules_after("import made_up", tmp_path) == ["numpy"]
