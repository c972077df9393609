# Two commands for a fresh machine with Python 3.11+ and make: `make demo`, `make test`.

PYTHON ?= python3
VENV := .venv
SCREENS ?= screens
RUN := $(VENV)/bin/python
# The rooms through which data enters, as patterns for coverage.
GATES := */checks.py,*/dataset.py,*/guard.py,*/packs.py,*/plugins.py,*/wire.py

.PHONY: demo test test-spark coverage lint types cases pages language people schemas bench bench-batch calibration screens clean

demo: $(VENV)/.installed
	@$(RUN) -m twitchkb assess docs/tutorial/diuretic.json

test: $(VENV)/.test
	$(RUN) -m pytest -n auto

# Needs Java 17 or newer; Spark listens on 127.0.0.1 only.
test-spark:
	@command -v java >/dev/null || { echo "Spark needs Java 17 or newer, and this machine has none."; exit 1; }
	@$(MAKE) --no-print-directory $(VENV)/.spark
	$(RUN) -m pytest -o addopts="-ra --strict-markers --strict-config" tests/spark

# No part of `make test`, because tracing takes as long again.
coverage: $(VENV)/.test
	FAST=1 $(RUN) -m pytest -n auto tests/unit tests/packs tests/data --cov=twitchkb --cov-branch --cov-report=
	$(RUN) -m coverage report --precision=2 --show-missing --fail-under=100 --include='$(GATES)'

lint: $(VENV)/.lint
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

types: $(VENV)/.lint $(VENV)/.test
	$(VENV)/bin/mypy
	$(VENV)/bin/pyright

cases: $(VENV)/.installed
	@$(RUN) tests/cases/report.py

pages: $(VENV)/.installed
	@$(RUN) -m tests.data.priors_table
	@$(RUN) -m tests.data.cause_pages

language: $(VENV)/.test
	@$(RUN) -m tests.data.reading_grade

people: $(VENV)/.installed
	@$(RUN) -m tests.cases.bundle

schemas: $(VENV)/.installed
	@$(RUN) -m twitchkb.adapters.json_schema src/twitchkb/schema

bench: $(VENV)/.test
	@$(RUN) -m compileall -q src
	@$(RUN) -m benchmarks.run

bench-batch: $(VENV)/.test
	@$(RUN) benchmarks/batch.py

calibration: $(VENV)/.test
	@$(RUN) benchmarks/calibration.py

# Needs Chromium and Node: six people drawn at two widths, light and dark, with a check for barriers.
screens: $(VENV)/.installed
	@$(RUN) tests/screens/pages.py $(SCREENS)
	@npm install --silent --no-audit --no-fund --prefix tests/screens
	@node tests/screens/look.mjs $(SCREENS)

clean:
	rm -rf $(VENV) dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis screens tests/screens/node_modules

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "twitchkb needs Python 3.11 or newer; set PYTHON=...")'
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.installed
	@$(RUN) -m pip install --quiet --disable-pip-version-check $(shell $(PYTHON) -c 'import tomllib; print(" ".join(f"\"{p}\"" for p in tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["test"]))')
	@touch $@

$(VENV)/.spark: $(VENV)/.test
	@$(RUN) -m pip install --quiet --disable-pip-version-check $(shell $(PYTHON) -c 'import tomllib; print(" ".join(f"\"{p}\"" for p in tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["spark"]))')
	@touch $@

$(VENV)/.lint: $(VENV)/.installed
	@$(RUN) -m pip install --quiet --disable-pip-version-check $(shell $(PYTHON) -c 'import tomllib; print(" ".join(f"\"{p}\"" for p in tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["lint"]))')
	@touch $@
