"""How to compare two functions honestly, and what the figures depend on."""

import argparse
import contextlib
import contextvars
import os
import platform
import re
import time
from timeit import Timer

import numpy as np

import numpy_par as npp

SAMPLE = 1e-4  # seconds: what a sample should take, far above the clock's resolution


def alternate(functions, inputs, seconds=0.2, rounds=5, rest=0, **keywords):
    """Time functions on the same inputs in turn.

    In turn, because a machine changes its pace within seconds; the minimum, because whatever
    else goes on can only add to the time.

    Parameters
    ----------
    functions : sequence of callable
        What is compared.
    inputs : sequence
        The positional arguments of each.
    seconds : float
        How long to go on.
    rounds : int
        The least number of samples of each.
    rest : float
        How long to sleep before each sample, in seconds; a call that is not timed then wakes
        what it needs. Of several libraries with threads of their own, each keeps its helpers on
        the cores for some milliseconds after a call, in which they are in the next one's way.
    **keywords
        Keyword arguments of each.

    Returns
    -------
    list of float
        The shortest time of a call, in seconds, for each function.
    """
    timers = [timer(function, inputs, keywords) for function in functions]
    number = 1
    while max(t.timeit(number) for t in timers) < SAMPLE:
        number *= 2
    best = [float("inf")] * len(timers)
    end, turn = time.perf_counter() + seconds, 0
    while turn < rounds or time.perf_counter() < end:
        # Who goes first changes: the second finds the inputs in the cache.
        for i in range(len(timers))[:: -1 if turn % 2 else 1]:
            if rest:
                time.sleep(rest)
                timers[i].timeit(1)
            best[i] = min(best[i], timers[i].timeit(number) / number)
        turn += 1
    return best


def timer(function, inputs, keywords):
    """Return a `Timer` of a plain call, without the cost of unpacking arguments."""
    names = {f"x{i}": value for i, value in enumerate(inputs)}
    call = ", ".join([*names, *(f"{name}={name}" for name in keywords)])
    return Timer(f"function({call})", globals={"function": function, **names, **keywords})


class Enabled:
    """A function as it is with the drop-in, which is in a context of its own."""

    def __init__(self, function, threads=None):
        self._function = function
        self._context = contextvars.copy_context()
        self._blocks = contextlib.ExitStack()
        self._context.run(self._enter, threads)

    def _enter(self, threads):
        self._blocks.enter_context(npp.enabled())
        if threads:
            self._blocks.enter_context(npp.threads(threads))

    def call(self, *args):
        """Call it in the context."""
        return self._context.run(self._function, *args)

    def close(self):
        """Leave the blocks in the context in which they were entered."""
        self._context.run(self._blocks.close)


def compare(name, function, operands, seconds, numpys=None):
    """Time a function with the drop-in and without, once both gave one answer.

    Parameters
    ----------
    name : str
        What a failure is told of.
    function : callable
        What is measured, of `operands`.
    operands : sequence
        Its arguments; it may write to them.
    seconds : float
        How long to go on.
    numpys : callable, optional
        What it stands beside, where that is another function.

    Returns
    -------
    list of float
        The shortest time of a call, in seconds: NumPy's, ours on one thread, on all.
    """
    numpys = numpys or function
    one, every = Enabled(function, threads=1), Enabled(function)
    try:
        if not identical(*(copied(call(*operands)) for call in (numpys, every.call))):
            raise RuntimeError(f"{name}: another answer than NumPy's")
        return alternate([numpys, one.call, every.call], operands, seconds)
    finally:
        one.close()
        every.close()


def copied(result):
    """Return arrays of a result as it is now: the next call may write to the same ones."""
    return tuple(map(copied, result)) if isinstance(result, tuple) else np.copy(result, order="K")


def identical(a, b):
    """Return whether two results have the same dtype, shape, strides and bits."""
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(identical, a, b))
    return (
        (a.dtype, a.shape, a.strides) == (b.dtype, b.shape, b.strides)
        and a.tobytes() == b.tobytes()
    )


def print_cases(doc, about, cases, measured):
    """Measure the cases that the command line names, and print each as soon as it is known.

    Parameters
    ----------
    doc : str
        The docstring of the script.
    about : str
        What the cases are about.
    cases : iterable of str
        Their names.
    measured : callable
        Returns three times for a name: NumPy's, ours on one thread, on all.
    """
    from .active import require_active

    parser = argparse.ArgumentParser(description=doc.split("\n")[0])
    parser.add_argument("--only", default="", help="those whose name this regular expression finds")
    options = parser.parse_args()
    require_active()
    print(f"{machine()}\n{about}\n")
    print(f"{'call':28s} {'NumPy, us':>10s} {'ours, us':>10s} {'one thread':>11s} {'all':>6s}")
    for name in cases:
        if re.search(options.only, name):
            numpys, one, every = measured(name)
            times = f"{numpys * 1e6:10.1f} {every * 1e6:10.1f}"
            print(f"{name:28s} {times} {numpys / one:10.2f}x {numpys / every:5.2f}x", flush=True)


def machine():
    """Return in one line what every figure depends on."""
    cpu = npp.show_config(mode="dicts")["cpu"]
    mine = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count()))
    return (
        f"{cpu['name']}, {cpu['simd']}, {len(mine(0))} cores, {npp.get_num_threads()} threads, "
        f"Python {platform.python_version()}, NumPy {np.__version__}, "
        f"numpy_par {npp.__version__}"
    )
