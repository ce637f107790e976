# The community suite for Open edX. `make help` lists what can be done here.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash

VENV ?= .venv
PYTHON ?= $(shell for name in python3.12 python3.11 python3; do \
	command -v $$name >/dev/null && $$name -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null \
	&& echo $$name && break; done)
TAG := $(if $(PYTHON),$(shell $(PYTHON) -c 'import sys; print("py%d%d" % sys.version_info[:2])' 2>/dev/null))
# Another pinned list of the same Python: `make test LIST=py311-django42`.
LIST ?= $(TAG)
RUN := $(VENV)/bin/
MANAGE := $(RUN)python conf/host/manage.py

.PHONY: help demo demo-reset test test-mariadb test-tutor quality contract e2e fuzz bench i18n messages settings-reference facts-reference requirements python

help: ## Say what can be done here
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: $(VENV)/.host ## Run an LMS on 127.0.0.1:8000 and a Studio on 127.0.0.1:8001, with a sample course and community (other ports: LMS_PORT, CMS_PORT)
	@$(MANAGE) demo

demo-reset: $(VENV)/.host ## Throw the demo's data away and start over
	@$(MANAGE) demo --reset

test: $(VENV)/.test ## Run the default tests
	$(RUN)pytest --numprocesses logical --maxprocesses 4
	$(RUN)pytest --ds=embedded_host.settings.test_cms tests/host_studio

test-mariadb: $(VENV)/.dev ## Run the tests that need MariaDB, beside a private server
	.ci/with_servers $(RUN)pytest -m mariadb

test-tutor: $(VENV)/.test .venv-tutor-21/.ready .venv-tutor-22/.ready ## Render the Tutor plugin with Tutor 21 and 22 and check what comes out
	$(RUN)pytest -m tutor --numprocesses 2 --dist loadfile tests/tutor

quality: $(VENV)/.dev ## Check style, types, architecture, annotations, migrations, templates and spelling
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	PYTHONPATH=.:conf/host:conf/host/shims $(RUN)mypy
	$(RUN)lint-imports
	$(RUN)python .ci/check_annotations.py
	$(RUN)python .ci/settings_reference.py
	$(RUN)python .ci/facts_reference.py
	$(MANAGE) lms makemigrations --check --dry-run people gamification discussion_ext chapters
	$(RUN)djlint --check --lint people gamification discussion_ext chapters xblocks conf/host
	$(RUN)codespell
	@$(MAKE) --no-print-directory i18n

e2e: $(VENV)/.dev ## Walk through Studio and the LMS in Chromium
	$(RUN)pytest tests/e2e -m e2e

contract: $(VENV)/.test ## Ask a running platform: over HTTP (LMS= CMS= ADMIN=name:password), inside it (PLATFORM= PLATFORM_PYTHON= SETTINGS=), or both
	@VENV=$(VENV) LMS="$(LMS)" CMS="$(CMS)" ADMIN="$(ADMIN)" PLATFORM="$(PLATFORM)" PLATFORM_PYTHON="$(PLATFORM_PYTHON)" SETTINGS="$(SETTINGS)" .ci/contract

fuzz: $(VENV)/.dev ## Try the REST API and the blocks' handlers with whatever nobody thought of
	$(RUN)pytest tests/doors -m slow

bench: $(VENV)/.dev ## Measure what must stay fast; writes build/bench.json
	.ci/with_servers $(RUN)python tests/bench/run.py

i18n: $(VENV)/.dev ## Check that no catalogue is stale, incomplete or uncompiled
	$(RUN)python .ci/check_catalogues.py

messages: $(VENV)/.dev ## Bring new strings into the catalogues and compile them
	$(RUN)python .ci/check_catalogues.py --write

settings-reference: $(VENV)/.dev ## Write docs/settings.md from the annotations of the settings
	$(RUN)python .ci/settings_reference.py --write

facts-reference: $(VENV)/.dev ## Write the tables of docs/facts.md from the public signals
	$(RUN)python .ci/facts_reference.py --write

requirements: $(VENV)/.dev ## Compile the pinned lists again
	requirements/compile.sh

python:
	@case "$(TAG)" in py311|py312) ;; *) echo "Python 3.11 or 3.12 is needed$(if $(PYTHON), and $(PYTHON) is none of them): install one (Debian: apt install python3 python3-venv) or name it: make demo PYTHON=/path/to/python3.12" >&2; exit 1; esac
	@if [ -x $(VENV)/bin/python ] && [ "$$($(VENV)/bin/python -c 'import sys; print("py%d%d" % sys.version_info[:2])')" != "$(TAG)" ]; then echo "$(VENV) belongs to another Python than $(PYTHON): delete it (rm -r $(VENV)) or choose another folder (VENV=.venv-$(TAG))." >&2; exit 1; fi

$(VENV)/bin/python: | python
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is missing: install it (Debian: apt install python3-venv) and try again." >&2; exit 1; }

# Asked for only where the list is missing: then the Python is at fault, or LIST.
requirements/%.txt: | python
	@echo "There is no list $@: LIST is one of $(patsubst requirements/%-host.txt,%,$(wildcard requirements/py*-host.txt)) or, for tests, py311-django42." >&2; exit 1

# Each list is complete, so nothing is resolved here: see requirements/compile.sh for why --no-deps.
$(VENV)/.%: requirements/$(LIST)-%.txt setup.py | $(VENV)/bin/python
	@echo "Installing $< (a minute the first time)"
	@$(RUN)python -m pip install --quiet --disable-pip-version-check --no-deps --requirement $<
	@$(RUN)python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# Tutor's pins clash with the platform's, so each release has an environment of its own.
.venv-tutor-%/.ready: requirements/tutor%.txt conf/tutor/pyproject.toml | python
	@echo "Installing $<"
	@[ -x $(@D)/bin/python ] || $(PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement $<
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable conf/tutor
	@touch $@
