"""Before numpy_par is imported: a fixed threshold of one element, so that every path splits however small the operands."""

import os

os.environ["NUMPY_PAR_MIN_ELEMENTS"] = "1"

import numpy_par as npp  # noqa: E402
import pytest  # noqa: E402


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
