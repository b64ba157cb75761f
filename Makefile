# Two commands on a machine with Python >= 3.11 and make: `make demo` and `make test`.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
# uv fetches and unpacks many packages at once, so that it takes seconds where pip takes two minutes;
# pip does it where uv cannot be had, or does not know of the index that pip is told of. What they
# install is compiled when it is first loaded, which most of it never is.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python -c constraints.txt
DEVELOPING := [dev,docs,notebooks]
install = { $(PIP) uv && $(UV) -e '$(1)'; } || $(PIP) -e '$(1)'
# Parallel tests: as many workers as there are cores.
WORKERS ?= auto

# Where tests write: in memory if it has 4 GB to spare, since a library syncs to disk, some twenty
# times, whatever is imported, and tests open a new one a thousand times.
MEMORY := $(shell test -w /dev/shm && df -Pk /dev/shm | awk 'NR == 2 && $$4 > 4e6 {print "/dev/shm"}')

# Children of the tests and of an import start in two thirds of the time where modules are kept
# compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check format docs pages picture dist test-wheel test-lowest bench sample index clean

help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.installed ## Sample data -> trends, effects, an experiment, reports/progress.pdf
	@$(BIN)/runanalytics demo --out reports

# Lint, types and the wheel keep one core busy; they run beside the tests and are told after them.
# The wheel comes first, since tests look at what its demo wrote. Every worker has a core of its own:
# linear algebra of small matrices in as many threads as there are cores takes half as long again.
# Memory that arrays have given back is kept by the process, which will have arrays again.
test: export OPENBLAS_NUM_THREADS = 1
test: export MALLOC_MMAP_THRESHOLD_ = 33554432
test: export MALLOC_TRIM_THRESHOLD_ = 268435456
test: export DEMO_OF_WHEEL = $(CURDIR)/.venv/demo
test: .venv/.developing ## Everything that must hold: lint, types, wheel, tests, doctests, notebooks
	@rm -rf $(DEMO_OF_WHEEL); \
	"$(MAKE_COMMAND)" test-wheel check >.venv/checks.log 2>&1 & checks=$$!; \
	trap 'kill $$checks 2>/dev/null; exit 130' INT TERM; \
	$(if $(MEMORY),PYTEST_DEBUG_TEMPROOT=$(MEMORY)) \
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal; tests=$$?; \
	wait $$checks; checks=$$?; echo; cat .venv/checks.log; \
	test $$checks = 0 || echo "Lint, types or the wheel failed; see above."; \
	test $$tests = 0 || echo "Tests failed; see above."; \
	test $$checks = 0 -a $$tests = 0

check: .venv/.developing ## Lint, format and types, in under a minute
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/numpydoc lint $$(find src -name '*.py')

format: .venv/.developing ## Put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: .venv/.developing ## Build the site of the pages, docs/_site/index.html, without network
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet -b html docs docs/_site
	@echo "Open docs/_site/index.html"

pages: .venv/.developing ## Write what the commands on the pages print anew, after it has changed
	$(BIN)/python docs/pages.py

picture: .venv/.developing ## Draw the report's first page for README.md anew
	$(BIN)/python docs/picture.py

dist: .venv/.developing ## Build the wheel and the source archive into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist .

test-wheel: dist ## Install the wheel into an empty environment and use it
	$(BIN)/python packaging/try_wheel.py dist

test-lowest: ## Try the demo and fast tests with the oldest versions that pyproject.toml allows
	$(PYTHON) packaging/try_lowest.py

bench: .venv/.developing ## Print the speed tables of benchmarks/
	$(BIN)/python -m benchmarks

sample: .venv/.developing ## Make data/sample anew (the same bytes each time)
	$(BIN)/python data/make_sample.py

index: .venv/.developing ## Make the index of names anew, after names or words have changed
	$(BIN)/python -m runanalytics.movements

clean: ## Remove what make has made
	rm -rf .venv dist docs/_site docs/_made reports/*.pdf .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python pyproject.toml constraints.txt
	$(call install,.)
	@touch $@

.venv/.developing: .venv/bin/python pyproject.toml constraints.txt
	$(call install,.$(DEVELOPING))
	@touch .venv/.installed $@
