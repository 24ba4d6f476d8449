# The names and signatures are NumPy's own.
from numpy.strings import *
from numpy.strings import __all__ as __all__
