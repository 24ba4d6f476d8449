"""Print what whole programs gain with the drop-in: on an idle machine, and beside a busy neighbour.

    python asv_bench/whole_programs.py [option ...] [program.py ...]      (make bench-programs BENCH_ARGS="...")

Without a program all of programs/ are measured. A program is a file with SIZES, setup() and run() as they have, or any
script: that is run as the main program, in processes of its own, and its output is the answer. Each figure is NumPy's
time over the drop-in's, in turn with NumPy: of runs next to each other where the machine is idle (the middle one of many
ratios), of the mean of all runs beside a neighbour, who is busy on all cores but one.
"""

import argparse
import ast
import contextlib
import importlib.util
import math
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))  # left out with PYTHONSAFEPATH

import numpy_par as npp

PROGRAMS = sorted(Path(__file__).with_name("programs").glob("*.py"))
ROUNDS = 6  # the least number of runs of each
REST = 0.005  # seconds after which the helpers of the run before sleep
# What the drop-in is told, as options of `python -m numpy_par`.
WAYS = {"NumPy": None, "drop-in": [], "one thread": ["--threads", "1"], "no pool": ["--no-pool"], "exact": ["--exact"]}
IDLE, BESIDE = ("NumPy", "drop-in", "one thread", "no pool"), ("NumPy", "drop-in")
BUSY = """
import os, sys
print(flush=True)
while os.getppid() == int(sys.argv[1]):
    for _ in range(100_000):
        pass
"""


class Row(NamedTuple):
    """NumPy's time in seconds, NumPy's time over that of each way, and what became of the answers."""

    name: str
    size: str
    numpy: float
    idle: dict
    beside: float
    answers: str

    def __str__(self):
        return line(self.name, self.size, f"{1e3 * self.numpy:.1f}", *map(ratio, self.ratios()), self.answers)

    def ratios(self):
        """Return NumPy's time over that of each way, and beside a neighbour."""
        return [*(self.idle[way] for way in IDLE[1:]), self.beside]


def line(name, size, *cells):
    """Return a line of the table."""
    return f"{name:24s} {size:4s} " + "".join(f"{cell:>11s}" for cell in cells[:-1]) + f"  {cells[-1]}"


def ratio(number):
    """Return a ratio as it is printed."""
    return "-" if math.isnan(number) else f"{number:.2f}"


HEAD = line("program", "size", "NumPy, ms", *IDLE[1:], "beside", "answers")


@contextlib.contextmanager
def switched(way):
    """Have NumPy's own functions run in one of `WAYS` in this block, in the whole process."""
    if way == "NumPy":
        left = [name for name, state in npp._engine.hooks() if state == "on"]
        if npp.is_enabled() or left or npp.memory.stats().in_use:
            raise RuntimeError(f"this would not be NumPy alone: {left or 'arrays of the pool are left'}")
        yield
        return
    npp.enable(exact=way == "exact", pool=way != "no pool")
    try:
        with npp.threads(1) if way == "one thread" else contextlib.nullcontext():
            yield
    finally:
        npp.disable()


