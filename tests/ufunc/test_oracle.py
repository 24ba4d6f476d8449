"""The matrix: every ufunc × each of its signatures × every layout × every number of threads, bit for bit as NumPy.

The four factors are run whole. Sizes would multiply that by fourteen; instead each (signature, layout, threads)
takes the next one of the list, so that each ufunc meets all of them. Other arguments than operands: test_arguments.py.
"""

import itertools

import numpy as np
import numpy_par as npp
import pytest
from layouts import LAYOUTS, THREADS, sizes
from support import check, outcome
from tables import ELEMENTWISE, ENTRIES
from values import maker

by_entry = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)


@by_entry
def test_matrix(entry):
    turn = itertools.cycle(sizes(entry))
    for signature, threads in itertools.product(entry.signatures, THREADS):
        make = maker(entry, signature, salt=threads * 31)
        for layout in LAYOUTS:
            size = next(turn) if signature.parallel else min(next(turn), 127)

            def case(ufunc):
                operands = layout.build(make, entry.core, size)
                with np.errstate(all="ignore"):
                    return ufunc(*operands), operands  # the operands: an input must not be written

            check(entry, case, f"({signature}) {layout}, about {size} elements", (threads,))


@by_entry
def test_large_calls_are_split(entry):
    """Otherwise the matrix would show nothing. Every layout of every signature, if NumPy takes the operands at all.

    A gathered layout of floats is cut between two of NumPy's buffers of 8192: hence so many. NumPy marks casts of
    strings as in need of the GIL, byte swaps and aligned copies among them.
    """
    npp.set_num_threads(2)
    many = 40_000 if entry.numpy.signature is None else 500
    serial = []
    for signature, layout in itertools.product(entry.signatures, LAYOUTS):
        if goes_to_numpy(entry, signature, layout):
            continue
        operands = layout.build(maker(entry, signature), entry.core, many)
        with np.errstate(all="ignore"):
            before = npp._engine.counters()["regions"]
            result = outcome(lambda ufunc: ufunc(*operands), entry.ours).result
        result = result[0] if isinstance(result, tuple) else result
        if isinstance(result, Exception) or result.size < many // 2:
            continue
        if npp._engine.counters()["regions"] == before:
            strings = any(dtype.kind in "SU" for dtype in signature.inputs)
            if not (strings and npp.explain(entry.numpy, *operands).reason == "a cast that needs the GIL"):
                serial.append(f"({signature}) {layout}")
    assert not serial, f"{entry.key} stayed serial in {len(serial)} cases: {serial[:5]}"


def goes_to_numpy(entry, signature, layout):
    """Objects, StringDType, and a text that must be cast or copied first: NumPy's casts of texts hold the GIL."""
    texts = {dtype.kind for dtype in signature.inputs} & set("SU")
    copied = any(word in layout.arrange for word in ("misaligned", "swapped")) or entry.name.startswith("logical_")
    return not signature.parallel or bool(texts and copied)


@pytest.mark.parametrize("entry", ELEMENTWISE, ids=lambda entry: entry.key)
def test_more_elements_than_a_buffer_and_odd_pieces(entry):
    """NumPy casts 8192 elements at a time, but not of gufuncs; here the pieces end inside, at and behind such a buffer."""
    signature = entry.signatures[-1] if entry.numpy.types == [] else entry.signatures[len(entry.signatures) // 2]
    for size in (8191, 8192, 8193, 16384, 24577, 50021):
        for layout in (LAYOUTS[0], next(layout for layout in LAYOUTS if layout.arrange == "byte-swapped")):
            operands = layout.build(maker(entry, signature), entry.core, size)

            def case(ufunc):
                with np.errstate(all="ignore"):
                    return ufunc(*operands)

            check(entry, case, f"({signature}) {layout}, {size} elements", THREADS)
