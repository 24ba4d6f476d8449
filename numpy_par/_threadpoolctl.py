"""threadpoolctl sees numpy_par, and limits it.

Without this it already does in part: it finds libgomp, and a limit that it sets there
holds for calls of the same thread. With it, ``threadpool_info`` lists numpy_par under
its own name, and the cap of the process is what ``threadpool_limits`` sets.
"""

from threadpoolctl import LibController, register as _register

from numpy_par import _engine


class NumpyParController(LibController):  # type: ignore[misc]  # it has no types
    """How threadpoolctl reads and sets the cap of the process."""

    user_api = "numpy_par"
    internal_api = "numpy_par"
    filename_prefixes = ("_engine",)
    check_symbols = ("numpy_par_engine",)  # another library may be called _engine too

    def get_num_threads(self) -> int:
        return _engine.thread_cap()

    def set_num_threads(self, num_threads: int) -> None:
        _engine.set_num_threads(num_threads)

    def get_version(self) -> str:
        return _engine.version


def register() -> None:
    """Make threadpoolctl know `NumpyParController`."""
    _register(NumpyParController)
