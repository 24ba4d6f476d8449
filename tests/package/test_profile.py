"""profile: what it counts, for whom, and how it is shown."""

import threading

import numpy as np
import numpy_par as npp
import pytest
from support import run_python

X = np.linspace(0, 1, 50_000)


def only(record, call):
    [row] = [row for row in record.rows if row.call == call]
    return row


def calls(record, call):
    """Of all its rows: one may find no helper and be serial."""
    return sum(row.calls for row in record.rows if row.call == call)


@pytest.fixture
def patient():
    """Helpers that are started or woken first come in time all the same."""
    npp._engine.set_rendezvous(50_000_000)
    yield
    npp._engine.set_rendezvous(200_000)


def test_a_parallel_call(patient):
    with npp.profile() as record:
        for _ in range(3):
            npp.add(X, X)
    row = only(record, "add")
    assert (row.outcome, row.dtype, row.calls, row.elements) == ("parallel", "float64", 3, 150_000)
    assert row.bytes == 3 * 2 * X.nbytes and 2 <= row.threads <= 3
    assert 0 < row.seconds < 10 and 0 <= row.gil <= 1 and row.known_seconds <= row.seconds
    if row.estimate != "not known":  # a caller may find all the work done by its helpers, and learn nothing
        assert row.numpy_seconds > 0 and row.saved == row.numpy_seconds - row.known_seconds


SERIAL = {
    "small": (lambda: np.add(X[:3], 1), "small"),
    "object dtype": (lambda: np.add(X[:900].astype(object), 1), "object dtype"),
    "subclass": (lambda: np.add(X.view(np.matrix), 1), "not a plain ndarray"),
    "limit": (lambda: limited(), "limit on threads is 1"),
    "in a list": (lambda: np.add.at(X.copy(), [0, 5], 1), "no contiguous array of integers"),
    "in order": (lambda: np.multiply.reduce(X), "order is part of it"),
    "StringDType": (lambda: np.equal(np.full(900, "a", "T"), "b"), "StringDType"),
}


def limited():
    with npp.threads(1):
        return np.add(X, 1)


@pytest.mark.parametrize("name", SERIAL)
def test_why_a_call_is_serial(name, cost_model):
    case, reason = SERIAL[name]
    with npp.enabled(), npp.profile() as record:
        case()
    outcomes = {row.outcome for row in record.rows}
    assert any(reason in outcome for outcome in outcomes), outcomes
    assert all(row.outcome != "parallel" for row in record.rows if row.call == "add")


def test_numpys_functions_and_operators():
    with npp.enabled(), npp.profile() as record:
        (X + X).astype("f4")
        np.where(X > 0.5, X, 0.0)
        np.concatenate([X, X])
        X.sum()
    calls = {row.call for row in record.rows}
    assert calls == {"add", "ndarray.astype", "function.where", "greater", "function.concatenate", "ufunc.reduce"}
    assert only(record, "function.concatenate").bytes == 4 * X.nbytes  # X twice, and the result


def test_functions_that_numpy_does_not_have():
    with npp.profile() as record:
        npp.sum(X, method="exact")
        npp.cumsum(X, order="blocked")
        npp.moments(X[:100])
    calls = {row.call: row for row in record.rows}
    assert {"npp.sum, exact", "npp.cumsum, blocked", "npp.moments"} <= set(calls)
    assert calls["npp.cumsum, blocked"].elements == X.size
    assert calls["npp.moments"].elements == 100


