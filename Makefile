# Every entry point of the lab; `make` alone lists them.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Python 3.11 or newer, to make the environment with: make setup PYTHON=python3.12
PYTHON ?= python3
# What `make molecule` tests: all roles, or one with make molecule ROLES=k3s
ROLES ?= $(patsubst roles/%/molecule/default/molecule.yml,%,$(wildcard roles/*/molecule/default/molecule.yml))
# How much `make bench` measures: --rounds=5, --bundle or --short
BENCH ?=
# Newer versions within the limits of the .in files: make lock LOCK=--upgrade
LOCK ?=
COMPILE := uv pip compile --quiet --generate-hashes --no-header --universal $(LOCK)

# All tools are those of the environment; activating it is not needed here.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
# Else macOS may end Ansible's processes after a fork.
export OBJC_DISABLE_INITIALIZE_FORK_SAFETY := YES
# A proxy that looks into TLS signs with an authority of its own: the system knows it, uv's own list does not.
export UV_SYSTEM_CERTS ?= true
# Some machines set it. Without bytecode each start of ansible-playbook compiles Ansible anew,
# and the checks have a hundred starts.
unexport PYTHONDONTWRITEBYTECODE

# A stamp is newer than what it was made from, so that nothing is done twice.
UV := .venv/.uv
LAB := .venv/.lab
DEV := .venv/.dev
CONTROLLER := .venv/.controller
TESTS := .venv/.tests

# sudo asks for a password only where it is needed, and where there is a person to type it.
BECOME = $(shell [ "$$(id -u)" = 0 ] || [ "$$(uname -s)" = Darwin ] || sudo --non-interactive true 2>/dev/null || echo --ask-become-pass)

# The login that `make setup` added to the group docker does not have the group yet; what follows this does.
WITH_DOCKER := python -P plugins/lib/crud_lab/docker_group.py

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

.PHONY: setup
setup: $(LAB) ## set this machine up: Python environment; on Linux Debian packages, and Docker Engine where it makes the node
	@rm -f $(CONTROLLER)
	@$(MAKE) --no-print-directory $(CONTROLLER)

.PHONY: lab
lab: $(CONTROLLER) ## set up what is missing, build the lab and verify it
	$(WITH_DOCKER) ansible-playbook site.yml

.PHONY: bundle
bundle: $(CONTROLLER) ## fetch and build all that the lab installs, and verify it
	$(WITH_DOCKER) ansible-playbook site.yml --tags bundle

.PHONY: teardown
teardown: $(LAB) ## take the lab away; the bundle stays
	$(WITH_DOCKER) ansible-playbook teardown.yml

# All at once, the longest first: tests wait for much of their time, and so two cores are busy to the end.
.PHONY: check
check: $(DEV) ## lint, types, unit and contract tests (2 minutes; the environment half a minute more)
	@$(MAKE) --no-print-directory --jobs=5 --output-sync=target lint-ansible unit lint-python lint-shell lint-workflows

.PHONY: test
test: check lint-molecule app-slow bundle programs rules molecule e2e ## every check: check, lint-molecule, app-slow, bundle, programs, rules, molecule, e2e (an hour)

.PHONY: lint
lint: lint-ansible lint-molecule lint-python lint-shell lint-workflows ## style and types of everything

# ansible-lint loads every playbook by a process of its own: what only a run needs is left out. Most of them are scenarios.
lint-ansible lint-molecule: export ANSIBLE_CALLBACKS_ENABLED :=
lint-ansible lint-molecule: export ANSIBLE_INVENTORY_ENABLED := yaml
SCENARIOS := $(wildcard roles/*/molecule)

.PHONY: lint-ansible
lint-ansible: $(DEV)
	ansible-lint --config-file .config/ansible-lint.yml $(addprefix --exclude=,$(SCENARIOS))
	yamllint --config-file .config/yamllint.yml --strict .

.PHONY: lint-molecule
lint-molecule: $(DEV) ## style of the roles' scenarios
	ansible-lint --config-file .config/ansible-lint.yml $(SCENARIOS)

.PHONY: lint-python
lint-python: $(DEV)
	ruff check
	ruff format --check
	mypy
	cd app && mypy

# Shell scripts are known by their first line; activate has none, because it is sourced.
.PHONY: lint-shell
lint-shell: $(DEV)
	git ls-files --cached --others --exclude-standard \
	  | xargs awk 'FNR == 1 && /^#!.*sh$$/ { print FILENAME } { nextfile }' | xargs shellcheck activate
	hadolint app/Dockerfile

.PHONY: lint-workflows
lint-workflows: $(DEV)
	zizmor --offline --quiet --persona=auditor .github/workflows

.PHONY: unit
unit: unit-app unit-lab ## unit and contract tests, the app's included

.PHONY: unit-lab
unit-lab: $(DEV) $(TESTS)
	pytest

.PHONY: unit-app
unit-app: $(DEV) $(TESTS)
	cd app && pytest

.PHONY: rules
rules: $(DEV) ## test Prometheus' rules with the bundle's promtool, and the tests with changed rules
	pytest tests/rules

.PHONY: programs
programs: $(DEV) $(CONTROLLER) ## format, vet and tests of our Go programs, with the bundle's Go and packages
	pytest tests/programs

.PHONY: app-slow
app-slow: $(DEV) $(TESTS) ## the app's tests that take minutes, such as crashes
	cd app && pytest --no-cov --numprocesses=2 --dist=worksteal tests/slow

# Three at a time; a scenario is shown when it has ended.
.PHONY: molecule
molecule: $(DEV) $(CONTROLLER) ## test the roles in nodes of their own, or one: make molecule ROLES=k3s
	@rm -rf $(FAILED) && mkdir -p $(FAILED)
	@$(MAKE) --no-print-directory --jobs=3 --output-sync=line $(addprefix molecule-,$(ROWS)) \
	  || { tail -n 80 $(FAILED)/*; exit 1; }
	@$(MAKE) --no-print-directory molecule-clean

# The other scenarios go on after a failure, so its end is shown once more at the end of all.
FAILED := $(CURDIR)/.ansible/failed

# Lines of a recipe, since those follow one another. What tests/molecule/vars.yml makes of the row: the cluster's name.
define SCENARIO
cd roles/$(1) && LAB_TEST_ROW=$(2) molecule test 2>&1 | tee $(FAILED)/$(1).log && rm $(FAILED)/$(1).log
@echo "molecule $(2): $(1) passed"

endef

# The roles of a row share a cluster, which no scenario takes away; those of the last have nodes of their own.
ROWS := cluster-1 cluster-2 nodes
ROW_cluster-1 := crud_api grafana prometheus
ROW_cluster-2 := load tunnels verify
ROW_nodes = $(filter-out $(ROW_cluster-1) $(ROW_cluster-2),$(ROLES))

.PHONY: $(addprefix molecule-,$(ROWS))
$(addprefix molecule-,$(ROWS)): molecule-%:
	$(foreach role,$(filter $(ROW_$*),$(ROLES)),$(call SCENARIO,$(role),$*))

.PHONY: molecule-clean
molecule-clean: $(LAB)
	for row in $(filter cluster-%,$(ROWS)); do \
	  LAB_TEST_ROW=$$row MOLECULE_SCENARIO_DIRECTORY=roles/verify/molecule/default ansible-playbook tests/molecule/destroy.yml \
	    --extra-vars=@tests/molecule/vars.yml --extra-vars=lab_test_keep=false; \
	done

.PHONY: molecule-real
molecule-real: $(DEV) $(CONTROLLER) ## build, wake, verify and remove a lab in a virtual machine, with Multipass itself
	cd roles/multipass_vm && molecule test --scenario-name real

.PHONY: e2e
e2e: $(DEV) $(TESTS) $(CONTROLLER) ## build, check, break and remove a whole lab; the machine must be as before
	pytest --exitfirst tests/e2e

.PHONY: bench
bench: $(CONTROLLER) ## print timings as ratios, and what a lab takes; one short round: make bench BENCH=--short
	PYTHONPATH=tests:roles/bundle/files $(WITH_DOCKER) python -m bench.bench $(BENCH)

.PHONY: bench-app
bench-app: $(DEV) ## print what the app costs beside a bare Flask route, a start and a million requests (15 minutes)
	cd app && python -m bench

.PHONY: soak
soak: $(DEV) $(TESTS) $(CONTROLLER) ## long runs: a kill before every task, and more
	pytest --exitfirst tests/soak
	cd app && pytest --no-cov --soak tests/slow
	cd app && pytest --no-cov --hypothesis-profile=soak tests/test_state_machine.py

.PHONY: docs
docs: $(LAB) ## write the tables of variables in the roles' READMEs anew
	tests/tools/role_tables.py

.PHONY: dashboards
dashboards: $(DEV) ## write Grafana's dashboards anew from tests/tools/dashboards
	cd tests/tools && python -m dashboards

.PHONY: lock
lock: $(UV) ## resolve the Python locks anew, newest versions with LOCK=--upgrade
	for name in bootstrap lab load dev go node; do \
	  $(COMPILE) --python-version 3.11 requirements/$$name.in --output-file requirements/$$name.txt; \
	done
	cd app/requirements && for name in app pip; do \
	  $(COMPILE) --python-version 3.13 $$name.in --output-file $$name.txt; \
	done
	cd app/requirements && $(COMPILE) --python-version 3.11 test.in --output-file test.txt

.PHONY: clean
clean: ## remove the Python environment and the caches of the checks
	rm -rf .venv .ansible .mypy_cache .pytest_cache .ruff_cache app/.mypy_cache app/.pytest_cache app/.hypothesis app/.coverage
	find . -name __pycache__ -prune -exec rm -rf {} +

.PHONY: clean-cache
clean-cache: ## remove the bundle and all that was compiled for it
	rm -rf "$${XDG_CACHE_HOME:-$$HOME/.cache}/crud-lab"

$(UV): requirements/bootstrap.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is missing or older than Python 3.11: install a newer one, then make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) lacks the module venv: sudo apt-get install python3-venv, then make $(MAKECMDGOALS)" >&2; \
	  exit 1; }
	$(PYTHON) -m venv --clear .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/bootstrap.txt
	@touch $@

# Where Ansible can't start it can't say what to do; every target that calls it comes by here.
.PHONY: locale
locale: $(UV)
	@.venv/bin/python -P plugins/lib/crud_lab/locales.py

# Not `uv pip sync`: the tools of the checks, and Go where it comes from PyPI, share the environment. Locust has one inside it.
$(LAB): requirements/lab.txt requirements/load.txt $(UV) | locale
	uv pip install --quiet --python .venv --require-hashes --requirement requirements/lab.txt
	uv venv --quiet --clear --python .venv/bin/python .venv/load
	uv pip install --quiet --python .venv/load --require-hashes --requirement requirements/load.txt
	@touch $@

$(DEV): requirements/dev.txt app/requirements/test.txt $(LAB)
	uv pip install --quiet --python .venv --require-hashes --requirement requirements/dev.txt
	uv pip install --quiet --python .venv --require-hashes --requirement app/requirements/test.txt
	@touch $@

$(CONTROLLER): playbooks/prepare-controller.yml $(LAB)
	$(WITH_DOCKER) ansible-playbook playbooks/prepare-controller.yml $(BECOME)
	@touch $@

$(TESTS): tests/prepare.yml $(LAB)
	ansible-playbook tests/prepare.yml $(BECOME)
	@touch $@
