"""Which allocator NumPy has in this context: set, and put back."""

import contextvars
from contextlib import AbstractContextManager

from numpy_par import _engine
from numpy_par._context import Block, Variable


def _find_variable() -> contextvars.ContextVar[object]:
    """Return NumPy's own context variable, the only one in a context where it has just been set."""
    _engine.swap_handler(_engine.default_handler)
    (variable,) = contextvars.copy_context()
    return variable


variable = contextvars.Context().run(_find_variable)

_allocators = Variable(variable, cells=False)

#: The blocks of owners, in all contexts.
_owned: set[Block] = set()


def enter(owner: object, handler: object) -> None:
    """Let NumPy allocate by a handler from here on, on behalf of `owner`."""
    _owned.add(_allocators.begin(handler, owner))


def leave(owner: object) -> None:
    """Undo the last `enter` of an owner in this context.

    One object may be entered in several contexts, and does not know which block of its own
    ends. If this context has none it must be the only one that there is, or is left alone.
    """
    block = _allocators.innermost(owner)
    if block is None:
        elsewhere = [block for block in list(_owned) if block.owner is owner]
        block = elsewhere[0] if len(elsewhere) == 1 else None
    if block is not None:
        _owned.discard(block)
        _allocators.end(block)


def using(handler: object) -> AbstractContextManager[None]:
    """Let NumPy allocate by a handler in this block."""
    return _allocators.begin(handler)
