"""What the package says of itself: explain(), show_config(), the type stubs, the names it exports."""

import ast
import ctypes
import inspect
import pathlib
import time

import numpy as np
import numpy_par as npp
import pytest
from support import run_python
from tables import BY_KEY, ENTRIES, namespace
from values import maker

X = np.linspace(0, 1, 1_000_000)

PARALLEL = {
    "direct": (npp.add, lambda: (X, X), {}),
    "direct, strided": (npp.add, lambda: (X[::2], X[1::2]), {}),
    "fused": (npp.add, lambda: (X, X.astype("f4")), {}),
    "buffered": (npp.add, lambda: (X[::2], X[::2].astype("f4")), {}),
    "buffered, swapped": (npp.add, lambda: (X.astype(">f8"), 1), {}),
    "fused, dtype": (npp.add, lambda: (X, X), {"dtype": "c16"}),
    "gufunc": (npp.matmul, lambda: (X.reshape(-1, 5, 5), X.reshape(-1, 5, 5)), {}),
}


@pytest.mark.parametrize("name", PARALLEL)
def test_parallel(name):
    ufunc, args, kwargs = PARALLEL[name]
    args = args()
    said = npp.explain(ufunc, *args, **kwargs)
    assert said.parallel and said.reason is None
    assert said.path == name.partition(",")[0]
    assert 1 < said.threads <= npp.get_num_threads() and said.pieces >= said.threads
    assert said.elements == (args[0].size if ufunc is not npp.matmul else args[0].shape[0])
    assert ufunc.__name__ in str(said)


@pytest.mark.parametrize("name", PARALLEL)
def test_explain_tells_the_truth(name):
    """What it says is what the call then does."""
    ufunc, args, kwargs = PARALLEL[name]
    args = args()
    before = npp._engine.counters()
    said = npp.explain(ufunc, *args, **kwargs)
    between = npp._engine.counters()
    ufunc(*args, **kwargs)
    after = npp._engine.counters()
    assert between["regions"] == before["regions"], "explain itself ran a region"
    assert after["regions"] - between["regions"] == 1
    assert after["pieces"] - between["pieces"] == said.pieces


def test_loop_names_the_dtypes():
    said = npp.explain(npp.add, X, np.arange(len(X)))
    assert said.loop.count("float64") == 3


def test_explain_takes_numpys_ufunc_and_ours():
    assert npp.explain(np.add, X, X).path == npp.explain(npp.add, X, X).path
    for wrong in (len, None, "add"):
        with pytest.raises(TypeError, match="ufunc"):
            npp.explain(wrong, X)


def sleeping_ufunc(seconds):
    """A ufunc of C whose loop, of floats, sleeps and does nothing."""
    loop_type = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4)
    loop = loop_type(lambda *_: time.sleep(seconds))
    pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(("PyCapsule_GetPointer", ctypes.pythonapi))
    table = pointer(np._core._multiarray_umath._UFUNC_API, None)
    new = ctypes.PYFUNCTYPE(
        ctypes.py_object, *[ctypes.c_void_p] * 3, *[ctypes.c_int] * 4, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int
    )(ctypes.cast(table, ctypes.POINTER(ctypes.c_void_p))[1])
    kept = ((loop_type * 1)(loop), (ctypes.c_void_p * 1)(), ctypes.create_string_buffer(bytes([np.dtype("f8").num] * 2)))
    ufunc = new(*map(ctypes.addressof, kept), 1, 1, 1, -1, b"sleeping", b"", 0)
    KEPT.append((kept, loop))
    return ufunc


KEPT = []  # NumPy does not copy what a ufunc is made of


def test_what_a_thread_waits_is_no_cost(cost_model):
    """A first piece that takes 50 ms without the CPU, as on a busy machine."""
    said = npp.explain(sleeping_ufunc(0.05), X)
    assert said.ns_source == "first piece"
    assert 0 < said.ns_per_element < 0.05 * 1e9 / 2048 / 4, said
    again = npp.explain(np.add, X, X), npp.explain(np.add, X, X)
    assert again[1].ns_source == "calls" and "as learned so far" in str(again[1])


