"""Four programs beside busy processes of every kind: the mean time with NumPy over that with the drop-in.

    python tools/neighbours.py [--seconds 3] [--only REGEX]

What is beside it: nothing, one busy process in a session of its own, free to move or pinned to a
CPU, at nice 0 or 19, one in this session, and two, four and eight. NumPy and the drop-in have the
same neighbours and run in turn, half a second each. Means, not minima: what a helper costs that
loses its CPU is in the few calls that wait for it.
"""

import argparse
import contextlib
import os
import re
import subprocess
import sys
import time

import numpy as np

import numpy_par as npp

TURN = 0.5  # seconds
CPUS = sorted(os.sched_getaffinity(0))
NEIGHBOURS = {
    "none": {"count": 0},
    "one": {"count": 1, "session": True},
    "pinned": {"count": 1, "session": True, "cpu": CPUS[-1]},
    "nice 19": {"count": 1, "session": True, "nice": 19},
    "here": {"count": 1},
    "here, nice 19": {"count": 1, "nice": 19},
    "two": {"count": 2, "session": True},
    "four": {"count": 4, "session": True},
    "eight": {"count": 8, "session": True},
}


def main():
    """Print a row for each program beside each kind of neighbours."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=3, help="for NumPy and the drop-in each (default 3)")
    parser.add_argument("--only", default="", help="neighbours whose name this regular expression finds")
    options = parser.parse_args()
    print(f"{'neighbours':14s} {'program':14s} {'NumPy, us':>10s} {'drop-in, us':>12s} {'ratio':>6s}  CPUs lost, tried, found")
    for name, kind in NEIGHBOURS.items():
        if not re.search(options.only, name):
            continue
        with busy(**kind):
            for program, make in PROGRAMS.items():
                numpy, ours, cpus = compare(make(), options.seconds)
                print(
                    f"{name:14s} {program:14s} {1e6 * numpy:10.1f} {1e6 * ours:12.1f} {numpy / ours:6.2f}  {cpus}",
                    flush=True,
                )


def n_body():
    """Return a step of 50 bodies that attract each other."""
    r = np.random.default_rng(0)
    place, mass, speed = r.random((50, 3)), r.random(50), np.zeros((50, 3))

    def step():
        away = place[None] - place[:, None]
        square = (away * away).sum(-1) + 1e-2
        speed[:] += 1e-5 * (away * (mass[None, :, None] * (square**-1.5)[..., None])).sum(1)
        place[:] += 1e-5 * speed

    return step


def shortest_paths():
    """Return a step of Floyd and Warshall's algorithm on 400 nodes."""
    r = np.random.default_rng(0)
    distance, k = r.random((400, 400)), -1

    def step():
        nonlocal distance, k
        k = (k + 1) % len(distance)
        distance = np.minimum(distance, np.add.outer(distance[:, k], distance[k, :]))

    return step


def square_roots():
    """Return the square root of a million numbers."""
    x = np.random.default_rng(0).random(1_000_000)
    return lambda: np.sqrt(x)


def sums():
    """Return a sum of 60,000 pairs."""
    x = np.random.default_rng(0).random(60_000)
    return lambda: np.add(x, x)


PROGRAMS = {"n-body": n_body, "shortest paths": shortest_paths, "sqrt of 1e6": square_roots, "add of 60,000": sums}


@contextlib.contextmanager
def busy(count, *, session=False, nice=0, cpu=None):
    """Have processes that do nothing, all the time."""
    code = f"import os; os.nice({nice}); {cpu} is None or os.sched_setaffinity(0, [{cpu}])\nwhile True: pass"
    processes = []
    try:
        for _ in range(count):
            processes.append(subprocess.Popen([sys.executable, "-c", code], start_new_session=session))
        time.sleep(0.5 if count else 0)
        yield
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def compare(step, seconds):
    """Return the mean time of a step with NumPy and with the drop-in, and what became of CPUs."""
    spent, steps = [0.0, 0.0], [0, 0]
    names = ["cpus_lost", "cpus_tried", "cpus_found"]
    before = npp._engine.counters()
    for turn in range(2 * max(1, round(seconds / TURN))):
        ours = turn % 2
        with npp.enabled() if ours else contextlib.nullcontext():
            start = now = time.perf_counter()
            while now < start + TURN:
                step()
                steps[ours] += 1
                now = time.perf_counter()
        spent[ours] += now - start
    after = npp._engine.counters()
    return spent[0] / steps[0], spent[1] / steps[1], [after[name] - before[name] for name in names]


if __name__ == "__main__":
    sys.exit(main())
