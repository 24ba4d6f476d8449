"""``%load_ext numpy_par``: the drop-in and the profile in IPython and Jupyter."""

from numpy_par._drop_in import disable, enable
from numpy_par._profile import profile


def load(ipython) -> None:
    """Enable numpy_par, and add ``%%numpy_par.profile`` and ``%numpy_par.profile``."""
    enable()

    def profile_magic(line, cell=None):
        """Run a line or a cell, then show what went through numpy_par."""
        with profile() as record:
            result = ipython.run_cell(line if cell is None else cell)
        print(record)
        # A failing cell has shown its traceback already.
        return None if cell is not None or not result.success else result.result

    ipython.register_magic_function(profile_magic, "line_cell", "numpy_par.profile")


def unload(ipython) -> None:
    """Disable numpy_par again, and take the magic away."""
    disable()
    for kind in ipython.magics_manager.magics.values():
        kind.pop("numpy_par.profile", None)
