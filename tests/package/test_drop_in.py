"""enable, disable, enabled: for whom numpy_par does the work, and when."""

import asyncio
import contextvars
import threading

import numpy as np
import numpy_par as npp
import pytest
from numpy_par import _drop_in
from support import regions, run_python

X = np.linspace(0, 1, 100_000)

pytestmark = pytest.mark.usefixtures("disabled_again")


def test_twice_is_once():
    npp.enable()
    npp.enable()
    assert npp.is_enabled()
    npp.disable()
    assert not npp.is_enabled() and regions(lambda: X + X) == 0
    npp.disable()


def test_only_in_the_block():
    with npp.enabled():
        assert npp.is_enabled() and regions(lambda: X + X) == 1
        with npp.enabled():
            assert npp.is_enabled()
        assert npp.is_enabled()
    assert not npp.is_enabled() and regions(lambda: X + X) == 0
    with pytest.raises(KeyError), npp.enabled():
        raise KeyError
    assert not npp.is_enabled()


def in_thread(function):
    result = []
    thread = threading.Thread(target=lambda: result.append(function()))
    thread.start()
    thread.join(20)
    return result[0]


def test_a_block_is_for_its_thread():
    with npp.enabled():
        assert not in_thread(npp.is_enabled) and in_thread(lambda: regions(lambda: X + X)) == 0
        context = contextvars.copy_context()
        assert in_thread(lambda: context.run(npp.is_enabled))
    npp.enable()
    assert in_thread(npp.is_enabled) and in_thread(lambda: regions(lambda: X + X)) == 1


def test_a_block_is_for_its_task():
    async def inside(entered, leave):
        with npp.enabled():
            entered.set()
            await leave.wait()
            return npp.is_enabled()

    async def main():
        entered, leave = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(inside(entered, leave))
        await entered.wait()
        outside = npp.is_enabled()
        leave.set()
        return outside, await task

    assert asyncio.run(main()) == (False, True)


def test_disable_leaves_blocks_alone():
    with npp.enabled():
        npp.enable()
        npp.disable()
        assert npp.is_enabled() and regions(lambda: X + X) == 1


def test_a_generator_closed_elsewhere():
    async def generator():
        with npp.enabled():
            yield

    async def main():
        inside = generator()
        await asyncio.create_task(anext_of(inside))
        await asyncio.create_task(inside.aclose())

    async def anext_of(generator):
        return await generator.__anext__()

    asyncio.run(main())
    npp.enable()
    npp.disable()
    assert set(_drop_in.status().values()) - {"off"} == set()


def test_wrong_arguments():
    for function in (npp.enable, npp.enabled):
        with pytest.raises(TypeError, match="exact must be True or False, not 1"):
            context = function(exact=1)
            context.__enter__()
        with pytest.raises(TypeError):
            function(True)
    assert not npp.is_enabled()


def test_exact_is_taken():
    npp.enable(exact=True)
    assert npp.is_enabled()


def test_fork_after_enable():
    code = """
        import os
        import numpy as np, numpy_par as npp
        npp.enable()
        x = np.ones(1_000_000)
        x + x
        if (child := os.fork()) == 0:
            n = npp._engine.counters()["regions"]
            ok = ((x + x) == 2).all() and npp.is_enabled() and npp._engine.counters()["regions"] > n
            os._exit(0 if ok else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    """
    run_python(code, options=("-W", "error::DeprecationWarning"))


def test_a_version_out_of_range_warns_once(monkeypatch):
    monkeypatch.setattr(_drop_in, "TESTED", ((1, 0), (1, 1)))
    monkeypatch.setattr(_drop_in, "_warned", False)
    with pytest.warns(RuntimeWarning, match=r"tested with NumPy 1.0 to 1.1, and this is") as caught:
        npp.enable()
        npp.enable()
        with npp.enabled():
            pass
    assert len(caught) == 1 and caught[0].filename == __file__
    monkeypatch.setattr(_drop_in, "_warned", False)
    with pytest.warns(RuntimeWarning) as caught, npp.enabled():
        pass
    assert caught[0].filename == __file__


def test_status_in_show_config(capsys):
    npp.enable()
    rows = npp.show_config("dicts")["drop-in"]
    assert rows["enabled"] is True
    effective, _, known = rows["hooks"].partition(" of ")
    left_out = {name for name in rows if name.startswith("without ")}
    assert int(known) - int(effective) == len(left_out) and int(known) > 120
    # NumPy 2.0 takes the arguments of one function in another way
    assert left_out <= {"without function.copyto"}
    npp.show_config()
    assert "drop-in" in capsys.readouterr().out
