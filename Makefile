# Two commands: `make assess` and `make test`. Each does all the set-up it needs.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PYPROJECT := pyproject.toml
DELIVERY ?= examples/parcel-rates
JOBS ?= 2

.PHONY: assess test test-all check bench alike warm cost scale scale-dashboard soak docs words lock clean

## Assess a delivery: make assess DELIVERY=<url[@commit] or path>; with no argument, the example that ships with the project.
assess: .venv/run.stamp
	@$(BIN)/verifier assess "$(DELIVERY)" $(ARGS)

## Run the tests, but for the long ones. A file is one process's: what its tests share is dear (xdist's groups do nothing under pytest 9.2).
test: .venv/dev.stamp
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -m "not long" $(ARGS)

## Run all tests: also those that assess whole deliveries by the dozen.
test-all: .venv/dev.stamp
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

## Everything the gate runs beside the tests.
check: .venv/dev.stamp
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/collect-words --check
	@$(BIN)/reuse lint --quiet && echo "reuse: compliant"

## The same tools by hand against `verifier assess`, side by side: cold, unchanged and changed. ARGS=--short has one ratio.
bench: .venv/dev.stamp
	@$(BIN)/python tests/bench.py $(ARGS)

## Real projects assessed with and without cache and shortcuts: the same, byte for byte.
alike: .venv/dev.stamp
	@$(BIN)/python tests/alike.py $(ARGS)

## What a worker spends that keeps its tools loaded, against the same deliveries by `verifier assess`.
warm: .venv/dev.stamp
	@PYTHONPATH=tests $(BIN)/python tests/warm.py $(ARGS)

## What the sandbox and the inventories add to an assessment, measured.
cost: .venv/dev.stamp
	@$(BIN)/python tests/cost.py $(ARGS)

## A record of 10,000 contracts: what a list, a move and an answer of the gate take.
scale: .venv/dev.stamp
	@PYTHONPATH=tests $(BIN)/python tests/scale.py $(ARGS)

## The dashboard over a record of 10,000 contracts with a report each: to build it, to build it again, and its pages live.
scale-dashboard: .venv/dev.stamp
	@PYTHONPATH=tests $(BIN)/python tests/scale_dashboard.py $(ARGS)

## Three workers, 200 deliveries, one worker killed, one frozen, the database stopped: what is left of it. ARGS="--real 20" assesses real trees.
soak: .venv/dev.stamp
	@PYTHONPATH=tests $(BIN)/python tests/soak_fleet.py $(ARGS)

## The pages of docs/, as HTML in build/docs.
docs: .venv/dev.stamp
	@$(BIN)/sphinx-build -q -W --keep-going -b html docs build/docs && echo "build/docs/index.html"

## Collect the sentences of the code into the French catalogue; what has no French yet is left empty there, and the check says so.
words: .venv/dev.stamp
	@$(BIN)/python scripts/collect-words

## Pin again: names and hashes only, no download addresses.
lock: .venv/dev.stamp
	@for set in build dev; do \
	  file=$$([ $$set = build ] && echo requirements.txt || echo requirements-dev.txt); \
	  $(BIN)/uv pip compile --quiet $(PYPROJECT) --group $$set --extra ruff --extra sigstore --extra dashboard --extra fleet --generate-hashes --universal \
	    --python-version 3.11 --no-header --no-annotate --no-emit-index-url --upgrade -o $$file; \
	done

clean:
	rm -rf .venv

.venv/run.stamp: requirements.txt $(PYPROJECT) scripts/system-packages
	@scripts/system-packages
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/run.stamp scripts/npm-packages scripts/pypi-schemas
	@scripts/system-packages --tests
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@scripts/npm-packages .venv/npm
	@$(BIN)/python scripts/pypi-schemas .venv/ocds
	@touch $@
