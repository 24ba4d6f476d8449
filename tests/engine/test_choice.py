"""NumPy's code or ours: the same answers whichever has a call, and calls that the engine refused do not ask it again."""

import pytest
from support import run_python

# It measures time, or needs the CPUs for itself.
pytestmark = pytest.mark.alone

MODEL = {"NUMPY_PAR_MIN_ELEMENTS": None}
START = """
import numpy as np, numpy_par as npp
import hook_calls
npp.set_num_threads(2)
refused = lambda: npp._engine.counters()["numpy"]
"""


@pytest.mark.parametrize("size", [600, 3000])
def test_refused_calls_do_not_ask_again(size):
    """Every function of functions.def, and ufuncs: of a hundred calls of a kind few get as far as the engine."""
    run_python(
        START
        + f"""
r = np.random.default_rng(0)
x, y = r.random({size}) + 0.5, r.random({size}) + 0.5
npp.enable()
asked = {{}}
for name, call in [*hook_calls.CALLS.items(), *hook_calls.UFUNCS.items()]:
    for _ in range(8):
        call(x, y)
    before = refused()
    for _ in range(100):
        call(x, y)
    asked[name] = refused() - before
# A kind asks again after 256 calls, and some functions make several calls of several kinds.
assert max(asked.values()) <= 25, asked
assert sum(asked.values()) < 2 * len(asked), asked
""",
        env=MODEL,
    )


def test_the_answer_is_the_same_in_trials_and_after_them():
    rows = run_python(
        START
        + """
r = np.random.default_rng(0)
x, y = r.random(120_000) + 0.5, r.random(120_000) + 0.5
calls = [lambda: np.add(x, y), lambda: np.exp(x), lambda: x.sum(), lambda: np.where(x > y, x, y), lambda: x.astype("f4")]
wants = [call().tobytes() for call in calls[2:]]
npp.enable()
wants = [call().tobytes() for call in calls[:2]] + wants
with npp.profile() as record:
    for _ in range(400):
        for call, want in zip(calls, wants):
            assert call().tobytes() == want
npp.disable()
print(*sorted({row.outcome for row in record.rows}), sep="\\n")
""",
        env=MODEL,
    ).splitlines()
    # Where other processes leave it no CPU there is nothing to try.
    assert "NumPy's code is measured beside ours" in rows or any("other processes" in row for row in rows)


def test_a_fixed_threshold_knows_no_trials():
    run_python(
        START
        + """
x = np.ones(2000)
npp.set_num_threads(2)
with npp.profile() as record:
    for _ in range(300):
        npp.add(x, x)
outcomes = {row.outcome for row in record.rows}
assert outcomes <= {"parallel", "nobody was free to help, or came in time"}, record
""",
        env={"NUMPY_PAR_MIN_ELEMENTS": "1"},
    )


def test_refusals_are_told_with_their_reasons():
    """Also those that nobody asked the engine about."""
    run_python(
        START
        + """
x = np.ones(100_000)
o = x[:-1]
npp.enable()
with npp.profile() as record:
    for _ in range(50):
        np.copyto(o, x[1:])
(row,) = [row for row in record.rows if row.call == "function.copyto"]
assert row.calls == 50 and "overlap" in row.outcome, record
""",
        env=MODEL,
    )


def test_limits_of_a_context_do_not_outlive_it():
    run_python(
        START
        + """
x = np.linspace(0, 1, 200_000)
with npp.threads(1):
    for _ in range(100):
        npp.sqrt(x)
before = npp._engine.counters()["regions"]
for _ in range(20):
    npp.sqrt(x)
assert npp._engine.counters()["regions"] > before or "other processes" in str(npp.explain(np.sqrt, x))
""",
        env=MODEL,
    )
