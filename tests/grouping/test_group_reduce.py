"""group_reduce and factorize against plain Python, and against themselves at other numbers of threads."""

import itertools
import math
import subprocess
import sys

import numpy as np
import pytest

import numpy_par as npp

OPS = ("sum", "mean", "var", "std", "min", "max", "count", "first", "last", "prod", "any", "all")
KEY_TYPES = ("?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "M8[s]", "m8[ns]", "S3", "S12", "U4", ">i4", ">f8")
VALUE_TYPES = ("?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", ">f8", "M8[s]", "m8[us]")
FLOATS = "efd"
# Rows and groups: one unit, several spans, parts.
SIZES = [(0, 1), (1, 1), (7, 3), (1000, 10), (70_000, 5), (200_000, 1000), (200_000, 150_000)]
THREADS = (1, 2, 3, 7)


def keys_of(dtype, n, groups, seed=0):
    """Return keys spread over the range of the dtype."""
    rng = np.random.default_rng(seed)
    numbers = rng.integers(0, groups, n)
    dtype = np.dtype(dtype)
    if dtype.kind in "SU":
        return np.array([str(i) for i in range(groups)], dtype)[numbers]
    if dtype.kind == "f":
        spread = np.concatenate([[np.nan, np.inf, -np.inf, -0.0, 0.0], rng.standard_normal(groups)]).astype(dtype)
        return spread[numbers + rng.integers(0, 5, n) * (numbers % 7 == 0)]
    if dtype.kind in "mM":
        spread = np.concatenate([[np.iinfo("i8").min, np.iinfo("i8").max], rng.integers(-(2**62), 2**62, groups)])
        return spread[numbers].astype(np.int64).view(dtype)
    if dtype.kind == "b":
        return numbers % 2 == 0
    low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    spread = np.concatenate([np.array([low, high, low + 1], dtype), rng.integers(low, high, groups, dtype.newbyteorder("="))])
    return spread[numbers].astype(dtype)


def values_of(dtype, n, seed=1):
    rng = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        return rng.standard_normal(n).astype(dtype)
    if dtype.kind in "mM":
        values = rng.integers(-(2**60), 2**60, n).view(dtype)
        values[::97] = "NaT"
        return values
    if dtype.kind == "b":
        return rng.random(n) < 0.5
    info = np.iinfo(dtype)
    return rng.integers(info.min, info.max, n, dtype, endpoint=True)


def order_of(key):
    """Return what sorts as NumPy does: NaN and NaT last."""
    if isinstance(key, (np.floating, np.datetime64, np.timedelta64)) and np.isnan(key):
        return (1, 0)
    return (0, key.view("i8") if isinstance(key, (np.datetime64, np.timedelta64)) else key)


def expected_groups(keys):
    """Return the rows of each group, by a dictionary, in the order of appearance."""
    rows = {}
    for i, key in enumerate(keys):
        rows.setdefault(order_of(key), []).append(i)
    return rows


def reduced(op, values, ddof=0):
    with np.errstate(all="ignore"):
        if op == "count":
            return len(values)
        if op in ("first", "last"):
            return values[0 if op == "first" else -1]
        if op in ("any", "all", "min", "max"):
            return getattr(values, op)()
        return getattr(np, op)(values, **({"ddof": ddof} if op in ("var", "std") else {}))


def allows(op, dtype):
    return np.dtype(dtype).kind not in "mM" or op in ("min", "max", "count", "first", "last")


def same(got, wanted, op, dtype):
    wanted = np.asarray(wanted)
    if np.dtype(dtype).kind == "f" and op in ("sum", "mean", "var", "std", "prod") or op in ("mean", "var", "std"):
        tolerance = {"e": 2e-2, "f": 2e-5}.get(np.dtype(dtype).char, 1e-11)
        np.testing.assert_allclose(got.astype(float), wanted.astype(float), tolerance, tolerance)
    else:
        np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("dtype", KEY_TYPES)
@pytest.mark.parametrize("n, groups", SIZES)
def test_factorize(dtype, n, groups):
    if np.dtype(dtype).kind in "SU" and n > 1000:
        n, groups = n // 20, groups // 20 + 1
    keys = keys_of(dtype, n, groups)
    rows = expected_groups(keys)
    first = np.array([r[0] for r in rows.values()], int)
    for sort in (False, True):
        codes, found = npp.factorize(keys, sort)
        order = sorted(rows) if sort else list(rows)
        assert codes.dtype == np.intp and found.dtype == keys.dtype
        assert found.tobytes() == keys[[rows[key][0] for key in order]].tobytes() if n else not len(found)
        wanted = np.empty(n, int)
        for code, key in enumerate(order):
            wanted[rows[key]] = code
        np.testing.assert_array_equal(codes, wanted)
    assert len(first) == len(found)


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize("values_dtype", VALUE_TYPES)
@pytest.mark.parametrize("n, groups", [(1000, 10), (70_000, 5), (140_000, 300)])
def test_reduces_as_numpy_does(op, values_dtype, n, groups):
    keys, values = keys_of("i8", n, groups), values_of(values_dtype, n)
    if not allows(op, values_dtype):
        with pytest.raises(TypeError, match=op):
            npp.group_reduce(keys, values, op)
        return
    rows = expected_groups(keys)
    found, result = npp.group_reduce(keys, values, op)
    assert list(found) == [key[1] for key in sorted(rows)]
    wanted = [reduced(op, values[rows[key]]) for key in sorted(rows)]
    assert result.dtype == np.asarray(wanted).dtype.newbyteorder("=") or (op in ("first", "last") and result.dtype == values.dtype)
    same(result, wanted, op, values_dtype)


@pytest.mark.parametrize("dtype", KEY_TYPES)
@pytest.mark.parametrize("op", OPS)
def test_every_key(dtype, op):
    keys, values = keys_of(dtype, 3000, 40), values_of("f8", 3000)
    rows = expected_groups(keys)
    result = npp.group_reduce(keys, values, op).result
    same(result, [reduced(op, values[rows[key]]) for key in sorted(rows)], op, "f8")
    result = npp.group_reduce(keys, values, op, sort=False).result
    same(result, [reduced(op, values[r]) for r in rows.values()], op, "f8")


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize("groups", [4, 1000, 100_000, 1_000_000])
def test_bits_at_any_number_of_threads(op, groups):
    n = 300_000
    keys = np.random.default_rng(3).integers(0, groups, n) * 1_000_003
    values = values_of("f8", n)
    results = []
    for threads in THREADS:
        with npp.threads(threads):
            found, result = npp.group_reduce(keys, values, op)
            codes = npp.factorize(keys).codes
        results.append((found.tobytes(), result.tobytes(), codes.tobytes()))
    assert results.count(results[0]) == len(THREADS)


@pytest.mark.parametrize("groups", [3, 1000, 60_000])
def test_sums_in_the_order_of_rows(groups):
    """Many groups are added up as a loop would; of few groups sums are close to the exact ones."""
    n = 250_000
    keys = np.random.default_rng(4).integers(0, groups, n)
    values = values_of("f8", n)
    result = npp.group_reduce(keys, values, "sum").result
    if groups > 50_000:
        np.testing.assert_array_equal(result, np.bincount(keys, values)[np.unique(keys)])
    rows = {k: [] for k in range(groups)}
    for key, value in zip(keys.tolist(), values.tolist(), strict=True):
        rows[key].append(value)
    exact = [math.fsum(rows[k]) for k in range(groups) if rows[k]]
    np.testing.assert_allclose(result, exact, 0, 1e-10)


@pytest.mark.parametrize("groups", [2, 70_000])
def test_variance_is_accurate(groups):
    n = 200_000
    keys = np.arange(n) % groups
    values = 1e9 + values_of("f8", n)
    for ddof in (0, 1):
        result = npp.group_reduce(keys, values, "var", ddof=ddof).result
        np.testing.assert_allclose(result, [np.var(values[keys == k], ddof=ddof) for k in range(min(groups, 50))] + list(result[50:]), 1e-6)


def colliding(n):
    """Keys whose products with any odd number have the same low bits, and few high bits that differ."""
    return np.arange(n, dtype=np.uint64) << np.uint64(46)


ADVERSARIAL = {
    "all equal": lambda n: np.full(n, -5),
    "all distinct": lambda n: np.random.default_rng(5).permutation(n) * 7919,
    "ascending": np.arange,
    "descending": lambda n: np.arange(n)[::-1],
    "runs": lambda n: np.arange(n) // 100 * 10**12,
    "distinct after many equal": lambda n: np.maximum(np.arange(n) - n // 2, 0) * 10**10,
    "one of many": lambda n: np.where(np.arange(n) % 10, 7, np.arange(n)) * 10**9,
    "NaN alone": lambda n: np.full(n, np.nan),
    "infinities": lambda n: np.where(np.arange(n) % 3, np.inf, -np.inf),
    "zeros": lambda n: np.where(np.arange(n) % 3, 0.0, -0.0),
    "ends of the range": lambda n: np.where(np.arange(n) % 2, np.iinfo("i8").min, np.iinfo("i8").max),
    "subnormals": lambda n: (np.arange(n) % 1000).view("f8"),
    "few high bits": lambda n: colliding(n) % (np.uint64(1) << np.uint64(60)),
    "two bits apart": lambda n: (np.arange(n, dtype="u8") % 4096 << np.uint64(20)) | (np.arange(n, dtype="u8") % 4096 << np.uint64(52)),
}


@pytest.mark.parametrize("name", ADVERSARIAL)
@pytest.mark.parametrize("n", [10, 3000, 150_000])
def test_adversarial_keys(name, n):
    keys = ADVERSARIAL[name](n)
    values, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    found, result = npp.group_reduce(keys)
    np.testing.assert_array_equal(found, values)
    np.testing.assert_array_equal(result, counts)
    np.testing.assert_array_equal(npp.factorize(keys, sort=True).codes, inverse)


def test_columns():
    rng = np.random.default_rng(6)
    columns = rng.integers(0, 5, 5000), rng.choice([np.nan, 1.5, -0.0, 0.0], 5000), rng.choice(["a", "bc", ""], 5000)
    codes, groups = npp.factorize(columns, sort=True)
    rows = list(zip(*[np.unique(c, return_inverse=True)[1].tolist() for c in columns], strict=True))
    wanted = {key: code for code, key in enumerate(sorted(set(rows)))}
    assert codes.tolist() == [wanted[row] for row in rows]
    for column, group in zip(columns, groups, strict=True):
        np.testing.assert_array_equal(group[codes], column)


@pytest.mark.parametrize(
    "error, call",
    [
        (ValueError, lambda: npp.group_reduce([1, 2], [1, 2], "mode")),
        (ValueError, lambda: npp.group_reduce([[1]], [1], "sum")),
        (ValueError, lambda: npp.group_reduce([1, 2], [1], "sum")),
        (ValueError, lambda: npp.factorize((np.arange(3), np.arange(4)))),
        (TypeError, lambda: npp.group_reduce([1j], [1], "sum")),
        (TypeError, lambda: npp.group_reduce([1], op="sum")),
        (TypeError, lambda: npp.group_reduce([1], ["a"], "sum")),
    ],
)
def test_errors(error, call):
    with pytest.raises(error):
        call()


def test_tables_are_complete():
    assert set(OPS) == set(npp._grouping._OPS)
    types = {np.dtype(t).newbyteorder("=").char for t in np.typecodes["AllInteger"] + "?efdmM"} - {"q", "Q", "p", "P"}
    assert types <= {np.dtype(t).newbyteorder("=").char for t in KEY_TYPES} and types <= {np.dtype(t).newbyteorder("=").char for t in VALUE_TYPES}
    assert len(list(itertools.product(OPS, VALUE_TYPES))) == len(OPS) * len(VALUE_TYPES)


def test_ctrl_c():
    script = """if True:
        import _thread, threading, time, numpy as np, numpy_par as npp
        keys = np.random.default_rng(0).integers(0, 1 << 60, 20_000_000)
        threading.Timer(0.3, _thread.interrupt_main).start()
        began = time.monotonic()
        try:
            while time.monotonic() - began < 30:
                npp._engine.call("group_table", keys, None, 0, False)
        except KeyboardInterrupt:
            print("interrupted")
    """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "interrupted", done.stderr
