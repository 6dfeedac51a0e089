# Set-up, tests, reports: `make` alone prints what there is.
# Needs GNU make and a Python >= 3.11 with venv, nothing else.

PYTHON ?=
ARGS ?=
WORKERS ?= 2
BIN := .venv/bin

# A stamp per set of packages, and per PYTHON when one is asked for: set-up runs again only when
# the pins, the dependencies or the wanted Python change.
stamp = .venv/.with-$(1)$(subst /,_,$(PYTHON))

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help report test mutants notebooks gallery lint constraints clean

help:  ## print this list
	@echo "usage: [PYTHON=python3.12] make TARGET [ARGS=...]"
	@sed -n 's/^\([a-z]*\):.*## /  \1: /p' Makefile | awk -F: '{ printf "%-14s%s\n", $$1, $$2 }'

report: $(call stamp,package)  ## install and run the quickstart, report included
	@echo "report: smsc-sim run scenarios/quickstart.yaml --out reports/quickstart $(ARGS)"
	@$(BIN)/smsc-sim run scenarios/quickstart.yaml --out reports/quickstart $(ARGS)

test: $(call stamp,dev)  ## install and run all tests (ARGS=--slow for the slow ones too)
	@echo "test: pytest -n $(WORKERS) $(ARGS)"
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

mutants: $(call stamp,dev)  ## put faults in on purpose, show which test notices each (ARGS=--only=rules)
	@$(BIN)/python -m tests.mutants --out docs/mutants.md $(ARGS)

notebooks: $(call stamp,notebooks)  ## install and open Jupyter Lab on notebooks/
	@$(BIN)/jupyter lab --notebook-dir=notebooks $(ARGS)

gallery: $(call stamp,package)  ## run the short form of every scenario, write docs/gallery.md
	@echo "gallery: docs/gallery/build.py $(ARGS)"
	@$(BIN)/python docs/gallery/build.py $(ARGS)

lint: $(call stamp,dev)  ## ruff check, ruff format --check, mypy
	@echo "lint: ruff check, ruff format --check, mypy"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { $(BIN)/ruff format --check . | head -20; exit 1; }
	@$(BIN)/mypy

constraints:  ## make constraints.txt anew from the newest releases, in empty venvs
	@PYTHON="$(PYTHON)" sh .ci/pin

clean:  ## remove .venv, builds and caches; reports stay
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.with-%: pyproject.toml constraints.txt .ci/set-up
	@PYTHON="$(PYTHON)" sh .ci/set-up "$@"
