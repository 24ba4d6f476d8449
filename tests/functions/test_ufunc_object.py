"""Ours are real ufuncs: attributes, documentation, methods, pickling, copying."""

import copy
import inspect
import pickle

import numpy as np
import numpy_par as npp
import pytest
from numpy._core import umath
from support import check, difference, outcome, run_python
from tables import ENTRIES
from values import maker

by_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
binary = [e for e in ENTRIES if e.numpy.nin == 2 and e.numpy.nout == 1 and e.numpy.signature is None]


@by_entry
def test_attributes(entry):
    ours, numpys = entry.ours, entry.numpy
    assert type(ours) is np.ufunc
    assert ours is not numpys
    for name in "nin nout nargs ntypes types identity signature __name__ __doc__".split():
        assert getattr(ours, name) == getattr(numpys, name), name
    assert repr(ours) == repr(numpys)
    assert str(ours) == str(numpys)
    assert not difference(outcome(inspect.signature, numpys), outcome(inspect.signature, ours))
    assert dir(ours) == dir(numpys)
    assert {ours: 1}[ours] == 1 and ours == ours and ours != numpys


@by_entry
def test_resolution_is_numpys(entry):
    for signature in entry.signatures:
        dtypes = (*signature.inputs, *(None,) * entry.numpy.nout)
        check(entry, lambda ufunc: ufunc.resolve_dtypes(dtypes), f"resolve {signature}", (2,))


@pytest.mark.parametrize("entry", [e for e in ENTRIES if "." not in e.key or e.key.startswith("strings")], ids=lambda e: e.key)
def test_copy_and_pickle_give_the_same_object(entry):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(entry.ours, protocol)) is entry.ours
    assert copy.copy(entry.ours) is entry.ours
    assert copy.deepcopy(entry.ours) is entry.ours
    assert pickle.loads(pickle.dumps(entry.numpy)) is entry.numpy


def test_pickles_open_in_a_fresh_process():
    text = pickle.dumps([npp.add, npp.strings.str_len, np.add]).hex()
    run_python(f"""
        import pickle
        add, length, numpys = pickle.loads(bytes.fromhex("{text}"))
        import numpy, numpy_par
        assert add is numpy_par.add and length is numpy_par.strings.str_len and numpys is numpy.add
    """)


@pytest.mark.parametrize("entry", binary, ids=lambda entry: entry.key)
def test_methods(entry):
    """reduce, accumulate, reduceat, outer, at: the answer, or the refusal, is NumPy's."""
    calls = {
        "reduce": lambda u, a, b: u.reduce(a),
        "reduce an axis": lambda u, a, b: u.reduce(a.reshape(60, 50), axis=1, keepdims=True),
        "reduce all": lambda u, a, b: u.reduce(a.reshape(60, 50), axis=None),
        "reduce two": lambda u, a, b: u.reduce(a.reshape(10, 6, 50), axis=(0, 2)),
        "reduce where": lambda u, a, b: u.reduce(a, where=np.arange(3000) % 2 == 0, initial=a[0]),
        "reduce out": lambda u, a, b: u.reduce(a.reshape(60, 50), out=np.zeros(50, a.dtype)),
        "reduce nothing": lambda u, a, b: u.reduce(a[:0]),
        "accumulate": lambda u, a, b: u.accumulate(a),
        "accumulate an axis": lambda u, a, b: u.accumulate(a.reshape(60, 50), axis=1),
        "reduceat": lambda u, a, b: u.reduceat(a, [0, 5, 1000, 999]),
        "outer": lambda u, a, b: u.outer(a[:60], b[:70]),
        "outer out": lambda u, a, b: u.outer(a[:60], b[:70], out=np.zeros((60, 70), u.outer(a[:1], b[:1]).dtype)),
        "at": lambda u, a, b: (u.at(a, np.arange(3000) % 100, b), a),
        "at a slice": lambda u, a, b: (u.at(a, slice(1, 5), b[:4]), a),
    }
    for signature in entry.signatures[::2]:
        if entry.name in ("power", "left_shift", "multiply", "float_power") and not signature.parallel:
            continue  # Python's integers and texts would grow without end
        for name, call in calls.items():

            def case(ufunc):
                make = maker(entry, signature)
                with np.errstate(all="ignore"):
                    return call(ufunc, make(0, (3000,)), make(1, (3000,)))

            check(entry, case, f"{name}({signature})", (3,))


@by_entry
def test_methods_of_a_ufunc_that_is_not_binary_refuse(entry):
    for name in ("reduce", "accumulate", "reduceat", "outer", "at"):
        if entry.numpy.nin != 2 or entry.numpy.signature:
            check(entry, lambda ufunc: getattr(ufunc, name)(np.ones(5), [0]), name, (2,))


def test_results_of_scalars_are_scalars():
    for args in ((1.0, 2.0), (np.float32(1), 2), (np.array(1.0), 2), ([1.0], 2)):
        assert type(npp.add(*args)) is type(np.add(*args))
    assert type(npp.add(1, 2, out=np.empty(()))) is np.ndarray


def test_the_same_object_for_the_same_ufunc():
    """Also for a ufunc that NumPy keeps to itself: np.clip is made of this one."""
    assert npp.parallelize(np.add) is npp.add
    assert npp.parallelize(npp.add) is npp.add
    clip = npp.parallelize(umath.clip)
    assert clip is npp.parallelize(umath.clip)
    x = np.linspace(-3, 3, 3000)
    assert clip(x, -1.0, 1.0).tobytes() == umath.clip(x, -1.0, 1.0).tobytes()
