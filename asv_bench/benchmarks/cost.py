"""What numpy_par may not cost: time on small arrays, memory on large ones."""

import numpy as np

import numpy_par as npp

from .measure import alternate
from .peak import OPERANDS, operands


class Overhead:
    """Nanoseconds that a call on ten elements takes longer than NumPy's."""

    params = ["add", "less", "sqrt", "exp", "maximum", "divmod"]
    param_names = ("ufunc",)

    def setup(self, name):
        """Make ten elements."""
        self.inputs = [np.linspace(1, 2, 10)] * getattr(np, name).nin

    def track_new_result(self, name):
        """Return the overhead of a call that makes its result."""
        return self.overhead(name)

    def track_out(self, name):
        """Return the overhead of a call with ``out=``."""
        return self.overhead(name, out=getattr(np, name)(*self.inputs))

    def overhead(self, name, **keywords):
        """Return the difference of the shortest times, in nanoseconds."""
        pair = getattr(np, name), getattr(npp, name)
        numpy, numpy_par = alternate(pair, self.inputs, seconds=0.5, rounds=500, **keywords)
        return round(1e9 * (numpy_par - numpy), 1)

    track_new_result.unit = track_out.unit = "ns"


class Memory:
    """Peak memory of the whole process in a call on large operands."""

    params = [*OPERANDS]
    param_names = ("operands",)

    def setup(self, kind):
        """Make two operands of 9 million elements."""
        self.inputs = operands(kind)

    def peakmem_numpy(self, kind):
        """Measure NumPy."""
        np.add(*self.inputs)

    def peakmem_numpy_par(self, kind):
        """Measure numpy_par."""
        npp.add(*self.inputs)
