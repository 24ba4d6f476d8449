"""Why a call is NumPy's, as explain() tells it."""

import numpy as np
import numpy_par as npp
import pytest
from support import run_python

X = np.linspace(0, 1, 1_000_000)
TEXT = np.full(50_000, "text")

# Why a call stays serial: a word that must be in the reason, the ufunc, its arguments.
SERIAL = {
    "object": ("object|GIL", npp.add, (X[:5000].astype(object), 1), {}),
    "StringDType": ("StringDType|string", npp.strings.str_len, (TEXT.astype("T"),), {}),
    "subclass": ("subclass|MaskedArray|array", npp.add, (np.ma.MaskedArray(X), 1), {}),
    "an __array_ufunc__": ("array_ufunc|override|subclass|array", npp.add, (X, type("D", (), {"__array_ufunc__": None})()), {}),
    "empty": ("small|empty|element", npp.add, (X[:0], 1), {}),
    "refused": (".", npp.add, (X, X[1:]), {}),
}


@pytest.mark.parametrize("name", SERIAL)
def test_the_reason_for_staying_serial(name):
    words, ufunc, args, kwargs = SERIAL[name]
    try:
        said = npp.explain(ufunc, *args, **kwargs)
    except (TypeError, ValueError):
        assert name in ("refused", "an __array_ufunc__")  # as the call itself is
        return
    assert not said.parallel and said.path == "numpy"
    assert any(word.lower() in said.reason.lower() for word in words.split("|")) or words == ".", said.reason


def test_small(cost_model):
    said = npp.explain(npp.add, X[:10], X[:10])
    assert (said.parallel, said.elements) == (False, 10)
    assert "small" in said.reason


def test_one_thread():
    with npp.threads(1):
        said = npp.explain(np.add, X, X)
    assert not said.parallel and "thread" in said.reason


def test_the_reason_is_that_numpy_was_measured_to_be_as_fast():
    """On one CPU beside helpers, or with loops that sleep, neither can be faster; it is told where it was measured."""
    code = """
        import numpy as np, numpy_par as npp
        npp.set_num_threads(2)
        x = np.ones(200_000)
        seen = set()
        with npp.enabled():
            for n in range(2_000, 200_000, 9_000):
                for _ in range(100):
                    np.add.reduce(x[:n])
                    x[:n] + x[:n]
                for said in (npp.explain(np.add.reduce, x[:n]), npp.explain(np.add, x[:n], x[:n])):
                    seen.add(said.reason)
                    if said.reason and said.reason.startswith("NumPy's code was measured"):
                        assert (said.path, said.threads, said.pieces, said.parallel) == ("numpy", 1, 1, False)
                        if said.numpy_seconds:  # else it follows the other calls of the program
                            assert said.our_seconds and "NumPy's code" in str(said).splitlines()[-1], said
        print(seen)
    """
    run_python(code, env={"NUMPY_PAR_MIN_ELEMENTS": None})
