# The verbs of this repository; `make help` lists them.
.DEFAULT_GOAL := help
.SHELLFLAGS := -eu -c
PYTHON ?= python3
BIN := .venv/bin
ADDONS := istio,keda,prometheus
# Measuring coverage takes as long as the tests do, so the quick gate goes without.
COVERAGE := --no-cov

.PHONY: help up down check test prove bench fix docs

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '  make %-7s %s\n' "$$name" "$$text"; done

up: .venv/ready ## Start the sandbox and deploy the shop into it; the last line is its address
	@$(BIN)/stackwright sandbox up
	@$(BIN)/python -m sandbox.run pulumi stack select --create dev --non-interactive
	@$(BIN)/python -m sandbox.run pulumi up --yes --skip-preview --stack dev --non-interactive
	@$(BIN)/python -m sandbox.run pulumi stack output --stack dev --json addresses | $(BIN)/python -c 'import json, sys; print(json.load(sys.stdin)["web"])'

down: .venv/ready ## Stop the sandbox; its data stays for the next start
	@$(BIN)/stackwright sandbox down

check: .venv/ready ## Format, lint, types, import contracts and every test that needs no sandbox
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n 2 --dist worksteal -m 'not sandbox and not lifecycle and not prove' $(COVERAGE)

test: COVERAGE := --cov --cov-report=term
test: check ## All of check with its coverage, then the engine and the cluster for real
	$(BIN)/stackwright sandbox up --with $(ADDONS)
	$(BIN)/pytest -v --durations=15 -m sandbox
	$(BIN)/pytest -v -m lifecycle
	$(BIN)/stackwright sandbox down

prove: .venv/ready ## What takes long: simulated nodes, many services, repeated kills
	$(BIN)/stackwright sandbox up --with $(ADDONS)
	$(BIN)/pytest -v -s -m prove --hypothesis-profile searching
	$(BIN)/pytest -q -n 2 --dist worksteal --no-cov -m 'not sandbox and not lifecycle and not prove' --hypothesis-profile searching

bench: .venv/ready ## Figures only: what reading, rendering and deploying cost
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench_forecast
	$(BIN)/python -m tests.bench_deploy

fix: .venv/ready ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: .venv/ready ## Write the documents that are made from schemas and pages
	$(BIN)/pytest -q --no-cov tests/test_docs.py tests/test_tutorial.py --write-expected

.venv/ready: requirements.lock pyproject.toml
	@echo "making .venv from requirements.lock"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
