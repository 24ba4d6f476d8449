"""Whatever the tables forgot: random ufuncs, dtypes, shapes, views and thread counts, against NumPy."""

import math

import hypothesis.strategies as st
import numpy as np
import numpy_par as npp
from hypothesis import given
from hypothesis.extra.numpy import mutually_broadcastable_shapes
from layouts import ARRANGE
from strategies import examples, views
from support import check, difference, outcome
from tables import ELEMENTWISE
from values import maker


@st.composite
def calls(draw):
    entry = draw(st.sampled_from(ELEMENTWISE))
    signature = draw(st.sampled_from(entry.signatures))
    shapes = draw(mutually_broadcastable_shapes(num_shapes=entry.numpy.nin, max_dims=4, max_side=12)).input_shapes
    make = maker(entry, signature, salt=draw(st.integers(0, 996)))
    operands = [draw(views(make, k, shape)) for k, shape in enumerate(shapes)]
    kwargs = {"order": draw(st.sampled_from("CFAK"))}
    if draw(st.booleans()):
        kwargs["casting"] = draw(st.sampled_from(("no", "equiv", "safe", "same_kind", "unsafe")))
    return entry, signature, operands, kwargs


@examples(1500)
@given(calls(), st.integers(1, 9))
def test_any_call(call, threads):
    entry, signature, operands, kwargs = call

    def case(ufunc):
        with np.errstate(all="ignore"):
            return ufunc(*operands, **kwargs)

    check(entry, case, f"({signature}) {[(o.shape, o.strides) for o in operands]} {kwargs}", (threads,))


@examples(600)
@given(calls(), st.integers(2, 9), st.data())
def test_any_call_with_out_and_mask(call, threads, data):
    entry, signature, operands, kwargs = call
    with np.errstate(all="ignore"):
        answer = outcome(lambda ufunc: ufunc(*operands), entry.numpy).result
    if isinstance(answer, (Exception, tuple)):
        return
    answer = np.asarray(answer)
    mask = data.draw(st.one_of(st.just(True), st.integers(0, 2**32).map(lambda seed: _mask(seed, answer.shape))))
    layout = data.draw(st.sampled_from([name for name in sorted(ARRANGE) if name != "read-only"]))

    def case(ufunc):
        out = ARRANGE[layout](np.zeros(answer.shape, answer.dtype))
        with np.errstate(all="ignore"):
            return ufunc(*operands, out=out, where=mask, **kwargs), out

    check(entry, case, f"({signature}) out {layout}", (threads,))


def _mask(seed, shape):
    return np.random.default_rng(seed).integers(0, 2, shape).astype(bool)


@examples(500)
@given(st.sampled_from(ELEMENTWISE), st.integers(1, 300), st.integers(2, 9), st.data())
def test_an_element_does_not_depend_on_its_place(entry, size, threads, data):
    """f(x)[a:b] is f(x[a:b]): in any piece, on any number of threads."""
    signature = data.draw(st.sampled_from(entry.signatures))
    operands = [maker(entry, signature)(k, (size,)) for k in range(entry.numpy.nin)]
    start = data.draw(st.integers(0, size - 1))
    part = slice(start, data.draw(st.integers(start + 1, size)))
    npp.set_num_threads(threads)
    with np.errstate(all="ignore"):
        whole = outcome(lambda ufunc: ufunc(*operands), entry.ours).result
        if isinstance(whole, Exception):
            return
        some = entry.ours(*(operand[part] for operand in operands))
    pairs = zip(whole, some) if isinstance(whole, tuple) else [(whole, some)]
    text = next(filter(None, (difference(w[part].copy(), s) for w, s in pairs)), None)
    assert not text, f"{entry.key}({signature}) of {size}, {part}: {text}"


@examples(300)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, max_value=1e300, min_value=-1e300)), st.integers(0, 5000), st.integers(1, 9))
def test_any_exact_sum(numbers, more, threads):
    """Anything, with what cancels around it: as math.fsum."""
    x = np.array(numbers, float)
    many = np.full(more, x[0] if numbers else 0.1)
    x = np.concatenate([many, x, -many])
    with npp.threads(threads):
        assert npp.sum(x, method="exact") == math.fsum(x)
        assert npp.sum(x[::-1], method="exact") == math.fsum(x)
