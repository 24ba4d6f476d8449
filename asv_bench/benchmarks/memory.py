"""Fresh results with NumPy's allocator, with the pool, and with the pool and all threads."""

import json
import subprocess
import sys
import time

import numpy as np

import numpy_par as npp

EXPRESSIONS = {
    "x + y": lambda x, y: x + y,
    "np.sqrt(x * x + y * y)": lambda x, y: np.sqrt(x * x + y * y),
    "np.zeros": lambda x, y: np.zeros(len(x)),
}
# How each is switched on and off, for the whole process.
WAYS = {
    "NumPy": (lambda: None, lambda: None),
    "pool": (npp.memory.use_pool, lambda: npp.memory.use_pool(False)),
    "pool and engine": (npp.enable, npp.disable),
}
SAMPLE = 1e-4  # seconds: far above the clock's resolution


def compare(expression, size, seconds=0.3):
    """Return the shortest time of an expression, in seconds, for each of `WAYS`.

    In a process of its own: how fast malloc is depends on what was freed before.
    """
    command = [sys.executable, __file__, expression, str(size), str(seconds)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def alternate(expression, size, seconds, rounds=5):
    """Do what `compare` says in this process, in turn."""
    rng = np.random.default_rng(0)
    x, y = rng.random(size), rng.random(size)
    function = EXPRESSIONS[expression]
    number, best = 1, dict.fromkeys(WAYS, float("inf"))
    while repeat(function, x, y, number) < SAMPLE:
        number *= 2
    end, turn = time.perf_counter() + seconds, 0
    while turn < rounds or time.perf_counter() < end:
        for name in list(WAYS)[:: -1 if turn % 2 else 1]:
            on, off = WAYS[name]
            on()
            function(x, y)  # what the others have left in the caches and on the heap
            best[name] = min(best[name], repeat(function, x, y, number) / number)
            off()
        turn += 1
    return best


def repeat(function, x, y, number):
    """Return the time of so many calls; each lets go of its result before the next."""
    start = time.perf_counter()
    for _ in range(number):
        function(x, y)
    return time.perf_counter() - start


class FreshResults:
    """The gain of the pool on one thread, and with the engine."""

    param_names = ("expression", "size")
    params = (list(EXPRESSIONS), [10**4, 10**6, 10**7])
    timeout = 120

    def track_pool(self, expression, size):
        """Return how many times faster the pool makes it, on one thread."""
        best = compare(expression, size)
        return round(best["NumPy"] / best["pool"], 2)

    def track_pool_and_engine(self, expression, size):
        """Return how many times faster pool and engine make it."""
        best = compare(expression, size)
        return round(best["NumPy"] / best["pool and engine"], 2)

    track_pool.unit = track_pool_and_engine.unit = "times faster"


if __name__ == "__main__":
    print(json.dumps(alternate(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))))
