"""Python that was started in a checkout: its source code with the installed engine."""

import subprocess
import sys
from pathlib import Path

import pytest
from numpy_par import _checkout
from support import ROOT, environment

PACKAGE = ROOT / "numpy_par"


def test_the_checkout_works():
    code = "import numpy_par, numpy_par._engine as e; print(numpy_par.__file__, e.__file__, numpy_par.sum([1, 2]), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT, env=environment(PYTHONSAFEPATH=None))
    assert done.returncode == 0, done.stderr
    package, engine, total = done.stdout.splitlines()
    assert Path(package).parent == PACKAGE and PACKAGE not in Path(engine).parents and total == "3"


def test_not_installed(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT)])
    with pytest.raises(ImportError, match=r"numpy_par has no engine.*make build"):
        _checkout.find_installed(str(PACKAGE))
