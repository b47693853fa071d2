# trackproof: `make run` opens the demo, `make test` runs everything that CI runs.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
# Two runs of the same code go alike; `make unit ORDER=7` shuffles the tests anew.
ORDER ?= 1
export QT_LOGGING_RULES ?= qt.qpa.fonts=false

.PHONY: help setup system run test check lint types imports unit extended bench gui wheel freeze screenshots clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

system:
	@packaging/system-packages.sh

$(STAMP): pyproject.toml requirements.lock packaging/make-venv.sh
	@packaging/make-venv.sh $(PYTHON) $(VENV)
	@touch $@

setup: system $(STAMP)  ## create .venv with the pinned dependencies

run: setup  ## open the window on the demo sequence
	@$(BIN)/trackproof demo

test: check unit  ## everything that CI runs

check: lint types imports

lint: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: setup
	@$(BIN)/mypy

imports: setup
	@$(BIN)/lint-imports --no-logo

unit: setup
	@QT_QPA_PLATFORM=offscreen $(BIN)/pytest -n 2 --dist loadgroup -m "not extended" \
	  --randomly-seed $(ORDER)

extended: setup  ## the long runs too: large fuzzing, hundreds of kills, other orders and examples
	@QT_QPA_PLATFORM=offscreen $(BIN)/pytest -n 2 --dist loadgroup --timeout 1800 \
	  --hypothesis-profile searching

bench: setup  ## print the speed benchmarks (ratios within one run)
	@for script in benchmarks/bench_*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

gui: setup  ## the speed of the window, offscreen and under Xvfb
	@for script in benchmarks/desktop/bench_*.py; do \
	  echo "== $$script (offscreen)"; QT_QPA_PLATFORM=offscreen $(BIN)/python $$script || exit 1; \
	  echo "== $$script (Xvfb)"; xvfb-run -a $(BIN)/python $$script || exit 1; done

wheel: setup  ## build wheel and sdist, and test each as users install it
	@packaging/build-wheel.sh $(BIN)

freeze: setup  ## build the stand-alone program, and test it
	@packaging/build-frozen.sh $(BIN)

screenshots: setup  ## make the pictures of README and docs again
	@QT_QPA_PLATFORM=offscreen $(BIN)/python docs/make_screenshots.py
	@QT_QPA_PLATFORM=offscreen $(BIN)/python docs/make_clip_screenshots.py

clean:  ## remove what can be made again
	@rm -rf $(VENV) build dist
