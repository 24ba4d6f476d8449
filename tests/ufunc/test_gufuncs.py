"""Generalized ufuncs: matmul and its kin with axes, axis, keepdims and 1-d forms; np.linalg by way of npp.linalg."""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from support import check, difference, outcome
from tables import BY_KEY
from values import maker

MATMULS = [BY_KEY[name] for name in ("matmul", "vecdot", "matvec", "vecmat") if name in BY_KEY]
RNG = np.random.default_rng(5)


def integers(*shape, dtype="f8"):
    return RNG.integers(-9, 9, shape).astype(dtype)


SHAPES = [
    ((40, 3, 4), (40, 4, 5)),
    ((40, 3, 4), (4, 5)),
    ((3, 4), (40, 4, 5)),
    ((5, 1, 3, 4), (1, 6, 4, 2)),
    ((4,), (40, 4, 5)),
    ((40, 3, 4), (4,)),
    ((4,), (4,)),
    ((40, 4), (40, 4)),
    ((3, 4), (4, 5)),
    ((0, 3, 4), (0, 4, 5)),
    ((40, 0, 4), (40, 4, 5)),
    ((40, 3, 0), (40, 0, 5)),
    ((200, 30), (30, 170)),
    ((3, 4), (5, 6)),
]


@pytest.mark.parametrize("entry", MATMULS, ids=lambda entry: entry.key)
@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "i2", "c16", "?", "f2", "g"])
def test_shapes(entry, dtype):
    for first, second in SHAPES:
        a, b = integers(*first, dtype=dtype), integers(*second, dtype=dtype)
        views = {
            "plain": (a, b),
            "Fortran": (np.asfortranarray(a), np.asfortranarray(b)),
            "reversed": (a[..., ::-1], b[::-1]),
            "mixed dtypes": (a, b.astype("c16")),
        }
        for name, (x, y) in views.items():
            check(entry, lambda ufunc: ufunc(x, y), f"{first} {second} {dtype} {name}")


ARGUMENTS = {
    "axes": lambda u: u(A, B, axes=[(0, 1), (0, 1), (0, 1)]),
    "axes short": lambda u: u(A, B, axes=[(0, 2), (1, 2)]),
    "axes of numbers": lambda u: u(A, A, axes=[1, 1]),
    "axis": lambda u: u(A, A, axis=0),
    "axis out of range": lambda u: u(A, A, axis=7),
    "keepdims": lambda u: u(A, A, keepdims=True),
    "keepdims and axis": lambda u: u(A, A, axis=1, keepdims=True),
    "out": lambda u: u(A, B, out=np.zeros((30, 30, 30))),
    "out Fortran": lambda u: u(A, B, out=np.zeros((30, 30, 30), order="F")),
    "out onto an input": lambda u: (u(a := A.copy(), B, out=a), a),
    "out shifted onto an input": lambda u: (u((a := np.tile(A, (2, 1, 1)))[:30], B, out=a[3:33]), a),
    "out transposed input": lambda u: (u(a := A.copy(), B, out=a.transpose(2, 1, 0)), a),
    "dtype": lambda u: u(A, B, dtype="f4"),
    "dtype unsafe": lambda u: u(A, B, dtype="i4", casting="unsafe"),
    "order": lambda u: u(A, B, order="F"),
    "byte-swapped": lambda u: u(A.astype(">f8"), B),
    "objects": lambda u: u(A[:2].astype(object), B[:2].astype(object)),
    "texts": lambda u: u(A.astype("U"), B),
    "scalar": lambda u: u(2.0, A),
    "subclass": lambda u: u(np.asmatrix(A[0]), np.asmatrix(B[0])),
}
A, B = integers(30, 30, 30), integers(30, 30, 30)


@pytest.mark.parametrize("name", ARGUMENTS)
@pytest.mark.parametrize("entry", MATMULS, ids=lambda entry: entry.key)
def test_arguments(entry, name):
    check(entry, ARGUMENTS[name], name)


