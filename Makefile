# Takeup's commands. `make help` lists them.

# The first Python of 3.11 or newer on the PATH; PYTHON=... chooses another.
PYTHON ?= $(shell for one in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$one -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$one && break; done)
BIN := .venv/bin
# Modules are compiled when they are first read: most of what is installed never is.
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-compile
RUNTIME := .venv/runtime-is-installed
DEVELOPMENT := .venv/development-is-installed
export FLASK_APP := wsgi

.DEFAULT_GOAL := help
.PHONY: help run test soak bench lint format lock assets

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST)

run: $(RUNTIME) ## Start Takeup: the web server and the scheduler, on the data of INSTANCE_DIR or DATABASE_URL
	@exec $(BIN)/python -m app.cli.starter --for-make

test: $(DEVELOPMENT) ## Check everything, on SQLite and on PostgreSQL, and in a browser
	@exec $(BIN)/python tests/run.py

soak: $(DEVELOPMENT) ## Run the long tests: the races, many times over
	@exec $(BIN)/python tests/run.py --soak

bench: $(DEVELOPMENT) ## Measure speed and size, as a table and as bench-results.json
	@exec $(BIN)/python -m tests.bench

lint: $(DEVELOPMENT) ## Check style, types, the floors and the templates only
	@exec $(BIN)/python tests/run.py --only lint

format: $(DEVELOPMENT) ## Put the code into the house's style
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

lock: $(BIN)/pip ## Lock requirements.in and requirements-dev.in anew, with hashes
	@$(PIP) uv
	@$(BIN)/python -m uv pip compile $(LOCK) requirements.in --output-file requirements.txt
	@$(BIN)/python -m uv pip compile $(LOCK) requirements-dev.in --output-file requirements-dev.txt

LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
	--custom-compile-command 'make lock' $(UPGRADE)

assets: ## Compile the style sheets and scripts anew (needs Node.js)
	@npm --prefix app/assets ci && npm --prefix app/assets run build

$(BIN)/pip:
	@test -n "$(PYTHON)" || { echo 'Takeup needs Python 3.11 or newer, and none was found: install one, or name it with PYTHON=...' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo 'Takeup needs Python’s venv module: install it (on Debian and Ubuntu, the package python3-venv).' >&2; exit 1; }
	@$(PYTHON) -m venv .venv

$(RUNTIME): requirements.txt | $(BIN)/pip
	@echo 'Installing what requirements.txt locks: once, and again when it changes.'
	@$(PIP) --require-hashes --requirement requirements.txt
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	@echo 'Installing what requirements-dev.txt locks: once, and again when it changes.'
	@$(PIP) --require-hashes --requirement requirements-dev.txt
	@touch $@