def test_all_threads_and_only_the_block():
    npp.add(X, X)

    def compute():
        for _ in range(50):
            npp.add(X, X)

    with npp.profile() as record:
        threads = [threading.Thread(target=compute) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    npp.add(X, X)
    assert sum(row.calls for row in record.rows if row.call == "add") == 300


def test_calls_within_calls_are_part_of_them():
    with npp.enabled(), npp.profile() as record:
        np.power(np.arange(1000), 2)
    assert {row.call for row in record.rows} == {"power"}


def test_parts_are_added_up(patient):
    with npp.enabled(), npp.profile() as record:
        np.concatenate([X, X, X, X[:1]])
    row = only(record, "function.concatenate")
    assert row.outcome == "parallel" and row.gil < 0.9


def test_nested():
    with npp.profile() as outer:
        npp.exp(X)
        with npp.profile() as inner:
            npp.sin(X)
        npp.cos(X)
    assert {row.call for row in inner.rows} == {"sin"} and {row.call for row in outer.rows} == {"exp", "sin", "cos"}


def test_within_the_block_it_shows_what_there_is_so_far():
    record = npp.profile()
    assert record.rows == []
    with record:
        npp.exp(X)
        assert calls(record, "exp") == 1
        npp.exp(X)
        assert calls(record, "exp") == 2
    npp.exp(X)
    assert calls(record, "exp") == 2
    with pytest.raises(RuntimeError, match="used already"), record:
        pass


def test_a_call_that_raises_is_counted():
    with npp.profile() as record, pytest.raises(ValueError, match="broadcast"):
        npp.add(X, X[:-1])
    assert only(record, "add").calls == 1


def test_forms():
    with npp.profile() as record:
        npp.exp(X)
        npp.add(X.astype("f4"), np.float32(1))
    text = str(record)
    assert "exp" in text and "float32" in text and "parallel" in text and "calls took" in text
    assert "no call was recorded" in str(npp.profile())
    [first, *_] = record.to_dict()
    assert {"call", "dtype", "calls", "gil", "estimate", "saved", "gb_per_s", "outcome"} <= set(first)
    frame = pytest.importorskip("pandas") and record.to_pandas()
    assert list(frame["calls"]) == [1, 1] and set(frame.columns) == set(first)
    assert list(npp.profile().to_pandas().columns) == list(frame.columns)


def test_plot():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    with npp.profile() as record:
        npp.exp(X)
        npp.exp(X[:1])
    axes = record.plot()
    assert {label.get_text() for label in axes.get_yticklabels()} == {"exp float64"} and axes.get_xlabel() == "milliseconds"
    assert record.plot(ax=axes) is axes


def test_spread(patient):
    with npp.profile() as record:
        for _ in range(5):
            npp.add(X, X)
        npp.add(X[:3], X[:3])
        npp.add(X[:0], X[:0])
    for row in record.rows:
        if row.elements:
            each = 1e9 * row.seconds / row.elements
            assert 0 < row.least_ns <= each <= row.most_ns, row
            assert row.calls > 1 or row.least_ns == row.most_ns
    with npp.profile() as record:
        npp.add(X[:0], X[:0])
    assert record.rows[0].least_ns is None and record.rows[0].most_ns is None and str(record)


def test_a_spread_is_that_of_the_block():
    with npp.profile():
        npp.add(X[:3], X[:3])  # dear, an element
    with npp.profile() as record, npp.profile() as inner:
        npp.exp(X)
        npp.exp(X[::2])
    assert all(row.least_ns <= row.most_ns for row in record.rows)
    spreads = [[(row.call, row.least_ns, row.most_ns) for row in one.rows] for one in (record, inner)]
    assert spreads[0] == spreads[1]
    later = threading.Thread(target=lambda: npp.exp(X[:3]))
    with npp.profile() as record:  # the tables of other threads have rows of before
        later.start()
        later.join()
    [row] = record.rows
    assert row.least_ns == row.most_ns


def test_numpys_calls_are_what_numpy_takes():
    with npp.profile() as record:
        npp.add(X[:900].astype(object), 1)
    row = only(record, "add")
    assert (row.estimate, row.measured, row.modelled, row.saved) == ("measured", 1, 0, 0)
    assert row.numpy_seconds == row.seconds


def test_what_is_not_known_is_not_claimed():
    code = """
        import importlib.util
        import numpy as np, numpy_par as npp
        npp.set_num_threads(3)
        npp._engine.set_rendezvous(50_000_000)
        x = np.linspace(0.1, 0.9, 50_000)
        with npp.profile() as record:
            for name in "add subtract multiply hypot sqrt sin cos tan arctan2 floor".split():
                getattr(npp, name)(*[x] * getattr(np, name).nin)
        unknown = [row for row in record.rows if row.estimate == "not known"]
        assert unknown, record
        for row in unknown:
            assert row.numpy_seconds is None and row.saved is None and row.known_seconds == 0 == row.measured + row.modelled
            assert row.least_ns == row.most_ns
        text = str(record)
        assert all(" -  parallel" in line for line in text.splitlines() if any(line.startswith(f"{row.call} ") for row in unknown)), text
        assert "not known yet" in text or " of that, " in text, text
        known = [row for row in record.rows if row not in unknown]
        assert abs(sum(row.known_seconds for row in known) - sum(row.seconds for row in known)) < 1e-9
        assert all("saved" in row for row in record.to_dict())
        if importlib.util.find_spec("pandas"):
            assert record.to_pandas()["saved"].isna().sum() == len(unknown)
        if importlib.util.find_spec("matplotlib"):
            import matplotlib
            matplotlib.use("agg")
            record.plot()
    """
    run_python(code, env={"NUMPY_PAR_MIN_ELEMENTS": "1"})


def test_never_more_than_numpy_was_measured_to_take(cost_model):
    """Of a kind whose NumPy's code was timed; how many CPUs others leave is part of the kind, so it may take rounds."""
    for _ in range(30):
        with npp.enabled():
            for _ in range(60):
                np.nanmean(X)
            before = npp.explain(np.nanmean, X)
            with npp.profile() as record:
                np.nanmean(X)
            after = npp.explain(np.nanmean, X)
        row = only(record, "function.nanmean")
        assert row.estimate != "not known"
        if before.numpy_seconds and before.numpy_seconds == after.numpy_seconds and row.estimate == "measured":
            break
    else:
        pytest.skip("no two calls under the same conditions")
    if row.saved:  # it was a call of ours
        assert row.numpy_seconds <= after.numpy_seconds + 1e-9
    assert (row.estimate, row.calls, row.modelled) == ("measured", 1, 0)
    assert after.our_seconds > 0 and "NumPy's code" in str(after)


def test_busy_by_rule(monkeypatch):
    from numpy_par import _profile

    cases = {(0, 0, 1.0): False, (1, 0, 1.0): True, (0, 99, 1.0): False, (0, 100, 1.0): True, (0, 2, 0.0): False, (0, 3, 0.01): True}
    assert not npp.profile().busy
    for more, busy in cases.items():
        monkeypatch.setattr(_profile, "_strain", lambda: (5, 7, 1.5))
        record = npp.profile().__enter__()
        monkeypatch.setattr(_profile, "_strain", lambda: tuple(a + b for a, b in zip((5, 7, 1.5), more)))
        assert record.busy == busy, more
        record.__exit__(None, None, None)
        monkeypatch.setattr(_profile, "_strain", lambda: (1000, 1000, 1.5))
        assert record.busy == busy, "as it was when the block ended"
        assert ("busy with something else" in str(record)) == busy


def test_busy():
    """Processes that compete for the CPUs are noticed."""
    code = """
        import os, resource, subprocess, sys, time
        import numpy as np, numpy_par as npp
        x = np.ones(300_000)
        spin = f"import os, time\\nend = time.monotonic() + 60\\nwhile time.monotonic() < end and os.getppid() == {os.getpid()}: pass"
        others = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(2 * len(os.sched_getaffinity(0)))]
        try:
            end = time.monotonic() + 30
            busy = False
            while not busy and time.monotonic() < end:
                with npp.profile() as record:
                    until = time.monotonic() + 0.3
                    while time.monotonic() < until:
                        npp.add(x, x)
                busy = record.busy
            counted = resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw > 0  # not every kernel does
            assert busy or not counted
            assert not busy or str(record).splitlines()[-1].startswith("The CPUs were busy"), record
        finally:
            for other in others:
                other.kill()
                other.wait()
    """
    run_python(code, timeout=60)


def test_many_kinds_of_calls_and_many_threads():
    code = """
        import threading
        import numpy as np, numpy_par as npp
        def work():
            for name in npp._UFUNC_NAMES:
                ufunc = getattr(npp, name)
                for dtype in "?bhilqBHILQefdgFDG":
                    try:
                        ufunc(*[np.ones(2, dtype)] * ufunc.nin)
                    except Exception:
                        pass
        with npp.profile() as record:
            for _ in range(40):  # one after the other: they use one table
                thread = threading.Thread(target=work)
                thread.start()
                thread.join()
        assert len(record.rows) > 400 and sum(row.calls for row in record.rows if row.call == "add") % 40 == 0
        assert any(row.call == "(others)" for row in record.rows)
        status = dict(line.split(":") for line in open("/proc/self/status") if line.startswith("VmRSS"))
        assert int(status["VmRSS"].split()[0]) < 200_000, status
    """
    run_python(code, env={"NUMPY_PAR_MIN_ELEMENTS": None}, options=("-W", "ignore"))


# For a process of its own: how many of Python's blocks of memory stay of so many rounds.
GROWTH = """
import contextlib, gc, random, sys, threading, tracemalloc, warnings
import numpy as np, numpy_par as npp
warnings.simplefilter("ignore")
x, small = np.ones(20_000), np.ones(10)

def growth(call, rounds=400):
    def run(rounds):
        kept = []
        for _ in range(rounds):
            kept.append("x" * random.randrange(100))  # so that what is made has other addresses
            call()
        del kept
        gc.collect()
    sys._clear_type_cache()
    run(20)
    before = sys.getallocatedblocks()
    run(rounds)
    return sys.getallocatedblocks() - before
"""


def test_profiles_leave_nothing_behind():
    """Nor do what is called in them, several at once, those that overlap, and a long one that is looked at."""
    code = GROWTH + """
def one(call=lambda: np.add(x, x)):
    with npp.profile() as record:
        call()
    return record

def overlapping():
    first, second = npp.profile(), npp.profile()
    first.__enter__(), np.add(x, x), second.__enter__()
    first.__exit__(), np.sin(x), second.__exit__()
    assert len(str(first)) and second.rows

def failing():
    with contextlib.suppress(ValueError):
        np.add(x, x[:-1])

def blocks():
    with npp.enabled(), npp.threads(1), npp.precision("fast"), npp.memory.use_pool(), npp.Arena(1 << 20):
        one()

cases = {
    "one": one, "small": lambda: one(lambda: np.add(small, 1)), "nested": lambda: one(one), "overlapping": overlapping,
    "rows": lambda: [str(one()), one().rows, one().to_dict()],
    "many kinds": lambda: one(lambda: [np.add(x.astype(t), 1) for t in "bhilqfdFD"]),
    "raised": lambda: one(failing),
    "other functions": lambda: one(lambda: (npp.minmax(x), npp.minmax(small), x.max(), np.nanmean(x), np.add.reduce(x[:3]), npp.add.reduce(small), npp.minimum.reduce(x, initial=0))),
    "blocks": blocks,
}

with npp.enabled():
    found = {name: growth(case) for name, case in cases.items()}
    with npp.profile() as long:
        found["within a long one"] = growth(lambda: (one(), long.rows))
assert max(found.values()) < 40, found
"""
    run_python(code, timeout=120)


def test_tracemalloc_and_the_process_see_no_growth():
    code = GROWTH + """
from support import resident

def rounds(n):
    for _ in range(n):
        with npp.profile() as record:
            np.add(x, x)

with npp.enabled():
    rounds(300)
    gc.collect()
    tracemalloc.start()
    seen = []
    for n in (200, 200, 4400):
        rounds(n)
        gc.collect()
        seen.append((tracemalloc.get_traced_memory()[0], resident()))
assert seen[2][0] - seen[1][0] < 2000 and seen[2][1] - seen[1][1] < 1 << 20, seen
"""
    run_python(code, timeout=120)


def test_a_profile_that_is_kept_keeps_its_own_rows_only():
    for name in ("sqrt", "exp", "sin", "cos", "tan"):
        with npp.profile():
            getattr(npp, name)(X)
    with npp.profile() as record:
        npp.add(X, X)
    assert {kind[0] for kind in record._counts} == {"add"} and not record._before


def test_tables_are_taken_over():
    """A thread leaves its table to the next one: there are as many as threads at the same time, not as threads ever."""
    code = GROWTH + """
def together(count):
    barrier = threading.Barrier(count)

    def work():
        barrier.wait()
        npp.add(x, x)
        barrier.wait()

    threads = [threading.Thread(target=work) for _ in range(count)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

tables = lambda: npp._engine.counters()["profile_tables"]
assert tables() == 0
with npp.profile() as record:
    npp.add(x, x)
    assert tables() == 1
    for _ in range(100):
        together(1)
    assert tables() <= 5, tables()  # join() does not wait for the very end of a thread
    for _ in range(30):
        together(8)
    assert 9 <= tables() <= 30, tables()
    few = tables()
    for _ in range(100):
        together(8)
    assert tables() <= few + 4, (few, tables())
assert sum(row.calls for row in record.rows) == 1 + 100 + 8 * 130
"""
    run_python(code, timeout=120)


def test_left_without_being_entered_or_twice():
    record = npp.profile()
    record.__exit__(None, None, None)
    assert record.rows == []
    with npp.profile() as outer:
        with npp.profile() as record:
            npp.add(X, X)
        record.__exit__(None, None, None)
        npp.add(X, X)
    assert calls(record, "add") == 1 and calls(outer, "add") == 2, "the outer one is still on"


def test_magics():
    pytest.importorskip("IPython")
    code = """
        from IPython.testing.globalipapp import start_ipython
        import io, contextlib
        ip = start_ipython()
        ip.run_line_magic("load_ext", "numpy_par")
        import numpy_par as npp
        assert npp.is_enabled()
        with contextlib.redirect_stdout(io.StringIO()) as out:
            ip.run_cell("import numpy as np; x = np.ones(100_000)")
            ip.run_cell_magic("numpy_par.profile", "", "y = x + x")
            assert ip.user_ns["y"][0] == 2
        assert "add" in out.getvalue() and "calls took" in out.getvalue(), out.getvalue()
        ip.run_line_magic("unload_ext", "numpy_par")
        assert not npp.is_enabled() and "numpy_par.profile" not in ip.magics_manager.magics["cell"]
    """
    run_python(code, options=("-W", "ignore"))
