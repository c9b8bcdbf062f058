# Two targets matter to a newcomer: make run, make test. The rest is listed by make help.
PYTHON ?= python3
BIN := .venv/bin
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help run test quick check compiled format pages bench soak wheel lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run:  ## start the counter with the software card (ARGS="--lang en" passes options on)
	@tools/venv.sh run
	@exec $(BIN)/madoguchi kiosk $(ARGS)

test:  ## install what the real parts need (saying what and why), then run every check and test
	@tools/debian_packages.sh
	@tools/venv.sh dev
	@tools/vpcd_driver.sh >/dev/null || true
	@$(MAKE) --no-print-directory -j 2 check compiled
	@tools/pytest.sh -n 4 --dist worksteal -m "not soak" $(ARGS)

quick:  ## format, lint, strict types, import contracts, tests without daemons (in under a minute when warm)
	@tools/venv.sh dev
	@$(MAKE) --no-print-directory check
	@MADOGUCHI_EXAMPLES=quick tools/pytest.sh -n 3 -m "not soak and not daemon and not pcsc and not screens and not broad and not long" $(ARGS)

check:  ## format, lint, strict types, import contracts only
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports >.cache/contracts.txt || { cat .cache/contracts.txt; exit 1; }

# Beside the checks, and once: in a fresh clone each worker would compile the tests for itself.
compiled:
	@[ -n "$$(find tests/__pycache__ -name '*-pytest-*.pyc' 2>/dev/null)" ] || \
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest --collect-only -qq >.cache/collected.txt 2>&1 || true

format:  ## rewrite the code in the house format
	@tools/venv.sh dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only --quiet .

pages:  ## write docs/rules.md, messages.md, settings.md and others anew from their data
	@$(BIN)/python tools/rules_page.py
	@$(BIN)/python tools/messages_page.py
	@$(BIN)/python tools/personas_page.py
	@$(BIN)/python tools/scenarios_page.py
	@$(BIN)/python tools/settings_page.py

bench:  ## measure: ratios against a peer or a floor in the same run
	@tools/venv.sh dev
	@tools/vpcd_driver.sh >/dev/null || true
	@$(BIN)/python -m bench $(ARGS)

soak:  ## what takes long: many visits on one pcscd, the widest random walks
	@tools/venv.sh dev
	@tools/vpcd_driver.sh >/dev/null || true
	@MADOGUCHI_EXAMPLES=soak tools/pytest.sh -n 2 --dist worksteal -m "soak or hypothesis" --timeout=3600 $(ARGS)

wheel:  ## build dist/madoguchi-*.whl, which carries everything
	@tools/venv.sh dev
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist . >.cache/wheel.log || { cat .cache/wheel.log; exit 1; }
	@ls dist/*.whl

lock:  ## rewrite the pinned requirements (maintainers; needs uv)
	@tools/lock.sh

clean:  ## remove what the other targets made inside this folder
	rm -rf .venv .cache dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find eligibility reader kiosk mock_server -name '*.mo' -delete
