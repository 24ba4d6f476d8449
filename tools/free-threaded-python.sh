#!/usr/bin/env bash
# usage: free-threaded-python.sh [DIR]
# Prints the path of a free-threaded CPython 3.13 in DIR (default: the user's cache).
# Debian packages none, so the first call builds it from Debian's source package:
# about three minutes on two cores, root needed for apt.
set -euo pipefail

prefix=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/numpy_par/python3.13t}
python=$prefix/bin/python3.13t

build() {
    work=$(mktemp -d)
    list=/etc/apt/sources.list.d/numpy-par-python3.13.sources
    trap 'rm -rf "$work" "$list"' EXIT

    # The sources come from the mirror that this machine already uses.
    mirror=$(sed -n -e 's/^URIs: *//p' -e 's/^deb \(\[[^]]*\] \)\?\([^ ]*debian\)\/\? .*/\2/p' \
        /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources 2> /dev/null |
        grep -v security | head -n 1)
    cat > "$list" << EOF
Types: deb-src
URIs: $mirror
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
EOF
    apt-get update
    apt-get install -y --no-install-recommends build-essential dpkg-dev libssl-dev zlib1g-dev \
        libffi-dev libbz2-dev liblzma-dev libsqlite3-dev
    cd "$work"
    apt-get source --download-only python3.13
    tar xf python3.13_*.orig.tar.xz --strip-components=1
    ./configure -q --disable-gil --prefix="$prefix"
    make -s -j"$(nproc)"
    make -s install
}

if [ ! -x "$python" ]; then
    [ "$(id -u)" = 0 ] || { echo "the first build of $python needs root" >&2; exit 1; }
    echo "building $python" >&2
    log=$(mktemp)
    (build) > "$log" 2>&1 < /dev/null || { cat "$log" >&2; exit 1; }
    rm "$log"
fi
echo "$python"
