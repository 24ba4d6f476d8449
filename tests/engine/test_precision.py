"""precision(): whose bits, for the process, a context, a thread; NumPy's functions and ours."""

import contextvars
import threading

import numpy as np
import numpy_par as npp
import pytest

X = np.random.default_rng(0).uniform(-3, 3, 100_000)
LEVELS = ["exact", "close", "fast"]


@pytest.fixture(autouse=True)
def as_users_have_it():
    before = npp.get_precision()
    npp.set_precision("close")
    yield
    npp.set_precision(before)


def results(function):
    """What a function gives at each level."""
    found = {}
    for level in LEVELS:
        with npp.precision(level):
            assert npp.get_precision() == level
            found[level] = function(X)
    return found


def differ(results):
    """Which levels have other bits than exact."""
    return {level for level in LEVELS if not np.array_equal(results[level], results["exact"])}


needs_kernels = pytest.mark.skipif(npp.show_config("dicts")["cpu"]["kernels"] == "baseline", reason="no kernels with other bits at this level")


@needs_kernels
def test_levels():
    assert np.array_equal(results(npp.sin)["exact"], np.sin(X))
    assert differ(results(npp.sin)) == {"close", "fast"}
    hypots = results(lambda x: npp.hypot(x, x[::-1]))
    assert differ(hypots) == {"close", "fast"} and not np.array_equal(hypots["close"], hypots["fast"])
    for level in LEVELS:
        with npp.precision(level):
            assert (npp.explain(npp.sin, X).kernel is None) == (level == "exact")
            whole = npp.sin(X)
            assert all(npp.sin(X[i]) == whole[i] and npp.sin(X[i : i + 3])[0] == whole[i] for i in range(0, 1000, 99))


@needs_kernels
def test_the_drop_in():
    npp.enable()
    try:
        found = results(np.sin)
        assert differ(found) == {"close", "fast"}
        with npp.precision("fast"):
            assert np.sin(X[7]) == found["fast"][7] and np.sin(X[:5])[2] == found["fast"][2]
            assert np.array_equal(np.hypot.outer(X[:50], X[:40]), np.hypot(X[:50, None], X[:40]))
            with npp.enabled(exact=True):
                assert np.array_equal(np.sin(X), found["exact"]), "as strict as ever"
    finally:
        npp.disable()
    with npp.precision("fast"):
        assert np.array_equal(np.sin(X), found["exact"]), "not enabled"


def test_nested_and_raised():
    with npp.precision("fast"):
        with npp.precision("exact"):
            assert npp.get_precision() == "exact"
        assert npp.get_precision() == "fast"
        with pytest.raises(KeyError), npp.precision("exact"):
            raise KeyError
        assert npp.get_precision() == "fast"
    assert npp.get_precision() == "close"


def test_other_threads_and_tasks():
    seen = []

    def look():
        seen.append(npp.get_precision())

    with npp.precision("fast"):
        other = threading.Thread(target=look, context=contextvars.Context()) if "context" in threading.Thread.__init__.__code__.co_varnames else threading.Thread(target=look)
        other.start()
        other.join()
        contextvars.copy_context().run(look)
        npp.set_precision("exact")
        look()
    look()
    assert seen == ["close", "fast", "fast", "exact"]


def test_a_generator_closed_elsewhere():
    def generate():
        with npp.precision("fast"):
            yield npp.get_precision()

    generator = generate()
    assert contextvars.Context().run(next, generator) == "fast"
    generator.close()
    assert npp.get_precision() == "close"


@pytest.mark.parametrize("call", [npp.set_precision, lambda level: npp.precision(level).__enter__()])
@pytest.mark.parametrize("level", ["Fast", "", None, 1, True, b"fast", ["fast"]])
def test_refused(call, level):
    with pytest.raises(ValueError, match="precision: level must be 'exact', 'close' or 'fast', not "):
        call(level)
    assert npp.get_precision() == "close"
