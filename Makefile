PYTHON ?= python3
PORT ?= 8000
DEMO_LISTINGS ?= 2000
export PORT DEMO_LISTINGS
# Tests start hundreds of processes; without its cache, Python compiles everything anew in each.
unexport PYTHONDONTWRITEBYTECODE

LOCK := requirements/development.txt
STAMP := .venv/installed.txt
BENCH_LOCK := requirements/bench.txt
BENCH_STAMP := .venv/installed-bench.txt
# Debian starts a server when it is installed, unless policy-rc.d forbids it.
SERVICES := redis-server rabbitmq-server pgbouncer nginx
BIN := .venv/bin
RUN := $(BIN)/python -m marketplace.embedded run
TEST_RUN := $(RUN) --cluster test --
TWO := -n 2 --dist worksteal
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-header -q

# What `check --deploy` wants to see: the settings of a server, with values of no use to anyone.
DEPLOY := env -u DEBUG SECRET_KEY=$$($(BIN)/python -c "import secrets; print(secrets.token_hex(40))") \
	ALLOWED_HOSTS=www.example.com DEBUG=false PUBLIC_URL=https://www.example.com \
	EMAIL_URL=smtp://localhost:25 DATABASE_URL=postgresql://marketplace@localhost/marketplace \
	SECURE_HSTS_INCLUDE_SUBDOMAINS=true SECURE_HSTS_PRELOAD=true

.DEFAULT_GOAL := help
.PHONY: help install demo test test-all test-browser browser services examples fuzz check format lint types layers migrations schema deploy bench evaluate fit-articles sbom licences audit lock

help:  ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

install:  ## Install the locked dependencies into .venv
	@if ! cmp -s $(LOCK) $(STAMP) || ! $(BIN)/python -c "" 2>/dev/null; then \
		$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.11 ..." if sys.version_info < (3, 11) else 0)' && \
		echo "Installing $$(grep -c == $(LOCK)) packages into .venv" && \
		rm -f $(STAMP) && \
		$(PYTHON) -m venv .venv && \
		$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r $(LOCK) && \
		cp $(LOCK) $(STAMP); \
	fi

demo: install  ## Run the whole marketplace with demo adverts (PORT=8000 DEMO_LISTINGS=2000)
	@$(BIN)/python -m marketplace.demo

test: install  ## Run the quick tests on a PostgreSQL of their own (ARGS="-k publish")
	@$(TEST_RUN) $(BIN)/python -m pytest $(TWO) $(ARGS)

test-all: install  ## Run the slow tests too, with more examples of each property
	@$(TEST_RUN) $(BIN)/python -m pytest $(TWO) --hypothesis-profile all tests $(ARGS)

test-browser: browser  ## Run the tests in a browser, which is installed where apt is available
	@$(TEST_RUN) $(BIN)/python -m pytest tests/browser $(ARGS)

browser: install
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
		! command -v apt-get >/dev/null || \
		{ SUDO=$$(command -v sudo); $$SUDO apt-get update -q && \
		$$SUDO apt-get install -y -q --no-install-recommends chromium; }

services:  ## Install the servers that some tests run, where apt is available; none is started
	@! command -v apt-get >/dev/null || \
		dpkg -s $(SERVICES) >/dev/null 2>&1 || { \
		SUDO=$$(command -v sudo); POLICY=/usr/sbin/policy-rc.d; \
		test -e $$POLICY || { OWN=yes; printf '#!/bin/sh\nexit 101\n' | $$SUDO tee $$POLICY >/dev/null; \
			$$SUDO chmod 755 $$POLICY; }; \
		$$SUDO apt-get update -q && \
		$$SUDO apt-get install -y -q --no-install-recommends $(SERVICES); DONE=$$?; \
		test -z "$$OWN" || $$SUDO rm -f $$POLICY; exit $$DONE; }

examples: install  ## Record the examples of the API's document from the demo
	@RECORD_EXAMPLES=yes $(TEST_RUN) $(BIN)/python -m pytest -q -n 0 \
		tests/marketplace/api/test_examples.py -k the_demo_answers
	@$(MAKE) --no-print-directory schema || cp .local/openapi.yaml docs/openapi.yaml

