"""python -m numpy_par: a script, a module and code run as Python would run them, enabled."""

import subprocess
import sys
import tempfile
import textwrap

import pytest
from support import environment

SHOW = """
import sys, __main__, numpy, numpy_par
print(__name__, sys.argv, numpy_par.is_enabled(), numpy_par.get_num_threads(), __main__.__dict__ is globals())
"""


def python(*arguments, cwd=None, status=0):
    cwd = cwd or tempfile.gettempdir()  # not a checkout, whose source folder would come first
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=60, cwd=cwd, env=environment(PYTHONSAFEPATH=None))
    assert done.returncode == status, done.stderr
    return done


def numpy_par(*arguments, **kwargs):
    return python("-m", "numpy_par", *map(str, arguments), **kwargs)


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(SHOW)
    return path


def test_script(script):
    out = numpy_par("--threads", 2, script, "-m", "--threads", "9").stdout.split(" ", 1)
    assert out[0] == "__main__" and out[1] == f"{[str(script), '-m', '--threads', '9']} True 2 True\n"


def test_module(tmp_path, script):
    out = numpy_par("--threads", 2, "-m", "script", "a", cwd=tmp_path).stdout
    assert out.startswith("__main__ [") and out.endswith("script.py', 'a'] True 2 True\n")


def test_code(tmp_path):
    assert numpy_par("--exact", "-c", SHOW, "a", "-c").stdout.startswith("__main__ ['-c', 'a', '-c'] True")


def test_modules_beside_the_script_and_in_the_current_folder(tmp_path, script):
    (tmp_path / "beside.py").write_text("print('beside')")
    script.write_text("import beside, sys; print(sys.path[0])")
    (tmp_path / "elsewhere").mkdir()
    want = python(script, cwd=tmp_path / "elsewhere").stdout
    assert numpy_par(script, cwd=tmp_path / "elsewhere").stdout == want
    assert numpy_par("-m", "beside", cwd=tmp_path).stdout == "beside\n"
    assert numpy_par("-c", "import beside", cwd=tmp_path).stdout == "beside\n"


def test_profile(script):
    script.write_text("import numpy as np; x = np.ones(100_000); x + x; print('done')")
    done = numpy_par("--profile", script)
    assert done.stdout == "done\n" and "add" in done.stderr and "calls took" in done.stderr
    script.write_text("import numpy as np; x = np.ones(100_000); x + x; raise SystemExit(3)")
    assert "calls took" in numpy_par("--profile", script, status=3).stderr


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "a script, -m module or -c code is missing"),
        (["--threads", "2"], "a script, -m module or -c code is missing"),
        (["-m"], "-m needs an argument"),
        (["-c"], "-c needs an argument"),
        (["--wrong", "x.py"], "unrecognized arguments: --wrong"),
        (["--threads", "x", "x.py"], "invalid int value: 'x'"),
    ],
    ids=str,
)
def test_wrong_arguments(arguments, message):
    assert message in numpy_par(*arguments, status=2).stderr


def test_wrong_values(tmp_path):
    assert "--threads: set_num_threads: n must be at least 1" in numpy_par("--threads", 0, "x.py", status=1).stderr
    assert "nowhere.py" in numpy_par("nowhere.py", status=1).stderr
    assert "No module named nowhere" in numpy_par("-m", "nowhere", status=1).stderr


def test_errors_of_the_program_are_its_own(script):
    script.write_text(textwrap.dedent("""
        def f():
            raise KeyError("mine")
        f()
    """))
    stderr = numpy_par(script, status=1).stderr
    assert stderr.strip().endswith("KeyError: 'mine'") and f'File "{script}", line 3, in f' in stderr


def test_threads_that_outlive_the_script(script):
    script.write_text(textwrap.dedent("""
        import pickle, threading, time
        def f(): pass
        def later():
            time.sleep(0.2)
            print(pickle.loads(pickle.dumps(f)) is f)
        threading.Thread(target=later).start()
    """))
    assert numpy_par(script).stdout == "True\n"


def test_folder_and_standard_input(tmp_path):
    (tmp_path / "__main__.py").write_text(SHOW.replace("__main__.__dict__ is globals()", "1"))
    assert numpy_par(tmp_path).stdout.startswith("__main__ [")
    done = subprocess.run([sys.executable, "-m", "numpy_par", "-", "a"], input=SHOW, capture_output=True, text=True, timeout=60, cwd=tmp_path, env=environment(PYTHONSAFEPATH=None))
    assert done.stdout.startswith("__main__ ['-', 'a'] True")


def test_help():
    assert "--profile" in numpy_par("--help").stdout


def test_multiprocessing_from_a_script(script):
    script.write_text(textwrap.dedent("""
        import multiprocessing, numpy as np, numpy_par as npp
        def work(n):
            return float(np.sqrt(np.ones(100_000) * n).sum()), npp.is_enabled()
        if __name__ == "__main__":
            for method in ("fork", "spawn"):
                with multiprocessing.get_context(method).Pool(2) as pool:
                    print(method, pool.map(work, [4, 9]))
    """))
    out = numpy_par(script).stdout.splitlines()
    assert out == ["fork [(200000.0, True), (300000.0, True)]", "spawn [(200000.0, False), (300000.0, False)]"]