def load(path):
    """Return a program as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def is_script(path):
    """Return whether a file is no program of the kind in programs/."""
    body = ast.parse(path.read_bytes()).body
    names = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    names |= {target.id for node in body if isinstance(node, ast.Assign) for target in node.targets if isinstance(target, ast.Name)}
    return not {"SIZES", "setup", "run"} <= names


def run_here(program, size):
    """Return a function that runs a program in one of `WAYS`, and returns its time and its answer."""
    inputs = program.setup(program.SIZES[size])

    def run(way):
        with switched(way):
            time.sleep(REST)
            start = time.perf_counter()
            answer = program.run(*inputs)
            return time.perf_counter() - start, answer

    return run


def run_script(path):
    """Return the same for a script; its time is that of the process."""
    # Its folder is on its path, as ever, and the current one is not: that may be a checkout.
    folders = [str(path.resolve().parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(folders)}

    def run(way):
        options = [] if way == "NumPy" else ["-m", "numpy_par", *WAYS[way]]
        start = time.perf_counter()
        done = subprocess.run([sys.executable, *options, path], env=environment, check=True, stdout=subprocess.PIPE)
        return time.perf_counter() - start, np.frombuffer(done.stdout, np.uint8)

    return run


def same(a, b):
    """Return whether two answers have the same values, dtypes and shapes; one NaN is as good as another."""
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return (a.dtype, a.shape) == (b.dtype, b.shape) and np.array_equal(a, b, equal_nan=a.dtype.kind in "fcmM")


def alternate(run, ways, seconds, expected):
    """Run in several ways in turn; return the times of each, and the ways whose answers are not the expected one."""
    times, others = {way: [] for way in ways}, []
    end, turn = time.perf_counter() + seconds, 0
    while turn < ROUNDS or time.perf_counter() < end:
        for way in ways[:: -1 if turn % 2 else 1]:
            taken, answer = run(way)
            times[way].append(taken)
            if way not in others and not same(expected, answer):
                others.append(way)
            del answer  # it may be the pool's
        turn += 1
    return times, others


@contextlib.contextmanager
def neighbours():
    """Keep all cores but one busy in this block, by processes that end with this one, however it ends."""
    # Sessions of their own: the kernel's scheduler may share out the cores by session.
    command, count = [sys.executable, "-c", BUSY, str(os.getpid())], max(1, len(os.sched_getaffinity(0)) - 1)
    processes = []
    try:
        for _ in range(count):
            processes.append(subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True))
        for process in processes:
            process.stdout.readline()
        yield
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def measure(name, size, run, seconds, neighbour):
    """Return the row of one program at one size."""
    expected = run("NumPy")[1]
    times, others = alternate(run, IDLE, seconds, expected)
    numpys = times["NumPy"]
    idle = {way: gain(numpys, times[way]) for way in IDLE[1:]}
    beside = math.nan
    if neighbour:
        with neighbours():
            times, more = alternate(run, BESIDE, seconds, expected)
        beside = np.mean(times["NumPy"]) / np.mean(times["drop-in"])
        others += [way for way in more if way not in others]
    answers = "same"
    if others:
        close = "NumPy" not in others and same(expected, run("exact")[1])
        answers = "same if exact" if close else f"OTHERS: {', '.join(others)}"
    return Row(name, size, min(numpys), idle, beside, answers)


def gain(numpys, ours):
    """Return the middle one of the ratios of runs next to each other: a core may change its speed for seconds.

    Two rounds together have each way as often before NumPy as behind it.
    """
    return np.median(np.convolve(numpys, [1, 1], "valid") / np.convolve(ours, [1, 1], "valid"))


def measure_all(paths, options):
    """Measure each program at each size; give each row as soon as it is known."""
    for path in paths:
        if is_script(path):
            yield measure(path.stem, "-", run_script(path), options.seconds, not options.no_neighbour)
            continue
        try:
            program = load(path)
        except ImportError as error:
            print(f"{path.stem:24s} left out: {error}", flush=True)
            continue
        for size in filter(program.SIZES.get, options.sizes):
            yield measure(path.stem, size, run_here(program, size), options.seconds, not options.no_neighbour)


def summarize(rows):
    """Print all rows, the worst first, and the geometric means of each size."""
    print(f"\nthe worst first\n{HEAD}")
    for row in sorted(rows, key=lambda row: np.nanmin([row.idle["drop-in"], row.beside])):
        print(row)
    print("\ngeometric means")
    for size in dict.fromkeys(row.size for row in rows):
        those = [row.ratios() for row in rows if row.size == size]
        means = np.exp(np.log(those).mean(axis=0))
        print(line(f"of {len(those)}", size, "", *map(ratio, means), ""))


def main():
    """Measure, print what is known on the way, and the table at the end."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("programs", nargs="*", type=Path, help="files with setup() and run(), or scripts")
    parser.add_argument("--only", default="", metavar="REGEX", help="programs whose name this regular expression finds")
    parser.add_argument("--sizes", default="SML", help="some of S, M, L")
    parser.add_argument("--seconds", type=float, default=4, help="for each program and size, idle, and beside a neighbour")
    parser.add_argument("--no-neighbour", action="store_true", help="idle only")
    options = parser.parse_args()
    chosen = [path for path in options.programs or PROGRAMS if re.search(options.only, path.stem)]
    if not chosen:
        parser.error(f"no program's name has {options.only!r} in it")
    from benchmarks.active import require_active
    from benchmarks.measure import machine

    require_active()
    print(f"{machine()}\nNumPy's time over that of each: above 1 NumPy is slower\n\n{HEAD}", flush=True)
    rows = []
    try:
        for row in measure_all(chosen, options):
            rows.append(row)
            print(row, flush=True)
    finally:
        if rows:
            summarize(rows)


if __name__ == "__main__":
    sys.exit(main())
