# Everything that is made goes below .work (ignored by git): remove that folder and nothing is left.
# Paths are relative, or quoted: the checkout may be in a folder with blanks in its name.

PYTHON ?= python3
JOBS ?= 2
RACES ?= 100
EXAMPLES ?= 2000
W := .work
LANDSCAPE ?= $(W)/landscape
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
CHECKS := $(QUICK) unit units browser e2e events judges matrix
# What runs side by side is printed in one piece each, if this make can do that.
SIDE_BY_SIDE := -j$(JOBS) $(if $(filter output-sync,$(.FEATURES)),--output-sync)

.DEFAULT_GOAL := help
.PHONY: help demo landscape landscape-stop test benchmark $(CHECKS) cores report-pictures boundaries races assumptions faults secrets odd-answers fuzz mutations artifact links generated outputs locks format release clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9.%-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(W)/venv/.test $(LINK) ## run all commands of the tutorial: three simulated environments are connected (Python 3.10)
	@$(PY) tools/demo.py

landscape: $(W)/venv/.test $(LINK) ## start three simulated environments in the background, to try things in
	@$(PY) tools/playground.py start --folder "$(LANDSCAPE)" $(OPTIONS)

landscape-stop: $(W)/venv/.test ## end the simulated landscape, and remove its folder
	@$(PY) tools/playground.py stop --folder "$(LANDSCAPE)"

test: ## all checks, as CI runs them (Python 3.11)
	@rm -rf $(W)/results
	@# Whole before anybody uses it.
	@$(MAKE) --no-print-directory $(W)/venv/.tools
	@$(MAKE) --no-print-directory $(SIDE_BY_SIDE) $(QUICK) $(W)/judges-venv/.installed $(W)/eda-venv/.installed
	@$(MAKE) --no-print-directory $(filter-out $(QUICK),$(CHECKS))
	@$(PY) tools/count_tests.py $(W)/results

lint: $(W)/venv/.tools $(LINK) ## ruff, mypy, ansible-lint (production profile) with yamllint, a search for secrets
	$(PY) tools/secret_scan.py
	$(PY) -m ruff check --quiet .
	$(PY) -m ruff format --diff .
	$(PY) -m mypy $(LINK)/plugins $(LINK)/extensions tools tests
	$(WITH_PATH) ansible-lint --offline -q

changelog: $(W)/venv/.tools ## check the changelog fragments
	$(WITH_PATH) antsibull-changelog lint

unit: $(W)/venv/.test $(LINK) ## unit tests, with the coverage of plugins/
	$(PYTEST) --junitxml=$(W)/results/unit.xml -n $(JOBS) --cov=plugins --cov-report=term tests/unit

browser: $(W)/venv/.test $(LINK) $(W)/browser ## the report in HTML in a real browser, and its metrics in Prometheus' own tool (Chromium, Node)
	$(PYTEST) --junitxml=$(W)/results/browser.xml tests/browser

report-pictures: export REPORT_PICTURES := 1
report-pictures: browser ## the same, and write the documentation's pictures of the report

units: $(W)/venv/.test ## the unit tests that need Ansible itself, as ansible-test runs them
	PYTHONPATH= $(PY) tools/run_ansible_test.py $(W)/venv units

docs: $(W)/venv/.tools $(LINK) ## check the documentation and build its site: .work/site/index.html
	$(WITH_PATH) antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs all \
	    --disallow-unknown-collection-refs --skip-rstcheck .
	@rm -rf $(W)/rst && mkdir -p $(W)/rst && chmod og-w $(W)/rst && cp -R docs/site/. $(W)/rst/
	$(WITH_PATH) antsibull-docs --config-file docs/site/antsibull-docs.cfg collection --cleanup similar-files \
	    --fail-on-error --use-current --dest-dir $(W)/rst btp_ops.task_center
	@# antsibull-docs takes texts only.
	@cp -R docs/docsite/rst/images $(W)/rst/collections/btp_ops/task_center/docsite/
	$(PY) -m sphinx -q -b html -W --keep-going -d $(W)/doctrees $(W)/rst $(W)/site

links: docs ## ask the network for every link of the site
	$(PY) -m sphinx -q -b linkcheck -d $(W)/doctrees $(W)/rst $(W)/links

