"""Everything a ufunc takes beside its operands, for every ufunc and signature, against NumPy.

One layout of the matrix at a time, in turn; the number of threads likewise. The results, the whole of every
output's memory (what lies between its elements too) and any exception must be NumPy's.
"""

import itertools

import numpy as np
import pytest
from layouts import ARRANGE, LAYOUTS, THREADS
from support import check, outcome
from tables import ENTRIES
from values import maker

SIZE = 8200  # more than one of NumPy's cast buffers
STACK = 40
by_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)


def filled(shape, dtype):
    """An output that shows which of its bytes were written."""
    out = np.zeros(shape, dtype)
    if out.dtype.kind not in "OT":
        np.frombuffer(out, np.uint8)[...] = 0x55 if out.dtype.kind != "b" else 1
    return out


def plain(entry, signature, operands):
    """NumPy's answer to the bare call as a tuple, or None where it refuses these operands."""
    with np.errstate(all="ignore"):
        result = outcome(lambda ufunc: ufunc(*operands), entry.numpy).result
    if isinstance(result, Exception):
        return None
    return tuple(map(np.asarray, result)) if isinstance(result, tuple) else (np.asarray(result),)


# Each variant: (ufunc, operands, outs) -> what must be equal; outs are fresh, of the right shapes and dtypes.


def out_keyword(ufunc, operands, outs):
    return ufunc(*operands, out=outs if len(outs) > 1 else outs[0])


def out_tuple(ufunc, operands, outs):
    return ufunc(*operands, out=outs)


def out_positional(ufunc, operands, outs):
    return ufunc(*operands, *outs)


def out_none(ufunc, operands, outs):
    return ufunc(*operands, out=(None,) * len(outs))


def out_strided(ufunc, operands, outs):
    wide = [filled((*out.shape[:-1], 2 * out.shape[-1]) if out.ndim else (), out.dtype) for out in outs]
    return ufunc(*operands, out=tuple(w[..., 1::2] if w.ndim else w for w in wide)), wide


def out_reversed(ufunc, operands, outs):
    return ufunc(*operands, out=tuple(out[(..., *(slice(None, None, -1),) * out.ndim)] for out in outs)), outs


def out_fortran(ufunc, operands, outs):
    return ufunc(*operands, out=tuple(np.asfortranarray(out) for out in outs))


def out_misaligned(ufunc, operands, outs):
    return ufunc(*operands, out=tuple(ARRANGE["misaligned"](out) for out in outs))


def out_swapped(ufunc, operands, outs):
    return ufunc(*operands, out=tuple(ARRANGE["byte-swapped"](out) for out in outs))


def out_readonly(ufunc, operands, outs):
    return ufunc(*operands, out=tuple(ARRANGE["read-only"](out) for out in outs))


def out_larger(ufunc, operands, outs):
    """The operands broadcast to the output."""
    return ufunc(*operands, out=tuple(filled((3, *out.shape), out.dtype) for out in outs))


def out_other_dtype(ufunc, operands, outs):
    return ufunc(*operands, out=tuple(filled(out.shape, np.complex128) for out in outs))


def out_unsafe(ufunc, operands, outs):
    return ufunc(*operands, out=tuple(filled(out.shape, np.float32) for out in outs), casting="unsafe")


def where_mask(ufunc, operands, outs):
    mask = np.arange(outs[0].size).reshape(outs[0].shape) % 3 != 1
    return ufunc(*operands, out=outs, where=mask)


def where_strided(ufunc, operands, outs):
    mask = (np.arange(2 * outs[0].size) % 5 < 2)[::2].reshape(outs[0].shape)
    return ufunc(*operands, out=outs, where=mask)


def where_row(ufunc, operands, outs):
    return ufunc(*operands, out=outs, where=np.arange(outs[0].shape[-1] if outs[0].ndim else 1) % 2 == 0)


