"""The programs of asv_bench/programs, small, with every call through the engine: NumPy's answers, and inputs left as they were."""

import ast
import importlib.util
import pickle

import numpy_par as npp
import pytest
from support import ROOT, difference, run_python

# It measures time, or needs the CPUs for itself.
pytestmark = pytest.mark.alone

BENCH = ROOT / "asv_bench"
PROGRAMS = sorted((BENCH / "programs").glob("*.py"))

every_program = pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@every_program
def test_answers(path):
    if path.stem == "group_by":
        pytest.importorskip("pandas")
    program = load(path)
    inputs = program.setup(program.SIZES["XS"])
    given = pickle.dumps(inputs)
    want = program.run(*inputs)
    before = npp._engine.counters()["regions"]
    with npp.enabled(exact=True):
        got = program.run(*inputs)
    assert npp._engine.counters()["regions"] > before
    assert not difference(want, got, any_nan=True)
    assert pickle.dumps(inputs) == given, "inputs were changed"


@every_program
def test_form(path):
    source = path.read_text()
    tree = ast.parse(source)
    assert len(source.splitlines()) <= 60 and max(map(len, source.splitlines())) <= 120
    assert ast.get_docstring(tree).count("\n") == 0 and "numpy_par" not in source
    sizes = next(node for node in tree.body if isinstance(node, ast.Assign) and node.targets[0].id == "SIZES")
    assert list(ast.literal_eval(sizes.value)) == ["XS", "S", "M", "L"]
    assert {"setup", "run"} <= {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_there_are_enough():
    assert len(PROGRAMS) >= 32


def test_the_runner(tmp_path):
    """A program and a script, each in every way; the neighbours are gone at the end."""
    program, script = tmp_path / "program.py", tmp_path / "script.py"
    program.write_text(
        "import numpy as np\nSIZES = {'S': 9}\ndef setup(size): return (np.ones(size),)\ndef run(x): return x + x, np.full(3, np.nan)\n"
    )
    script.write_text("import sys, numpy as np, program\nprint(__name__, 'numpy_par' in sys.modules and 'differs', np.ones(9).sum())\n")
    out = run_python(
        f"""
        import os, sys
        sys.path.insert(0, {str(BENCH)!r})
        import whole_programs
        sys.argv[1:] = ["--seconds", "0", {str(program)!r}, {str(script)!r}]
        whole_programs.main()
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            print("no child")
        """,
        env={"NUMPY_PAR_MIN_ELEMENTS": None, "NUMPY_PAR_NUM_THREADS": "2"},
    ).splitlines()
    rows = {line.split()[0]: line for line in out if line.startswith(("program  ", "script"))}
    assert rows["script"].split()[1] == "-" and "OTHERS: drop-in, one thread, no pool" in rows["script"]
    assert any(line.startswith("program") and line.endswith("  same") for line in out)
    assert out[-1] == "no child"
