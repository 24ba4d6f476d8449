"""Our ``with`` blocks, wherever and in whatever order they end: every kind, every way."""

import asyncio
import contextlib
import contextvars
import gc
import inspect
import pathlib
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy_par as npp
import pytest
from numpy_par import _context, _drop_in

X = np.linspace(0, 1, 100)
ARENA = npp.Arena(1 << 16)
BUFFERS = npp.memory.BufferPool(10)


class Kind(NamedTuple):
    make: Callable  # a block
    look: Callable  # what holds here
    inside: object
    other: Callable = contextlib.nullcontext  # another block, of another value
    heals: bool = True  # the context where it began sees at once that it has ended elsewhere


def allocator():
    return np._core.multiarray.get_handler_name()


def recorded():
    """How many profiles are on cannot be seen, whether any is can: it counts a call."""
    def calls():
        return sum(row[4] for row in npp._engine.read_profile())

    before = calls()
    npp.add(X, X)
    return calls() > before


def buffers_out():
    return BUFFERS.made - len(BUFFERS._idle)


KINDS = {
    "threads": Kind(lambda: npp.threads(1), npp.get_num_threads, 1, lambda: npp.threads(2)),
    "enabled": Kind(npp.enabled, npp.is_enabled, True),
    "enabled, the pool": Kind(npp.enabled, allocator, "numpy_par_pool", lambda: ARENA, heals=False),
    "precision": Kind(lambda: npp.precision("fast"), npp.get_precision, "fast", lambda: npp.precision("close")),
    "profile": Kind(npp.profile, recorded, True),
    "memory.use_pool": Kind(npp.memory.use_pool, allocator, "numpy_par_pool", lambda: ARENA, heals=False),
    "Arena": Kind(lambda: ARENA, allocator, "numpy_par_arena", npp.memory.use_pool, heals=False),
    "Arena.scope": Kind(ARENA.scope, lambda: ARENA.used, 0),
    "memory.BufferPool.acquire": Kind(BUFFERS.acquire, buffers_out, 1),
}


def makes_blocks(value):
    made_by = getattr(value, "__wrapped__", None)
    returns = str(getattr(value, "__annotations__", {}).get("return", ""))
    return hasattr(value, "__enter__") or inspect.isgeneratorfunction(made_by) or "ContextManager" in returns


def test_every_kind_is_here():
    found = set()
    for module, prefix in ((npp, ""), (npp.memory, "memory."), (npp.linalg, "linalg."), (npp.strings, "strings.")):
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.ismodule(value) or isinstance(value, np.ufunc) or not getattr(value, "__module__", "").startswith("numpy_par"):
                continue
            found |= {prefix + name} if makes_blocks(value) else set()
            if inspect.isclass(value):
                found |= {f"{prefix}{name}.{method}" for method, function in vars(value).items() if not method.startswith("_") and makes_blocks(function)}
    assert found == {name.partition(",")[0] for name in KINDS}


def test_one_place_sets_and_takes_back():
    """Nobody else makes a context variable, or has a token of one."""
    for path in pathlib.Path(npp.__file__).parent.glob("*.py"):
        if path.name != "_context.py":
            assert not re.search(r"= contextvars\.ContextVar\(|\.reset\(\w*token|\btoken = ", path.read_text()), path.name


def generate(kind):
    with contextlib.suppress(KeyError), kind.make():
        yield kind.look()


async def generate_async(kind):
    with contextlib.suppress(KeyError), kind.make():
        yield kind.look()


