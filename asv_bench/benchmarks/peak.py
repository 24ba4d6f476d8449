"""The peak memory of one call, measured in a process of its own."""

import subprocess
import sys
from pathlib import Path

import numpy as np

OPERANDS = {
    "same type": lambda a: a,
    "cast": lambda a: a.astype(np.int64),
    "transposed": lambda a: a.T,
}


def operands(kind, side=3000):
    """Return two operands of `side`² elements."""
    first = np.ones((side, side))
    return first, OPERANDS[kind](first)


def peak(library, kind, threads):
    """Return how many bytes more the process takes during ``add`` than before it.

    Parameters
    ----------
    library : {'numpy', 'numpy_par'}
        Whose ``add``.
    kind : str
        Which operands, a key of `OPERANDS`.
    threads : int
        Threads of numpy_par.
    """
    command = [sys.executable, __file__, library, kind, str(threads)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def status(field):
    """Return a size that Linux knows of this process, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return 1024 * int(line.split()[1])
    raise LookupError(field)


def main(library, kind, threads):
    """Print the bytes that a call adds at its peak: its result, and whatever it needs beside."""
    if library == "numpy_par":
        import numpy_par as module

        module.set_num_threads(int(threads))
    else:
        module = np
    inputs = operands(kind)
    module.add(inputs[0][:300], inputs[1][:300])  # threads and modules are not the call's
    Path("/proc/self/clear_refs").write_text("5")  # the peak so far is forgotten
    before = status("VmRSS")
    result = module.add(*inputs)
    print(status("VmHWM") - before)
    return result


if __name__ == "__main__":
    main(*sys.argv[1:])
