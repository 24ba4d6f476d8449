#!/usr/bin/env bash
# usage: sanitize.sh address|thread VENV ARGUMENT...
# Builds the package under a sanitizer into build/WHICH/site and runs Python on it.
set -euo pipefail

which=$1
bin=$PWD/$2/bin
shift 2
site=$PWD/build/$which/site
export PYTHONPATH=$site
llvm=/usr/lib/llvm-14

case $which in
address)
    export CC=gcc
    sanitizers=address,undefined
    ;;
thread)
    tools/setup.sh thread
    export CC=$llvm/bin/clang
    sanitizers=thread
    ;;
esac

echo "building numpy_par ($which sanitizer)"
tools/quietly "$which-setup" meson setup "build/$which" -Dbuildtype=debugoptimized \
    -Db_sanitize="$sanitizers" -Db_lundef=false -Dpython.platlibdir="$site"
tools/quietly "$which-build" meson install -C "build/$which"

# Python itself is a plain one, so it has to bring in the sanitizer's runtime before the
# extension needs it.
case $which in
address)
    # CPython's own small-object allocator would hide overruns.
    export PYTHONMALLOC=malloc
    # CPython leaks at exit. Too large an array is a MemoryError, not the end.
    export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1
    export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
    # Without libstdc++ the runtime finds no __cxa_throw in a Python that links no C++.
    preload=
    for library in libasan.so libubsan.so libstdc++.so.6; do
        preload+=" $("$CC" -print-file-name="$library")"
    done
    exec env LD_PRELOAD="${preload# }" "$bin/python" "$@"
    ;;
thread)
    TSAN_OPTIONS=ignore_noninstrumented_modules=1:die_after_fork=0
    export TSAN_OPTIONS+=:external_symbolizer_path=$llvm/bin/llvm-symbolizer
    # clang 14's runtime crashes when it is preloaded, so an interpreter is linked with it.
    # It lies in the environment because Python finds the environment by its own place.
    mapfile -t flags < <("$bin/python" -c '
from sysconfig import get_config_var, get_path
print("-I" + get_path("include"))
print("-L" + get_config_var("LIBDIR"))
print("-Wl,-rpath," + get_config_var("LIBDIR"))
print("-lpython" + get_config_var("LDVERSION"))')
    tools/quietly thread-python "$CC" -fsanitize=thread -x c -o "$bin/python-tsan" - "${flags[@]}" <<'EOF'
#include <Python.h>
int main(int argc, char **argv)
{
    return Py_BytesMain(argc, argv);
}
EOF
    # Its shadow memory leaves no room for a wider randomization of addresses.
    fixed=()
    [ "$(cat /proc/sys/vm/mmap_rnd_bits 2> /dev/null || echo 32)" -le 28 ] || fixed=(setarch -R)
    exec "${fixed[@]}" "$bin/python-tsan" "$@"
    ;;
esac
