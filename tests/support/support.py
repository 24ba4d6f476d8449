"""What the tests share: running one case with NumPy and with us, telling answers apart, a Python in a process of its own."""

import os
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy_par as npp

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
# Sanitizers are slow: they may ask for patience.
PATIENCE = float(os.environ.get("NUMPY_PAR_TEST_PATIENCE", 1))


class Outcome(NamedTuple):
    """All that a caller can see of a call: what came back or was raised, and what was warned of."""

    result: object
    warnings: list


def outcome(case, ufunc):
    """case(ufunc) builds its own operands on each run, so two outcomes never share a buffer."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = case(ufunc)
        except Exception as error:
            result = error
    return Outcome(result, [(w.category, str(w.message), w.filename, w.lineno) for w in caught])


def bits(array):
    """The bytes that hold a value, row-major. A longdouble fills 10 of its 16 bytes, the rest is chance."""
    if array.dtype.kind == "O":
        return repr([(type(item), item) for item in array.ravel().tolist()]).encode()
    if array.dtype.kind == "T":
        return repr(array.tolist()).encode()
    if array.dtype.char in "gG" and np.finfo(array.dtype).nmant == 63:
        used = slice(0, 10) if array.dtype.isnative else slice(6, 16)
        return np.frombuffer(array.tobytes(), np.uint8).reshape(-1, 16)[:, used].tobytes()
    return array.tobytes()


def difference(want, got, any_nan=False):
    """None when the two are the same to the last bit, else a text that says where they part.

    any_nan: one NaN is as good as another. Which of two NaN operands comes through is up to the place of an element
    in NumPy's own loops, vector body or scalar tail; test_nan.py compares all bits where there is no choice.
    """
    if type(want) is not type(got):
        return f"{_short(got)}, NumPy has {_short(want)}"
    if isinstance(want, Outcome):
        return difference(want.result, got.result, any_nan) or difference(want.warnings, got.warnings)
    if isinstance(want, BaseException):
        return None if str(want) == str(got) else f"{type(got).__name__} says {str(got)!r}, NumPy {str(want)!r}"
    if isinstance(want, (tuple, list)):
        if len(want) != len(got):
            return f"{_short(got)}, NumPy has {_short(want)}"
        parts = ((i, difference(*pair, any_nan)) for i, pair in enumerate(zip(want, got)))
        return next((f"[{i}]: {text}" for i, text in parts if text), None)
    if isinstance(want, (np.ndarray, np.generic)):
        return _array_difference(want, got, any_nan)
    return None if want is got or want == got else f"{_short(got)}, NumPy has {_short(want)}"


def _array_difference(want, got, any_nan):
    for name in ("dtype", "shape", "strides"):
        if getattr(want, name) != getattr(got, name):
            return f"{name} {getattr(got, name)}, NumPy has {getattr(want, name)}"
    a, b = bits(want), bits(got)
    if a == b:
        return None
    if want.dtype.kind in "OT":
        return f"{b[:300]}, NumPy has {a[:300]}"
    a, b = (np.frombuffer(x, np.uint8).reshape(want.size, -1) for x in (a, b))
    wrong = (a != b).any(1)
    if any_nan and want.dtype.kind in "fc":
        wrong = wrong & ~_same_but_for_nans(np.ravel(want), np.ravel(got))
    wrong = np.flatnonzero(wrong)
    if not len(wrong):
        return None
    i = wrong[0]
    values = f"{np.ravel(got)[i]!r} ({b[i].tobytes().hex()}), NumPy has {np.ravel(want)[i]!r} ({a[i].tobytes().hex()})"
    return f"{len(wrong)} of {want.size} elements differ, from {i} to {wrong[-1]}: {values}"


def _same_but_for_nans(a, b):
    parts = [(a.real, b.real), (a.imag, b.imag)] if a.dtype.kind == "c" else [(a, b)]
    alike = ((x == y) & (np.signbit(x) == np.signbit(y)) | np.isnan(x) & np.isnan(y) for x, y in parts)
    return np.logical_and.reduce(list(alike))


def _short(value):
    return f"{type(value).__name__} {str(value)[:200]!r}"


UNDERFLOW = 4  # of np.errstate's flags


def raised(function, *args):
    """Which floating-point errors a call reports."""
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="warn"):
        warnings.simplefilter("always")
        function(*args)
    return {str(w.message).split(" encountered")[0] for w in caught}


def raised_flags(function, *args):
    """The same as bits, a hundred times faster."""
    told = [0]
    with np.errstate(all="call", call=lambda kind, flags: told.append(flags)):
        function(*args)
    return told[-1]


def check(entry, case, label, threads=(1, 2, 3, 7)):
    """case(ufunc) must be the same with NumPy's ufunc as with ours, at each number of threads."""
    want = outcome(case, entry.numpy)
    for count in threads:
        npp.set_num_threads(count)
        text = difference(want, outcome(case, entry.ours), entry.numpy.nin > 1 or "D->D" in entry.numpy.types)
        assert not text, f"{entry.key} {label}, {count} threads: {text}"


def regions(case):
    """How many regions case() ran."""
    before = npp._engine.counters()["regions"]
    case()
    return npp._engine.counters()["regions"] - before


def environment(**changed):
    """That of a process which shall find these helpers, and numpy_par where this one has it from. None unsets."""
    path = (os.path.dirname(__file__), os.environ.get("PYTHONPATH"))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path)), **changed}
    return {name: value for name, value in env.items() if value is not None}


def run_python(code, timeout=60, env=None, options=()):
    """Run code in a process of its own; it must end well and in time. Its standard output comes back."""
    done = subprocess.run(
        [sys.executable, *options, "-c", textwrap.dedent(code)],
        timeout=timeout * PATIENCE,
        env=environment(**(env or {})),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout.strip()


def run_tests(file, chosen, timeout, env):
    """Run the tests of a file, named as from tests/, that pytest's -k chooses in a process of its own; they must pass."""
    return run_python(
        f"""
        import sys, pytest
        sys.exit(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "-k", {chosen!r}, {str(TESTS / file)!r}]))
        """,
        timeout=timeout,
        env=env,
    )


def resident():
    """How many bytes of this process are in memory."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096
