"""How far results of kernels may be from the true values, and what those are.

The oracle is libm in long double, whose 64 bits of mantissa leave 11 to spare, for float32 and float16 in
float64; and mpmath for a sample of both, so that not even the oracle has to be believed.
"""

import mpmath
import numpy as np
from kernel_values import any_bits, numpys, special

# By how much the oracle itself may be off, which then is allowed less.
ORACLES = {("arcsinh", "d->d"): 0.002}
MOST = {"close": 1.0, "fast": 3.5}
WIDER = {"e": "d", "f": "d", "d": "g", "F": "D", "D": "G"}
MPMATH = {
    "exp2": lambda x: mpmath.power(2, x), "log2": lambda x: mpmath.log(x, 2),
    "arcsin": mpmath.asin, "arccos": mpmath.acos, "arctan": mpmath.atan,
    "arcsinh": mpmath.asinh, "arccosh": mpmath.acosh, "arctanh": mpmath.atanh,
    "arctan2": mpmath.atan2, "absolute": abs,
    "float_power": mpmath.power,
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "logaddexp": lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y)),
    "logaddexp2": lambda x, y: mpmath.log(mpmath.power(2, x) + mpmath.power(2, y), 2),
    "deg2rad": mpmath.radians, "rad2deg": mpmath.degrees, "radians": mpmath.radians, "degrees": mpmath.degrees,
}  # fmt: skip

MPMATH_COMPLEX = {"log2": lambda z: mpmath.log(z) / mpmath.log(2), "log10": lambda z: mpmath.log(z) / mpmath.log(10)}

# Bits to compute with: of arguments of all magnitudes, and of sums of all.
PRECISION = {"sin": 1250, "cos": 1250, "tan": 1250, "logaddexp": 1250, "logaddexp2": 1250}


def probes(code, rng, size):
    """Numbers of all magnitudes, dense where functions are hard: poles, multiples of π/2, subnormals, both ends."""
    dtype = np.dtype(code)
    if dtype.kind == "c":
        part = f"f{dtype.itemsize // 2}"
        parts = probes(part, rng, size)
        pairs = np.stack([parts, rng.permutation(parts)], axis=-1).view(dtype).reshape(-1)
        return np.concatenate([special(code), pairs, *near_hard_ones(dtype, rng, size // 4)])
    info = np.finfo(dtype)
    quarter = size // 4
    multiples = np.arange(1, quarter // 2) * (np.longdouble(np.pi) / 2)
    with np.errstate(all="ignore"):
        near = multiples.astype(dtype)
        parts = [
            special(code), any_bits(code, size, 7), any_bits(code, quarter, 8) * info.smallest_subnormal,
            rng.uniform(-1, 1, size), rng.uniform(-30, 30, size), rng.uniform(-750, 750, quarter), rng.uniform(-104, 104, quarter),
            1 + rng.normal(0, 1e-3, quarter), rng.normal(0, 1e-6, quarter), np.exp2(rng.uniform(info.minexp, info.maxexp, quarter)),
            near, np.nextafter(near, dtype.type(0)), np.nextafter(near, dtype.type(np.inf)), -near,
        ]  # fmt: skip
        if code == "e":
            parts.append(np.arange(65536, dtype=np.uint16).view("e"))  # each there is
        numbers = np.concatenate([np.asarray(part).astype(dtype) for part in parts])
        numbers[np.isnan(numbers)] = np.nan  # of signalling ones the oracle's own loops differ
        return numbers


def near_hard_ones(dtype, rng, size):
    """Complex numbers next to the unit circle, on both axes, and those of ordinary size."""
    angle = rng.uniform(-np.pi, np.pi, size)
    circle = np.exp(1j * angle) * (1 + rng.choice([0, 1e-15, 1e-7, 1e-3], size) * rng.normal(0, 1, size))
    zeros = rng.choice([0.0, -0.0], size)
    square = [rng.uniform(-low, low, size) + 1j * rng.uniform(-low, low, size) for low in (1, 20)]
    on_real, on_imaginary = (np.stack(pair, axis=-1).view("D").reshape(-1) for pair in ((angle * 5, zeros), (zeros, angle * 5)))
    return [x.astype(dtype) for x in (circle, on_real, on_imaginary, *square)]


def given_for(name, types, size):
    """Arrays of one length for all inputs."""
    rng = np.random.default_rng(3)
    columns = [rng.permutation(probes(code, rng, size)) for code in types.split("->")[0]]
    if len(columns) > 1 and name in ("hypot", "arctan2", "logaddexp", "logaddexp2"):
        # Operands that are near each other are where such functions are hard.
        third = len(columns[0]) // 3
        with np.errstate(all="ignore"):
            columns[1][:third] = (columns[0][:third] * rng.normal(1, 0.3, third)).astype(columns[1].dtype)
    if name in ("power", "float_power"):
        # The exponents that people write have formulas of their own.
        third = len(columns[0]) // 3
        columns[1][:third] = rng.integers(-5, 14, third) / 2
        # The larger the power of e, the better must the logarithm be, the hardest of which are near the root of 2.
        dtype = columns[0].dtype
        most = (np.finfo(dtype).maxexp - 1) * np.log(2)
        bases = np.where(rng.random(third) < 0.5, np.exp2(rng.uniform(-0.6, 0.6, third)), np.exp2(rng.uniform(-12, 12, third))).astype(dtype)
        columns[0][third : 2 * third] = bases
        with np.errstate(all="ignore"):
            columns[1][third : 2 * third] = rng.uniform(-most, most, third) / np.log(bases.astype("d"))
    return columns


def units(true, dtype):
    """A unit in the last place of each value that is finite and not less than normal; else infinity."""
    info = np.finfo(dtype)
    usable = np.isfinite(true) & (np.abs(true) >= info.tiny) & (np.abs(true) <= info.max)
    exponent = np.frexp(np.where(usable, true, 1))[1] - 1
    return np.where(usable, np.ldexp(np.ones_like(true), exponent - info.nmant), np.inf)


def ulps(got, true, dtype):
    """How far results are from the true values, in units in their last place."""
    with np.errstate(all="ignore"):
        unit = units(true, dtype)
        return np.where(np.isfinite(unit), np.abs(got.astype(true.dtype) - true) / unit, 0)


def true_values(name, given):
    """In the next wider type; of logarithms of sums near one, where that is no oracle either, by mpmath."""
    wide = numpys(name)(*(x.astype(WIDER[x.dtype.char]) for x in given))
    if name in ("logaddexp", "logaddexp2"):
        with mpmath.workprec(PRECISION[name]):
            near = np.flatnonzero((np.abs(wide) < 1) & (np.maximum(*given) < 0))
            wide[near[3000:]] = np.nan  # mpmath takes its time: of so many a sample
            for i in near[:3000]:
                true = MPMATH[name](*(mpmath.mpf(float(x[i])) for x in given))
                wide[i] = wide.dtype.type(float(true)) + wide.dtype.type(float(true - float(true)))
    return wide


def true_complex(name, z):
    """By mpmath: of zeros with a sign it knows nothing, but these functions are symmetric."""
    function = MPMATH_COMPLEX.get(name) or getattr(mpmath, name)
    true = function(mpmath.mpc(float(z.real), abs(float(z.imag))))
    return mpmath.conj(true) if np.signbit(z.imag) else true
