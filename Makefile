# Daily chores of keras-triage. Each target builds .venv first if it is missing or stale.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.built
CASES ?= ../shared/cases
# One more than there are cores: tests also wait, for workers and for screens. Each that holds TensorFlow takes 1.5 GB.
JOBS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 5 ? n + 1 : 6)))

.PHONY: help demo test fast check lint types layers kb format score proofs bench screens clean

help:
	@echo "make demo     run the main job on a bundled broken script"
	@echo "make test     all tests;  make fast: those without TensorFlow"
	@echo "make check    lint, types, layers, knowledge base"
	@echo "make score    accuracy on injected faults (and on CASES, where that folder exists)"
	@echo "make proofs   wrong treatments forced on faulty and healthy programs: none may be proven"
	@echo "make bench    what probes and a whole check cost"
	@echo "make screens  pictures of the screens into docs/screens"
	@echo "make format   put the source into the project's format"

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[tensorflow,tune,serve,worker,dev]"
	touch $(STAMP)

demo: $(STAMP)
	$(BIN)/keras-triage demo spirals

test: fast
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile --no-loadscope-reorder -m keras

fast: $(STAMP)
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal -m "not keras"

check: lint types layers kb

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

layers: $(STAMP)
	$(BIN)/lint-imports

kb: $(STAMP)
	$(BIN)/keras-triage kb check
	$(BIN)/keras-triage kb coverage

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

score: $(STAMP)
	$(BIN)/python -m tests.accuracy.score
	@if [ -d $(CASES) ]; then $(BIN)/python $(CASES)/../score.py $(CASES) --fixed --baseline; fi

proofs: $(STAMP)
	$(BIN)/python -m tests.accuracy.wrong_treatments $$([ -d $(CASES) ] && echo --cases $(CASES))

bench: $(STAMP)
	$(BIN)/python -m tests.bench

screens: $(STAMP)
	$(BIN)/python -m tests.screens

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
