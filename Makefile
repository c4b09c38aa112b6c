# `make run` and `make test` are all that a newcomer needs; both begin with `setup`.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
# Where pip finds a CPU build of torch, if not in its default index: make setup TORCH_ARGS="--index-url …"
TORCH_ARGS ?=
# Where the data sets are, and what training is told (see eval/reader.md): make reader DATA=… READER="--minutes 50"
DATA ?= ../shared/data
READER ?=
ENCODER ?=
TORCH := $(shell sed -n 's/.*"\(torch==[0-9.]*\)".*/\1/p' pyproject.toml)
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar off

.PHONY: setup run test quick check eval peers encoder reader clean
.DELETE_ON_ERROR:

setup: $(VENV)/.installed

run: setup
	@$(BIN)/qa serve --port $(PORT)

# A worker for each processor, four at most: each may load the models, which takes over a gigabyte.
PYTEST := $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --no-loadscope-reorder
# Compiled modules are kept, or each worker and each program that a test starts compiles them anew.
test quick: export PYTHONDONTWRITEBYTECODE =

test: $(VENV)/.installed-dev
	$(PYTEST)

# Without the real models, the browser, and what exhausts a limit of time or memory: for every commit.
quick: $(VENV)/.installed-dev
	$(PYTEST) -m "not model and not browser and not slow"

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: setup
	@$(BIN)/qa index build
	@$(BIN)/qa eval --report reports/eval

peers: setup
	@$(BIN)/python -m qa.evaluation.peers.run --torch-args="$(TORCH_ARGS)"

# Both go on where they were stopped; done at once if there is nothing to do.
encoder: $(VENV)/.installed-dev
	$(BIN)/python -m qa.training.encoder --asked $(DATA)/asked --library $(DATA)/library/papers.jsonl.gz \
		--data $(DATA)/train --dev $(DATA)/dev --output reports/encoder $(ENCODER)

WORK := reports/reader
reader: $(VENV)/.installed-dev $(WORK)/cases/dev.jsonl.gz
	$(BIN)/python -m qa.training.train --cases $(WORK)/cases --output $(WORK)/network $(READER)
	@test ! -f $(WORK)/network/form.json || $(BIN)/python -m qa.training.export \
		--network $(WORK)/network --output $(WORK)/reader.onnx --cases $(WORK)/cases

$(WORK)/cases/dev.jsonl.gz: | $(VENV)/.installed-dev
	$(BIN)/python -m qa.training.prepare --data $(DATA)/train --dev $(DATA)/dev --asked $(DATA)/asked \
		--library $(DATA)/library/papers.jsonl.gz --output $(WORK)/cases

$(VENV)/bin/python:
	@echo "Making a virtual environment in $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; say which: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing PyTorch ($(TORCH)) …"
	@$(PIP) $(TORCH_ARGS) $(TORCH)
	@echo "Installing the assistant and what it needs (a minute or two) …"
	@$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what the tests need …"
	@$(PIP) -e '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) index/CURRENT index/history.jsonl index/.lock index/*/
