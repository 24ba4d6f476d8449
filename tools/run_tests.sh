#!/usr/bin/env bash
# usage: run_tests.sh PYTHON MARKS TEST... [PYTEST_OPTION...]
# Runs the tests with such marks, as many at once as there are CPUs (at most four), and after
# them those that have to be alone.  One of the two may find none.
set -euo pipefail

python=$1
marks=$2
shift 2
workers=$(($(nproc) < 4 ? $(nproc) : 4))
none=5 # pytest's exit code where no test was collected

beside=0
"$python" -m pytest -n "$workers" -m "($marks) and not alone" "$@" || beside=$?
if [ "$beside" != 0 ] && [ "$beside" != "$none" ]; then
    exit "$beside"
fi
alone=0
"$python" -m pytest -m "($marks) and alone" "$@" || alone=$?
if [ "$alone" = "$none" ]; then
    alone=$beside
fi
exit "$alone"
