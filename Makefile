# What one does with this project; `make` alone lists it.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# without the build isolation of pip, the constraints hold for the build backend too
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -c constraints.txt
# on all cores, for the tests of crashes and of raw files are many
PYTEST := $(BIN)/python -m pytest -n auto --dist worksteal

# the sizes that `make bench` measures, in rows, and how often
ROWS := 10000000
LARGE := 0
ROUNDS := 3
# how long `make fuzz` goes on
MINUTES := 1
# how often each call of the system fails in each way under `make faults`; 0 is each time
FAULTS := 3
# what `make mutants` changes, modules or single mutants, all if none is named; every how many
# changes it tries, and how many seconds of tests each meets
ONLY :=
EVERY := 1
SECONDS := 3

.PHONY: help run test check format coverage snapshots bench fuzz faults mutants errors fonts clean
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1 — /p' $(MAKEFILE_LIST)

run: $(VENV)/.core ## install cci and print Table 2 of the first half of 2025
	$(BIN)/cci compute 2025H1

test: $(VENV)/.test ## run the tests
	$(PYTEST)

check: $(VENV)/.dev ## dependencies that fit, formatting, lint, types, tests
	$(BIN)/python -m pip check
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(PYTEST)

format: $(VENV)/.dev ## put the code into its standard form
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

snapshots: $(VENV)/.core ## make the demonstration snapshots again, byte for byte
	$(BIN)/python tools/make_snapshots.py .

coverage: $(VENV)/.dev ## lines and branches that the tests reach, at least 95 %
	$(PYTEST) --cov --cov-report=term:skip-covered

bench: $(VENV)/.bench ## measure the commands beside Polars and DuckDB alone; ROWS=, LARGE=, ROUNDS=, README=1
	$(BIN)/python tools/benchmark --rows $(ROWS) --large-rows $(LARGE) --rounds $(ROUNDS) $(if $(README),--readme)

fuzz: $(VENV)/.test ## hand mutated raw files to `cci ingest` for a minute; MINUTES=, SEED=
	$(BIN)/python tools/fuzz/fuzz.py --minutes $(MINUTES) $(if $(SEED),--seed $(SEED))

faults: $(VENV)/.test ## let calls of the system fail under each command, by strace; FAULTS= of each kind and call
	$(BIN)/python tools/faults/campaign.py --faults $(FAULTS)

mutants: $(VENV)/.mutation ## change what computes, one place at a time, and see what no test notices; ONLY=, EVERY=, SECONDS=
	$(BIN)/python tools/mutants.py --every $(EVERY) --seconds $(SECONDS) $(ONLY)

errors: $(VENV)/.core ## write docs/errors.md from the catalogue of messages
	$(BIN)/python tools/make_errors.py .

fonts: $(VENV)/.fonts ## make the fonts of the bulletin again, byte for byte
	$(BIN)/python tools/make_fonts.py .

clean: ## remove what the other targets made
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis .coverage* build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.core: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) hatchling
	$(PIP) --editable .
	touch $@

$(VENV)/.test: $(VENV)/.core
	$(PIP) pip
	$(PIP) --editable '.[excel,report]' --group test
	touch $@

$(VENV)/.dev: $(VENV)/.test
	$(PIP) --group dev
	touch $@

$(VENV)/.bench: $(VENV)/.core
	$(PIP) pip
	$(PIP) --group bench
	touch $@

$(VENV)/.fonts: $(VENV)/.core
	$(PIP) pip
	$(PIP) --group fonts
	touch $@

$(VENV)/.mutation: $(VENV)/.test
	$(PIP) --group mutation
	touch $@
