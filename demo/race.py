"""Time one piece of work with NumPy and with numpy_par in turn, and compare the answers."""

import sys
import time
from typing import NamedTuple

import numpy as np

import numpy_par as npp

CONTESTANTS = {"NumPy": np, "numpy_par": npp}


class Result(NamedTuple):
    """The best time of each contestant, in seconds, and whether the answers were the same."""

    step: str
    numpy: float
    numpy_par: float
    identical: bool

    @property
    def speedup(self):
        """How many times faster numpy_par was."""
        return self.numpy / self.numpy_par


class Progress:
    """A line that says what is running: rewritten in a terminal, silent elsewhere."""

    def __init__(self, total, stream=sys.stdout):
        self.total, self.done, self.stream = total, 0, stream
        self.live = stream.isatty()

    def show(self, text):
        """Say what runs now."""
        if self.live:
            filled = 24 * self.done // self.total
            bar = "█" * filled + "░" * (24 - filled)
            self._write(f"\r\033[K  {bar} {self.done:3}/{self.total}  {text}")
        self.done += 1

    def line(self, text):
        """Print a line that stays."""
        self._write(("\r\033[K" if self.live else "") + text + "\n")

    def _write(self, text):
        self.stream.write(text)
        self.stream.flush()


def race(step, function, rounds, progress):
    """Run ``function(xp)`` with both contestants in turn.

    Parameters
    ----------
    step : str
        What the work is called.
    function : callable
        Takes `numpy` or `numpy_par`; returns an array, numbers, or a tuple, list or dict of
        them.
    rounds : int
        How often each runs. The best time counts: whatever else the machine does only adds.
    progress : Progress
        Told about each run.

    Returns
    -------
    result : Result
    answer : object
        What NumPy answered.
    """
    best = dict.fromkeys(CONTESTANTS, float("inf"))
    answer = dict.fromkeys(CONTESTANTS)
    same = True
    for turn in range(rounds):
        # Who goes first changes, so that neither always finds the caches warm.
        for name in sorted(CONTESTANTS, reverse=turn % 2 == 1):
            progress.show(f"{step} with {name}, round {turn + 1} of {rounds}")
            answer[name] = None  # the last answer makes room first: both have the same memory
            start = time.perf_counter()
            answer[name] = function(CONTESTANTS[name])
            best[name] = min(best[name], time.perf_counter() - start)
        same = same and identical(*answer.values())
    result = Result(step, best["NumPy"], best["numpy_par"], same)
    return result, answer["NumPy"]


class PoolResult(NamedTuple):
    """The best time with and without the pool, in seconds, and the bytes it had at hand."""

    seconds: float
    without: float
    nbytes: int


def race_pool(function, rounds):
    """Run ``function()`` with and without the memory pool in turn; see `race`."""
    best = {True: float("inf"), False: float("inf")}
    nbytes = 0
    for turn in range(2 * rounds + 1):
        on = turn % 2 == 0
        with npp.memory.use_pool(on):
            start = time.perf_counter()
            answer = function()
            # The first run fills the pool.
            best[on] = min(best[on], time.perf_counter() - start)
            del answer
        nbytes = max(nbytes, npp.memory.stats().cached)
    npp.memory.trim()
    return PoolResult(best[True], best[False], nbytes)


def identical(a, b):
    """Return whether two answers agree in every bit: NaN equals NaN, 0.0 is not -0.0."""
    if isinstance(a, np.ndarray):
        return (
            (a.dtype, a.shape, a.strides) == (b.dtype, b.shape, b.strides)
            and np.array_equal(bits(a), bits(b))
        )
    if isinstance(a, dict):
        return a.keys() == b.keys() and identical(list(a.values()), list(b.values()))
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(identical, a, b))
    return a == b


def bits(array):
    """Return the memory of a floating-point array, seen as unsigned integers."""
    return array.view(f"u{array.itemsize}")
