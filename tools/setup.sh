#!/usr/bin/env bash
# usage: setup.sh venv PYTHON DIR   check this machine, make the virtual environment
#        setup.sh python GROUP DIR  install a group of pyproject.toml's requirements
#        setup.sh lint | thread | aarch64
#                                   check the tools of `make lint`, `test-tsan`, `test-aarch64`
set -euo pipefail

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

# need WHAT PACKAGE... -- CHECK...: where the check fails, installs the Debian
# packages if that takes no password, or says which they are.
need() {
    local what=$1 packages=() sudo=()
    shift
    while [ "$1" != -- ]; do packages+=("$1"); shift; done
    shift
    "$@" 2> /dev/null && return

    [ "$(id -u)" = 0 ] || sudo=(sudo -n)
    if ! command -v apt-get > /dev/null || ! "${sudo[@]}" true 2> /dev/null; then
        die "numpy_par needs $what; on Debian: apt-get install ${packages[*]}"
    fi
    echo "installing ${packages[*]}"
    tools/quietly apt "${sudo[@]}" bash -c '
        export DEBIAN_FRONTEND=noninteractive
        install() { apt-get install -y --no-install-recommends "$@"; }
        install "$@" || {
            case "$*" in *:arm64*) dpkg --add-architecture arm64 ;; esac
            apt-get update && install "$@"
        }' apt "${packages[@]}" < /dev/null
    "$@" 2> /dev/null || die "numpy_par needs $what; installing ${packages[*]} did not bring it"
}

has_commands() { for name; do command -v "$name" > /dev/null || return; done; }

# Patterns, still to be expanded: the files may come with a package.
has_files() { for file; do compgen -G "$file" > /dev/null || return; done; }

# builds HEADER OPTION...: can the compiler include this and link like that?
builds() {
    printf '#include <%s>\nint main(void) { return 0; }\n' "$1" |
        "${CC:-cc}" -x c - -o /dev/null "${@:2}"
}

has_sleef() { pkg-config --exists sleef || builds sleef.h -lsleef; }

setup_venv() {
    local python=$1 venv=$2 version include debian openmp=libgomp1
    command -v "$python" > /dev/null || die "numpy_par needs Python 3.11 or newer, and $python is not here"
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        die "numpy_par needs Python 3.11 or newer, $python is $version (name another: make PYTHON=...)"

    debian=python$version
    include=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
    need 'a C compiler' build-essential -- builds stdlib.h
    "${CC:-cc}" --version | grep -q clang && openmp=libomp-dev
    need "Python's venv module" "$debian-venv" -- "$python" -c 'import ensurepip, venv'
    need "Python's headers" "$debian-dev" -- builds Python.h -I"$include"
    need 'OpenMP' "$openmp" -- builds omp.h -fopenmp
    need 'SLEEF (sleef.h)' libsleef-dev -- has_sleef

    echo "creating $venv (Python $version)"
    tools/quietly venv "$python" -m venv --clear "$venv"
    # Debian 12's own pip takes only one -Csetup-args.
    tools/quietly pip "$venv/bin/python" -m pip install --upgrade pip
}

setup_python() {
    local group=$1 python=$2/bin/python requirements
    mapfile -t requirements < <("$python" - "$group" << 'EOF'
import sys, tomllib
group = sys.argv[1]
with open("pyproject.toml", "rb") as file:
    config = tomllib.load(file)
if group == "build":
    names = config["build-system"]["requires"] + config["project"]["dependencies"]
else:
    names = config["project"]["optional-dependencies"][group]
print(*names, sep="\n")
EOF
    )
    echo "installing Python packages ($group)"
    # The newest NumPy may come without a wheel for this Python, an older one with it.
    tools/quietly "pip-$group" "$python" -m pip install --prefer-binary "${requirements[@]}"
}

case $1 in
venv) setup_venv "$2" "$3" ;;
python) setup_python "$2" "$3" ;;
lint)
    need 'the checkers of C code' clang clang-tidy clang-format cppcheck libomp-dev -- \
        has_commands clang clang-tidy clang-format cppcheck
    CC=clang need 'OpenMP for clang' libomp-dev -- builds omp.h -fopenmp
    ;;
thread)
    llvm=/usr/lib/llvm-14
    need "clang's race detector and OpenMP" clang-14 libclang-rt-14-dev libomp-14-dev llvm-14 -- \
        has_files "$llvm"/bin/{clang,llvm-symbolizer} "$llvm/lib/libomp.so" \
        "$llvm/lib/clang/*/lib/linux/libclang_rt.tsan-$(uname -m).a"
    ;;
aarch64)
    has_aarch64() {
        has_commands aarch64-linux-gnu-gcc qemu-aarch64 &&
            has_files /usr/lib/aarch64-linux-gnu/libsleef.so
    }
    need 'a cross compiler, an emulator and SLEEF for aarch64' \
        gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user libsleef-dev:arm64 -- has_aarch64
    ;;
*) die "unknown: $1" ;;
esac
