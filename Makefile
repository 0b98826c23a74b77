# Thin on purpose: each target is a few lines. Everything works in .venv, which is made when missing or when the pins changed.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python3.14; do command -v $$p >/dev/null && \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
STYLES := node_modules/.installed

.PHONY: run test lint bench requirements
.DEFAULT_GOAL := run

run: .venv/.run $(STYLES)
	@exec $(BIN)/python -m portal.run

test: .venv/.dev $(STYLES)
	@tests/run $(ARGS)

lint: .venv/.dev $(STYLES)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/djlint templates --lint --check --quiet
	$(BIN)/lint-imports
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m tests.as_production $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: .venv/.dev $(STYLES)
	@for script in bench/[a-z]*.py; do [ -e "$$script" ] || continue; echo "== $$script"; $(BIN)/python "$$script" || exit 1; done

# After a change of the pins in pyproject.toml. UV_CUSTOM_COMPILE_COMMAND keeps this machine's paths out of the files.
requirements: .venv/.dev
	for set in run dev; do UV_CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/uv pip compile pyproject.toml --quiet \
		--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
		$$([ $$set = dev ] && echo --group dev) -o requirements/$$set.txt || exit 1; done

# A machine that already has the development set needs no second pass for `make run`.
.venv/.run: requirements/run.txt
	@bin/make-venv run "$(PYTHON)"

.venv/.dev: requirements/dev.txt
	@bin/make-venv dev "$(PYTHON)"

$(STYLES): package.json package-lock.json .npmrc
	@[ -x $(BIN)/npm ] || bin/make-venv run "$(PYTHON)"
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --silent
	@touch $@
