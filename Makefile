# Everything runs from a virtual environment that this file makes. Plain `make` prints the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/pip --quiet --disable-pip-version-check

SUBMISSIONS ?= build/sample_class
OUT ?= grades
# The sample class has a course folder of its own, so that it never meets a real gradebook.
COURSE ?= $(if $(filter build/sample_class,$(SUBMISSIONS)),course-sample,course)
ROSTER ?= $(if $(filter build/sample_class,$(SUBMISSIONS)),--roster tools/sample_class/roster.csv)
WORKSPACE ?= workspace

.DEFAULT_GOAL := help
.PHONY: help grade test lab release notebooks statements check lint verify bench book doctor report confusion validation progress faults latency browser-test browser-explorers browser-pages portability fingerprints reference-runs golden lock clean system-deps

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16
	@echo "make grade SUBMISSIONS=DIR OUT=DIR grades your own class"

$(READY): requirements.lock pyproject.toml | system-deps
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

SYSTEM := bubblewrap libseccomp2 python3-venv
HAVE_SYSTEM := command -v bwrap && $(PYTHON) -c "import ctypes, ensurepip; ctypes.CDLL('libseccomp.so.2')"

system-deps: ## install bubblewrap, libseccomp2, python3-venv (as root with apt; else print the command)
	@if { $(HAVE_SYSTEM); } >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then echo "installing $(SYSTEM)"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(SYSTEM) >/dev/null; \
	else echo "The sandbox needs system packages. Run: sudo apt-get install $(SYSTEM)"; fi

grade: $(READY) system-deps ## grade the sample class: table of marks, CSV files, feedback
	$(if $(filter build/sample_class,$(SUBMISSIONS)),$(BIN)/python -m tools.sample_submissions --course $(COURSE))
	$(BIN)/python -m autograder grade --submissions $(SUBMISSIONS) --output $(OUT) --course $(COURSE) $(ROSTER)

test: $(READY) system-deps ## run the test suite
	$(BIN)/python -m pytest -n auto --dist worksteal -q --durations=10

lab: $(READY) ## open JupyterLab in a student's workspace; files that you changed there are kept
	$(BIN)/python -m autograder release --into $(WORKSPACE)
	cd $(WORKSPACE) && $(CURDIR)/$(BIN)/jupyter lab $$(test "$$(id -u)" = 0 && echo --allow-root) 00_linear_classifier.ipynb

doctor: $(READY) ## check Python, packages, kernel, extensions, data and sandbox; say how to fix what is wrong
	$(BIN)/python -m autograder doctor

release: $(READY) ## make the student release: build/cs231n-workbook.zip
	$(BIN)/python -m autograder release --course course

notebooks: $(READY) ## execute every notebook with its solutions; any error fails
	$(BIN)/python -m tools.execute_notebooks --keep build/executed

book: notebooks ## render all notebooks as an HTML site that works without a kernel: build/book/html
	$(BIN)/python -m book.build --executed build/executed

statements: $(READY) ## write notebooks/README.md, the table of what the course teaches and where
	$(BIN)/python -m tools.statements_table

check: lint ## lint, and test what a change of text or structure may break (make test runs these tests, too)
	$(BIN)/python -m pytest -n auto -q tests/test_architecture.py tests/tools/test_notebook_structure.py \
	  tests/tools/test_notebook_forms.py tests/tools/test_minutes.py tests/tools/test_claims.py tests/tools/test_bets.py \
	  tests/tools/test_notebook_gates.py tests/tools/test_spoilers.py tests/lab/check/test_questions.py \
	  tests/autograder/release/test_leak_check.py

lint: $(READY) ## code style, imports between wings, types; notebooks: statements, form, minutes, prose, claims, spoilers
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m tools.statements_table --check
	$(BIN)/python -m tools.notebook_forms
	$(BIN)/python -m tools.minutes
	$(BIN)/python -m tools.prose_counts
	$(BIN)/python -m tools.claims
	$(BIN)/python -m tools.spoilers
	$(BIN)/python -m tools.notebook_gates

