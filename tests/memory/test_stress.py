"""Many threads at the pool, in C (stress.c), also under sanitizers."""

import os
import shutil
import subprocess

import pytest
from support import ROOT, TESTS

SOURCES = [TESTS / "memory" / "stress.c", *((ROOT / "src" / "memory" / f"{name}.c") for name in ("pool", "caches", "blocks", "pages"))]
OPERATIONS = int(os.environ.get("NUMPY_PAR_STRESS_OPERATIONS", 10_000_000))

# compiler, its options, what part of the operations it gets through in the same time
KINDS = {
    "plain": ("cc", ["-O2"], 1),
    "address": ("gcc", ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover"], 8),
    "thread": ("clang", ["-O1", "-fsanitize=thread"], 20),
}


@pytest.mark.parametrize("kind", KINDS)
def test_pool(kind, tmp_path):
    compiler, options, slower = KINDS[kind]
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    program = tmp_path / "pool"
    built = subprocess.run([compiler, "-std=c11", "-g", *options, *map(str, SOURCES), "-pthread", "-o", str(program)], capture_output=True, text=True)
    if built.returncode and "cannot find" in built.stderr:
        pytest.skip(f"no {kind} sanitizer for {compiler}")
    assert built.returncode == 0, built.stderr
    # Children of a process with threads are what is tested.
    env = {**os.environ, "TSAN_OPTIONS": "die_after_fork=0 halt_on_error=1"}
    done = subprocess.run([program, str(OPERATIONS // slower), "8", "1"], capture_output=True, text=True, env=env, timeout=3600)
    print(done.stdout)
    assert done.returncode == 0 and not done.stderr, done.stderr[-5000:]
