# Everything that is made goes below .work (ignored by git): remove that folder and nothing is left.
# Paths are relative, or quoted: the checkout may be in a folder with blanks in its name.

PYTHON ?= python3
JOBS ?= 2
RACES ?= 100
W := .work
BIN := $(W)/venv/bin
PY := $(BIN)/python
LINK := $(W)/tree/ansible_collections/btp_ops/task_center
PYTEST := $(PY) -m pytest -q

export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(W)/tree
export PYTHONPATH := $(CURDIR)/$(W)/tree:$(CURDIR)/tests
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(W)/pycache
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export ANSIBLE_CONFIG := $(CURDIR)/tests/ansible.cfg
export ANSIBLE_HOME := $(CURDIR)/$(W)/ansible
export HYPOTHESIS_STORAGE_DIRECTORY := $(CURDIR)/$(W)/hypothesis

# For programs that call others of the same environment (ansible-doc, ansible-galaxy).
WITH_PATH := PATH="$(CURDIR)/$(BIN):$$PATH"

# In an order that fails fast: first the quick checks, which use one processor each, side by side; each of the others
# uses them all.
QUICK := lint changelog docs sanity importer
CHECKS := $(QUICK) unit units e2e judges matrix
# What runs side by side is printed in one piece each, if this make can do that.
SIDE_BY_SIDE := -j$(JOBS) $(if $(filter output-sync,$(.FEATURES)),--output-sync)

.DEFAULT_GOAL := help
.PHONY: help demo test benchmark $(CHECKS) boundaries races assumptions faults secrets odd-answers mutations generated format release clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9.%-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(W)/venv/.test $(LINK) ## connect three simulated environments, from the empty subaccount to the verified connection (Python 3.10)
	@$(PY) tools/demo.py

test: ## all checks, as CI runs them (Python 3.11)
	@rm -rf $(W)/results
	@# Whole before anybody uses it.
	@$(MAKE) --no-print-directory $(W)/venv/.tools
	@$(MAKE) --no-print-directory $(SIDE_BY_SIDE) $(QUICK) $(W)/judges-venv/.installed
	@$(MAKE) --no-print-directory $(filter-out $(QUICK),$(CHECKS))
	@$(PY) tools/count_tests.py $(W)/results

lint: $(W)/venv/.tools $(LINK) ## ruff, mypy, ansible-lint (production profile) with yamllint
	$(PY) -m ruff check --quiet .
	$(PY) -m ruff format --diff .
	$(PY) -m mypy $(LINK)/plugins tools tests
	$(WITH_PATH) ansible-lint --offline -q

changelog: $(W)/venv/.tools ## check the changelog fragments
	$(WITH_PATH) antsibull-changelog lint

unit: $(W)/venv/.test $(LINK) ## unit tests, with the coverage of plugins/
	$(PYTEST) --junitxml=$(W)/results/unit.xml -n $(JOBS) --cov=plugins --cov-report=term tests/unit

units: $(W)/venv/.test ## the unit tests that need Ansible itself, as ansible-test runs them
	PYTHONPATH= $(PY) tools/run_ansible_test.py $(W)/venv units