report: $(READY) ## write the class report of the course: $(OUT)/report.html
	$(BIN)/python -m autograder report --course $(COURSE) --output $(OUT)/report.html

verify: $(READY) system-deps ## prove the grader: stub, reference, alternatives, mistakes, mutants, attacks
	$(BIN)/python -m autograder verify --mutants

bench: $(READY) system-deps ## measure grading (against stock nbgrader, and up to 2,000 submissions) and training (against PyTorch)
	$(BIN)/python -c "import torch" 2>/dev/null || $(PIP) install -c constraints.txt "torch==2.13.0"
	$(BIN)/python -m tools.bench_grading grading
	$(BIN)/python -m tools.bench_grading scale
	$(BIN)/python -m tools.bench_inbox
	$(BIN)/python -m tools.bench_training

confusion: $(READY) ## measure how often checks name the mistake in wrong code that they were not built from
	$(BIN)/python -m tools.diagnosis_accuracy
	$(BIN)/python -m tools.read_diagnosis

validation: $(READY) ## run nbgrader's Validate on every released notebook, untouched and solved
	$(BIN)/python -m tools.validate_notebooks

progress: $(READY) ## list what is done and what is open in $(WORKSPACE)
	cd $(WORKSPACE) && $(CURDIR)/$(BIN)/python -m cs231n_lib.lab progress

faults: $(READY) system-deps ## show that no mark changes when the grader is killed, its disk is full or its gradebook is lost
	$(BIN)/python -m tools.fault_injection

latency: $(READY) ## measure delay, frame rate and memory of every explorer in headless Chromium (needs chromium)
	$(BIN)/python tests/browser/latency.py

browser-test: browser-explorers browser-pages ## test a student's and a grader's day, explorers and the book in headless Chromium (needs chromium)

# The two halves do not meet: make -j2 browser-test runs both at once.
browser-explorers: $(READY)
	$(BIN)/python tests/browser/latency.py --untimed --moves 50

browser-pages: $(READY)
	$(BIN)/python tests/browser/explorer_states.py
	$(BIN)/python tests/browser/student.py
	$(BIN)/python tests/browser/formgrader.py
	$(BIN)/python tests/browser/tables.py
	$(BIN)/python tests/browser/bets.py
	@if test -f build/book/html/index.html; then $(BIN)/python tests/browser/book.py; \
	else echo "the book was not tested: run make book first"; fi

portability: $(READY) system-deps ## compare checks, marks, notebooks on other kernels, threads, Pythons; under 60 min
	$(BIN)/python -m tools.portability

fingerprints: $(READY) ## regenerate the results that visible checks compare with, after a change in autograder/mistakes
	$(BIN)/python -m tools.known_results

reference-runs: $(READY) ## train *your net* with the reference's functions: the logbook's dashed curves
	$(BIN)/python -m tools.reference_runs

golden: $(READY) system-deps ## grade the sample class and write its tables of expected marks
	$(BIN)/python -m tools.sample_submissions --golden

LOCK := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --no-annotate \
  --custom-compile-command "make lock" $(UPGRADE)

lock: $(READY) ## write the locks and constraints.txt after a change of requirements; UPGRADE=--upgrade takes newer releases
	$(LOCK) --generate-hashes --extra dev --extra book --extra build pyproject.toml -o requirements.lock
	$(LOCK) --generate-hashes -c requirements.lock requirements.txt autograder/requirements.txt \
	  -o autograder/requirements.lock
	$(LOCK) -c requirements.lock requirements.txt -o constraints.txt

clean: ## remove builds and caches; never submissions, gradebooks or a student's work
	rm -rf build .pytest_cache .ruff_cache *.egg-info
	find . -name __pycache__ -not -path './$(VENV)/*' -not -path './course*' -prune -exec rm -rf {} +
