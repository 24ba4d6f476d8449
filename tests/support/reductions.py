"""What the tests of reductions and scans share: operands, one case with and without the drop-in, what came of the calls."""

import functools
import itertools

import numpy as np
import numpy_par as npp
from support import difference, outcome
from values import sample

NUMBERS = "?bBhHiIlLqQefdgFDG"
GRIDS = [(3, 40_000), (40_000, 3), (130, 150), (2, 300, 70), (40, 1, 900), (30, 40, 50), (7, 6, 5, 90)]
SIZES = [*range(301), *(2**k + d for k in range(9, 18) for d in (-1, 0, 1)), 100_003]
POOL = 1 << 18
THREADS = (1, 2, 3, 7, 16)
TURN = itertools.count()


def axes_of(shape):
    """All that axis= may be, but for tuples of all axes."""
    axes = range(len(shape))
    return [None, *axes, -1, *(c for k in range(2, len(shape)) for c in itertools.combinations(axes, k))]


@functools.cache
def pool(dtype):
    """Numbers of all sizes that a sum neither overflows nor forgets: no NaN, no infinity; zeros among them."""
    dtype = np.dtype(dtype)
    rng = np.random.default_rng(dtype.num)
    x = rng.normal(size=POOL) * 10.0 ** rng.integers(-2, 2, POOL)
    if dtype.kind == "c":
        x = x + 1j * rng.normal(size=POOL)
    x[rng.random(POOL) < 0.01] = 0
    return x.astype(dtype)


def plain(dtype, shape):
    if np.dtype(dtype).kind in "biu":
        return sample(dtype, shape)
    n = int(np.prod(shape))
    return pool(np.dtype(dtype))[:n].reshape(shape).copy()


def check(case, label, any_nan=False, threads=None):
    """case() builds its operands itself and calls NumPy; the same with and without us."""
    threads = threads or THREADS[next(TURN) // 20 % len(THREADS)]
    want = outcome(lambda _: case(), None)
    npp.set_num_threads(threads)
    with npp.enabled():
        got = outcome(lambda _: case(), None)
    assert not (text := difference(want, got, any_nan)), f"{label}, {threads} threads: {text}"


def outcomes(case, call="ufunc.reduce"):
    """What came of the calls of one kind in it, with time for a helper to come."""
    npp._engine.set_rendezvous(50_000_000)
    npp.set_num_threads(3)  # check() leaves another number
    try:
        with npp.enabled(), npp.profile() as profile:
            case()
    finally:
        npp._engine.set_rendezvous(200_000)
    return {row["outcome"] for row in profile.to_dict() if row["call"] == call}


def wide(dtype, n, bits, seed=0):
    """Numbers whose exponents are spread over so many bits, at most those that a sum of them all may have."""
    rng = np.random.default_rng(seed)
    info = np.finfo(dtype)
    least, greatest = int(info.minexp) - info.nmant, int(info.maxexp) - 1 - int(n).bit_length()
    bits = min(bits, greatest - least)
    low = rng.integers(least, greatest - bits + 1)
    return np.ldexp(rng.uniform(-1, 1, n), rng.integers(low, low + bits + 1, n)).astype(dtype)
