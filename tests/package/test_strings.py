"""np.strings' functions, which prepare arguments for ufuncs of their own, by way of npp.strings."""

import inspect

import numpy as np
import numpy_par as npp
import pytest
from support import difference, outcome
from tables import namespace

TEXT = np.array(["", "a b", "Abc", "  xx ", "12", "a\tb", "aXbXc", "zz" * 9] * 400)
FUNCTIONS = [name for name in np.strings.__all__ if name not in namespace(np.strings)]

# Arguments behind the text. Functions not named here take none that they need.
ARGUMENTS = {
    "mod": [("x",)],
    "decode": [()],
    "encode": [()],
    "replace": [("a", "long"), ("X", ""), ("", "-", 2)],
    "expandtabs": [(), (3,)],
    "partition": [("X",)],
    "rpartition": [("X",)],
    "translate": [(str.maketrans("ab", "xy"),)],
    "slice": [(2,), (1, 5), (None, None, -1)],
    "zfill": [(9,)],
    "multiply": [(3,), (np.arange(len(TEXT)) % 3,)],
    **{name: [("a",), ("X", 1), ("b", 0, 3)] for name in ("count", "find", "rfind", "startswith", "endswith")},
    **{name: [("a",), ("", 0, 3)] for name in ("index", "rindex")},
    **{name: [(), ("a ",)] for name in ("strip", "lstrip", "rstrip")},
    **{name: [(12,), (12, "*")] for name in ("center", "ljust", "rjust")},
}
TEXTS = {
    "U": TEXT,
    "S": TEXT.astype("S"),
    "T": TEXT.astype("T"),
    "strided": TEXT[::3],
    "2-d Fortran": np.asfortranarray(TEXT.reshape(40, -1)),
    "byte-swapped": TEXT.astype(TEXT.dtype.newbyteorder()),
    "one": "a b",
    "empty": TEXT[:0],
    "not a text": np.arange(3000),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function(name):
    function, ours = getattr(np.strings, name), getattr(npp.strings, name)
    assert outcome(inspect.signature, ours) == outcome(inspect.signature, function)
    assert ours.__doc__ == function.__doc__
    for label, text in TEXTS.items():
        for args in ARGUMENTS.get(name, [()]):
            if label == "S":
                args = tuple(a.encode() if isinstance(a, str) else a for a in args)
            if label == "byte-swapped" and name == "multiply" and np.ndim(args[0]):
                continue
            if np.ndim(args and args[0]) and len(text) != len(TEXT):
                continue
            for threads in (1, 2, 3):
                npp.set_num_threads(threads)
                want, got = outcome(lambda f: f(text, *args), function), outcome(lambda f: f(text, *args), ours)
                difference_text = difference(want._replace(warnings=[]), got._replace(warnings=[]))
                assert not difference_text, f"{name} of {label} {args}: {difference_text}"


def test_texts_are_split():
    npp.set_num_threads(2)
    for call in (lambda: npp.strings.find(TEXT, "a"), lambda: npp.strings.equal(TEXT, "a"), lambda: npp.strings.isalpha(TEXT)):
        before = npp._engine.counters()["regions"]
        call()
        assert npp._engine.counters()["regions"] > before
