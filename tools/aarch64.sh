#!/usr/bin/env bash
# usage: aarch64.sh PYTHON
# Compiles the engine for aarch64, and runs the kernels there in an emulator against what
# NumPy says here. The engine is not linked: a whole Python is too slow in an emulator.
set -euo pipefail

python=$1
tools/setup.sh aarch64
out=build/aarch64
mkdir -p "$out/include"

# As meson.build has them. SLEEF's header is the same for all machines.
cc=(aarch64-linux-gnu-gcc -std=c11 -O3 -Wall -Wextra -Wno-unused-parameter -Werror
    -ffp-contract=off -DNPP_LEVEL=base -DNPP_VERSION='"0"' -idirafter /usr/include)

echo 'compiling the engine'
# Debian's pyconfig.h looks for one of each machine: this one has the same types.
ln -sfn "/usr/include/$(uname -m)-linux-gnu" "$out/include/aarch64-linux-gnu"
mapfile -t headers < <("$python" -c '
import sysconfig, numpy
print(sysconfig.get_path("include"), numpy.get_include(), sep="\n")')
mapfile -t sources < <(find src -name '*.c')
tools/quietly aarch64-engine "${cc[@]}" -fopenmp -fsyntax-only -Isrc -I"$out/include" \
    "${headers[@]/#/-isystem}" "${sources[@]}"

echo 'compiling the kernels'
tools/quietly aarch64-kernels "${cc[@]}" -Isrc -fno-math-errno tests/kernels/*.c src/kernels/*.c \
    -L/usr/lib/aarch64-linux-gnu -lsleef -lm -o "$out/kernels"

echo 'asking NumPy'
# Whose loops of AVX-512 raise other flags for powers than libm, which it has there.
NPY_DISABLE_CPU_FEATURES='X86_V4 AVX512_ICL AVX512_SPR' "$python" tests/kernels/expected.py "$out/expected"

echo 'running the kernels'
qemu-aarch64 -L /usr/aarch64-linux-gnu -E LD_LIBRARY_PATH=/usr/lib/aarch64-linux-gnu \
    "$out/kernels" "$out/expected"
