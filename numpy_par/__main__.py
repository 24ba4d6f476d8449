"""``python -m numpy_par``: run a program that is not changed, on every core."""

import argparse
import builtins
import io
import runpy
import sys
import zipfile
from pathlib import Path
from types import CodeType, ModuleType

import numpy_par as npp

USAGE = """python -m numpy_par [option ...] script.py [argument ...]
       python -m numpy_par [option ...] -m module [argument ...]
       python -m numpy_par [option ...] -c code [argument ...]"""


def main(arguments: list[str]) -> None:
    """Enable numpy_par and run what the arguments say, as Python would."""
    options, program = parse(arguments)
    try:
        if options.threads is not None:
            npp.set_num_threads(options.threads)
    except (TypeError, ValueError) as error:
        sys.exit(f"python -m numpy_par: --threads: {error}")
    npp.enable(exact=options.exact, pool=not options.no_pool)
    if not options.profile:
        run(program)
        return
    record = npp.profile()
    try:
        with record:
            run(program)
    finally:
        print(record, file=sys.stderr)


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return our own options, and the rest as it was given.

    The first argument that is none of ours begins the program: all that follows is
    the program's own.
    """
    parser = argparse.ArgumentParser(prog="python -m numpy_par", usage=USAGE, description=__doc__, allow_abbrev=False)
    parser.add_argument("--exact", action="store_true", help="only NumPy's own bits")
    parser.add_argument("--no-pool", action="store_true", help="no memory pool for large arrays")
    parser.add_argument("--profile", action="store_true", help="show at the end what it gained")
    parser.add_argument("--threads", type=int, metavar="N", help="set_num_threads(N)")
    end = 0
    while end < len(arguments):
        argument = arguments[end]
        if argument == "--threads":
            end += 2
        elif argument.startswith("--") or argument == "-h":
            end += 1
        else:
            break
    options = parser.parse_args(arguments[:end])
    program = arguments[end:]
    if not program:
        parser.error("a script, -m module or -c code is missing")
    if program[0] in ("-m", "-c") and len(program) == 1:
        parser.error(f"{program[0]} needs an argument")
    return options, program


def run(program: list[str]) -> None:
    """Run a script, ``-`` (stdin), ``-m module`` or ``-c code`` as the main program."""
    what, *rest = program
    if what == "-m":
        sys.argv = rest
        # As Python does: the folder in which it was started comes first.
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    elif what == "-c":
        code, *rest = rest
        sys.argv = ["-c", *rest]
        run_code(compile(code, "<string>", "exec"))
    elif what == "-":
        sys.argv = program
        run_code(compile(sys.stdin.read(), "<stdin>", "exec"))
    else:
        sys.argv = program
        if not sys.flags.safe_path:
            sys.path[0] = str(Path(what).resolve().parent)
        run_script(what)


def run_script(path: str) -> None:
    """Run a file; a folder or archive with a ``__main__.py`` too."""
    if Path(path).is_dir() or zipfile.is_zipfile(path):
        runpy.run_path(path, run_name="__main__")
        return
    try:
        with io.open_code(path) as script:
            source = script.read()
    except OSError as error:
        sys.exit(f"python -m numpy_par: can't open file {path!r}: {error.strerror}")
    run_code(compile(source, path, "exec"), __file__=path)


def run_code(code: CodeType, **names: object) -> None:
    """Run code in a main module of its own, which stays there for its threads to use."""
    module = sys.modules["__main__"] = ModuleType("__main__")
    module.__dict__.update(names, __builtins__=builtins)
    exec(code, module.__dict__)


if __name__ == "__main__":
    main(sys.argv[1:])
