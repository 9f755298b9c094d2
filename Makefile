# Needs python3 (3.11 to 3.13) and make, nothing else. `make` alone lists what there is to make.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
SCRIPT := neurolab/live/web/live.js
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest
BOOK := book/_build/html
BUILT := book/_build/.built
SOURCES := $(shell find book neurolab benchmarks/results -type f \
  -not -path '*/_build/*' -not -path '*/__pycache__/*' -not -path '*/.*' 2>/dev/null)

.PHONY: help book html test check lint lab bench clean clean-all FORCE

help: ## this list
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{printf "  %-10s %s\n", $$1, $$2}'
	@echo "Another interpreter: make PYTHON=python3.12 book. Another port: make PORT=9000 book."

book: html ## build the book and serve it on this machine
	@$(BIN)/python -c "$$SERVE" $(BOOK) $(PORT)

html: $(BUILT) ## build the book: book/_build/html

test: $(VENV)/.package ## the fast tests, on two cores
	$(PYTEST) -n 2 --dist loadfile -m "not slow and not book and not pages and not labs"

# The pages alone and last: their tests measure how soon a slider answers.
check: lint test html ## everything: style, all tests, the labs, the built pages
	$(PYTEST) -n 2 --dist loadfile -m "(slow or book or labs) and not pages" --durations=40
	$(PYTEST) -n 2 -m pages --durations=10

lint: $(VENV)/.lock
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lab: $(VENV)/.package ## JupyterLab on labs/
	$(BIN)/jupyter lab labs

bench: $(VENV)/.package ## the benchmarks, one after the other
	@set -e; for file in benchmarks/[a-z]*.py; do echo $$file; $(BIN)/python $$file; done

clean: ## remove what was built
	rm -rf book/_build $(SCRIPT) neurolab/live/web/THIRD_PARTY.txt
	rm -rf .pytest_cache .ruff_cache .hypothesis dist
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -not -path './node_modules/*' \
	  -prune -exec rm -rf {} +

clean-all: clean ## and what was downloaded: .venv, node_modules
	rm -rf $(VENV) node_modules

# The environment, step by step; each file says that its step is done.

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) was not found. Install Python 3.11, 3.12 \
	or 3.13 (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python@3.12), \
	or say which one to take: make PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c "$$CHECK_PYTHON"
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
	@touch $@

$(VENV)/.lock: requirements.txt $(VENV)/.made
	@echo "Installing the exact versions of requirements.txt into $(VENV): some minutes, some GB."
	$(BIN)/python -m pip install --disable-pip-version-check "$$(grep '^torch==' requirements.txt)"
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -r requirements.txt
	@$(BIN)/python -c "import matplotlib.font_manager"  # makes its cache now, not inside a page
	@rm -rf book/_build/.doctrees  # made by other versions
	@touch $@

$(SCRIPT): $(VENV)/.lock FORCE
	@$(BIN)/python hatch_build.py

$(VENV)/.package: $(VENV)/.lock pyproject.toml hatch_build.py _config.yml neurolab/__about__.py | $(SCRIPT)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-build-isolation --no-deps -e .
	@touch $@

# A failed build forgets what it read: the next one would pass over pages whose warnings it has seen.
$(BUILT): $(VENV)/.package _config.yml $(SCRIPT) $(SOURCES)
	@mkdir -p $(@D) && touch $@.begun
	$(BIN)/jupyter-book build book --path-output book --config _config.yml -W -n --keep-going \
	  || { rm -rf book/_build/.doctrees; echo "The book has errors or warnings, see above." >&2; exit 1; }
	@mv $@.begun $@  # what was edited in the meantime is newer

define CHECK_PYTHON
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit("This is Python %d.%d; neurolab needs 3.11, 3.12 or 3.13. " % sys.version_info[:2]
        + "Install one and name it: make PYTHON=python3.12 book")
try:
    import ensurepip, venv
except ImportError:
    sys.exit("This Python has no venv. Install it (Debian, Ubuntu: apt install python3-venv).")
endef
export CHECK_PYTHON

define SERVE
import functools, http.server, sys
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass
folder, first = sys.argv[1], int(sys.argv[2])
for port in (*range(first, first + 20), 0):
    try:
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", port), functools.partial(Quiet, directory=folder))
        break
    except OSError:
        continue
print("The book: http://127.0.0.1:%d/ (Ctrl-C stops it)" % server.server_port, flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    print()
endef
export SERVE