def test_times_that_are_not_known(cost_model):
    said = npp.explain(sleeping_ufunc(0), X)
    assert said.numpy_seconds is None and said.our_seconds is None
    assert ("not known yet" in str(said)) == said.parallel


def test_explain_writes_nothing():
    out = np.full_like(X, 7)
    npp.explain(npp.add, X, X, out=out)
    npp.explain(npp.add, X, X, out, where=X > 2)
    assert (out == 7).all()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.key)
def test_every_call_can_be_explained(entry):
    for signature in entry.signatures:
        operands = [maker(entry, signature)(k, (50, *core)) for k, core in enumerate(entry.core)]
        with np.errstate(all="ignore"):
            said = npp.explain(entry.numpy, *operands)
        assert (said.reason is None) == said.parallel
        assert str(said)
        if not signature.parallel:
            assert not said.parallel, str(signature)


def test_explain_agrees_with_the_environment():
    """A fixed threshold in the place of the cost model."""
    run_python(
        """
        import numpy as np, numpy_par as npp
        npp.set_num_threads(2)
        for n in (10, 999, 1000, 100_000):
            assert npp.explain(np.add, np.ones(n), 1.0).parallel == (n >= 1000), n
        """,
        env={"NUMPY_PAR_MIN_ELEMENTS": "1000"},
    )


def test_show_config(capsys):
    config = npp.show_config(mode="dicts")
    text = str(config).lower()
    for word in ("cpu", "simd", "threads", "source", "numpy", "sleef", "openmp", "compiler"):
        assert word in text, word
    assert np.__version__ in text and str(npp.get_num_threads()) in text
    assert npp.show_config() is None
    assert np.__version__ in capsys.readouterr().out
    with pytest.raises(ValueError, match="mode"):
        npp.show_config(mode="nonsense")


@pytest.mark.parametrize("env", [{"NUMPY_PAR_NUM_THREADS": "3"}, {"NUMPY_PAR_NUM_THREADS": None, "OMP_NUM_THREADS": "3"}])
def test_show_config_names_the_source_of_the_threads(env):
    name = next(name for name, value in env.items() if value)
    assert name in run_python("import numpy_par; numpy_par.show_config()", env=env)


ROOT = pathlib.Path(npp.__file__).parent


def declared(path):
    """The names that a stub gives."""
    names = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.AnnAssign):
            names.add(node.target.id)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets}
        elif isinstance(node, ast.If):  # for names that only some versions have
            names |= {alias.asname or alias.name for part in ast.walk(node) for alias in getattr(part, "names", [])}
    return names


def exported(path):
    """Return the names in `__all__` of a module's source."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__":
            return set(ast.literal_eval(node.value))
    raise AssertionError(f"{path} has no __all__")


@pytest.mark.parametrize("name", ["", "strings", "linalg"])
def test_stubs(name):
    """All else in the stub of the package has the types of its source, which mypy checks."""
    module = getattr(npp, name) if name else npp
    stub = ROOT / (f"{name}.pyi" if name else "__init__.pyi")
    names = declared(stub)
    for node in ast.parse(stub.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            package, _, own = node.module.rpartition(".")
            names |= exported(ROOT / f"{own}.py") if package == "numpy_par" else set(getattr(np, own).__all__)
    assert not set(module.__all__) - names
    assert (ROOT / "py.typed").exists()


def test_every_public_name_is_there_and_documented():
    assert set(npp.__all__) <= set(dir(npp))
    assert set(namespace(np)) <= set(npp.__all__)
    assert {entry.key for entry in BY_KEY.values() if "." not in entry.key} <= set(npp.__all__)
    for name in npp.__all__:
        assert inspect.getdoc(getattr(npp, name)) or name == "__version__", name
