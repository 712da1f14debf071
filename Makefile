# Samenspel: every task of this repository. `make` alone lists them.
#
# Each target installs what it needs first, once: a stamp file is newer than the lock file it was made from.
# The Python environment is .venv/, the npm packages are node_modules/, all state is .samenspel/.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules
.DELETE_ON_ERROR:

PYTHON ?= python3
WORKERS ?= 2
PYTEST_ARGS ?=

BIN := .venv/bin
STAMPS := .venv/stamps
STATE := .samenspel
PIP := $(BIN)/python -m uv pip
INSTALL := $(PIP) install --quiet --require-hashes --python $(BIN)/python
# Without bytecode every test worker compiles, and pytest rewrites, all of its modules again in every run.
unexport PYTHONDONTWRITEBYTECODE
NPM_FLAGS := --no-audit --no-fund --ignore-scripts --loglevel=error
# A machine without npm gets it as a Python package.
NPM := PATH="$$PATH:$(CURDIR)/$(BIN)" npm
NODE := PATH="$$PATH:$(CURDIR)/$(BIN)" node
LOCK := $(PIP) compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-annotate --custom-compile-command "make lock"

##@ The two that matter

.PHONY: run
run: setup ## Start the engines and services, load the demo region, play the loop once, then serve until Ctrl-C
	@$(BIN)/samenspel run

.PHONY: test
test: develop browser ## Run the whole test suite against real engines (PYTEST_ARGS= for a part, WORKERS=2)
	@mkdir -p $(STATE)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --junitxml=$(STATE)/test.xml $(PYTEST_ARGS) 2>&1 \
		| tee $(STATE)/test.txt

##@ Also

.PHONY: demo
demo: setup ## Play the loop on fresh state without serving; writes .samenspel/demo.json; 0 only if every check held
	@$(BIN)/samenspel demo --fresh

.PHONY: check
check: develop ## Format, lint, types, import rules, contracts, templates, licences, secrets, house rules
	@PATH="$$PATH:$(CURDIR)/$(BIN)" $(BIN)/python -m deploy.checks

.PHONY: bench
bench: develop ## Benchmarks against floors and peers measured in the same run; writes .samenspel/bench.json
	@mkdir -p $(STATE)
	@$(BIN)/python -m tests.benchmarks

.PHONY: mutants
mutants: develop ## Change a sample of the iStandaarden rules one by one, and see whether a test notices (SAMENSPEL_MUTANTS=60)
	@$(BIN)/python -m tests.mutants

.PHONY: faults
faults: develop ## Kill, partition, fill and slow the engines, and check what was promised; writes .samenspel/faults.json
	@mkdir -p $(STATE)
	@$(BIN)/python -m tests.faults

##@ Now and then

.PHONY: setup
setup: $(STAMPS)/samenspel $(STAMPS)/assets ## Install what it takes to run: .venv and the portal's assets

.PHONY: develop
develop: $(STAMPS)/development node_modules/.development setup ## Install what it takes to test and check as well

.PHONY: coverage
coverage: develop browser ## Run all tests and show which branches of domain and handlers none of them takes
	@mkdir -p $(STATE)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --cov --cov-report=term-missing:skip-covered $(PYTEST_ARGS)

.PHONY: fmt
fmt: $(STAMPS)/development ## Format the code and mend what the linter can mend
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

.PHONY: contracts
contracts: $(STAMPS)/development $(STAMPS)/samenspel ## Write again what is generated: contract files, Keycloak realm, list of iStandaarden rules
	@$(BIN)/python -m deploy.contracts write
	@$(BIN)/python -m deploy.realm write
	@$(BIN)/python -m deploy.istandaarden write

.PHONY: deployment
deployment: setup ## Write the secrets that docker-compose.yml reads to .samenspel/compose/, where they are missing
	@$(BIN)/python -m deploy.compose_secrets

.PHONY: lock
lock: $(STAMPS)/uv $(STAMPS)/npm ## Resolve the requirements again, within what the *.in files and package.json allow
	@$(LOCK) requirements/uv.in -o requirements/uv.txt
	@$(LOCK) requirements/node.in -o requirements/node.txt
	@$(LOCK) requirements/runtime.in -o requirements/runtime.txt
	@$(LOCK) requirements/local.in -c requirements/runtime.txt -o requirements/local.txt
	@$(LOCK) requirements/development.in -c requirements/runtime.txt -c requirements/local.txt -o requirements/development.txt
	@$(NPM) install --package-lock-only $(NPM_FLAGS)

.PHONY: clean
clean: ## Remove what was installed and what tools left behind; the state in .samenspel/ stays
	@rm -rf .venv node_modules *.egg-info services/portal/static/vendor
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo

# What the targets above stand on.

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Samenspel needs Python 3.11 or later and found " \
		+ sys.version.split()[0] + ". Install one, or name it: make PYTHON=python3.11 ...")'
	@echo "Making the Python environment in .venv"
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/uv: requirements/uv.txt | $(STAMPS)/venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(STAMPS)/runtime: requirements/runtime.txt requirements/local.txt $(STAMPS)/uv
	@echo "Installing what Samenspel runs on, and the engines for this machine"
	@$(INSTALL) -r requirements/runtime.txt -r requirements/local.txt
	@touch $@

$(STAMPS)/samenspel: pyproject.toml $(STAMPS)/runtime
	@$(PIP) install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/development: requirements/development.txt $(STAMPS)/samenspel
	@echo "Installing what the tests and checks use"
	@$(INSTALL) -r $<
	@touch $@

$(STAMPS)/npm: requirements/node.txt $(STAMPS)/uv
	@command -v npm >/dev/null || { echo "Installing Node.js in .venv"; $(INSTALL) -r $<; }
	@touch $@

# Installing the development packages brings the production ones along; both stamps say which set is there.
node_modules/.production: package-lock.json $(STAMPS)/npm
	@[ node_modules/.development -nt package-lock.json ] || { echo "Fetching the portal's style and scripts"; \
		$(NPM) ci --omit=dev $(NPM_FLAGS); }
	@touch $@

node_modules/.development: package-lock.json $(STAMPS)/npm
	@echo "Fetching the npm packages of the tests and checks"
	@$(NPM) ci $(NPM_FLAGS)
	@touch $@

$(STAMPS)/assets: services/portal/assets.py $(filter-out services/portal/static/vendor/%,$(wildcard services/portal/static/*.css services/portal/static/*/*.css)) \
		node_modules/.production $(STAMPS)/samenspel
	@$(BIN)/python -m services.portal.assets
	@touch $@

# Debian's own browser: tools that download one of their own are not used. Its headless shell is the same engine without
# tabs and toolbars to paint, at two thirds of the processor time; where there is none the whole browser does as well.
.PHONY: browser
browser: $(STAMPS)/browser

$(STAMPS)/browser: | $(STAMPS)/venv
	@there() { command -v "$$1" >/dev/null; }; \
	install() { [ "$$(id -u)" = 0 ] && there apt-get && echo "Installing $$1 for the browser tests" \
		&& { apt-get install -qq -y "$$1" >/dev/null || { apt-get update -qq && apt-get install -qq -y "$$1" >/dev/null; }; }; }; \
	if there chromium-headless-shell || install chromium-headless-shell || there chromium || install chromium; then touch $@; \
	else echo "Chromium is not installed, so the browser tests will fail: apt-get install chromium"; fi
