"""What the tests of kernels share beside the modules in support/."""

import numpy_par as npp
import pytest


@pytest.fixture
def own_kernels(request):
    """Kernels with other bits than NumPy's, which the tests of all else do not ask for: the close ones, or those of a case's `bits`."""
    before = npp.get_precision()
    fast = hasattr(request.node, "callspec") and request.node.callspec.params.get("bits") == "fast"
    npp.set_precision("fast" if fast else "close")
    yield
    npp.set_precision(before)
