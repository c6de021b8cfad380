# Everything that is done with Daypass from a checkout. `make demo` and `make test` fetch what they need by themselves.
.DEFAULT_GOAL := help
.PHONY: help setup demo test quick soak check format bench lock clean

PYTHON ?= python3
export PYTHON
# Whatever the environment says: pytest's rewritten tests are kept, or each run takes ten seconds longer to begin.
export PYTHONDONTWRITEBYTECODE =
# Three on the two cores of a shared build machine: tests wait a third of their time for servers and people.
WORKERS ?= 3
bin := .venv/bin
# The real aws command stands in a directory of its own, where it hides no other program.
with_aws := PATH="$(CURDIR)/.servers/bin:$$PATH"

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## fetch all that the targets below need, into .venv and .servers
	@scripts/setup.sh test

demo: ## the whole story on this machine: an AWS, a Slack and Daypass, in the browser (DEMO=--play: by itself)
	@scripts/setup.sh demo
	@$(with_aws) exec $(bin)/daypass demo $(DEMO)

test: check ## the gates and every test, against real servers
	@$(with_aws) $(bin)/pytest -n $(WORKERS) --dist worksteal --ignore=tests/house -m "not long"

quick: setup ## the tests that start nothing and are not heavy, with 25 examples a property: under a minute
	@$(bin)/pytest -q --quick -m "not long and not heavy" -n 2 --dist worksteal --ignore=tests/house --ignore=tests/docs

soak: setup ## what takes minutes by nature: long fuzz, mutations, faults (SEED=N: as drawn before; ONLY=NAME: one of them)
	@$(with_aws) $(bin)/pytest $(wildcard tests/*/ packages/*/tests/) -m long -n 2 --dist worksteal --durations=25 -o faulthandler_timeout=1200 \
		$(if $(SEED),--seed=$(SEED)) $(if $(ONLY),-k $(ONLY))

check: setup ## the gates alone: formatting, lint, types, who imports whom, the house's own rules
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports
	$(bin)/pytest -q tests/house

format: setup ## write the code as the gates want it
	$(bin)/ruff format .
	$(bin)/ruff check --fix .

bench: setup ## measure, each against a peer in the same run where there is one (BASE=REVISION: beside that checkout, in turns)
	@$(if $(BASE),$(with_aws) exec $(bin)/python benchmarks/_beside.py $(BASE);) for program in benchmarks/[!_]*.py; do \
		echo "== $$program"; PYTHONPATH=. $(with_aws) $(bin)/python "$$program" || exit 1; \
	done

lock: ## solve pyproject.toml anew into requirements/*.txt
	@scripts/lock.sh

clean: ## remove everything that the targets above made
	rm -rf .venv .servers dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
