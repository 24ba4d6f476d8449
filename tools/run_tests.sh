#!/usr/bin/env bash
# usage: run_tests.sh PYTHON TEST... [PYTEST_OPTION...]
# Runs the tests, as many at once as there are CPUs (at most four), and after them those that
# have to be alone.  One of the two may find none.
set -euo pipefail

python=$1
shift
workers=$(($(nproc) < 4 ? $(nproc) : 4))
none=5 # pytest's exit code where no test was collected

beside=0
"$python" -m pytest -n "$workers" -m 'not alone' "$@" || beside=$?
if [ "$beside" != 0 ] && [ "$beside" != "$none" ]; then
    exit "$beside"
fi
alone=0
"$python" -m pytest -m alone "$@" || alone=$?
if [ "$alone" = "$none" ]; then
    alone=$beside
fi
exit "$alone"
