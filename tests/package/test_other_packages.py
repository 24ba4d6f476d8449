"""Other packages: pandas, dask, SciPy. Each test is left out where its package is missing."""

import warnings

import numpy as np
import numpy_par as npp
import pytest
from support import check, difference, run_python
from tables import BY_KEY, Entry, namespace

X = np.linspace(-3, 3, 3000)


@pytest.mark.parametrize("name", ["add", "multiply", "divmod", "exp", "isnan", "maximum", "equal"])
def test_pandas(name):
    pandas = pytest.importorskip("pandas")
    entry = BY_KEY[name]
    index = np.arange(3000) * 2
    frame = pandas.DataFrame({"a": X, "b": X[::-1], "c": X.astype("f4")}, index=index)
    series = pandas.Series(X, index=index, name="s")
    masked = pandas.array([1, None, 3] * 1000, dtype="Int64")
    for label, values in {"frame": frame, "series": series, "Int64": masked, "index": frame.index}.items():
        for second in (values, 2.5, X if label != "frame" else X[:, None]):

            def case(ufunc):
                with np.errstate(all="ignore"):
                    return shown(ufunc(*(values, second)[: ufunc.nin]))

            check(entry, case, f"{label} with {type(second).__name__}")


def shown(value):
    if isinstance(value, tuple):
        return tuple(map(shown, value))
    whole = value.to_dict() if hasattr(value, "to_dict") else list(value)
    return type(value), repr(value), repr(whole), getattr(value, "name", None)


def test_dask():
    dask_array = pytest.importorskip("dask.array")
    lazy = dask_array.from_array(X, chunks=700)
    for ufunc, numpys in ((npp.add, np.add), (npp.exp, np.exp), (npp.arctan2, np.arctan2)):
        args = (lazy,) * ufunc.nin
        result = ufunc(*args)
        assert isinstance(result, dask_array.Array)
        for scheduler in ("synchronous", "threads"):
            computed = result.compute(scheduler=scheduler)
            assert not difference(numpys(*(X,) * ufunc.nin), computed)
    mapped = dask_array.map_blocks(npp.sqrt, abs(lazy)).compute(scheduler="threads")
    assert not difference(np.sqrt(abs(X)), mapped)


def scipy_special():
    special = pytest.importorskip("scipy.special")
    return {f"scipy.{name}": Entry(f"scipy.{name}", ufunc) for name, ufunc in namespace(special).items()}


# Spheroidal and Mathieu functions take milliseconds an element.
SLOW = ("scipy.pro_", "scipy.obl_", "scipy.mathieu_")


def test_every_ufunc_of_scipy_special():
    """Against SciPy itself, each signature of each."""
    refused = []
    for name, entry in scipy_special().items():
        if name.startswith(SLOW):
            continue
        try:
            npp.parallelize(entry.numpy)
        except TypeError as error:
            assert "GIL" in str(error)
            refused.append(name)
            continue
        for signature in entry.signatures:
            if not signature.parallel or signature.inputs[0].kind in "SU":
                continue
            operands = [tame(k, dtype) for k, dtype in enumerate(signature.inputs)]

            def case(ufunc):
                with np.errstate(all="ignore"), warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # raised in the loops themselves: a worker has no line to point to
                    return ufunc(*operands)

            check(entry, case, f"({signature})", (2, 3))
    assert len(refused) < 5, refused


def tame(position, dtype):
    """Some of these functions run for seconds at 1e300, and Mathieu's crash at NaN, whoever calls them."""
    values = np.linspace(0.5, 6, 400) + position
    return (values + 0.25j if dtype.kind == "c" else values).astype(dtype)


def test_a_large_call_of_scipy_is_split():
    special = pytest.importorskip("scipy.special")
    npp.set_num_threads(2)
    before = npp._engine.counters()["regions"]
    erf = npp.parallelize(special.erf)
    assert erf is npp.parallelize(special.erf)
    x = np.linspace(-3, 3, 50_001)
    assert erf(x).tobytes() == special.erf(x).tobytes()
    assert npp._engine.counters()["regions"] > before


def test_scipy_reporting_from_within_a_loop():
    """With special.errstate a loop takes the GIL to warn, in a worker too: nobody may wait for it holding the GIL."""
    pytest.importorskip("scipy.special")
    run_python("""
        import warnings
        import numpy as np, numpy_par as npp
        from scipy import special
        warnings.simplefilter("ignore")
        npp.set_num_threads(3)
        loggamma, poles = npp.parallelize(special.gammaln), -np.arange(30_000.0)
        for action in ("ignore", "warn", "raise"):
            with special.errstate(all=action):
                try:
                    loggamma(poles)
                except special.SpecialFunctionError:
                    assert action == "raise"
        assert np.isinf(loggamma(poles)).all()
    """)


def test_a_ufunc_of_a_user_dtype():
    """NumPy's own example of a user dtype, where it is shipped."""
    rational = pytest.importorskip("numpy._core._rational_tests")
    numbers = np.array([rational.rational(i, 7) for i in range(1, 3000)])

    def case(ufunc):
        return [str(value) for value in ufunc(numbers, numbers[::-1])]

    for name in ("add", "multiply", "less", "floor_divide"):
        check(BY_KEY[name], case, "rationals")
