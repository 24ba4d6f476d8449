"""Every ufunc of NumPy, and the inputs it is measured on.

The ufuncs come from NumPy's namespaces, at run time. The table below must have an entry for
each: a ufunc that a new NumPy brings is an error here until somebody says what it works on.
"""

from typing import NamedTuple

import numpy as np

import numpy_par as npp

NUMBERS = "?lefdD"  # bool, int64, float16, float32, float64, complex128
CORE = 8  # length of the core dimensions of generalized ufuncs: small matrices
TEXT = 8  # characters


class Domain(NamedTuple):
    """What a ufunc is fed with.

    Attributes
    ----------
    first, second : tuple of float
        Least and greatest value of the first operand and of the others.
    codes : str
        Type codes; of the numbers only those are used that the ufunc has a loop for.
    other : str
        The type code of the second operand, if not that of the first.
    """

    first: tuple = (-100, 100)
    second: tuple = (-100, 100)
    codes: str = NUMBERS
    other: str = ""


DOMAINS = {
    Domain(): """
        absolute add arctan arctan2 arcsinh bitwise_and bitwise_count bitwise_or bitwise_xor
        cbrt ceil conjugate copysign cos deg2rad degrees equal fabs floor fmax fmin frexp gcd
        greater greater_equal heaviside hypot invert isfinite isinf isnan lcm less less_equal
        logical_and logical_not logical_or logical_xor maximum minimum modf multiply negative
        nextafter not_equal positive rad2deg radians rint sign signbit sin spacing square
        subtract tan trunc""",
    Domain(first=(-0.9, 0.9)): "arcsin arccos arctanh",
    Domain(first=(1, 100)): "arccosh log log10 log1p log2 reciprocal sqrt",
    Domain(first=(-5, 5), second=(-5, 5)): """
        cosh exp exp2 expm1 logaddexp logaddexp2 matmul matvec sinh tanh vecdot vecmat""",
    Domain(second=(1, 100)): "divide divmod floor_divide fmod remainder",
    Domain(first=(1, 4), second=(0, 3)): "float_power power",
    Domain(first=(0, 1000), second=(0, 7)): "left_shift right_shift",
    Domain(second=(-8, 8), codes="efd", other="i"): "ldexp",
    Domain(codes="Mm"): "isnat",
    Domain(codes="U"): """
        isalnum isalpha isdecimal isdigit islower isnumeric isspace istitle isupper str_len""",
}


class Case(NamedTuple):
    """One ufunc: NumPy's, numpy_par's, and the type codes it is measured with."""

    numpy: np.ufunc
    numpy_par: np.ufunc
    domain: Domain
    codes: str

    def inputs(self, code, size):
        """Return new inputs, `size` elements of type `code` each: the same at every call."""
        rng = np.random.default_rng(size)
        codes = [code] + [self.domain.other or code] * (self.numpy.nin - 1)
        limits = [self.domain.first] + [self.domain.second] * (self.numpy.nin - 1)
        shapes = core_shapes(self.numpy, size)
        return [draw(rng, *operand) for operand in zip(codes, limits, shapes)]


def cases():
    """Return a `Case` for each ufunc of NumPy, by name.

    Raises
    ------
    RuntimeError
        If a ufunc is missing in `DOMAINS` or in numpy_par, or has no type to be measured with.
    """
    domains = {name: domain for domain, names in DOMAINS.items() for name in names.split()}
    found, wrong = {}, []
    for public, ufunc, counterpart in public_ufuncs():
        name = ufunc.__name__
        if counterpart is None or counterpart is ufunc:
            wrong.append(f"{public} (not in numpy_par)")
        elif name not in domains:
            wrong.append(f"{public} (no entry in DOMAINS)")
        elif not (codes := usable_codes(ufunc, domains[name])):
            wrong.append(f"{public} (no loop for the types of its entry)")
        else:
            found[name] = Case(ufunc, counterpart, domains[name], codes)
    if wrong:
        raise RuntimeError("ufuncs without a benchmark: " + ", ".join(wrong))
    return found


def public_ufuncs():
    """Yield the public name, NumPy's ufunc and numpy_par's (or None), aliases included."""
    ours = getattr(npp, "strings", None)
    for prefix, theirs, places in (("", np, [npp]), ("strings.", np.strings, [ours, npp])):
        for name, value in sorted(vars(theirs).items()):
            if isinstance(value, np.ufunc):
                candidates = (getattr(place, name, None) for place in places)
                yield prefix + name, value, next(filter(None, candidates), None)


def usable_codes(ufunc, domain):
    """Return those type codes of a domain that a ufunc takes as they are, without a cast."""
    if domain.codes == "U":  # the loops of strings are not listed in `ufunc.types`
        return domain.codes
    loops = {loop.split("->")[0] for loop in ufunc.types}
    return "".join(
        code for code in domain.codes if code + (domain.other or code) * (ufunc.nin - 1) in loops
    )


def core_shapes(ufunc, size):
    """Return the shapes of the operands: plain vectors, or stacks of small matrices."""
    if ufunc.signature is None:
        return [(size,)] * ufunc.nin
    operands = ufunc.signature.split("->")[0].split("),(")
    cores = [operand.count(",") + 1 for operand in operands]
    stack = max(1, size // CORE ** max(cores))
    return [(stack,) + (CORE,) * core for core in cores]


def draw(rng, code, limits, shape):
    """Return random values between `limits`."""
    dtype = np.dtype(code)
    low, high = limits
    if dtype.kind in "Mm":
        days = rng.integers(0, 20_000, shape)
        return np.where(days % 10, days, np.iinfo(np.int64).min).view(f"{dtype.kind}8[D]")
    if dtype.kind == "U":  # letters, digits, a space
        letters = np.frombuffer("abcdefgXYZ 0123456".encode("utf-32-le"), np.uint32)
        return rng.choice(letters, (*shape, TEXT)).view(f"U{TEXT}")[..., 0]
    if dtype.kind == "b":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype.kind in "iu":
        return rng.integers(low, high, shape, dtype, endpoint=True)
    values = rng.uniform(low, high, shape)
    if dtype.kind == "c":
        values = values + 1j * rng.uniform(low, high, shape)
    return values.astype(dtype)
