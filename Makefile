# What one does with this project; `make` alone lists it. Needs make and Python 3.11 or newer with pip and venv.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= # the interpreter to make the environment with; otherwise the newest that works
VENV ?= .venv
WORKERS ?= 2# tests run in this many processes
COVER ?= 95# the least branch coverage of handlers/ and storage/, in per cent; 0 asks for none
ARGS ?= # handed on to pytest, the benchmarks or `linli run`

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
PACKAGES := bot handlers messages storage
BROWSER := chromium chromium-driver fonts-noto-cjk
PATIENTLY := -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300

.NOTPARALLEL:
.PHONY: help run test lint fmt unit bench understanding soak fuzz train lock versions clean venv runtime dev browser axe servers coverage

help: ## list these
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@echo "Settings: PYTHON=python3.12  WORKERS=2  COVER=95  ARGS='...'"

run: runtime ## start Linli on this computer and say what to open
	@exec $(BIN)/linli run $(ARGS)

test: dev browser axe servers lint unit ## everything: lint, types, architecture, tests on both databases, browser

lint: dev ## style, types, architecture, spelling
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/codespell
	$(BIN)/python -m tests.house_rules

fmt: dev ## put the code into shape
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

# Each of the tests that start Linli would compile all of it anew.
unit: export PYTHONDONTWRITEBYTECODE :=
unit: dev ## the tests alone; ARGS="-k waiting" picks some, without asking for coverage
	@rm -f .coverage .coverage.*
	@if [[ -n "$(strip $(ARGS))" ]]; then exec $(BIN)/python -m pytest $(ARGS); fi; \
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --durations=10 --cov --cov-report=; \
	$(MAKE) coverage

# coverage.py's own total mixes lines and branches; the promise is about branches, so both are held.
coverage:
	@$(BIN)/coverage report --skip-covered --show-missing
	@for package in handlers storage; do \
	  $(BIN)/coverage report --include="$$package/*" --fail-under=$(COVER) --format=total > /dev/null \
	    || { echo "$$package/: less than $(COVER) % covered" >&2; exit 1; }; \
	  $(BIN)/coverage json --quiet --include="$$package/*" -o - | $(BIN)/python -c 'import json, sys; \
	total = json.load(sys.stdin)["totals"]; name, least = sys.argv[1], float(sys.argv[2]); \
	taken, all_of_them = total["covered_branches"], total["num_branches"]; \
	share = 100 * taken / all_of_them if all_of_them else 100.0; \
	print(f"{name}/: {taken} of {all_of_them} branches covered, {share:.1f} %"); \
	sys.exit(share < least and f"{name}/: less than {least:g} % of the branches covered")' "$$package" $(COVER); \
	done

bench: dev ## measure, print the table and write bench.json
	@exec $(BIN)/python -m tests.bench $(ARGS)

understanding: dev ## play the kept-apart sentences and count; ARGS='--dev FILE' shows what went wrong in others
	@exec $(BIN)/python -m tests.understanding $(ARGS)

soak: dev ## storms of killed processes, the race and years of cases; ARGS='--seed 7' repeats one
	@exec $(BIN)/python -m tests.soak $(ARGS)

