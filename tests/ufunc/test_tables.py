"""The tables see everything: no ufunc of NumPy without cases, no layout or size that nothing meets."""

import numpy as np
import numpy_par as npp
import pytest
from layouts import ARRANGE, LAYOUTS, MIXED, SHAPES
from numpy._core import umath
from numpy.linalg import _umath_linalg
from tables import ENTRIES, OVERWRITE, PREPARED, namespace


def test_every_ufunc_has_an_entry():
    known = {entry.numpy for entry in ENTRIES}
    for module in (np, np.strings, _umath_linalg):
        assert {name for name, ufunc in namespace(module).items() if ufunc not in known} <= OVERWRITE
    hidden = set(namespace(umath).values()) - known
    assert all(ufunc.__name__.startswith("_") or ufunc.__name__ in PREPARED or not ufunc.types for ufunc in hidden)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_every_entry_has_signatures_and_each_loop_of_numpy_is_in_them(entry):
    assert entry.signatures
    covered = {"".join(dtype.char for dtype in signature.inputs) for signature in entry.signatures}
    assert {types.partition("->")[0] for types in entry.numpy.types} <= covered


def test_every_shape_and_arrangement_is_in_a_layout():
    assert {layout.shapes for layout in LAYOUTS} == set(SHAPES)
    assert {layout.arrange for layout in LAYOUTS} == {*ARRANGE, *MIXED}


@pytest.mark.parametrize("module, ours", [(np, npp), (np.strings, npp.strings)], ids=["np", "np.strings"])
def test_every_name_of_numpy_is_a_name_of_ours(module, ours):
    """np.strings.add is np.add, np.abs is np.absolute: ours are one object where NumPy's are one."""
    for name, ufunc in namespace(module).items():
        assert isinstance(getattr(ours, name), np.ufunc), name
        assert getattr(ours, name) is npp.parallelize(ufunc), name
