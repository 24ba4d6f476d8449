"""Before numpy_par is imported: a fixed threshold of one element, so that every path splits however small the operands."""

import gc
import os

os.environ.setdefault("NUMPY_PAR_MIN_ELEMENTS", "1")

import numpy_par as npp  # noqa: E402
import pytest  # noqa: E402

# NumPy is the oracle for bits; what our own kernels may do otherwise is test_kernels.py's.
npp.set_precision("exact")
# A small region is over before a helper wakes up: here the caller waits for it, so that threads do run at once.
npp._engine.set_rendezvous(200_000)


def pytest_collection_finish():
    """Tests that look for garbage need not go through all that pytest has collected, each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def threads_restored():
    """The thread count is process-wide: no test leaves its own behind. Three, so that even one core runs workers."""
    npp.set_num_threads(3)
    yield
    npp.set_num_threads(3)


@pytest.fixture
def cost_model():
    """The engine as users have it: its own idea of what is large enough."""
    previous = npp._engine.set_min_elements(-1)
    yield
    npp._engine.set_min_elements(previous)


@pytest.fixture
def disabled_again():
    """The drop-in is the process's too."""
    yield
    npp.disable()
    assert not npp.is_enabled()
