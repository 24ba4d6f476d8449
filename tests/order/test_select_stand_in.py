"""quantile() of a NumPy that does something else with an array than those that are known: NumPy's answer."""

import numpy as np
import numpy_par as npp
import pytest
from numpy.lib import _function_base_impl
from numpy_par._stand_in import StandIn

X = np.random.default_rng(5).normal(size=50_000)


def as_plain(quantile):
    return lambda a, *args, **kwargs: quantile(np.asarray(a).view(np.ndarray), *args, **kwargs)


def with_a_ufunc(quantile):
    return lambda a, *args, **kwargs: quantile(np.abs(a), *args, **kwargs)


def with_an_element(quantile):
    def other(a, *args, **kwargs):
        result = quantile(a, *args, **kwargs)
        if isinstance(a, StandIn):
            a.partition(7)
            a[11]
        return result

    return other


@pytest.mark.parametrize("change", [as_plain, with_a_ufunc, with_an_element])
def test_another_numpy(change, monkeypatch):
    name = "_quantile_unchecked"
    monkeypatch.setattr(_function_base_impl, name, change(getattr(_function_base_impl, name)))
    want = np.quantile(X, 0.3), np.percentile(X, [10, 75.5])
    with npp.enabled():
        for _ in range(20):  # past the trials
            got = np.quantile(X, 0.3), np.percentile(X, [10, 75.5])
    assert got[0] == want[0] and np.array_equal(got[1], want[1])
