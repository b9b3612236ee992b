# `make demo` plans the reference case; `make test` checks the project. Each makes its own .venv and asks for nothing
# but Python 3.11 or newer. `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
CASE := examples/xiaomi-2021
FUTURES := examples/xiaomi-2021-deal
DEMO := build/demo

.PHONY: help demo test test-all lint format docs bench clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | column -t -s "$$(printf '\t')" 2>/dev/null \
	  || sed -n 's/^\([a-z-]*\):.*## /  \1: /p' $(MAKEFILE_LIST)

demo: $(VENV)/installed ## plan and launch the reference case, and plan it for a deal that may be denied, to build/demo
	@mkdir -p $(DEMO)
	@$(BIN)/coplant plan $(CASE) --out $(DEMO)/plan --report $(DEMO)/report.html --excel $(DEMO)/plan.xlsx \
	  | tee $(DEMO)/summary.txt
	@printf '\nWhen can production start, and what is the host'"'"'s advice worth? Some plans are made for that.\n'
	@$(BIN)/coplant launch $(CASE) --value --out $(DEMO)/launch --report $(DEMO)/launch.html --excel $(DEMO)/launch.xlsx
	@printf '\nWhat if the deal is denied? One plan for eight futures; that takes one to three minutes.\n'
	@$(BIN)/coplant plan $(FUTURES) --gap 0.002 --out $(DEMO)/hedge --report $(DEMO)/hedge.html --excel $(DEMO)/hedge.xlsx \
	  | tee $(DEMO)/hedge.txt
	@printf '\nOpen $(DEMO)/report.html, $(DEMO)/launch.html and $(DEMO)/hedge.html in a browser. If the deal is real:\n'
	@grep -E '^(Sign|Do not sign) ' $(DEMO)/summary.txt
	@printf 'As long as nobody knows:\n'
	@grep -E '^(Now: sign|Keep open|If |Do not sign )' $(DEMO)/hedge.txt

# Two workers, each with a thread: threads that wait for one another take longer than the small tables of the tests.
ONE_THREAD := POLARS_MAX_THREADS=1

test: $(VENV)/installed-dev ## run the tests, but for the slow ones
	@$(ONE_THREAD) $(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

test-all: $(VENV)/installed-dev $(VENV)/installed-docs ## run every test, with many more drawn examples
	@$(ONE_THREAD) $(BIN)/python -m pytest -n 2 --dist worksteal --hypothesis-profile=all

lint: $(VENV)/installed-dev ## check style, types and the layers of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/installed-dev ## put the code into the agreed form
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

docs: $(VENV)/installed-docs ## build the documentation to build/docs
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs
	@echo "Documentation: build/docs/index.html"

bench: $(VENV)/installed-bench ## measure speed and memory against peers
	@$(BIN)/python benchmarks/run.py

clean: ## remove what make wrote
	rm -rf build $(VENV)

# What is installed is kept in step with pyproject.toml; the package itself is linked to src/, so code needs no new install.
$(VENV)/installed: pyproject.toml $(VENV)/made
	@echo "Installing coplant into $(VENV) ..."
	@$(PIP) --editable .
	@touch $@

$(VENV)/installed-%: pyproject.toml $(VENV)/made
	@echo "Installing coplant[$*] into $(VENV) ..."
	@$(PIP) --editable ".[$*]"
	@touch $@ $(VENV)/installed

# A shim such as pyenv's may exist and not run, so a candidate counts only if it answers.
$(VENV)/made:
	@for name in python3 python3.13 python3.12 python3.11; do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python="$$name"; break; fi; \
	done; \
	if [ -z "$${python:-}" ]; then \
	  echo "Coplant needs Python 3.11 or newer, and none of python3, python3.13, python3.12, python3.11 is. Install one and run make again." >&2; \
	  exit 1; \
	fi; \
	if [ ! -x $(BIN)/python ] || ! $(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
	  echo "Making $(VENV) with $$($$python --version) ..."; \
	  "$$python" -m venv --clear $(VENV) \
	    || { echo "$$python cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv." >&2; exit 1; }; \
	fi
	@touch $@