docs: $(W)/venv/.tools $(LINK) ## check the documentation and build its site: .work/site/index.html
	$(WITH_PATH) antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs all \
	    --disallow-unknown-collection-refs --skip-rstcheck .
	@rm -rf $(W)/rst && mkdir -p $(W)/rst && chmod og-w $(W)/rst && cp docs/site/* $(W)/rst/
	$(WITH_PATH) antsibull-docs collection --cleanup similar-files \
	    --fail-on-error --use-current --dest-dir $(W)/rst btp_ops.task_center
	@# antsibull-docs takes texts only.
	@cp -R docs/docsite/rst/images $(W)/rst/collections/btp_ops/task_center/docsite/
	$(PY) -m sphinx -q -b html -W --keep-going -d $(W)/doctrees $(W)/rst $(W)/site

importer: $(W)/venv/.tools ## build the artifact and check it as Ansible Galaxy does
	@rm -rf $(W)/dist
	$(PY) -m ansible galaxy collection build --output-path $(W)/dist
	cd $(W)/dist && $(WITH_PATH) GALAXY_IMPORTER_CONFIG="$(CURDIR)/tests/galaxy-importer.cfg" \
	    python -m galaxy_importer.main *.tar.gz

e2e: $(W)/venv/.test $(LINK) ## playbooks and modules, run for real against the simulated landscape
	$(PYTEST) --junitxml=$(W)/results/e2e.xml -n $(JOBS) tests/e2e

boundaries: $(W)/venv/.test $(LINK) ## kill the rotation at every request, and every other operation around every write; run it again
	ROTATION_BOUNDARIES=every KILLS=every $(PYTEST) tests/e2e/test_rotation_boundaries.py tests/e2e/test_kills.py \
	    --junitxml=$(W)/boundaries.xml -n $(JOBS)

races: $(W)/venv/.test $(LINK) ## let two runs at once send their requests in many orders: make races RACES=100
	RACES=$(RACES) $(PYTEST) tests/e2e/test_races.py -n $(JOBS) --junitxml=$(W)/races.xml

# In the order of the table.
OPERATIONS := connect 'connect again' 'correct a difference' audit 'audit of a difference' adopt pause resume \
    'pause without the secret' repopulate rename 'rotate the secret' 'rotate trust' disconnect

assumptions: $(W)/venv/.test $(LINK) ## run every operation under every alternative of each assumption on SAP's systems, write the page
	@rm -rf $(W)/assumptions
	ASSUMPTIONS=every $(PYTEST) tests/e2e/test_assumptions.py -n $(JOBS) --junitxml=$(W)/assumptions.xml
	$(PY) tools/assumptions_page.py $(OPERATIONS)

faults: $(W)/venv/.test $(LINK) ## strike every request of every operation with every fault, and run it again (hours)
	@rm -rf $(W)/faults
	FAULTS=every $(PYTEST) tests/e2e/test_faults.py -n $(JOBS) --junitxml=$(W)/faults.xml
	$(PY) tools/faults_page.py fresh

secrets: $(W)/venv/.test $(LINK) ## let everything fail that fails in every playbook, printed in every way, and search for secrets (hours)
	SECRETS=every $(PYTEST) tests/e2e/test_secrets.py -n $(JOBS) --junitxml=$(W)/secrets.xml

odd-answers: $(W)/venv/.test $(LINK) ## try every part of every answer in every odd form, in every module (an hour)
	ODD_ANSWERS=every $(PYTEST) tests/unit/plugins/modules/test_odd_answers.py -n $(JOBS) --junitxml=$(W)/odd-answers.xml

sanity: $(W)/venv/.test ## ansible-test sanity
	PYTHONPATH= $(PY) tools/run_ansible_test.py $(W)/venv sanity

matrix: $(W)/venv/.test $(LINK) ## the tests on every supported ansible-core that a Python of this machine can run
	$(PY) tools/core.py tests

core-%: $(W)/venv/.test $(LINK) ## the tests on one ansible-core: make core-2.16
	$(PY) tools/core.py tests $*

sanity-%: $(W)/venv/.test ## ansible-test sanity of one ansible-core: make sanity-2.21
	PYTHONPATH= $(PY) tools/core.py sanity $*

judges: $(W)/judges-venv/.installed $(LINK) ## hold the landscape against SAP's OpenAPI description, clients and public facts (Python 3.11, Node)
	$(W)/judges-venv/bin/python -m pytest -q --junitxml=$(W)/results/judges.xml -n $(JOBS) tests/judges

mutations: $(W)/judges-venv/.installed $(LINK) ## check the judges: each of many deliberate faults in the landscape has to be caught
	$(W)/judges-venv/bin/python -m judges.mutations --jobs $(JOBS)

# With options of `python -m benchmark --help`: make benchmark OPTIONS='--hosts 1,10 --repetitions 1'
benchmark: export PYTHONPATH := $(PYTHONPATH):$(CURDIR)/tests/e2e
benchmark: $(W)/venv/.benchmark $(W)/judges-venv/.installed $(LINK) ## measure what runs cost and write the page on it (a quiet machine, hours)
	$(PY) -m benchmark $(OPTIONS)
	$(PY) -m benchmark.report

generated: $(W)/venv/.test $(LINK) ## write what is derived: the pages of findings, assumptions and faults, the examples of vaulted files
	$(PY) tools/findings_page.py
	$(PY) tools/assumptions_page.py
	$(PY) tools/faults_page.py
	$(PY) tools/vault_example.py

format: $(W)/venv/.tools ## correct what ruff can correct: imports, layout
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

release: $(W)/venv/.tools $(LINK) ## write the changelog of the version in galaxy.yml from its fragments: make release VERSION=0.1.0
	@grep -qx 'version: $(VERSION)' galaxy.yml || \
	    { echo 'usage: make release VERSION=X.Y.Z, once galaxy.yml says "version: X.Y.Z"' >&2; exit 2; }
	$(WITH_PATH) antsibull-changelog release --version $(VERSION) --reload-plugins

clean: ## remove everything that was made
	rm -rf $(W) tests/output

$(LINK):
	@mkdir -p $(dir $@) && ln -sfn ../../../.. $@

# Quiet twice: pip's notices say nothing about this project; its errors still appear.
$(W)/venv/.test: requirements.txt requirements/landscape.txt requirements/test.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv $(W)/venv
	$(PY) -m pip install -qq -r requirements/test.txt
	@touch $@

$(W)/venv/.tools: requirements/tools.txt $(W)/venv/.test
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make clean, make PYTHON=...")'
	$(PY) -m pip install -qq -r requirements/tools.txt
	@touch $@

$(W)/venv/.benchmark: requirements/benchmark.txt $(W)/venv/.test
	$(PY) -m pip install -qq -r requirements/benchmark.txt
	@touch $@

$(W)/judges-venv/.installed: requirements/judges.txt $(W)/venv/.test
	$(PY) -m venv $(W)/judges-venv
	$(W)/judges-venv/bin/python -m pip install -qq -r $<
	@touch $@
