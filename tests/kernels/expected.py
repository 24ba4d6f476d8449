"""Write what NumPy says of each row of ops.def and of each cast, for a program that has no NumPy (aarch64.c).

    python expected.py FILE

The file is a sequence of records, which record.h describes.
"""

import re
import struct
import sys
import warnings
from pathlib import Path

import mpmath
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from accuracy import MOST, given_for, true_complex, true_values, units  # noqa: E402
from kernel_values import any_bits, cross, inputs, legal, numpys, ordinary, pairs_to_raise, positive, special  # noqa: E402
from support import raised_flags  # noqa: E402

BITS = ["SAME", "CLOSE", "FAST"]
UNDERFLOW = 4
NUMBERS = "?bBhHiIlLefdFD"  # in the order of casts.h
MANY = 10_000
CALM = 3000


def main(path):
    rows = re.findall(r'^OP\((\w+),\s*"([^"]+)",\s*(\w+),\s*(\w+),', (ROOT / "src" / "kernels" / "ops.def").read_text(), re.M)
    warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
    with open(path, "wb") as file, np.errstate(all="ignore"):
        for ufunc, types, kernel, bits in rows:
            for record in (same if bits == "SAME" else close)(ufunc, types, bits.lower()):
                write(file, kernel, types, BITS.index(bits), **record)
        for before in NUMBERS:
            for after in NUMBERS:
                given = castable(before, after)
                write(file, f"cast_{before}{after}", f"{before}->{after}", 0, [given], [given.astype(after)])


def write(file, kernel, types, bits, given, results, true=(), alone=(), scalar=-1, calm=(0, 0)):
    """One record."""
    types, nin = types.replace("->", ""), types.index("->")
    file.write(struct.pack("<32s8s7i", kernel.encode(), types.encode(), nin, bits, len(given[0]), scalar, len(alone), *calm))
    for array in (*given, *results, *true, np.array(alone, np.uint8)):
        file.write(np.ascontiguousarray(array).tobytes())


def results_of(ufunc, given):
    results = numpys(ufunc)(*given)
    return list(results) if isinstance(results, tuple) else [results]


def joined(ufunc, *groups):
    return legal(ufunc, [np.concatenate(columns) for columns in zip(*groups)])


def thinned(columns):
    """Not too many; but every number of float16."""
    step = -(-len(columns[0]) // (1 << 17 if columns[0].dtype == "e" and len(columns) == 1 else MANY))
    return [x[::step] for x in columns]


def alone(ufunc, codes):
    """Special values with each other, and the flags that each raises in a call of its own."""
    pairs = pairs_to_raise(codes)
    given = legal(ufunc, [np.array(column, code) for column, code in zip(zip(*pairs), codes)])
    return given, [raised_flags(numpys(ufunc), *(np.repeat(x[i], 3) for x in given)) for i in range(len(pairs))]


def same(ufunc, types, bits):
    """Records of a row with NumPy's bits: of all values, then those with an operand that is the same for all."""
    codes = types.split("->")[0]
    first, flags = alone(ufunc, codes)
    calm = legal(ufunc, [positive(code, CALM, seed=k) for k, code in enumerate(codes)])
    given = joined(ufunc, first, thinned(cross(codes)), thinned(inputs(codes, MANY // 2)), calm)
    yield {"given": given, "results": results_of(ufunc, given), "alone": flags, "calm": (CALM, raised_flags(numpys(ufunc), *calm))}
    some = joined(ufunc, *([f(code, 150, seed=k) for k, code in enumerate(codes)] for f in (any_bits, ordinary)))
    for k in range(len(codes) * (len(codes) > 1)):
        for value in special(codes[k])[:: 1 if codes[k] not in "FD" else 15]:
            given = legal(ufunc, [np.full_like(x, value) if i == k else x for i, x in enumerate(some)])
            yield {"given": given, "results": results_of(ufunc, given), "scalar": k}


def close(ufunc, types, bits):
    """The record of a row with other bits: near the true values; of underflow NumPy's own loops differ."""
    codes = types.split("->")[0]
    first, flags = alone(ufunc, codes)
    low, high = (1, 2) if ufunc == "arccosh" else (0.1, 0.9)
    calm = [positive(code, CALM, low, high, k) for k, code in enumerate(codes)]
    edges = joined(ufunc, first, thinned(cross(codes)))
    hard = given_for(ufunc, types, MANY // 4)
    hard = [hard[0][np.isfinite(hard[0])][:500]] if codes[0] in "FD" else thinned(hard)
    given = joined(ufunc, edges, hard, calm)
    (results,) = results_of(ufunc, given)
    if codes[0] in "FD":
        true = true_parts(ufunc, hard[0], len(edges[0]), results)
    else:
        wide = true_values(ufunc, given)
        high = wide.astype("d")
        room = np.where(np.isfinite(results), MOST[bits] * units(wide, results.dtype), np.inf)
        true = [high, (wide - high).astype("d"), room.astype("d")]
    flags = [number & ~UNDERFLOW for number in flags]
    yield {"given": given, "results": [results], "true": true, "alone": flags, "calm": (CALM, 0)}


def true_parts(ufunc, given, begin, results):
    """Of both parts of the results from `begin` on; of all others anything will do."""
    info = np.finfo(results.dtype)
    high, low, room = np.zeros((3, len(results), 2))
    room[:] = np.inf
    with mpmath.workprec(2500):
        for i, z in enumerate(given, begin):
            if z == 0 or not np.isfinite(results[i]) or abs(z.real) > 1e5 or abs(z.imag) > 1e5:
                continue
            true = true_complex(ufunc, z)
            for k, part in enumerate((true.real, true.imag)):
                if abs(part) >= float(info.tiny):
                    high[i, k] = float(part)
                    low[i, k] = float(part - mpmath.mpf(high[i, k]))
                    room[i, k] = float(mpmath.ldexp(1, mpmath.frexp(part)[1] - 1 - info.nmant))
    return high, low, room


def castable(before, after):
    """Values that the type has, so far as C says what becomes of them."""
    (x,) = inputs(before, MANY // 2)
    if before in "efd" and after in "bBhHiIlL":
        info = np.iinfo(after)
        x = x[np.isfinite(x)].astype(before)
        return x[(x.astype("g") > np.longdouble(info.min) - 1) & (x.astype("g") < np.longdouble(info.max) + 1)]
    return x


if __name__ == "__main__":
    main(sys.argv[1])
