"""Floating-point trouble: np.errstate in all its modes, whichever worker meets it; nothing stale, nothing spurious."""

import itertools
import warnings

import numpy as np
import numpy_par as npp
import pytest
import support_fpu as fpu
from support import bits, check, difference, outcome, run_python
from tables import BY_KEY, ENTRIES
from values import maker

N = 30_000
PLACES = {"first": 3, "middle": N // 2 + 1, "last": N - 2}

# (what goes wrong, ufunc, harmless operands, the one that does it)
TROUBLES = {
    "divide": ("divide", (1.0, 2.0), (1.0, 0.0)),
    "divide, integers": ("floor_divide", (7, 2), (7, 0)),
    "divide, log": ("log", (1.0,), (0.0,)),
    "over": ("multiply", (1.0, 2.0), (1e308, 1e10)),
    "over, float32": ("multiply", (np.float32(1), np.float32(2)), (np.float32(1e38), np.float32(1e5))),
    "over, exp": ("exp", (1.0,), (1e4,)),
    "over, float16": ("add", (np.float16(1), np.float16(1)), (np.float16(6e4), np.float16(6e4))),
    "under": ("multiply", (1.0, 1.0), (1e-300, 1e-300)),
    "invalid": ("subtract", (1.0, 2.0), (np.inf, np.inf)),
    "invalid, sqrt": ("sqrt", (4.0,), (-1.0,)),
    "invalid, complex": ("multiply", (1 + 1j, 1j), (complex(np.inf, 0), 0j)),
    "invalid, longdouble": ("sqrt", (np.longdouble(4),), (np.longdouble(-1),)),
    "invalid, remainder": ("remainder", (5.0, 3.0), (1.0, 0.0)),
    "invalid, two outputs": ("divmod", (5.0, 3.0), (np.inf, 3.0)),
}


def operands(trouble, where):
    _, harmless, bad = TROUBLES[trouble]
    arrays = [np.full(N, value) for value in harmless]
    for array, value in zip(arrays, bad):
        array[PLACES[where]] = value
    return arrays


def entry_of(trouble):
    return BY_KEY[TROUBLES[trouble][0]]


@pytest.mark.parametrize("mode", ["ignore", "warn", "raise", "print"])
@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("trouble", TROUBLES)
def test_mode(trouble, where, mode, capfd):
    """The warning's text, category and the line it points to; the exception; what is in out= after it."""
    kind = trouble.partition(",")[0]
    said = []

    def case(ufunc):
        outs = tuple(np.full(N, 7, dtype) for dtype in output_dtypes(ufunc, operands(trouble, where)))
        try:
            with np.errstate(**{"all": "ignore", kind: mode}):
                ufunc(*operands(trouble, where), out=outs)
            error = None
        except FloatingPointError as caught:
            error = str(caught)
        said.append(capfd.readouterr())
        return error, outs

    check(entry_of(trouble), case, f"{trouble} in the {where} piece, {mode}", (1, 2, 3))
    assert len(set(said)) == 1
    assert (mode == "print") == bool(said[0].err)


def output_dtypes(ufunc, arrays):
    return ufunc.resolve_dtypes((*(array.dtype for array in arrays), *(None,) * ufunc.nout))[ufunc.nin :]


@pytest.mark.parametrize("mode", ["call", "log"])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_called_and_logged(trouble, mode):
    kind = trouble.partition(",")[0]

    class Listener(list):
        write = list.append

        def __call__(self, *args):
            self.append(args)

    def case(ufunc):
        heard = Listener()
        with np.errstate(**{"all": "ignore", kind: mode}, call=heard):
            result = ufunc(*operands(trouble, "last"))
        assert heard
        return result, list(heard)

    check(entry_of(trouble), case, f"{trouble}, {mode}", (1, 2, 3))


@pytest.mark.parametrize("answer", [ZeroDivisionError("mine"), KeyboardInterrupt()])
def test_the_callback_raises(answer):
    def callback(kind, flag):
        raise answer

    for _ in range(3):
        with np.errstate(divide="call", call=callback), pytest.raises(type(answer)):
            npp.divide(*operands("divide", "last"))
    assert npp.add(np.ones(N), 1.0)[-1] == 2.0


def test_the_warning_points_to_the_caller():
    for ufunc in (np.divide, npp.divide):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with np.errstate(all="warn"):
                ufunc(*operands("divide", "last"))
        assert [w.filename for w in caught] == [__file__]
        assert caught[0].category is RuntimeWarning


def test_a_warning_that_is_an_error():
    with warnings.catch_warnings(), np.errstate(all="warn"):
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning, match="^divide by zero encountered in divide$"):
            npp.divide(*operands("divide", "middle"))
    assert npp.add(np.ones(N), 1.0)[-1] == 2.0


