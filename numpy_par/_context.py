"""What a ``with`` block of ours sets in its context, and takes back: the only place that does.

A block holds in the context that enters it, which is a thread's or an asyncio task's, and in
contexts that are copied from it meanwhile. But it may end anywhere: a generator that yields within
it is closed by whoever closes it, in another thread, by the garbage collector, by an event loop.

- Where it began, its end brings back what was there before. Blocks that began later and are
  still open stay, so that nothing depends on the order in which blocks end.
- In any other context its end changes nothing that was set there. Nobody can reach into the
  context where it began; so the engine finds values in cells, and the cell of a block that
  ended elsewhere leads to what was before. NumPy reads its own variable without cells: its
  allocator is put back when another block of that kind begins or ends where this one began.
"""

import contextvars
import threading
from types import CellType
from typing import Any


class Block:
    """One value of a variable, from `Variable.begin` to the end of a ``with`` statement, or `end`."""

    __slots__ = ("_variable", "ended", "owner", "shown", "token")

    def __init__(self, variable: "Variable", shown: Any, owner: object) -> None:
        self._variable, self.shown, self.owner = variable, shown, owner
        self.token: contextvars.Token[Any] | None = None  # until it is taken back
        self.ended = False

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: object) -> None:
        self._variable.end(self)


class _AtWork(threading.local):
    now = False


class Variable:
    """A context variable that blocks set.

    Parameters
    ----------
    variable : contextvars.ContextVar
        The engine's, or NumPy's.
    cells : bool
        Whether who reads it looks into cells.
    copies_keep : bool
        Whether a context that was copied within a block keeps the value when the block ends in
        its own. (The engine does not ask for a value that no open block has.)
    """

    def __init__(
        self,
        variable: contextvars.ContextVar[Any],
        *,
        cells: bool = True,
        copies_keep: bool = True,
    ) -> None:
        self.variable, self._cells, self._copies_keep = variable, cells, copies_keep
        # Those that began in this context or in what it was copied from, innermost last.
        self._blocks: contextvars.ContextVar[tuple[Block, ...]] = contextvars.ContextVar(
            f"{variable.name}_blocks", default=()
        )
        self._at_work = _AtWork()

    def begin(self, value: object, owner: object = None) -> Block:
        """Set a value in this context until its end."""
        block = Block(self, CellType(value) if self._cells else value, owner)
        # First, so that no finalizer that ends another block takes that one for the innermost.
        blocks = (*self._blocks.get(), block)
        self._blocks.set(blocks)
        before, self._at_work.now = self._at_work.now, True
        try:
            block.token = self.variable.set(block.shown)
        finally:
            self._at_work.now = before
        if len(blocks) > 1:
            self._settle()
        return block

    def end(self, block: Block) -> None:
        """Take back what a block set, wherever this is."""
        token, block.ended = block.token, True
        blocks = self._blocks.get()
        if blocks and blocks[-1] is block and self._take_back(block):
            blocks = blocks[:-1]
            self._blocks.set(blocks)
        if blocks:
            self._settle()
        if token is not None and self._cells and not (block.token is None and self._copies_keep):
            block.shown.cell_contents = _living(token.old_value)

    def innermost(self, owner: object) -> Block | None:
        """Return the block of an owner that began last as this context knows it."""
        blocks = (block for block in reversed(self._blocks.get()) if block.owner is owner)
        return next((block for block in blocks if not block.ended), None)

    def _settle(self) -> None:
        """Take back what blocks have set in this context that have ended since.

        A finalizer may run in the middle of this or of `begin`, and end blocks: it leaves them
        to whoever is at work.
        """
        if self._at_work.now:
            return
        self._at_work.now = True
        try:
            while any([block.ended for block in self._blocks.get()]):
                self._remove_ended()
        finally:
            self._at_work.now = False

    def _remove_ended(self) -> None:
        blocks = self._blocks.get()
        for at, block in enumerate(blocks):
            if block.ended and self._take_back(block):
                # With it went what those within have set.
                for inner in blocks[at + 1 :]:
                    inner.token = None if inner.ended else self.variable.set(inner.shown)
                break
        self._blocks.set(tuple(block for block in blocks if not block.ended))

    def _take_back(self, block: Block) -> bool:
        if block.token is None:
            return False
        try:
            self.variable.reset(block.token)
        except (ValueError, RuntimeError):  # another context's, which may just take it back
            return False
        block.token = None
        return True


def _living(old: Any) -> Any:
    """Return what was before a block, without blocks that ended elsewhere; None: nothing was."""
    while isinstance(old, CellType) and (old.cell_contents is None or isinstance(old.cell_contents, CellType)):
        old = old.cell_contents
    return None if old is contextvars.Token.MISSING else old
