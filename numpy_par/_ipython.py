"""``%load_ext numpy_par``: the drop-in and the profile in IPython and Jupyter."""

from numpy_par._drop_in import disable, enable, is_enabled
from numpy_par._profile import profile

_enabled_here = False


def load(ipython) -> None:
    """Enable numpy_par, and add ``%%numpy_par.profile`` and ``%numpy_par.profile``."""
    global _enabled_here
    if not is_enabled():
        enable()
        _enabled_here = True

    def profile_magic(line, cell=None):
        """Run a line or a cell, then show what went through numpy_par."""
        with profile() as record:
            ipython.run_cell(line if cell is None else cell)  # which shows its result
        print(record)

    ipython.register_magic_function(profile_magic, "line_cell", "numpy_par.profile")


def unload(ipython) -> None:
    """Take the magic away, and disable numpy_par if it was `load` that enabled it."""
    global _enabled_here
    if _enabled_here:
        disable()
        _enabled_here = False
    for kind in ipython.magics_manager.magics.values():
        kind.pop("numpy_par.profile", None)
