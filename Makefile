# Every target makes ready what it needs; stamps in the virtual environment keep
# the second run short.

PYTHON ?= python3
# Another Python has another environment: make test PYTHON=python3.12.
VENV ?= .venv$(if $(filter-out python3,$(PYTHON)),-$(notdir $(PYTHON)))
WERROR ?= false
ASSERTS ?= true
BUILD_DIR ?= build/$(if $(filter true,$(ASSERTS)),dev,release)$(patsubst .venv%,%,$(VENV))

TESTS ?= tests
TSAN_TESTS ?= tests/threads/test_threads.py tests/threads/test_process.py
PYTEST_ARGS ?=
BENCH ?=
BENCH_ARGS ?=

python := $(VENV)/bin/python
# numba holds NumPy to the versions that it knows: an environment of its own, that nothing else sees.
peers := $(VENV)-peers
# A sanitizer's report goes past Python to the real stderr.
sanitized_pytest := -m pytest --capture=sys -p no:cacheprovider
# These count the threads of the process; ThreadSanitizer adds one of its own.
tsan_skips := -k 'not (cap_holds or leave_no_workers or smaller_cap or no_thread_before)'
asv = $(python) -m asv --config asv_bench/asv.conf.json
# Directories are listed too: their time changes when a file goes away.
sources := $(shell find src numpy_par -name __pycache__ -prune -o -print) \
    meson.build pyproject.toml
c_files = $(shell find src -name '*.[ch]')
setup_args := -Dwerror=$(WERROR) -Db_ndebug=$(if $(filter true,$(ASSERTS)),false,true)

# meson and ninja are looked up by name.
export PATH := $(abspath $(VENV))/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Keeps the source folder numpy_par/ from hiding the installed package.
test test-long bench bench-kernels bench-reductions bench-search bench-select bench-order bench-programs bench-overhead bench-neighbours bench-peers tune test-asan test-tsan test-numpy test-arena test-stress test-exhaustive test-hypothesis test-aarch64 test-ecosystem: export PYTHONSAFEPATH := 1

