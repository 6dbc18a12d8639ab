# Colloque. Everything below works from a clean clone with Python 3.11 or 3.12 and nothing else prepared.

# Which Python is used: make PYTHON=/path/to/python3.11. Not said: the fastest of those on PATH.
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
# What was installed last is named by the hash of its lock: a second `make run` has nothing to do.
hash = $(firstword $(shell cat $(1) 2>/dev/null | cksum | tr ' ' '-'))
RUN_STAMP := $(VENV)/.run-$(call hash,requirements/run.txt)
TEST_STAMP := $(VENV)/.test-$(call hash,requirements/test.txt)
COMPILE_STAMP := $(VENV)/.compile-$(call hash,requirements/compile.txt)
WEB_STAMP := web/node_modules/.installed-$(call hash,web/package-lock.json)
# The web client is built again when anything that it is made of has changed.
WEB_SOURCES := $(sort $(shell find web/src web/public web/build -type f 2>/dev/null)) $(wildcard web/*.html web/*.json web/*.ts)
WEB_BUILT := web/dist/.built-$(call hash,$(WEB_SOURCES))
PIP = $(BIN)/python -m pip -qq --disable-pip-version-check --no-input install --require-hashes --no-deps
CHROMIUMS := chromium chromium-browser google-chrome google-chrome-stable
# `make test TESTS=tests/unit` runs a part.
TESTS ?= tests
# Tests at a time: one more than there are cores, since they wait for much. What measures times runs alone (tests/support/sharing_out.py).
PROCESSES ?= 3
WITH_NODE = PATH="$(CURDIR)/$(BIN):$$PATH"

# Some images tell Python to keep nothing of what it compiled: each process would compile the whole program anew.
unexport PYTHONDONTWRITEBYTECODE

# A .venv whose Python has gone (the system was upgraded) is of no use.
$(shell [ -x $(BIN)/python ] || rm -rf $(VENV))

# $(call timed,what,command): its output is shown only when it fails.
define timed
@printf '%-16s' '$(1) …'; begun=$$(date +%s%N); \
if said=$$($(2) 2>&1); then echo "$$((($$(date +%s%N) - begun) / 1000000)) ms"; else echo failed; echo "$$said"; exit 1; fi
endef

# Python's packages, checks and compiler beside the web client's, a core for each. What one says is shown line by line.
TWO_AT_ONCE = --no-print-directory -j2 --output-sync=line

.PHONY: help run setup setup-test compile compiled-if-it-can-be web npm chromium test campaign fuzz screens pictures check check-server check-web format docs bench bench-quick bench-data bench-search bench-forum bench-mentors bench-readers profile lock clean clean-data
.DEFAULT_GOAL := help

help: ## say what can be made
	@echo 'make …'
	@awk -F ':[^#]*## ' '/^[a-z-]+:[^#]*## / { name[++n] = $$1; about[n] = $$2; if (length($$1) > wide) wide = length($$1) } \
		END { for (i = 1; i <= n; i++) printf "  %-" wide "s  %s\n", name[i], about[i] }' $(MAKEFILE_LIST)

run: setup npm ## install what is missing and start the server with a demo clinic
	@$(MAKE) $(TWO_AT_ONCE) web compiled-if-it-can-be
	@exec $(BIN)/python -m server serve --demo

setup: $(RUN_STAMP) ## install what the server needs into .venv

setup-test: $(TEST_STAMP) ## install what the tests need too

# Two pips in one environment would disturb each other: beside the tests' packages, its own come after them.
compile: | $(RUN_STAMP) $(if $(filter check-server,$(MAKECMDGOALS)),$(TEST_STAMP)) ## make machine code of what every message passes, where there is a C compiler
	@$(BIN)/python requirements/compile_modules.py --check || \
		{ $(MAKE) --no-print-directory --silent $(COMPILE_STAMP) && $(BIN)/python requirements/compile_modules.py; }

compiled-if-it-can-be:
	@$(MAKE) --no-print-directory --silent compile || echo 'The server starts without that: it is slower, and otherwise the same.' >&2

web: $(WEB_BUILT) ## build the web client that the server hands to browsers

$(BIN)/python:
	@python='$(PYTHON)'; for any in python3.11 python3.12 python3; do \
		[ -n "$$python" ] || ! $$any -c '' 2>/dev/null || python=$$($$any requirements/choose_python.py); done; \
	[ -n "$$python" ] || { echo 'Colloque needs Python 3.11 or 3.12. Install it (Debian: apt install python3.11 python3.11-venv) or say: make run PYTHON=/path/to/python3.11' >&2; exit 1; }; \
	echo "Making $(VENV) with $$python …"; \
	"$$python" -m venv $(VENV) || { echo 'The virtual environment could not be made. On Debian: apt install python3.11-venv' >&2; exit 1; }

$(RUN_STAMP): | $(BIN)/python
	@echo 'Installing what the server needs …'
	@$(PIP) -r requirements/run.txt || { echo 'Packages could not be installed. Look at the lines above; the Python package index must be in reach.' >&2; exit 1; }
	@rm -f $(VENV)/.run-* && touch $@

$(TEST_STAMP): | $(RUN_STAMP)
	@echo 'Installing what the tests need …'
	@$(PIP) -r requirements/test.txt || { echo 'Packages could not be installed. Look at the lines above; the Python package index must be in reach.' >&2; exit 1; }
	@rm -f $(VENV)/.test-* && touch $@

$(COMPILE_STAMP): | $(RUN_STAMP)
	@$(PIP) -r requirements/compile.txt || { echo 'mypy and setuptools could not be installed. Look at the lines above; the Python package index must be in reach.' >&2; exit 1; }
	@rm -f $(VENV)/.compile-* && touch $@

# The machine's npm where its Node.js is new enough, else the one that PyPI has.
npm: | $(RUN_STAMP)
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null && command -v npm >/dev/null \
		|| [ -x $(BIN)/npm ] || $(PIP) -r requirements/node.txt || { echo 'Node.js could not be installed. Look at the lines above; the Python package index must be in reach.' >&2; exit 1; }

$(WEB_STAMP): | npm
	@echo 'Installing what the web client is built with …'
	@cd web && $(WITH_NODE) npm ci --silent --no-audit --no-fund --ignore-scripts || { echo 'npm could not install web/package-lock.json; the npm registry must be in reach.' >&2; exit 1; }
	@rm -f web/node_modules/.installed-* && touch $@

$(WEB_BUILT): $(WEB_STAMP)
	@echo 'Building the web client …'
	@cd web && $(WITH_NODE) npm run --silent build || { echo 'The web client could not be built. Look at the lines above.' >&2; exit 1; }
	@touch $@

chromium:
	@for name in $(CHROMIUMS); do command -v $$name >/dev/null && exit 0; done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo 'Installing Chromium for the browser tests …'; \
		(apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium) >/dev/null 2>&1 && exit 0; \
	fi; \
	echo 'The browser tests need Chromium: install your system'"'"'s package chromium, and start again.' >&2; exit 1

check: npm ## ruff, mypy and the layers; the web client's types, rules and unit tests
	@$(MAKE) $(TWO_AT_ONCE) check-server check-web

check-server: | $(TEST_STAMP)
	$(call timed,ruff format,$(BIN)/python -m ruff format --check --quiet .)
	$(call timed,ruff check,$(BIN)/python -m ruff check --output-format concise .)
	$(call timed,mypy,$(BIN)/python -m mypy)
	$(call timed,import-linter,$(BIN)/lint-imports --config setup.cfg)

check-web: | $(WEB_STAMP)
	$(call timed,tsc,cd web && $(WITH_NODE) npm run --silent types)
	$(call timed,oxlint,cd web && $(WITH_NODE) npm run --silent lint)
	$(call timed,vitest,cd web && $(WITH_NODE) npm run --silent test)

test: npm $(if $(filter tests tests/browser%,$(TESTS)),$(if $(filter skip,$(BROWSER)),,chromium)) ## the static checks, then every test, with the coverage of services and controllers
	@$(MAKE) $(TWO_AT_ONCE) check-server check-web web $(if $(filter tests,$(TESTS)),compile)
	@echo 'pytest …' && $(WITH_NODE) $(BIN)/python -m pytest $(TESTS) -n $(PROCESSES) --dist loadgroup --durations=10 $(COVERAGE)

fuzz: setup-test web ## call every endpoint with some hundred inputs of chance each, for half an hour
	@$(WITH_NODE) FUZZ_EXAMPLES=100 CANARY_PAIRS=4 $(BIN)/python -m pytest tests/e2e/test_documents_hold.py tests/e2e/test_canaries.py -q

campaign: setup-test web compiled-if-it-can-be ## kill, freeze and cut at the full figures of docs/promises.md, for ten minutes
	@$(WITH_NODE) CAMPAIGN=full $(BIN)/python -m pytest tests/faults/campaign -q -s && echo 'The figures are in build/campaign.json.'

screens: setup-test web chromium ## pictures of every screen, light and dark, phone and desk, in build/screens
	@$(WITH_NODE) SCREENS_CROSSED=1 $(BIN)/python -m pytest tests/browser/test_screens.py -q && echo 'The pictures are in build/screens.'

pictures: screens ## renew the README's pictures from those of the screens
	@$(BIN)/python -m tests.browser.pictures

# Only a full run can be held to the share of lines and branches.
ifeq ($(TESTS),tests)
COVERAGE ?= --cov=services --cov=controllers --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=95
endif

format: setup-test ## let ruff lay out the code
	@$(BIN)/ruff format --quiet . && $(BIN)/ruff check --fix --quiet .

bench: setup-test web compile ## measure beside the Node.js yardstick and renew docs/performance.*
	@$(WITH_NODE) $(BIN)/python bench/run.py

bench-quick: setup-test web compile ## the same in two minutes, without touching docs/
	@$(WITH_NODE) $(BIN)/python bench/run.py --quick

profile: setup-test ## where the server's time goes under send and fan-out
	@$(BIN)/python bench/run.py profile --scenario 'send n=50'
	@$(BIN)/python bench/run.py profile --scenario 'fanout n=500 window=4'

bench-data: setup-test ## make 10 million messages in var/bench-data and measure the queries on them
	@$(BIN)/python -m bench.data

bench-search: setup-test ## make a million messages of one reader in var/bench-search and measure searches in them
	@$(BIN)/python -m bench.search

bench-forum: setup-test ## make a million questions in var/bench-forum and measure lists, searches and ranks
	@$(BIN)/python -m bench.forum

bench-mentors: setup-test ## make 100,000 mentors in var/bench-mentors and measure the directory
	@$(BIN)/python -m bench.mentors

bench-readers: setup-test ## measure how soon 500 readers of one question hear of a vote, on one node and on two
	@$(BIN)/python -m bench.readers

docs: setup-test ## renew the parts of the README that are made from the code
	@$(BIN)/python -m server.documents

lock: setup-test ## renew the pinned versions from requirements/*.in
	@$(BIN)/python -m pip -qq --disable-pip-version-check install uv
	@for name in run test compile node; do \
		$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
			$$(case $$name in test) echo -c requirements/run.txt;; compile) echo -c requirements/test.txt;; esac) requirements/$$name.in -o requirements/$$name.txt || exit 1; done
	@echo 'Renewed requirements/*.txt; run make test before you commit them.'

clean: ## remove what was installed and cached; data stays
	rm -rf $(VENV) web/node_modules web/dist build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

clean-data: ## remove the embedded database and the secrets made for it, for good
	rm -rf var