def test_several_troubles_in_several_pieces():
    def case(ufunc):
        x, y = np.ones(N), np.ones(N)
        x[5], y[5] = 1.0, 0.0
        x[N // 2], y[N // 2] = 1e308, 1e-10
        x[-1], y[-1] = 0.0, 0.0
        with np.errstate(all="warn"):
            return ufunc(x, y)

    check(BY_KEY["divide"], case, "divide, over and invalid at once")


@pytest.mark.parametrize("entry", [e for e in ENTRIES if not e.key.startswith("umath.")], ids=lambda entry: entry.key)
def test_the_same_flags_for_every_ufunc(entry):
    """On the values of the matrix, and on harmless ones: NumPy's set of warnings, no more and no fewer."""
    for signature in entry.signatures:
        if not signature.parallel or {dtype.kind for dtype in signature.inputs} & set("SU"):
            continue
        make = maker(entry, signature)
        whole = [make(k, (60, *core)) if any(entry.core) else make(k, (4000,)) for k, core in enumerate(entry.core)]
        # one element at a time, so that a flag of one is not hidden behind the others'
        for part in (slice(None), *(slice(i, i + 1) for i in range(0, 40, 8)), slice(1000, None)):

            # LAPACK's own flags are chance, and np.linalg ignores them; its errors are reported as invalid
            modes = {"all": "ignore", "invalid": "warn"} if entry.key.startswith("linalg.") else {"all": "warn"}

            def case(ufunc):
                with np.errstate(**modes):
                    return ufunc(*(np.repeat(operand[part], 40, axis=0) for operand in whole))

            check(entry, case, f"({signature}) flags of {part}", (3,))


def test_nan_raises_nothing():
    for entry in ENTRIES:
        for signature in entry.signatures:
            if entry.numpy.signature is None and all(dtype.kind in "fc" for dtype in signature.inputs):
                nans = [np.full(2000, np.nan, dtype) for dtype in signature.inputs]
                with np.errstate(all="raise"):
                    want = outcome(lambda ufunc: ufunc(*nans), entry.numpy)
                    got = outcome(lambda ufunc: ufunc(*nans), entry.ours)
                text = difference(want, got)
                assert not text, f"{entry.key}({signature}) of NaN: {text}"


@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_flag_is_left_behind(trouble):
    """One call sets flags in its workers and ignores them; the next has no trouble and must not report any."""
    arrays = operands(trouble, "middle")
    with np.errstate(all="ignore"):
        for array in arrays:
            array[:] = array[PLACES["middle"]]
        entry_of(trouble).ours(*arrays)
    with np.errstate(all="raise"):
        assert (npp.add(np.ones(N), 1.0) == 2.0).all()
        assert (np.add(np.ones(N), 1.0) == 2.0).all()


def test_flags_of_the_caller_are_not_reported():
    """The thread's own sticky flags, set before the call, say nothing about the call."""
    fpu.libm.feraiseexcept(0x1D)
    with np.errstate(all="raise"):
        npp.add(np.ones(N), 1.0)


def test_casts_that_are_invalid():
    """NaN to an integer, too large for a float16: the cast's flags are reported as the ufunc's."""
    for dtype, target, value in (("f8", "i8", np.nan), ("f8", "f2", 1e300), ("f8", "f4", 1e300), ("c16", "c8", 1e300)):
        for where, mode in itertools.product(PLACES.values(), ("warn", "raise", "ignore")):

            def case(ufunc):
                x, out = np.ones(N, dtype), np.full(N, 7, target)
                x[where] = value
                with np.errstate(all=mode):
                    try:
                        ufunc(x, 1, out=out, casting="unsafe")
                    except FloatingPointError as error:
                        return str(error)
                return out

            check(BY_KEY["add"], case, f"{dtype} to {target} at {where}, {mode}", (1, 2, 3))


@pytest.mark.skipif(not fpu.X86, reason="knows the control words of x86 only")
@pytest.mark.parametrize("rounding", [fpu.UPWARD, fpu.DOWNWARD, fpu.TOWARD_ZERO])
@pytest.mark.parametrize("char", "fdg")
def test_the_callers_rounding_mode_reaches_the_workers(rounding, char):
    """Before and after: workers that were started in one mode must follow into the next and back."""
    x, y = np.ones(N, char), np.resize([3, 10, -3, -10], N).astype(char)  # to nearest that is up, down, ...
    nearest = bits(np.divide(x, y))
    for threads in (2, 3, 7):
        npp.set_num_threads(threads)
        assert bits(npp.divide(x, y)) == nearest
        with fpu.changed(rounding):
            got, want = npp.divide(x, y), np.divide(x, y)
        assert bits(got) == bits(want) != nearest
        assert bits(npp.divide(x, y)) == nearest


@pytest.mark.skipif(not fpu.X86, reason="knows the control words of x86 only")
def test_flushing_subnormals_reaches_the_workers():
    tiny = np.full(N, 5e-324)
    for threads in (2, 3, 7):
        npp.set_num_threads(threads)
        assert (npp.add(tiny, tiny) == 1e-323).all()
        with fpu.changed(flush=fpu.DAZ | fpu.FTZ):
            flushed = npp.add(tiny, tiny)
        assert flushed.tobytes() == bytes(8 * N)
        assert (npp.add(tiny, tiny) == 1e-323).all()


def test_import_and_calls_leave_the_control_word_alone():
    run_python("""
        import warnings
        import numpy as np
        import support_fpu as fpu
        warnings.simplefilter("error")
        before = fpu.control()
        import numpy_par as npp
        assert fpu.control() == before
        npp.set_num_threads(3)
        npp.exp(np.ones(100_000))
        assert fpu.control() == before
        assert np.finfo(np.float64).smallest_subnormal == 5e-324
        assert np.float64(5e-324) * 2 == 1e-323
    """)