# Every function of np.linalg that works on stacks: its arguments for a stack of matrices.
LINALG = {
    "cholesky": [(), {"upper": True}],
    "cond": [(), {"p": 1}, {"p": -2}],
    "cross": [],
    "det": [()],
    "diagonal": [()],
    "eig": [()],
    "eigh": [(), {"UPLO": "U"}],
    "eigvals": [()],
    "eigvalsh": [(), {"UPLO": "U"}],
    "inv": [()],
    "matmul": [],
    "matrix_norm": [(), {"ord": 2}, {"ord": "nuc"}],
    "matrix_power": [(3,), (-2,)],
    "matrix_rank": [(), {"hermitian": True}],
    "matrix_transpose": [()],
    "multi_dot": [],
    "norm": [{"axis": (1, 2)}, {"axis": 1}],
    "outer": [],
    "pinv": [(), {"hermitian": True}],
    "qr": [(), {"mode": "complete"}, {"mode": "r"}],
    "slogdet": [()],
    "solve": [],
    "svd": [(), {"full_matrices": False}, {"compute_uv": False}, {"hermitian": True}],
    "svdvals": [()],
    "tensordot": [],
    "tensorinv": [],
    "tensorsolve": [],
    "trace": [()],
    "vecdot": [],
    "vector_norm": [(), {"axis": 1, "ord": 1}],
    "lstsq": [],
}
OTHERS = {
    "cross": lambda f, m: f(m[:, 0, :3], m[:, 1, :3]),
    "matmul": lambda f, m: f(m, m),
    "multi_dot": lambda f, m: f([m[0], m[1], m[2]]),
    "outer": lambda f, m: f(m[:, 0, 0], m[:, 0, 1]),
    "solve": lambda f, m: (f(m, m), f(m, m[0, :, :1]), f(m[0], m[1, 0])),
    "tensordot": lambda f, m: f(m, m),
    "tensorinv": lambda f, m: f(m[:4].reshape(4, 4, 4, 4)[0].reshape(2, 2, 4)[..., :4]),
    "tensorsolve": lambda f, m: f(m[0], m[0, 0]),
    "vecdot": lambda f, m: f(m, m),
    "lstsq": lambda f, m: f(m[0], m[0, 0], rcond=None),
}


def calls(name):
    for given in LINALG[name]:
        args, kwargs = (given, {}) if isinstance(given, tuple) else ((), given)
        yield lambda f, m, args=args, kwargs=kwargs: f(m, *args, **kwargs)
    if name in OTHERS:
        yield OTHERS[name]


def stacks():
    finite = BY_KEY["linalg.det"]
    for char in "fdFDl?":
        signature = finite.signatures[0]._replace(inputs=(np.dtype(char),))
        stack = maker(finite, signature)(0, (60, 4, 4))
        definite = (stack @ stack.swapaxes(1, 2).conj() + np.eye(4, dtype=stack.dtype)).astype(char)
        yield f"{char} definite", definite
        yield f"{char} any", stack  # some of it singular: LinAlgError or nan, as in NumPy
        yield f"{char} Fortran", np.asfortranarray(definite)
        yield f"{char} empty", definite[:0]


def test_no_function_of_linalg_is_forgotten():
    public = {name for name in np.linalg.__all__ if name != "LinAlgError"}
    assert public == set(LINALG) & public
    assert npp.linalg.LinAlgError is np.linalg.LinAlgError
    assert set(np.linalg.__all__) <= set(dir(npp.linalg))


@pytest.mark.parametrize("name", [name for name in LINALG if hasattr(np.linalg, name)])
def test_linalg(name):
    for (label, stack), call, threads in itertools.product(stacks(), calls(name), (2, 3)):
        npp.set_num_threads(threads)
        with np.errstate(all="ignore"):
            want = outcome(lambda f: call(f, stack.copy()), getattr(np.linalg, name))
            got = outcome(lambda f: call(f, stack.copy()), getattr(npp.linalg, name))
        assert type(want.result).__name__ == type(got.result).__name__
        want, got = (o._replace(result=tuple(o.result) if isinstance(o.result, tuple) else o.result) for o in (want, got))
        text = difference(want._replace(warnings=[]), got._replace(warnings=[]))
        assert not text, f"{name} of {label}: {text}"


def test_linalg_is_split():
    npp.set_num_threads(2)
    before = npp._engine.counters()["regions"]
    npp.linalg.inv(np.eye(4) * np.arange(1.0, 501)[:, None, None])
    assert npp._engine.counters()["regions"] > before
