"""Which kernels take the place of NumPy's loops."""

import os

from numpy_par import _engine

#: The instruction set of the kernels, for `show_config`.
level = "none"


def configure() -> None:
    """Choose them; once, on import, before any ufunc is copied.

    Raises
    ------
    ImportError
        If NUMPY_PAR_ISA is something else than ``baseline``, ``avx2`` or ``avx512`` (on
        aarch64 ``neon``), or this CPU lacks what it says.
    """
    global level
    name = os.environ.get("NUMPY_PAR_ISA", "").strip() or None
    try:
        # For `make tune`: also the kernels that do not win at this level.
        level = _engine.choose_kernels(name, "NUMPY_PAR_TUNE" in os.environ)
    except ValueError as error:
        raise ImportError(f"the environment variable NUMPY_PAR_ISA is {name!r}: {error}") from None