# atheris is published for Linux on x86_64 alone, so no lock that every computer takes can hold it. It stands in a
# venv of its own, which sees the packages of the other; its version is the newest with wheels for 3.11 to 3.13.
ATHERIS := tests/fuzz/requirements.lock
PACKAGES_OF = $$($(1)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

fuzz: ## feed rubbish to what reads pushes, with atheris (Linux on x86_64); ARGS='--runs 1000000'
	@[[ "$$(uname -sm)" == "Linux x86_64" ]] || { \
	  echo "atheris is published for Linux on x86_64 alone, and this is $$(uname -sm);" \
	    "'make test' plays the same targets without it." >&2; exit 1; }
	@$(MAKE) dev
	@cmp -s $(ATHERIS) $(VENV)-fuzz/installed.lock || { \
	  echo "Installing packages from $(ATHERIS), once"; \
	  $(BIN)/python -m venv --clear --without-pip $(VENV)-fuzz; \
	  $(PIP) --python $(VENV)-fuzz/bin/python install -qq --require-hashes --only-binary :all: -r $(ATHERIS); \
	  echo "$(call PACKAGES_OF,$(VENV))" > "$(call PACKAGES_OF,$(VENV)-fuzz)/linli.pth"; \
	  cp $(ATHERIS) $(VENV)-fuzz/installed.lock; }
	@exec $(VENV)-fuzz/bin/python -m tests.fuzz $(ARGS)

train: dev ## make the small files that understanding needs from the examples: see messages/understand/train.py
	@exec $(BIN)/python -m messages.understand.train handlers/data/fengze.xlsx

# The development lock is resolved first, the runtime lock within it: one version of everything. No
# address of a package index goes into either, and uv reads no configuration of this computer.
UV_COMPILE = env -u UV_INDEX -u UV_DEFAULT_INDEX -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
	$(BIN)/uv --no-config pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-header --no-strip-extras
LINLI := pyproject.toml --extra semantic --group build

lock: ## resolve the dependencies anew; ARGS=--upgrade takes newer ones
	@[[ -x $(BIN)/uv ]] || $(MAKE) dev
	$(UV_COMPILE) $(LINLI) --group dev --group train $(ARGS) -o requirements-dev.lock
	$(UV_COMPILE) $(LINLI) $(if $(ARGS),--upgrade) -c requirements-dev.lock -o requirements.lock
	$(UV_COMPILE) --group fuzz $(ARGS) -o $(ATHERIS)
	@! grep -nE '://|^ *--(index|extra|find)' requirements.lock requirements-dev.lock $(ATHERIS) \
	  || { echo "A lock names an address; see above." >&2; exit 1; }

versions: ## the tests once on each other Python found (3.11, 3.12, 3.13), each in its own .venv-*
	@for version in 3.11 3.12 3.13; do \
	  for python in python$$version "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$$version.*/bin/python; do \
	    "$$python" -c '' 2> /dev/null || continue; \
	    echo "== Python $$version"; \
	    $(MAKE) dev VENV=.venv-$$version PYTHON="$$python"; \
	    .venv-$$version/bin/python -m pytest -n $(WORKERS) --dist loadgroup -q; \
	    break; \
	  done; \
	done

clean: ## remove what was made here, but not var/ with the data
	rm -rf .venv .venv-* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov build dist
	rm -f .coverage .coverage.* bench.json understanding.json
	rm -rf $(NPM:%=%/node_modules)
	find $(PACKAGES) tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Makes the environment. A name on PATH may be a mere signpost to a Python that is not there, so each is tried.
venv:
	@if $(BIN)/python -c 'import pip' 2> /dev/null; then \
	  [[ -z "$(strip $(PYTHON))" ]] && exit 0; \
	  ask='import sys; print("%d.%d" % sys.version_info[:2])'; \
	  have=$$($(BIN)/python -c "$$ask"); want=$$($(PYTHON) -c "$$ask"); \
	  [[ "$$have" == "$$want" ]] && exit 0; \
	  echo "$(VENV) has Python $$have, PYTHON= asks for $$want: run 'make clean' first." >&2; exit 1; \
	fi; \
	for python in $(or $(strip $(PYTHON)),python3.13 python3.12 python3.11 python3); do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || continue; \
	  if ! "$$python" -c 'import ensurepip, venv' 2> /dev/null; then unfit="$$python"; continue; fi; \
	  echo "Making $(VENV) with $$("$$python" --version)"; \
	  if [[ -e $(VENV)/pyvenv.cfg ]]; then clear=--clear; fi; \
	  "$$python" -m venv $${clear:-} $(VENV); \
	  exit 0; \
	done; \
	if [[ -n "$${unfit:-}" ]]; then \
	  echo "$$unfit cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv" >&2; \
	else \
	  echo "Python 3.11 or newer is needed. On Debian or Ubuntu: apt-get install python3 python3-pip python3-venv" >&2; \
	  echo "A Python elsewhere is named like this: make run PYTHON=/opt/python3.12/bin/python3" >&2; \
	fi; \
	exit 1

# What was installed is kept beside it, and compared: nothing is asked of the network when nothing changed.
# What builds comes first and from the lock too, so that no package is taken without its hash.
define install
	@cmp -s $(1) $(VENV)/installed-$(1) || { \
	  echo "Installing packages from $(1), once"; \
	  rm -f $(VENV)/installed-*; \
	  awk '/^[a-zA-Z]/ { on = /^setuptools==/ } on' $(1) > $(VENV)/setuptools.lock; \
	  $(PIP) install -qq --require-hashes -r $(VENV)/setuptools.lock; \
	  $(PIP) install -qq --require-hashes --no-build-isolation -r $(1); \
	  cp $(1) $(VENV)/installed-$(1); }
	@cmp -s pyproject.toml $(VENV)/installed-pyproject.toml || { \
	  $(PIP) install -qq --no-deps --no-build-isolation --editable .; \
	  cp pyproject.toml $(VENV)/installed-pyproject.toml; }
endef

# The development lock holds everything of the runtime lock in the same version.
runtime: venv
	$(if $(wildcard $(VENV)/installed-requirements-dev.lock),$(call install,requirements-dev.lock),$(call install,requirements.lock))

dev: venv
	$(call install,requirements-dev.lock)

# A browser, its driver and Chinese letters are needed by tests alone.
browser:
	@missing() { \
	  [[ -x /usr/bin/chromium ]] || echo chromium; \
	  [[ -x /usr/bin/chromedriver ]] || echo chromium-driver; \
	  ls /usr/share/fonts/opentype/noto/NotoSansCJK-* > /dev/null 2>&1 \
	    || fc-list :lang=zh-cn 2> /dev/null | grep . > /dev/null || echo fonts-noto-cjk; \
	}; \
	[[ -n "$$(missing)" ]] || exit 0; \
	if [[ $$(id -u) == 0 ]] && command -v apt-get > /dev/null; then \
	  echo "Installing for the browser test:" $$(missing); \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { apt-get -qq $(PATIENTLY) update \
	    && apt-get -qq $(PATIENTLY) install -y --no-install-recommends $(BROWSER); } \
	    > /dev/null < /dev/null || true; \
	fi; \
	[[ -n "$$(missing)" ]] || exit 0; \
	echo "The browser test needs" $$(missing) "- on Debian: apt-get install $(BROWSER)" >&2; \
	[[ "$${CI:-}" != true ]]

# What deploy/ is for: nginx and systemd's own checker, needed by tests alone. Installing would start a web server on
# this computer; policy-rc.d says no to that meanwhile.
SERVERS := nginx-light systemd

servers:
	@missing() { \
	  PATH="$$PATH:/usr/sbin" command -v nginx > /dev/null || echo nginx-light; \
	  command -v systemd-analyze > /dev/null || echo systemd; \
	}; \
	[[ -n "$$(missing)" ]] || exit 0; \
	if [[ $$(id -u) == 0 ]] && command -v apt-get > /dev/null; then \
	  echo "Installing for the deployment tests:" $$(missing); \
	  export DEBIAN_FRONTEND=noninteractive; \
	  policy=/usr/sbin/policy-rc.d; \
	  if [[ ! -e $$policy ]]; then \
	    trap "rm -f $$policy" EXIT; printf '#!/bin/sh\nexit 101\n' > $$policy; chmod +x $$policy; \
	  fi; \
	  { apt-get -qq $(PATIENTLY) update \
	    && apt-get -qq $(PATIENTLY) install -y --no-install-recommends $$(missing); } \
	    > /dev/null < /dev/null || true; \
	fi; \
	[[ -n "$$(missing)" ]] || exit 0; \
	echo "The deployment tests need" $$(missing) "- on Debian: apt-get install $(SERVERS)" >&2; \
	[[ "$${CI:-}" != true ]]

# The judge of accessibility, foreign readers of WeChat's encryption and a foreign Telegram come from npm, checked
# by the hashes in their locks; nothing of them runs at installing.
NPM := tests/axe tests/telegram_api tests/wechat

axe:
	@missing() { for at in $(NPM); do \
	  cmp -s $$at/package-lock.json $$at/node_modules/installed-lock.json || echo $$at; done; }; \
	[[ -n "$$(missing)" ]] || exit 0; \
	if ! command -v npm > /dev/null && [[ $$(id -u) == 0 ]] && command -v apt-get > /dev/null; then \
	  echo "Installing for tests that need it: npm"; \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { apt-get -qq $(PATIENTLY) update \
	    && apt-get -qq $(PATIENTLY) install -y --no-install-recommends nodejs npm; } > /dev/null < /dev/null || true; \
	fi; \
	for at in $$(missing); do \
	  command -v npm > /dev/null \
	    && (cd $$at && npm ci --ignore-scripts --no-audit --no-fund --silent) \
	    && cp $$at/package-lock.json $$at/node_modules/installed-lock.json || true; \
	done; \
	[[ -n "$$(missing)" ]] || exit 0; \
	echo "Some tests need packages from npm:" $$(missing) "- on Debian: apt-get install nodejs npm" >&2; \
	[[ "$${CI:-}" != true ]]