def where_false(ufunc, operands, outs):
    return ufunc(*operands, out=outs, where=False)


def where_true(ufunc, operands, outs):
    return ufunc(*operands, where=True)


def where_list(ufunc, operands, outs):
    return ufunc(*operands, out=outs, where=[True])


def where_not_bool(ufunc, operands, outs):
    return ufunc(*operands, out=outs, where=np.ones(outs[0].shape))


def where_out_swapped(ufunc, operands, outs):
    """A mask with a cast: what is masked out must survive the way through the buffer."""
    mask = np.arange(outs[0].size).reshape(outs[0].shape) % 3 != 1
    return ufunc(*operands, out=tuple(ARRANGE["byte-swapped"](out) for out in outs), where=mask)


def subok(ufunc, operands, outs):
    return ufunc(*operands, subok=False)


def by(**kwargs):
    return lambda ufunc, operands, outs: ufunc(*operands, **kwargs)


def signature_tuple(ufunc, operands, outs):
    return ufunc(*operands, signature=(*(operand.dtype for operand in operands), *(None for out in outs)))


def signature_each(ufunc, operands, outs):
    """Each loop by name, where the operands can be cast to it: what an integer makes of 1e300 is up to the CPU's mood."""
    return [outcome(lambda u: u(*operands, signature=types, casting="same_kind"), ufunc) for types in ufunc.types[::3]]


VARIANTS = {
    **{name: value for name, value in globals().items() if name.startswith(("out_", "where_", "subok", "signature_"))},
    **{f"order {order}": by(order=order) for order in "CFAK"},
    **{f"dtype {dtype}": by(dtype=dtype) for dtype in ("f4", "f8", "c16", "i8", "?", ">f8")},
    **{f"dtype {dtype}, unsafe": by(dtype=dtype, casting="unsafe") for dtype in ("f4", "c8")},
    **{f"casting {rule}": by(casting=rule) for rule in ("no", "equiv", "safe", "same_kind", "unsafe")},
}


@by_entry
def test_arguments(entry):
    turn = itertools.cycle(zip(itertools.cycle(THREADS), LAYOUTS))
    for signature, (name, variant) in itertools.product(entry.signatures, VARIANTS.items()):
        threads, layout = next(turn)
        if entry.name == "vecmat" and signature.inputs[0].kind == "c":
            continue  # NumPy 2.2 to 2.4 write behind a result that is not contiguous (by way of BLAS): heap corruption
        make = maker(entry, signature)
        size = (SIZE if entry.numpy.signature is None else STACK) if signature.parallel else 60
        answer = plain(entry, signature, layout.build(make, entry.core, size))
        if answer is None:
            continue  # nothing to be found out here: test_oracle.py and test_errors.py compare refusals

        def case(ufunc):
            outs = tuple(filled(a.shape, a.dtype) for a in answer)
            with np.errstate(all="ignore"):
                return variant(ufunc, layout.build(make, entry.core, size), outs), outs

        check(entry, case, f"({signature}) {layout}, {name}", (threads,))


@by_entry
def test_outputs_that_are_one_object_or_one_memory(entry):
    """Two outputs in one memory, and an output that stays the object it was."""
    signature = entry.signatures[0]
    operands = LAYOUTS[0].build(maker(entry, signature), entry.core, 200)
    answer = plain(entry, signature, operands)
    if answer is None:
        pytest.skip("NumPy refuses the first signature")
    outs = tuple(np.empty_like(a) for a in answer)
    with np.errstate(all="ignore"):
        got = entry.ours(*operands, out=outs)
    for out, result in zip(outs, got if isinstance(got, tuple) else (got,)):
        assert result is out

    def case(ufunc):
        both = filled(answer[0].shape, answer[0].dtype)
        with np.errstate(all="ignore"):
            return ufunc(*operands, out=(both,) * len(answer)), both

    if len(answer) > 1:
        check(entry, case, f"({signature}) all outputs in one memory", (1,))
