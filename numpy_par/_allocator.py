"""Which allocator NumPy has in this context: set, and put back."""

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from numpy_par import _engine


def _find_variable() -> contextvars.ContextVar[object]:
    """Return NumPy's own context variable, the only one in a context where it has just been set."""
    _engine.swap_handler(_engine.default_handler)
    (variable,) = contextvars.copy_context()
    return variable


#: A token of it belongs to the context in which it was set: elsewhere it changes nothing.
variable = contextvars.Context().run(_find_variable)

#: Who is entered here, innermost last, with the token that puts back what was before.
_entered: contextvars.ContextVar[tuple[tuple[object, Any], ...]] = contextvars.ContextVar(
    "numpy_par_entered", default=()
)


def enter(owner: object, handler: object) -> None:
    """Let NumPy allocate by a handler from here on, on behalf of `owner`."""
    _entered.set((*_entered.get(), (owner, variable.set(handler))))


def leave(owner: object) -> None:
    """Undo `enter`. In another context than that of `enter` there is nothing to undo."""
    *outer, (innermost, token) = _entered.get() or ((None, None),)
    if innermost is owner:
        with suppress(ValueError):
            variable.reset(token)
            _entered.set(tuple(outer))


@contextmanager
def using(handler: object) -> Iterator[None]:
    """Let NumPy allocate by a handler in this block."""
    token = variable.set(handler)
    try:
        yield
    finally:
        with suppress(ValueError):  # a generator may be closed in another context
            variable.reset(token)
