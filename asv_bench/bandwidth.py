"""What part of the memory bandwidth reductions reach: beside a loop in C that only reads, on as many threads."""

import ctypes
import os
import shlex
import subprocess
import tempfile
from pathlib import Path

import numpy as np

import numpy_par as npp
from benchmarks.measure import Enabled, alternate
from numpy_par._environment import cgroup_memory

SOURCE = Path(__file__).with_name("read.c")
SIZE = 100_000_000  # float64: far more than any cache
BLOCK = 16  # SUMS in read.c, of which the array has a whole number
REST = 0.02  # seconds after which the threads of both sleep


def reader(threads):
    """Return a function that reads an array of 8-byte elements in C: their exclusive or."""
    compiler = shlex.split(os.environ.get("CC", "cc"))
    with tempfile.TemporaryDirectory() as folder:
        library = f"{folder}/read.so"
        options = ("-O3", "-march=native", "-fopenmp", "-shared", "-fPIC", "-o", library)
        subprocess.run([*compiler, *options, SOURCE], check=True)
        read_words = ctypes.CDLL(library).read_words
    read_words.restype = ctypes.c_uint64
    read_words.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    return lambda x: read_words(x.ctypes.data, x.size // BLOCK, threads)


def memory_short():
    """Return whether there is no memory for the array and as much again."""
    pages = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(pages, cgroup_memory() or pages) < 2 * 8 * SIZE


def compare(seconds=3):
    """Return the highest rate of each in GB/s, by name, the C loop first."""
    x = np.random.default_rng(0).random(SIZE)
    read = reader(npp.get_num_threads())
    assert read(x) == np.bitwise_xor.reduce(x.view("u8")), "the C loop does not read all of it"
    ours = [Enabled(function) for function in (np.sum, np.max, np.mean)]
    try:
        functions = {"C, exclusive or": read, "sum": ours[0].call, "max": ours[1].call, "mean": ours[2].call}
        times = alternate(functions.values(), (x,), seconds, rounds=15, rest=REST)
    finally:
        for function in ours:
            function.close()
    return {name: x.nbytes / time / 1e9 for name, time in zip(functions, times)}


def show():
    """Print the rates, and what part of C's they are."""
    if memory_short():
        print(f"\nbandwidth: left out, memory is short for {8 * SIZE / 1e6:,.0f} MB")
        return
    print(f"\n{f'bandwidth, {SIZE:,} float64':36s} {'GB/s':>6s} {'of C':>6s}")
    rates = compare()
    best = rates["C, exclusive or"]
    for name, rate in rates.items():
        print(f"{name:36s} {rate:6.1f} {rate / best:6.0%}")
