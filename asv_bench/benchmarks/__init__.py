"""Benchmarks of numpy_par against NumPy. They refuse to run where numpy_par is not active."""

from .active import require_active

require_active()