fuzz: install  ## Compare the engines, mirror changes, damage feeds and requests for longer (FUZZ_EXAMPLES=5000)
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-5000} \
		$(TEST_RUN) $(BIN)/python -m pytest $(TWO) --timeout 0 --hypothesis-profile fuzz \
		tests/listings/search/test_engines_agree.py tests/listings/changes \
		tests/dealers/feeds/files/test_any_bytes.py tests/marketplace/hostile

.PHONY: test-production test-image
test-production: install services  ## Run the documented deployment, and kill each of its processes
	@$(TEST_RUN) $(BIN)/python -m pytest tests/production -p no:randomly $(ARGS)

# Makes the image's base from Debian's packages where no registry is reached and the tool is there.
BASE_IMAGE_TOOL ?= $(wildcard ../shared/tools/base-image)
test-image: install services  ## Build the image and run web, worker and beat from it
	@BASE_IMAGE_TOOL=$(BASE_IMAGE_TOOL) \
		$(TEST_RUN) $(BIN)/python -m pytest tests/container -p no:randomly $(ARGS)

check: install lint types layers migrations schema deploy  ## Check all that is not a test
	@echo "All checks passed."

format: install  ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: install
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: install
	@$(DEPLOY) $(BIN)/mypy .

layers: install
	@$(BIN)/lint-imports

migrations: install
	@$(TEST_RUN) $(BIN)/python manage.py makemigrations --check --dry-run

schema: install
	@mkdir -p .local
	@$(DEPLOY) $(BIN)/python manage.py spectacular --validate --fail-on-warn --file .local/openapi.yaml
	@diff -u docs/openapi.yaml .local/openapi.yaml || \
		{ echo "docs/openapi.yaml has drifted: copy .local/openapi.yaml there if that is meant."; exit 1; }

fit-articles: install  ## Fit the weights by which articles are read (ARGS=--held-out)
	@OPENBLAS_NUM_THREADS=1 $(DEPLOY) $(BIN)/python manage.py shell --no-imports -c \
		"from tests.listings.language.article.fit import main; main('$(ARGS)'.split())"

.PHONY: fonts
fonts: install  ## Cut the fonts of the admin sites to the icons and letters that they use
	@$(BIN)/python -m tests.marketplace.fonts.subsets

deploy: install
	@$(DEPLOY) $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: install  ## Measure search, queries, blocks, jobs and feeds (ARGS="--feeds 100000": feeds alone)
	@if ! cmp -s $(BENCH_LOCK) $(BENCH_STAMP); then \
		rm -f $(BENCH_STAMP) && \
		$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r $(BENCH_LOCK) && \
		cp $(BENCH_LOCK) $(BENCH_STAMP); \
	fi
	@$(RUN) --cluster bench -- $(BIN)/python -m benchmarks $(ARGS)

evaluate: install  ## Measure how well texts are read and time is reckoned with (ARGS="--only phrases --faults")
	@$(RUN) --cluster bench -- $(BIN)/python -m evaluation $(ARGS)

sbom: install  ## Write the bill of materials of production, with licences (.local/sbom.json)
	@mkdir -p .local
	@$(BIN)/cyclonedx-py requirements requirements/image.txt --pyproject pyproject.toml \
		--output-reproducible -o .local/sbom.json 2>/dev/null
	@$(BIN)/python requirements/licences.py .local/sbom.json .local/licences.md

licences: sbom  ## List the licences of what production installs (docs/licences.md)
	@cp .local/licences.md docs/licences.md

audit: install  ## Look for known weaknesses of what production installs (status 3: not reached)
	@$(BIN)/python requirements/audit.py requirements/image.txt

lock: install  ## Compile the hashed locks from pyproject.toml
	@$(COMPILE) -o requirements/production.txt
	@$(COMPILE) --group values -c requirements/production.txt -o requirements/values.txt
	@$(COMPILE) --group values --group s3 -c requirements/values.txt -o requirements/image.txt
	@$(COMPILE) --group values --group s3 --group embedded --group dev -c requirements/image.txt -o $(LOCK)
	@$(COMPILE) --group bench -c requirements/production.txt -o $(BENCH_LOCK)
