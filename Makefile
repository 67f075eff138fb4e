# What a newcomer types. Each command makes its own virtual environment from a lock file, once, with
# nothing but Python 3.11+ (with venv and pip) and make. The reasons: docs/decisions/.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo run test check lint types contracts debian bench floors lock clean

# PYTHON=python3.13 make test: another interpreter, for a fresh .venv.
PYTHON ?=
# ARGS is handed on: make demo ARGS=--stay
ARGS ?=

BIN := .venv/bin
PIP := -m pip --disable-pip-version-check --no-input -qq install
LOCKED := --require-hashes --no-deps --only-binary :all:
UV_VERSION := 0.13.9

# The rooms that only compute, and the pipeline: nearly every branch of these is tested.
PURE := monitor/errors.py,monitor/compose.py,monitor/timetable.py
PURE := $(PURE),monitor/pipeline.py,monitor/look.py,monitor/recheck.py,monitor/courier.py
PURE := $(PURE),monitor/model/*,monitor/ports/*,monitor/text/*,monitor/discover/*,monitor/extract/*,monitor/dedupe/*,monitor/match/*
PURE := $(PURE),monitor/health.py,monitor/jobs/schedule.py,monitor/deliver/bulletins.py
PURE := $(PURE),monitor/deliver/views.py,monitor/deliver/wording.py
PURE_FLOOR := 95

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

demo: .venv/run.stamp  ## watch the whole daemon at work on two made-up sites, in a minute, without the internet
	@$(BIN)/monitor demo $(ARGS)

run: .venv/run.stamp  ## run the daemon with sources.yaml
	@$(BIN)/monitor run $(ARGS)

test: .venv/dev.stamp  ## run the tests and hold the coverage floors
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --cov --cov-report=
	@echo "coverage of everything:"
	@$(BIN)/coverage report
	@echo "coverage of the pure rooms and the pipeline:"
	@$(BIN)/coverage report --include='$(PURE)' --fail-under=$(PURE_FLOOR)

check: lint types contracts test debian  ## all that CI runs: lint, format, types, contracts, tests, Debian's programs

lint: .venv/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/dev.stamp
	$(BIN)/mypy

contracts: .venv/dev.stamp
	$(BIN)/lint-imports

# The tests that need Debian's nginx and chromium (.ci/run installs them).
debian: .venv/dev.stamp
	$(BIN)/python -m pytest -m "needs_nginx or needs_chromium"

bench: .venv-bench/bench.stamp  ## compare us with our peers and write benchmarks/RESULTS.md
	.venv-bench/bin/python -m benchmarks $(ARGS)

floors: .venv/dev.stamp  ## ask whether the text we extract has become worse (ARGS="--data DIR")
	$(BIN)/python -m benchmarks.floors $(ARGS)

lock: .venv/dev.stamp  ## choose versions anew after an edit of pyproject.toml (ARGS=--upgrade: the newest)
	$(BIN)/python $(PIP) uv==$(UV_VERSION)
	$(call compile,requirements/dev.lock,--all-extras)
	$(call compile,requirements/run.lock,--extra apprise --extra demo --constraint requirements/dev.lock)
	$(call compile,benchmarks/requirements.txt,benchmarks/requirements.in --constraint requirements/run.lock)

clean:  ## remove what was built; archives and configuration stay
	rm -rf .venv .venv-bench build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -f .coverage .coverage.*
	find monitor tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# $(call compile,LOCK,OPTIONS): pin every distribution with its hashes. --universal: one lock for every
# platform and Python; --no-emit-index-url: no registry is named, pip's own settings say where to look.
define compile
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		$(ARGS) pyproject.toml requirements/build.in $(2) --output-file $(1)
endef

# $(call install,ENVIRONMENT,LOCK): what the lock says, then ourselves, editable, built with the locked
# build backend.
define install
	@echo "installing $(2) into $(1) (once; the next call starts at once)"
	@$(1)/bin/python $(PIP) $(LOCKED) -r $(2)
	@$(1)/bin/python $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@
endef

.venv/run.stamp: requirements/run.lock pyproject.toml | .venv/bin/python
	$(call install,.venv,requirements/run.lock)

.venv/dev.stamp: requirements/dev.lock pyproject.toml | .venv/bin/python
	$(call install,.venv,requirements/dev.lock)

.venv-bench/bench.stamp: benchmarks/requirements.txt pyproject.toml | .venv-bench/bin/python
	$(call install,.venv-bench,benchmarks/requirements.txt)

.venv/bin/python .venv-bench/bin/python:
	@python="$(PYTHON)"; \
	for name in python3 python3.14 python3.13 python3.12 python3.11; do \
		test -n "$$python" && break; \
		$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && python=$$name; \
	done; \
	test -n "$$python" || { \
		echo "make: monitor needs Python 3.11 or newer, and found none; name yours: make PYTHON=/path/to/python3" >&2; \
		exit 1; }; \
	$$python -c 'import ensurepip' 2>/dev/null || { \
		echo "make: $$python cannot make a virtual environment with pip; on Debian and Ubuntu: apt install python3-venv" >&2; \
		exit 1; }; \
	$$python -m venv $(@:/bin/python=) || { rm -rf $(@:/bin/python=); exit 1; }