def in_thread(function):
    """As a thread has it that inherits no context."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(contextvars.Context().run, function).result(20)


def collected(generator):
    """A cycle, so that it is the garbage collector who closes it."""
    objects = [generator.pop()]
    objects.append(objects)
    del objects
    gc.collect()


ENDS = {
    "closed": lambda generator: generator.pop().close(),
    "finished": lambda generator: list(generator.pop()),
    "raised in": lambda generator: list(throw(generator.pop())),
    "collected": collected,
}
PLACES = {
    "here": lambda end: end(),
    "another thread": in_thread,
    "a copied context": lambda end: contextvars.copy_context().run(end),
    "an empty context": lambda end: contextvars.Context().run(end),
    "an executor, with a copied context": lambda end: ThreadPoolExecutor(1).submit(contextvars.copy_context().run, end).result(20),
}


def throw(generator):
    with contextlib.suppress(StopIteration):
        yield generator.throw(KeyError)


@pytest.fixture(params=KINDS)
def kind(request):
    gc.collect()
    npp.set_precision("exact")
    kind = KINDS[request.param]
    outside = contextvars.Context().run(kind.look)
    yield kind
    # Whoever counts blocks has counted right: nothing is on, and a new one is as ever.
    assert set(_drop_in.status().values()) - {"off"} <= {"this NumPy takes its arguments in another way"}
    assert contextvars.Context().run(next, generate(kind)) == kind.inside
    gc.collect()
    assert contextvars.Context().run(kind.look) == outside and not npp.is_enabled() and not recorded()
    assert allocator() == "default_allocator" and npp.get_num_threads() == 3 and npp.get_precision() == "exact"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("end", ENDS)
def test_a_generator(kind, end, place):
    def end_there(generator):
        with kind.other():
            before = kind.look()
            ENDS[end](generator)
            if kind.other is not contextlib.nullcontext:
                assert kind.look() == before, "what that context has set stays"

    def scenario():
        outside = kind.look()
        generator = [generate(kind)]
        assert next(generator[0]) == kind.inside
        PLACES[place](lambda: end_there(generator))
        if not kind.heals:
            with npp.Arena(100):
                pass
        assert kind.look() == outside, "nor is anything left where it began"

    contextvars.Context().run(scenario)


def test_it_leaves_nothing_behind(kind):
    """However often: no list of blocks grows in the context where they begin."""
    def scenario():
        for _ in range(50):
            generator = [generate(kind)]
            next(generator[0])
            in_thread(generator.pop().close)
        return max([len(value) for value in contextvars.copy_context().values() if isinstance(value, tuple)], default=0)

    assert contextvars.Context().run(scenario) <= 1


def test_async_generators(kind):
    async def first(generator):
        return await anext(generator)

    async def by_another_task():
        generator = generate_async(kind)
        assert await asyncio.create_task(first(generator)) == kind.inside
        with kind.other():
            before = kind.look()
            await asyncio.create_task(generator.aclose())
            assert kind.other is contextlib.nullcontext or kind.look() == before

    left = []

    async def by_the_loop():
        left.append(generate_async(kind))
        assert await asyncio.create_task(first(left[0])) == kind.inside

    async def by_nobody():
        generator = generate_async(kind)
        assert await asyncio.create_task(first(generator)) == kind.inside
        del generator
        gc.collect()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    for case in (by_another_task, by_the_loop, by_nobody):
        asyncio.run(case())


def test_entered_in_one_task_and_left_in_another(kind):
    async def enter(block):
        block.__enter__()
        return kind.look()

    async def leave(block):
        with kind.other():
            before = kind.look()
            block.__exit__(None, None, None)
            return kind.other is contextlib.nullcontext or kind.look() == before

    async def main():
        block = kind.make()
        assert await asyncio.create_task(enter(block)) == kind.inside
        assert await asyncio.create_task(leave(block))

    asyncio.run(main())


def test_a_fixture_of_pytest(kind):
    """Such a generator is advanced from one function and ended from another, in a context of its own or not."""
    generator, there = generate(kind), contextvars.copy_context()
    assert there.run(next, generator) == kind.inside
    assert next(generator, None) is None


def test_left_in_another_order(kind):
    def scenario():
        outside = kind.look()
        first, second = kind.make(), kind.make()
        other = kind.other()
        for block in (first, other, second):
            block.__enter__()
        middle = kind.look()
        first.__exit__(None, None, None)
        assert kind.look() == middle, "the innermost has its say"
        other.__exit__(None, None, None)
        assert kind.look() == middle
        second.__exit__(None, None, None)
        assert kind.look() == outside

    # An arena does not know which of its blocks ends; the last two set nothing in a context.
    if kind not in [KINDS[name] for name in ("Arena", "Arena.scope", "memory.BufferPool.acquire")]:
        contextvars.Context().run(scenario)


def test_the_value_of_the_innermost_that_is_open():
    def scenario():
        blocks = {n: npp.threads(n) for n in (1, 2)}
        blocks[2].__enter__()
        blocks[1].__enter__()
        blocks[2].__exit__(None, None, None)
        seen = [npp.get_num_threads()]
        with npp.threads(2):
            seen.append(npp.get_num_threads())
            blocks[1].__exit__(None, None, None)
            seen.append(npp.get_num_threads())
        return [*seen, npp.get_num_threads()]

    assert contextvars.Context().run(scenario) == [1, 2, 2, 3]


def test_left_twice_and_entered_again(kind):
    def scenario():
        outside, block = kind.look(), kind.make()
        with block:
            pass
        with contextlib.suppress(RuntimeError):
            block.__exit__(None, None, None)
        assert kind.look() == outside
        with contextlib.suppress(RuntimeError, AttributeError), block:
            assert kind.look() == kind.inside, "if it can be, it is a block as before"
        assert kind.look() == outside

    contextvars.Context().run(scenario)


def test_a_task_that_outlives_the_block_keeps_it(kind):
    """If the block ends in its own context, and its variable is no business of those who count blocks."""
    outside = kind.look()
    with kind.make():
        copied = contextvars.copy_context()
    keep = kind is KINDS["threads"] or not kind.heals
    assert copied.run(kind.look) == (kind.inside if keep else outside)
    with npp.enabled(), npp.precision("close"):  # others' blocks change nothing about that
        if kind in (KINDS["enabled"], KINDS["precision"]):
            assert copied.run(kind.look) == outside


def test_generations_of_contexts():
    """Each copied from the one before while a block was open that ends elsewhere: what is void is no chain."""
    context = contextvars.Context()
    for _ in range(100):
        generator = generate(KINDS["threads"])
        assert context.run(next, generator) == 1
        context, left = context.copy(), context
        generator.close()
        assert left.run(npp.get_num_threads) == context.run(npp.get_num_threads) == 3
    cell, depth = context.get(npp._engine.thread_limit), 0
    while cell is not None:
        cell, depth = cell.cell_contents, depth + 1
    assert depth <= 2


class Interrupted:
    """A context variable in whose `set` a finalizer runs, as the garbage collector may run one anywhere."""

    def __init__(self):
        self.name, self.real, self.finalizer = "interrupted", contextvars.ContextVar("interrupted", default=0), None

    def set(self, value):
        finalizer, self.finalizer = self.finalizer, None
        if finalizer and self.before:
            finalizer()
        token = self.real.set(value)
        if finalizer and not self.before:
            finalizer()
        return token

    def reset(self, token):
        self.real.reset(token)


@pytest.mark.parametrize("before", [True, False])
def test_a_finalizer_in_the_middle(before):
    def scenario():
        interrupted = Interrupted()
        interrupted.before = before
        variable = _context.Variable(interrupted, cells=False)
        outer, seen = variable.begin(1), []

        def finalizer():
            variable.end(outer)
            with variable.begin(2):
                seen.append(interrupted.real.get())

        interrupted.finalizer = finalizer
        inner = variable.begin(3)
        seen.append(interrupted.real.get())
        variable.end(inner)
        return [*seen, interrupted.real.get()]

    assert contextvars.Context().run(scenario) == [2, 3, 0]


@pytest.mark.parametrize("lock", [_drop_in._lock, BUFFERS._lock], ids=["enabled", "BufferPool"])
def test_a_finalizer_in_a_thread_that_has_the_lock(lock):
    """It would wait for itself."""
    generators = [generate(KINDS[name]) for name in ("enabled", "memory.BufferPool.acquire")]

    def end():
        with lock:
            [generator.close() for generator in generators]

    contextvars.Context().run(lambda: [next(generator) for generator in generators])
    thread = threading.Thread(target=end, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive() and not npp.is_enabled() and buffers_out() == 0


def test_a_block_that_ends_while_hooks_are_installed(monkeypatch):
    """What the garbage collector may do in the middle of enable(): the hooks stay all the same."""
    install = npp._engine.install_hooks
    generator = generate(KINDS["enabled"])
    contextvars.Context().run(next, generator)

    def interrupted():
        install()
        generator.close()

    monkeypatch.setattr(npp._engine, "install_hooks", interrupted)
    npp.enable()
    try:
        assert _drop_in.status()["add"] == "on"
    finally:
        npp.disable()
