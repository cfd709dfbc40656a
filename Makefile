# The work is in packaging/bootstrap.py (standard library only), which runs on any system.
PYTHON ?= python3
BOOTSTRAP = $(PYTHON) packaging/bootstrap.py

.PHONY: run test lint bench install clean
.DEFAULT_GOAL := run

run:  ## make .venv, install, and open the application on the built-in shot
	@$(BOOTSTRAP) run

test:  ## install what the tests need, then ruff, mypy, import-linter and pytest
	@$(BOOTSTRAP) test

lint:  ## the checks without pytest
	@$(BOOTSTRAP) lint

bench:  ## the promised figures, measured on this machine
	@$(BOOTSTRAP) bench

install:  ## what `make run` installs, without running it
	@$(BOOTSTRAP) install

clean:  ## remove everything that was made, .venv included
	rm -rf .venv build dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
