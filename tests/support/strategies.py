"""What the tests with hypothesis share: how many examples, and arrays that lie in memory in any way."""

import os

import hypothesis.strategies as st
import numpy as np
from hypothesis import HealthCheck, settings
from layouts import ARRANGE


def examples(count):
    """So many by default; as many as NUMPY_PAR_TEST_EXAMPLES says for a long search."""
    return settings(
        deadline=None,
        derandomize=True,  # a failure in CI is one that everybody gets
        max_examples=int(os.environ.get("NUMPY_PAR_TEST_EXAMPLES", count)),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    )


@st.composite
def views(draw, make, position, shape, arrange=st.sampled_from(sorted(ARRANGE))):
    """An operand of that shape with any strides NumPy's indexing gives: steps, reversal, axes exchanged."""
    axes = draw(st.permutations(range(len(shape))))
    array = make(position, tuple(shape[axis] for axis in axes))
    array = ARRANGE[draw(arrange)](array).transpose(np.argsort(axes).tolist())
    flips = draw(st.tuples(*[st.sampled_from((1, -1))] * len(shape)))
    return array[(..., *(slice(None, None, step) for step in flips))]
