"""``%load_ext numpy_par``: the drop-in and the profile in IPython and Jupyter."""

from typing import TYPE_CHECKING

from numpy_par._drop_in import disable, enable, is_enabled
from numpy_par._profile import profile

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_enabled_here = False


def load_ipython_extension(ipython: "InteractiveShell") -> None:
    """Do what ``%load_ext numpy_par`` asks for: `enable`, and ``%%numpy_par.profile``."""
    global _enabled_here
    if not is_enabled():
        enable()
        _enabled_here = True

    def profile_magic(line: str, cell: str | None = None) -> None:
        """Run a line or a cell, then show what went through numpy_par."""
        with profile() as record:
            ipython.run_cell(line if cell is None else cell)  # which shows its result
        print(record)

    ipython.register_magic_function(profile_magic, "line_cell", "numpy_par.profile")


def unload_ipython_extension(ipython: "InteractiveShell") -> None:
    """Undo `load_ipython_extension`: `disable` only if it was that which enabled."""
    global _enabled_here
    if _enabled_here:
        disable()
        _enabled_here = False
    for kind in ipython.magics_manager.magics.values():
        kind.pop("numpy_par.profile", None)
