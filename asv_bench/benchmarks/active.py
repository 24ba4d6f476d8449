"""Make sure that what gets measured is numpy_par, not NumPy under another name."""

import time

import numpy as np


def require_active():
    """Raise `RuntimeError` unless numpy_par is installed, in charge and has several threads."""
    try:
        import numpy_par as npp
        from numpy_par._engine import counters
    except ImportError as error:
        raise RuntimeError(f"no benchmark without numpy_par: {error}") from error
    if npp.add is np.add:
        raise RuntimeError("npp.add is NumPy's own np.add: there is nothing to measure")
    if npp.get_num_threads() < 2:
        raise RuntimeError(
            "numpy_par has one thread only, nothing would run in parallel: "
            "give the process more cores, or see where npp.show_config() has the number from"
        )
    large = np.ones(4_000_000)
    before = counters()["regions"]
    until = time.monotonic() + 10  # other processes may be busy for a moment
    while counters()["regions"] == before and time.monotonic() < until:
        npp.add(large, large)
    if counters()["regions"] == before:
        reason = npp.explain(npp.add, large, large)
        raise RuntimeError(f"npp.add of 4 million elements did not run in parallel: {reason}")