# Two pips must not write into one environment.
.NOTPARALLEL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help build demo test test-long bench bench-kernels bench-reductions bench-search bench-select bench-order bench-programs bench-overhead bench-neighbours bench-peers tune lint format \
    test-asan test-tsan test-free-threaded test-numpy test-arena test-stress test-exhaustive test-hypothesis test-aarch64 \
    test-ecosystem clean FORCE

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{ printf "  make %-20s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo '  TESTS=path  PYTEST_ARGS="-k name"  BENCH=pattern  BENCH_ARGS="--sizes S"  PYTHON=python3.12  WERROR=true'

build: $(VENV)/.stamp-build ## build and install into .venv

demo: build $(VENV)/.stamp-python-demo ## run the demo
	@$(python) demo/terrain.py

test: build $(VENV)/.stamp-python-test ## run the tests (asserts on)
	@tools/run_tests.sh $(python) 'not long' $(TESTS) $(PYTEST_ARGS)

test-long: build $(VENV)/.stamp-python-test ## run the tests with more values, seeds and levels
	@tools/run_tests.sh $(python) long $(TESTS) $(PYTEST_ARGS)

bench: $(VENV)/.stamp-python-bench ## run the benchmarks, quickly (asserts off, as users have it)
	@$(MAKE) --no-print-directory build ASSERTS=false
	@tools/quietly asv-machine $(asv) machine --yes
	@$(asv) run --python=same --quick --show-stderr $(if $(BENCH),--bench '$(BENCH)')

bench-kernels: $(VENV)/.stamp-python-bench ## what each kernel gains at each instruction set
	@$(MAKE) --no-print-directory build ASSERTS=false
	@$(python) asv_bench/kernels.py

bench-reductions: $(VENV)/.stamp-python-bench ## what sums, extremes, scans and the like gain with the drop-in
	@$(MAKE) --no-print-directory build ASSERTS=false
	@$(python) asv_bench/reductions.py

bench-select: $(VENV)/.stamp-python-bench ## what masks, indices and copies gain with the drop-in
	@$(MAKE) --no-print-directory build ASSERTS=false
	@$(python) asv_bench/selections.py

bench-order: $(VENV)/.stamp-python-bench ## what sorts gain with the drop-in, by dtype, size and pattern
	@$(MAKE) --no-print-directory build ASSERTS=false
	@$(python) asv_bench/orders.py

bench-search: $(VENV)/.stamp-python-bench ## what searches, interpolation and histograms gain with the drop-in
	@$(MAKE) --no-print-directory build ASSERTS=false
	@$(python) asv_bench/searches.py

bench-programs: $(VENV)/.stamp-python-test ## what whole programs gain with the drop-in, idle and beside a busy neighbour
	@$(MAKE) --no-print-directory build ASSERTS=false
	@$(python) asv_bench/whole_programs.py $(BENCH_ARGS)

bench-overhead: $(VENV)/.stamp-python-bench ## what the drop-in adds to calls that are too small to gain
	@$(MAKE) --no-print-directory build ASSERTS=false
	@$(python) asv_bench/overhead.py

bench-neighbours: $(VENV)/.stamp-python-bench ## four programs beside busy processes of every kind
	@$(MAKE) --no-print-directory build ASSERTS=false
	@$(python) tools/neighbours.py

bench-peers: ## reductions beside those of bottleneck, numexpr and numba
	@$(MAKE) --no-print-directory build $(peers)/.stamp-python-peers VENV=$(peers) ASSERTS=false
	@$(peers)/bin/python asv_bench/peers.py

tune: $(VENV)/.stamp-python-bench ## measure which kernels of ours win at each instruction set (src/kernels/ops.def)
	@$(MAKE) --no-print-directory build ASSERTS=false
	@$(python) asv_bench/kernels.py --all

lint: build $(VENV)/.stamp-python-lint ## check the code: layers, ruff, mypy, clang, clang-tidy, cppcheck, clang-format
	@tools/setup.sh lint
	@echo 'layers'
	@$(python) tools/layers.py
	@echo 'ruff, mypy'
	@$(python) -m ruff check --quiet numpy_par
	@$(python) -m ruff format --quiet --check numpy_par
	@tools/quietly lint-mypy $(python) -m mypy --strict numpy_par
	@tools/quietly lint-stubtest $(python) -m mypy.stubtest --mypy-config-file pyproject.toml numpy_par._engine
	@echo 'clang-format'
	@clang-format --dry-run -Werror $(c_files)
	@echo 'clang -Werror'
	@CC=clang tools/quietly lint-setup meson setup build/clang -Dwerror=true -Db_ndebug=false
	@tools/quietly lint-build meson compile -C build/clang
	@echo 'clang-tidy'
	@tools/quietly lint-tidy clang-tidy --quiet --warnings-as-errors='*' -p build/clang \
	    $(filter-out src/kernels/%,$(filter %.c,$(c_files)))
# Once, not for each instruction set.
	@tools/quietly lint-tidy-kernels clang-tidy --quiet --warnings-as-errors='*' \
	    $(wildcard src/kernels/*.c) -- -std=c11 -Isrc -DNPP_LEVEL=avx2 -mavx2 -mfma -mf16c
	@echo 'cppcheck'
# It takes a mapping for an allocation, of which parts cannot be unmapped or mapped anew,
# and does not get through the macros of kernels/.
	@cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
	    $(foreach id,memleak deallocret leakReturnValNotUsed,--suppress=$(id):src/memory/*) \
	    --error-exitcode=1 --library=python,posix,gnu,openmp -i src/kernels -I src src

format: $(VENV)/.stamp-python-lint ## format the code in place
	@tools/setup.sh lint
	@clang-format -i $(c_files)
	@$(python) -m ruff format --quiet numpy_par

test-asan: $(VENV)/.stamp-python-build $(VENV)/.stamp-python-test ## tests under gcc's address and undefined-behaviour sanitizers
	@tools/sanitize.sh address $(VENV) $(sanitized_pytest) $(TESTS) $(PYTEST_ARGS)

test-tsan: $(VENV)/.stamp-python-build $(VENV)/.stamp-python-test ## thread tests under clang's race detector (TSAN_TESTS=path)
	@tools/sanitize.sh thread $(VENV) $(sanitized_pytest) $(TSAN_TESTS) $(tsan_skips) $(PYTEST_ARGS)

test-numpy: build $(VENV)/.stamp-python-test ## NumPy's own tests under numpy_par, ten minutes (SUITES=numpy-core: three)
	@$(python) tools/suites.py $(or $(SUITES),numpy)

test-arena: build $(VENV)/.stamp-python-test ## NumPy's own tests with all arrays in an Arena
	@$(python) tools/suites.py numpy-arena

test-stress: build $(VENV)/.stamp-python-test ## 100 million operations of many threads at the memory pool (OPERATIONS=n)
	@NUMPY_PAR_STRESS_OPERATIONS=$(or $(OPERATIONS),100000000) \
	    $(python) -m pytest -s tests/memory/test_stress.py $(PYTEST_ARGS)

test-exhaustive: build $(VENV)/.stamp-python-test ## every float32 through every close kernel, at each level (LEVELS=avx2; hours)
	@for level in $(or $(LEVELS),avx2 avx512); do \
	    NUMPY_PAR_ISA=$$level NUMPY_PAR_EXHAUSTIVE=1 \
	        $(python) -m pytest -s tests/kernels/test_exhaustive.py $(PYTEST_ARGS) || exit 1; done

test-hypothesis: build $(VENV)/.stamp-python-test ## random calls against NumPy, many more than in the tests (EXAMPLES=20000)
	@NUMPY_PAR_TEST_EXAMPLES=$(or $(EXAMPLES),20000) \
	    $(python) -m pytest $(wildcard tests/*/test_hypothesis*.py) $(PYTEST_ARGS)

test-aarch64: build $(VENV)/.stamp-python-test ## the kernels for aarch64, in an emulator against NumPy here, a minute
	@tools/aarch64.sh $(python)

test-ecosystem: build $(VENV)/.stamp-python-test ## parts of SciPy's and pandas' tests under numpy_par
	@$(python) tools/suites.py $(or $(SUITES),scipy pandas)

test-free-threaded: ## tests on free-threaded CPython 3.13 (built once, three minutes)
	@python=$$(tools/free-threaded-python.sh) && \
	$(MAKE) --no-print-directory test PYTHON="$$python" \
	    VENV=.venv-ft BUILD_DIR=build/free-threaded

clean: ## remove all that was built, the environments too
	rm -rf build .venv .venv-ft .venv-peers

$(VENV)/.stamp-venv:
	@tools/setup.sh venv $(PYTHON) $(VENV)
	@touch $@

$(VENV)/.stamp-python-%: pyproject.toml $(VENV)/.stamp-venv
	@tools/setup.sh python $* $(VENV)
	@touch $@

# Rewritten only when they change, so that a change of options builds anew.
$(VENV)/.setup-args: FORCE $(VENV)/.stamp-venv
	@echo '$(BUILD_DIR) $(setup_args)' | cmp -s - $@ || echo '$(BUILD_DIR) $(setup_args)' > $@

$(VENV)/.stamp-build: $(sources) $(VENV)/.stamp-python-build $(VENV)/.setup-args
	@echo 'building numpy_par'
	@tools/quietly build $(python) -m pip install --no-build-isolation --no-deps \
	    -Cbuild-dir=$(BUILD_DIR) $(setup_args:%=-Csetup-args=%) .
	@touch $@
