"""Outputs that share memory with inputs, for every ufunc: NumPy answers as if they did not, and so must we.

Each run, NumPy's and ours, has a memory of its own, laid out alike; the whole memory is compared. The answer from
operands that share nothing will not do: where an output trails its input NumPy makes no copy, its vector loops then
step aside for scalar ones, and the last bits are those of libm.
"""

import itertools

import numpy as np
import pytest
from layouts import THREADS
from support import check
from tables import ELEMENTWISE
from values import maker

SIDE = 60

# (what the first operand is, what the output is) in one memory of SIDE × SIDE elements, or of SIDE² in a row.
FLAT = {
    "the same": (np.s_[:-9], np.s_[:-9]),
    "one forward": (np.s_[:-9], np.s_[1:-8]),
    "one backward": (np.s_[1:-8], np.s_[:-9]),
    "a vector forward": (np.s_[:-9], np.s_[9:]),
    "half way": (np.s_[: SIDE * 40], np.s_[SIDE * 20 :]),
    "reversed": (np.s_[:], np.s_[::-1]),
    "every second, shifted": (np.s_[:-1:2], np.s_[1::2]),
    "spread out": (np.s_[: SIDE * 30], np.s_[::2]),
    "drawn together": (np.s_[::2], np.s_[: SIDE * 30]),
}
SQUARE = {
    "transposed": (lambda a: a, lambda a: a.T),
    "rows upside down": (lambda a: a, lambda a: a[::-1]),
    "columns reversed": (lambda a: a, lambda a: a[:, ::-1]),
    "a row down": (lambda a: a[:-1], lambda a: a[1:]),
    "a column right": (lambda a: a[:, :-1], lambda a: a[:, 1:]),
    "inner block shifted": (lambda a: a[1:-1, 1:-1], lambda a: a[2:, 2:]),
    "one row for all": (lambda a: a[:1], lambda a: a),
    "one column for all": (lambda a: a[:, -1:], lambda a: a),
    "every row into one": (lambda a: a[5], lambda a: np.broadcast_to(a[:1], a.shape)),
}
OVERLAPS = {
    **{name: (lambda a, s=s: a.reshape(-1)[s], lambda a, t=t: a.reshape(-1)[t]) for name, (s, t) in FLAT.items()},
    **SQUARE,
}


def in_place(signature, ufunc):
    """Whether the ufunc can write what it makes of the signature over its first operand."""
    try:
        found = ufunc.resolve_dtypes((*signature.inputs, *(None,) * ufunc.nout))
    except TypeError:
        return False
    return signature.parallel and np.can_cast(found[ufunc.nin], signature.inputs[0], "same_kind")


@pytest.mark.parametrize("entry", ELEMENTWISE, ids=lambda entry: entry.key)
def test_overlap(entry):
    turn = itertools.cycle(THREADS[1:])
    fitting = [signature for signature in entry.signatures if in_place(signature, entry.numpy)]
    for signature, (name, (first, target)) in itertools.product(fitting, OVERLAPS.items()):
        make = maker(entry, signature)

        def case(ufunc):
            memory = make(0, (SIDE, SIDE))
            source, out = first(memory), target(memory)
            others = [make(k, source.shape) for k in range(1, entry.numpy.nin)]
            with np.errstate(all="ignore"):
                return ufunc(source, *others, out=(out, *(None,) * (ufunc.nout - 1))), memory

        check(entry, case, f"({signature}) {name}", (next(turn),))


@pytest.mark.parametrize("entry", ELEMENTWISE, ids=lambda entry: entry.key)
def test_all_operands_are_one_memory(entry):
    """x = f(x, x), and the same shifted: what one thread writes is what another reads."""
    for signature in entry.signatures:
        if len(set(signature.inputs)) != 1 or not in_place(signature, entry.numpy):
            continue
        for shift, threads in zip((0, 1, 64), THREADS[1:]):

            def case(ufunc):
                memory = maker(entry, signature)(entry.numpy.nin - 1, (3000 + shift,))
                out = (memory[shift:], *(None,) * (ufunc.nout - 1))
                with np.errstate(all="ignore"):
                    return ufunc(*(memory[:3000],) * ufunc.nin, out=out), memory

            check(entry, case, f"({signature}) onto itself + {shift}", (threads,))
