# Both commands of the README set everything up themselves, in .venv, and are quick when nothing
# changed. uv is used when it is on the PATH, else venv and pip.

PYTHON ?= python3
TARGET ?= moto
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TOOLS := .venv-tools
LOCK := requirements-dev.lock

# pytest rewrites the assertions of what it imports, for seconds in each process if it may not keep
# the outcome.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test lint proof bench screenshots lock audit clean

run: $(READY)  ## judge TARGET (default: moto); ends with 0 when the job was done
	@$(BIN)/createmodel-conformance run '$(TARGET)' --exit-zero $(ARGS)

test: $(READY) lint  ## lint, types, layers, and the project's own tests
	$(BIN)/pytest -q -n auto --maxprocesses 4 -m 'not proof'

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

proof: $(READY)  ## the heavy proofs; takes many minutes
	$(BIN)/pytest -q -n auto --maxprocesses 4 -m proof

bench: $(READY)  ## how fast the suite is, each figure beside its bar; takes two hours
	$(BIN)/python -m benchmarks $(ARGS)

screenshots: $(READY)  ## the pictures of the pages in docs/; needs Chromium
	$(BIN)/python docs/screenshots.py

lock: $(TOOLS)/.ready  ## take the newest versions within the bounds into the lock file
	$(TOOLS)/bin/uv pip compile --quiet --no-config --no-header --universal --python-version 3.11 \
		--generate-hashes --upgrade --extra dev --output-file $(LOCK) pyproject.toml

audit: $(TOOLS)/.ready  ## ask the Python Packaging Advisory Database about the locked versions
	$(TOOLS)/bin/pip-audit --strict --require-hashes --disable-pip --requirement $(LOCK)

$(TOOLS)/.ready: Makefile
	@$(PYTHON) -m venv --clear $(TOOLS)
	@$(TOOLS)/bin/pip install --quiet --disable-pip-version-check 'pip-audit>=2.7,<3' 'uv>=0.5,<1'
	@touch $@

$(READY): pyproject.toml Makefile
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python '>=3.11' $(VENV) && \
		uv pip install --quiet --python $(BIN)/python -e '.[dev]'; \
	else \
		$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
			{ echo 'Python 3.11 or newer is needed; say make PYTHON=/path/to/python3.12' >&2; exit 2; }; \
		echo 'Setting up $(VENV) (a minute or two, once) ...'; \
		$(PYTHON) -m venv --clear $(VENV) && \
		$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'; \
	fi
	@touch $@

clean:
	rm -rf $(VENV) $(TOOLS) build dist conformance-results
