"""Where the engine is when Python runs in a checkout: this folder has none, but is the first on Python's path."""

import sys
from importlib.machinery import PathFinder
from pathlib import Path


def find_installed(source: str) -> list[str]:
    """Return the folder of the installed numpy_par, whose engine a checkout is to use.

    Parameters
    ----------
    source : str
        The folder of the package that has no engine.

    Raises
    ------
    ImportError
        Where numpy_par is not installed.
    """
    here = Path(source).resolve()
    others = [path for path in sys.path if Path(path or ".").resolve() != here.parent]
    found = PathFinder.find_spec("numpy_par", others)
    if found is None or not found.submodule_search_locations:
        raise ImportError(
            f"numpy_par has no engine: {here} is its source code, and numpy_par is not installed for {sys.executable}. "
            "`make build` builds it into .venv, `pip install .` into this Python."
        )
    return list(found.submodule_search_locations)
