"""Whatever the tables of sorts, searches and counts forgot: any numbers, in any layout, any arguments, against NumPy."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given
from layouts import ARRANGE
from moving import check
from strategies import examples

DTYPES = st.sampled_from(("d", "d", "f", "e", "l", "i", "h", "b", "B", "H", "I", "L", "?", "M8[s]", "m8[ms]", "D", "F", "S5", "U3", "g"))
SIZES = st.sampled_from((0, 1, 2, 3, 7, 8, 17, 64, 65, 130, 300, 513, 1000, 4097))
LAYOUTS = st.sampled_from(("plain", "plain", "plain", *sorted(ARRANGE)))
KINDS = (None, "quicksort", "stable", "heapsort", "mergesort")
METHODS = ("linear", "lower", "higher", "nearest", "midpoint", "hazen", "weibull", "median_unbiased", "inverted_cdf", "closest_observation")


def numbers(dtype, n, seed, pattern):
    """n elements: of few or many values, in some order, with what is special to the dtype."""
    rng, dtype = np.random.default_rng(seed), np.dtype(dtype)
    few = pattern in ("few", "equal")
    whole = rng.integers(0, 1 if pattern == "equal" else 7, n) if few else rng.integers(-(2**62), 2**62, n)
    if dtype.kind in "fc":
        with np.errstate(all="ignore"):
            x = (whole * (0.5 if few else 2.0**-55)).astype(dtype)
            if dtype.kind == "c":
                x = x + np.array(1j, dtype) * rng.integers(0, 3, n).astype(dtype)
        if n and seed % 3 == 0:
            x[rng.integers(0, n, 3)] = rng.choice([np.nan, np.inf, -np.inf, 0.0, -0.0], 3)
    elif dtype.kind in "SU":
        x = whole.astype(dtype)
    else:
        x = whole.astype(dtype) if few or dtype.kind == "b" else whole.astype(f"{'u' if dtype.kind == 'u' else 'i'}{dtype.itemsize}").view(dtype)
        if dtype.kind in "mM" and n and seed % 3 == 0:
            x[rng.integers(0, n, 2)] = "NaT"
    if pattern in ("ascending", "descending"):
        x = np.sort(x)[:: -1 if pattern == "descending" else 1].copy()
        if dtype.kind == "f":
            x[np.isnan(x)] = np.nan  # NumPy's sort of float16 leaves signalling ones
    return x


@st.composite
def arrays(draw, dtypes=DTYPES, most=2):
    dtype, n = draw(dtypes), draw(SIZES)
    x = numbers(dtype, n, draw(st.integers(0, 11)), draw(st.sampled_from(("any", "any", "few", "equal", "ascending", "descending"))))
    if most > 1 and n and draw(st.integers(0, 2)) == 0:
        columns = draw(st.sampled_from((1, 2, 3, 5, 16, 31)))
        x = x[: n // columns * columns].reshape(-1, columns)
    return ARRANGE[draw(LAYOUTS)](x)


def by_value(x):
    """What an order that is not stable promises: values; NaNs are one, and so are zeros of both signs."""
    if x.dtype.kind == "f":
        return np.where(np.isnan(x), np.array(np.nan, x.dtype), x + np.zeros((), x.dtype))
    return x


def described(x):
    return f"{x.dtype}{x.shape} strides {x.strides}"


def sorted_in_place(x, axis, kind):
    x = np.array(x, order="K")
    x.sort(axis, kind)
    return x


@examples(400)
@given(st.data())
def test_sorts(data):
    x, kind = data.draw(arrays()), data.draw(st.sampled_from(KINDS))
    axis = data.draw(st.sampled_from((-1, 0, None, 1)))
    label = f"{described(x)} axis {axis} {kind}"
    stable = kind in ("stable", "mergesort") or x.dtype.kind == "c"
    check(lambda: np.sort(x, axis, kind) if stable else by_value(np.sort(x, axis, kind)), f"sort {label}")
    if axis is not None:
        check(lambda: sorted_in_place(x, axis, kind) if stable else by_value(sorted_in_place(x, axis, kind)), f"x.sort {label}")
    check(lambda: np.argsort(x, axis, kind="stable"), f"argsort {label}")
    check(lambda: by_value(np.sort(x, axis)) if x.ndim > 1 or axis == 1 else by_value(x.reshape(-1)[np.argsort(x, axis, kind)]), f"elements of argsort {label}")
    keys = [x, x[::-1]] if data.draw(st.booleans()) else [np.repeat(x[..., :1], x.shape[-1], -1), x] if x.dtype.kind in "fiu" and x.ndim else [x]
    check(lambda: np.lexsort(keys), f"lexsort {label} {len(keys)}")


@examples(300)
@given(st.data())
def test_selections(data):
    x = data.draw(arrays())
    length = x.shape[-1]
    kth = data.draw(st.lists(st.integers(-length - 1, length), min_size=1, max_size=3) | st.integers(-length - 1, length))
    inside = [k % length for k in np.atleast_1d(kth)] if length else []

    def partitioned(how):
        """The elements at the ranks, and whether those before and behind are where they should be."""
        y = how()
        ranked = np.sort(x, -1)
        places = [(by_value(y[..., k]), by_value(np.sort(y[..., :k])), by_value(np.sort(y[..., k:]))) for k in inside]
        return places, y.shape, y.strides == np.empty_like(y).strides, by_value(ranked)

    def in_place():
        y = np.array(x, order="K")
        y.partition(kth)
        return y

    label = f"{described(x)} {kth}"
    check(lambda: partitioned(lambda: np.partition(x, kth)), f"partition {label}")
    check(lambda: partitioned(in_place), f"x.partition {label}")
    check(lambda: partitioned(lambda: np.take_along_axis(x, np.argpartition(x, kth), -1)), f"argpartition {label}")


@examples(300)
@given(st.data())
def test_quantiles(data):
    x = data.draw(arrays(st.sampled_from("dddffelibB?")))
    axis, keepdims = data.draw(st.sampled_from((None, None, 0, -1))), data.draw(st.booleans())
    method = data.draw(st.sampled_from(METHODS))
    q = data.draw(st.sampled_from((0.5, 0.0, 1.0, 0.3, [0.25, 0.5, 0.75], [[0.1], [1.0]], [], 1.5)))
    label = f"{described(x)} axis {axis} {method} {q}"
    with np.errstate(all="ignore"):
        check(lambda: np.median(x, axis, keepdims=keepdims) + 0, f"median {label}")
        check(lambda: np.nanmedian(x, axis, keepdims=keepdims) + 0, f"nanmedian {label}")
        check(lambda: np.quantile(x, q, axis, method=method, keepdims=keepdims) + 0, f"quantile {label}")
        check(lambda: np.nanquantile(x, q, axis, method=method, keepdims=keepdims) + 0, f"nanquantile {label}")
        check(lambda: np.percentile(x, np.multiply(q, 100), axis, method=method) + 0, f"percentile {label}")


@examples(400)
@given(st.data())
def test_searches(data):
    kinds = data.draw(st.sampled_from((DTYPES, st.sampled_from("dfl"), st.sampled_from("lihBL"))))
    a, keys = data.draw(arrays(kinds, 1)), data.draw(arrays(kinds))
    side, order = data.draw(st.sampled_from(("left", "right"))), np.argsort(a, kind="stable")
    label = f"{described(a)} {described(keys)} {side}"
    check(lambda: np.sort(a).searchsorted(keys, side), f"searchsorted {label}")
    check(lambda: a.searchsorted(keys, side, order), f"searchsorted, sorter {label}")
    step = data.draw(st.sampled_from((1, -1)))
    if a.dtype.kind != "f" or not np.isnan(a).any():  # NumPy takes edges with NaN for descending ones
        check(lambda: np.digitize(keys, np.sort(a)[::step], side == "right"), f"digitize {label} {step}")
    if a.dtype.kind in "fiu" and keys.dtype.kind in "fiu":
        xp, fp = np.sort(a), np.cos(np.arange(a.size))
        with np.errstate(all="ignore"):
            check(lambda: np.interp(keys, xp, fp), f"interp {label}")
            check(lambda: np.interp(keys, xp, fp, left=-1.0, right=np.nan), f"interp, left {label}")
            check(lambda: np.interp(keys, xp, fp, period=3), f"interp, period {label}")


@examples(300)
@given(st.data())
def test_sets(data):
    kinds = data.draw(st.sampled_from((DTYPES, st.sampled_from("dfl"), st.sampled_from("lihBL"))))
    x, y = data.draw(arrays(kinds)), data.draw(arrays(kinds))
    asked = {name: data.draw(st.booleans()) for name in ("return_index", "return_inverse", "return_counts", "equal_nan")}
    label = f"{described(x)} {described(y)} {asked}"
    check(lambda: np.unique(x, **asked), f"unique {label}")
    check(lambda: (np.unique_all(x), np.unique_counts(x), np.unique_inverse(x), np.sort(np.unique_values(x))), f"unique_all {label}")
    check(lambda: (np.isin(x, y), np.isin(x, y, invert=True)), f"isin {label}")
    check(lambda: np.intersect1d(x, y, return_indices=asked["return_index"]), f"intersect1d {label}")
    check(lambda: (np.union1d(x, y), np.setdiff1d(x, y), np.setxor1d(x, y)), f"union1d {label}")


@examples(300)
@given(st.data())
def test_histograms(data):
    x = data.draw(arrays(st.sampled_from("dddffelihbBLM")) if data.draw(st.integers(0, 9)) == 9 else arrays(st.sampled_from("ddflihBL")))
    rng = np.random.default_rng(data.draw(st.integers(0, 9)))
    bins = data.draw(st.sampled_from((1, 2, 10, 100, 1000, "auto", "fd", "sturges")))
    if data.draw(st.booleans()):
        bins = data.draw(st.sampled_from((np.linspace(-1, 7, 9), np.arange(8), np.sort(rng.normal(size=20)), np.r_[0.0, 0.0, 1.0, 3.0], np.r_[1.0, 0.0])))
    limits = data.draw(st.sampled_from((None, None, (0, 5), (-1e18, 1e18), (2, 2), (0, np.nan))))
    weights = rng.normal(size=x.shape) if data.draw(st.integers(0, 2)) == 0 else None
    density = data.draw(st.booleans())
    label = f"{described(x)} {bins} {limits} {density}"
    with np.errstate(all="ignore"):
        check(lambda: np.histogram(x, bins, limits, density, weights), f"histogram {label}")
        check(lambda: np.histogram_bin_edges(x, bins, limits), f"histogram_bin_edges {label}")
        if not isinstance(bins, str):
            check(lambda: np.histogram2d(x.reshape(-1), x.reshape(-1)[::-1], bins, weights=weights if weights is None else weights.reshape(-1)), f"histogram2d {label}")
