"""Whatever the tables of indexing forgot: keys of every mixture, to read and to write, against NumPy."""

import hypothesis.strategies as st
import numpy as np
from hypothesis import given
from layouts import ARRANGE
from moving import SIMPLE, changed, check, index, mask, values
from strategies import examples, views

WRITABLE = st.sampled_from(("plain", "plain", "fortran", "inner", "strided", "reversed", "misaligned", "byte-swapped"))
COMMON = st.sampled_from(("d", "l", "?", "f", "h", *SIMPLE))
DENSITY = st.sampled_from(("half", "none", "all", "few", "odd bytes", "last"))
SHAPES = st.lists(st.sampled_from((0, 1, 2, 3, 4, 5, 7, 64, 130)), max_size=3).map(tuple)


@st.composite
def items(draw, shape, sides):
    """One part of a key, and how many axes it takes."""
    length = shape[0] if shape else 1
    kind = draw(st.sampled_from(("index", "index", "index", "mask", "slice", "slice", "number", "new axis", "ellipsis", "list", "bool")))
    if kind == "index":
        i = index(length, draw(st.sampled_from(sides)), draw(st.sampled_from("lllib")), draw(st.integers(0, 9)))
        if draw(st.integers(0, 9)) == 9 and i.size and i.itemsize > 1:
            i.flat[draw(st.integers(0, i.size - 1))] = draw(st.sampled_from((length, -length - 1, 99)))
        return ARRANGE[draw(st.sampled_from(("plain", "plain", "strided", "reversed")))](i), 1
    if kind == "mask":
        axes = draw(st.integers(1, max(len(shape), 1)))
        sides = shape[:axes] if draw(st.integers(0, 9)) else tuple(n + 1 for n in shape[:axes])
        return mask(sides or (3,), draw(DENSITY), seed=draw(st.integers(0, 9))), axes
    if kind == "slice":
        ends = st.none() | st.integers(-length - 1, length + 1)
        return slice(draw(ends), draw(ends), draw(st.sampled_from((None, 1, 2, -1, -3)))), 1
    if kind == "number":
        return draw(st.sampled_from((0, -1, length - 1, np.int64(0), length if draw(st.booleans()) else 0))), 1
    if kind == "list":
        return draw(st.lists(st.integers(-1, 1), max_size=3)), 1
    return {"new axis": None, "ellipsis": ..., "bool": draw(st.booleans())}[kind], 0


@st.composite
def keys(draw, shape):
    sides = draw(st.sampled_from((((5,), (5,), (1,)), ((4, 3), (3,), (4, 1)), ((70,),), ((), (2,)), ((0,), (1,)), ((3,), (4,)))))
    parts, rest = [], shape
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 2, 3, 4)))):
        part, axes = draw(items(rest, sides))
        parts.append(part)
        rest = rest[axes:]
    if len(parts) == 1 and draw(st.booleans()):
        return parts[0]
    return tuple(parts)


def described(key):
    return [f"{part.dtype}{part.shape}" if isinstance(part, np.ndarray) else part for part in (key if isinstance(key, tuple) else (key,))]


@examples(400)
@given(st.data())
def test_reading(data):
    shape, dtype = data.draw(SHAPES), data.draw(COMMON)
    x = data.draw(views(lambda _, shape: values(dtype, shape), 0, shape))
    key = data.draw(keys(shape))
    check(lambda: x[key], f"{dtype} {shape} {x.strides} [{described(key)}]")


@examples(400)
@given(st.data())
def test_writing(data):
    shape, dtype = data.draw(SHAPES), data.draw(COMMON)
    x = data.draw(views(lambda _, shape: values(dtype, shape), 0, shape, WRITABLE))
    key = data.draw(keys(shape))
    try:
        part = np.asarray(x[key])
    except IndexError:
        part = np.zeros(2)
    kind = data.draw(st.sampled_from(("fitting", "fitting", "row", "element", "number", "more", "its own", "reversed", "cast")))
    full = values(dtype, part.shape, 3)
    value = {
        "fitting": full,
        "row": full[:1] if full.ndim else full,
        "element": values(dtype, (1,), 3),
        "number": data.draw(st.sampled_from((0, 1, True, 2.5, -1, 300))),
        "more": values(dtype, (part.size + 1,)),
        "cast": values("h", part.shape),
        "its own": None,
        "reversed": full[(slice(None, None, -1),) * full.ndim],
    }[kind]

    def change(target):
        target[key] = target.reshape(-1)[: part.size].reshape(part.shape) if value is None and part.size <= target.size else 1 if value is None else value

    def case():
        target = np.empty(1, x.dtype) if not x.ndim else x  # of one that lies like x
        lies = np.lib.stride_tricks.as_strided
        if x.ndim and x.size:
            low = min(0, 0) + sum(min(s * (n - 1), 0) for s, n in zip(x.strides, x.shape))
            high = sum(max(s * (n - 1), 0) for s, n in zip(x.strides, x.shape)) + x.itemsize
            raw = np.zeros(high - low + 1, "B")[1 if not x.flags.aligned else 0 :]
            target = lies(raw[-low : -low + x.itemsize].view(x.dtype), x.shape, x.strides)
            target[...] = x
        else:
            target = x.copy("K")
        return changed(target, change)

    check(case, f"{dtype} {shape} {x.strides} [{described(key)}] = {kind}")


@examples(200)
@given(st.data())
def test_methods(data):
    shape, dtype = data.draw(SHAPES), data.draw(COMMON)
    x = data.draw(views(lambda _, shape: values(dtype, shape), 0, shape))
    axis = data.draw(st.sampled_from((None, 0, 1, -1, 2)))
    length = x.size if axis is None else shape[axis] if -len(shape) <= axis < len(shape) else 2
    i = index(length, data.draw(st.sampled_from(((5,), (70,), (3, 4), (0,), ()))), data.draw(st.sampled_from("llib")))
    m = mask((data.draw(st.sampled_from((length, length, max(length - 1, 0), length + 2))),), data.draw(DENSITY))
    whole = mask(shape, data.draw(DENSITY))
    repeats = data.draw(st.sampled_from((0, 1, 2, 3, 17, -1, [2])))
    order = data.draw(st.sampled_from("CFAK"))
    y = data.draw(views(lambda _, shape: values(dtype, shape, 5), 0, shape))
    label = f"{dtype} {shape} {x.strides} axis {axis}"
    check(lambda: x.take(i, axis), f"take {label} {i.dtype} {i.shape}")
    check(lambda: x.compress(m, axis), f"compress {label} {m.shape}")
    check(lambda: x.repeat(repeats, axis), f"repeat {label} {repeats}")
    check(lambda: np.stack([x, y, x], -1 if axis is None else axis), f"stack {label}")
    check(lambda: np.column_stack([x, y]), f"column_stack {label}")
    check(lambda: np.where(whole, x, y), f"where {label}")
    check(lambda: np.extract(whole, x), f"extract {label}")
    check(lambda: whole.nonzero(), f"nonzero {label}")
    check(lambda: (x.ravel(order), x.flatten(order), x.copy(order)), f"ravel {label} {order}")
    check(lambda: np.choose(whole.astype("l"), [x, y]), f"choose {label}")
