"""Whatever the tables of reductions forgot: random arrays, axes, arguments and thread counts, against NumPy."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given
from layouts import ARRANGE
from reductions import NUMBERS, THREADS, check, plain
from strategies import examples, views
from support import outcome
from values import sample

EXTREMES = ("maximum", "minimum", "fmax", "fmin")
UFUNCS = (
    *("add", "multiply", *EXTREMES, "logical_and", "logical_or", "logical_xor"),
    *("bitwise_and", "bitwise_or", "bitwise_xor", "gcd", "hypot", "logaddexp"),
)
ELEMENTS = 40_000  # several of NumPy's buffers
CONTESTS = ((0.0, -0.0), (0.0, -0.0, 1), (0.0, -0.0, -1), (np.nan, -np.nan), (np.nan, -np.nan, 1), (np.nan, 0.0, -0.0))
LAYOUTS = st.sampled_from(
    (*("plain", "fortran", "inner", "strided") * 2, "reversed", "read-only", "misaligned", "byte-swapped")
)


def rarely(draw):
    """Once in six: what is mostly an error, or NumPy's to do, is not to keep the rest from being tried."""
    return draw(st.integers(0, 5)) == 5


def sprinkled(dtype, shape, seed):
    """Everyday numbers, and one that breaks things: anywhere, or wherever a piece may begin or end."""
    x = plain(dtype, shape).ravel()
    if x.size:
        rng = np.random.default_rng(seed)
        each = 1 << rng.integers(10, 15)
        places = (slice(each, None, each), slice(each - 1, None, each), rng.integers(x.size))[rng.integers(3)]
        x[places] = sample(dtype, (64,), salt=seed)[rng.integers(64)]
    return x.reshape(shape)


def contested(dtype, shape, seed):
    """Two or three values, again and again: zeros of both signs, or several NaNs, compete to be the extreme."""
    rng = np.random.default_rng(seed)
    kinds = CONTESTS[rng.integers(len(CONTESTS))]
    with np.errstate(invalid="ignore"):
        return rng.choice(np.array(kinds).astype(dtype), shape)


@st.composite
def shapes(draw):
    room, shape = ELEMENTS, []
    for _ in range(draw(st.sampled_from((1, 2, 3, 4, 1, 2, 3, 4, 0)))):
        side = draw(st.one_of(st.integers(0, 12), st.integers(20, 300), st.integers(300, ELEMENTS)))
        shape.append(min(side, room))
        room //= max(shape[-1], 1)
    return tuple(draw(st.permutations(shape)))


def kinds_of(dtypes):
    """Every other one is a float: these have an order of addition, zeros of two signs, and NaN."""
    floats = [code for code in dtypes if code in "efd"]
    return st.one_of(st.sampled_from(floats or dtypes), st.sampled_from(dtypes))


@st.composite
def arrays(draw, dtypes=NUMBERS):
    """Up to four axes with any strides; some are of one element, repeated."""
    shape, dtype, seed = draw(shapes()), draw(kinds_of(dtypes)), draw(st.integers(0, 996))
    everyday, special = (lambda d, s, _: plain(d, s)), (lambda d, s, salt: sample(d, s, salt=salt))
    make = draw(st.sampled_from((everyday, special, sprinkled, contested)))
    repeated = [rarely(draw) for _ in shape]
    base = tuple(1 if repeat else side for side, repeat in zip(shape, repeated))
    x = draw(views(lambda _, s: make(dtype, s, seed), 0, base, LAYOUTS))
    return np.broadcast_to(x, shape) if any(repeated) else x


@st.composite
def operands(draw):
    """The name of a ufunc, and an array of a dtype that it has a loop for."""
    name = draw(st.sampled_from(UFUNCS))
    types = getattr(np, name).types
    return name, draw(arrays([code for code in NUMBERS if any(loop.startswith(code * 2) for loop in types)]))


def one_axis(x):
    return st.integers(-x.ndim, x.ndim - 1) if x.ndim else st.just(0)


def several_axes(x):
    if not x.ndim:
        return st.just(())
    return st.lists(one_axis(x), unique_by=lambda axis: axis % x.ndim, max_size=x.ndim).map(tuple)


@st.composite
def keywords(draw, **strategies):
    """Few of them."""
    return {name: draw(strategy) for name, strategy in strategies.items() if rarely(draw)}


def compare(draw, call, label, any_nan):
    """call(out=...) or call(): the same with and without us: what comes back, is written, raised and warned of."""
    state, threads = draw(st.sampled_from(("warn", "raise", "ignore"))), draw(st.sampled_from(THREADS))
    with np.errstate(all="ignore"):
        answer = outcome(lambda _: call(), None).result
    make_out = None
    if not isinstance(answer, Exception) and rarely(draw):
        arrange, dtype = ARRANGE[draw(LAYOUTS)], draw(st.sampled_from(NUMBERS)) if rarely(draw) else answer.dtype
        make_out = lambda: arrange(np.zeros(np.shape(answer), dtype))  # noqa: E731

    def case():
        with np.errstate(all=state):
            if not make_out:
                return call()
            out = make_out()
            return call(out=out) is out, out

    check(case, f"{label} errstate {state} out {make_out and make_out().dtype}", any_nan, threads)


def lies(x):
    return f"{x.dtype.str}{x.shape} strides {x.strides}"


@examples(300)
@given(operands(), st.data())
def test_any_reduce(operand, data):
    name, x = operand
    axis = data.draw(st.one_of(st.none(), one_axis(x), several_axes(x)))
    drawn = data.draw(
        keywords(
            keepdims=st.booleans(),
            initial=st.sampled_from([None, 0, 1, -1, 2.5, np.nan, -0.0, np.float32(7)]),
            dtype=st.sampled_from(NUMBERS),
        )
    )
    label = f"{name}.reduce {lies(x)} axis {axis} {drawn}"
    # Which of two NaNs comes through a sum is up to NumPy's loop; an extreme is one of its elements.
    reduce = getattr(np, name).reduce
    compare(data.draw, lambda **out: reduce(x, axis=axis, **drawn, **out), label, name not in EXTREMES)


@examples(200)
@given(operands(), st.data())
def test_any_accumulate(operand, data):
    name, x = operand
    axis, drawn = data.draw(one_axis(x)), data.draw(keywords(dtype=st.sampled_from(NUMBERS)))
    label = f"{name}.accumulate {lies(x)} axis {axis} {drawn}"
    compare(data.draw, lambda **out: getattr(np, name).accumulate(x, axis=axis, **drawn, **out), label, True)


@examples(150)
@given(arrays(), st.sampled_from(("argmax", "argmin")), st.data())
def test_any_search(x, name, data):
    axis, drawn = data.draw(st.one_of(st.none(), one_axis(x))), data.draw(keywords(keepdims=st.booleans()))
    label = f"{name} {lies(x)} axis {axis} {drawn}"
    compare(data.draw, lambda **out: getattr(x, name)(axis, **drawn, **out), label, False)