# The same bytes from the same files.
artifact: $(W)/venv/.tools ## build the artifact and its bill of materials (SBOM): .work/dist
	@rm -rf $(W)/dist
	$(PY) tools/artifact.py $(W)/dist
	$(PY) tools/sbom.py $(W)/dist/*.tar.gz

importer: artifact ## check the artifact as Ansible Galaxy does
	cd $(W)/dist && $(WITH_PATH) GALAXY_IMPORTER_CONFIG="$(CURDIR)/tests/galaxy-importer.cfg" \
	    python -m galaxy_importer.main *.tar.gz

e2e: $(W)/venv/.test $(LINK) ## playbooks and modules, run for real against the simulated landscape
	$(PYTEST) --junitxml=$(W)/results/e2e.xml -n $(JOBS) tests/e2e

events: $(W)/eda-venv/.installed $(LINK) ## the rulebook, run by ansible-rulebook, with events posted to it (Python 3.11, Java 17)
	$(W)/eda-venv/bin/python -m pytest -q --junitxml=$(W)/results/events.xml tests/eda

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

fuzz: $(W)/venv/.test $(LINK) ## try more values, made up anew, wherever a property has to hold: make fuzz EXAMPLES=2000
	EXAMPLES=$(EXAMPLES) $(PYTEST) -n $(JOBS) $$(grep -rl --include='test_*.py' '^from hypothesis' tests/unit)

sanity: $(W)/venv/.test ## ansible-test sanity
	PYTHONPATH= $(PY) tools/run_ansible_test.py $(W)/venv sanity

matrix: $(W)/venv/.test $(LINK) ## the main job on every supported ansible-core that a Python of this machine can run, and a sample of other tests
	$(PY) tools/core.py tests --sample

cores: $(W)/venv/.test $(LINK) ## all tests that depend on ansible-core, on every supported one (half an hour)
	$(PY) tools/core.py tests

core-%: $(W)/venv/.test $(LINK) ## the same on one ansible-core: make core-2.16
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

generated: $(W)/venv/.test $(LINK) ## write what is derived: the pages of findings, values, reference, assumptions, faults and reports, the examples of vaulted files
	$(PY) tools/findings_page.py
	$(PY) tools/values_page.py
	$(PY) tools/reference_page.py
	$(PY) tools/assumptions_page.py
	$(PY) tools/faults_page.py
	$(PY) tools/report_page.py
	$(PY) tools/vault_example.py

outputs: $(W)/venv/.test $(LINK) ## run what the tutorial and the how-to guides show, and write its output into the pages
	$(PY) tools/outputs.py

locks: $(W)/venv/.tools ## pin what requirements/*.txt asks for, with hashes: make locks OPTIONS=--newest
	$(PY) tools/locks.py $(OPTIONS)

format: $(W)/venv/.tools ## correct what ruff can correct: imports, layout
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

release: $(W)/venv/.tools ## changelog, artifact and bill of materials of the version in galaxy.yml: make release VERSION=1.0.0
	@$(PY) tools/release.py '$(VERSION)'

clean: ## remove everything that was made
	rm -rf $(W) tests/output

# What no package index of a language has: the first of these names that is there.
$(W)/browser:
	@mkdir -p $(W)
	@for name in chromium chromium-browser google-chrome; do command -v $$name > /dev/null && exit 0; done; \
	    { echo 'A browser is needed: apt-get install chromium' >&2; exit 1; }
	@command -v promtool > /dev/null || { echo 'promtool is needed: apt-get install prometheus' >&2; exit 1; }
	@touch $@

$(LINK):
	@mkdir -p $(dir $@) && ln -sfn ../../../.. $@

# Every package as pinned in a lock, and with one of the hashes there. Where that does not work, such as with a Python that
# is newer than the locks: make REQUIREMENTS=txt takes the newest releases in the ranges instead.
REQUIREMENTS ?= lock
INSTALL := -m pip install -qq $(if $(filter lock,$(REQUIREMENTS)),--require-hashes)

# Quiet twice: pip's notices say nothing about this project; its errors still appear.
$(W)/venv/.test: requirements/test.$(REQUIREMENTS) requirements/landscape.txt requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv $(W)/venv
	$(PY) $(INSTALL) -r $<
	@touch $@

$(W)/venv/.tools: requirements/tools.$(REQUIREMENTS) $(W)/venv/.test
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make clean, make PYTHON=...")'
	$(PY) $(INSTALL) -r $<
	@touch $@

$(W)/venv/.benchmark: requirements/benchmark.$(REQUIREMENTS) $(W)/venv/.test
	$(PY) $(INSTALL) -r $<
	@touch $@

$(W)/judges-venv/.installed: requirements/judges.$(REQUIREMENTS) $(W)/venv/.test
	$(PY) -m venv $(W)/judges-venv
	$(W)/judges-venv/bin/python $(INSTALL) -r $<
	@touch $@

$(W)/eda-venv/.installed: requirements/eda.$(REQUIREMENTS) $(W)/venv/.test
	$(PY) -m venv $(W)/eda-venv
	$(W)/eda-venv/bin/python $(INSTALL) -r $<
	@touch $@
