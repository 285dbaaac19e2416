# `make serve` and `make test` need git, make and Python 3.12 or newer with venv.

export HOST ?= 127.0.0.1
export PORT ?= 8000

PYTHON := .venv/bin/python
STATIC := $(shell find static -type f)

.PHONY: help serve dev test lint format types messages lock clean

help:
	@echo 'make serve    the demo newsroom with the real server; PORT=8000 HOST=127.0.0.1'
	@echo 'make dev      the autoreloading server, with debug pages'
	@echo 'make test     the tests; ARGS="tests/ratings -x" chooses'
	@echo 'make lint     what ruff and djade find        make format   what they mend'
	@echo 'make types    what mypy finds'
	@echo 'make messages the catalogues of translations, from the code; needs gettext'
	@echo 'make lock     the lock files, anew from pyproject.toml'
	@echo 'make clean    remove .venv and caches; var/, with what was written, stays'

serve: .venv/base var/secret_key var/static/.collected
	@DEBUG=off exec $(PYTHON) manage.py serve

dev: export DEBUG := on
dev: .venv/base var/secret_key
	@$(PYTHON) manage.py prepare
	@$(PYTHON) manage.py db_worker --queue-name '*' & worker=$$!; \
	trap 'kill $$worker' EXIT; \
	$(PYTHON) manage.py runserver $(HOST):$(PORT)

test: .venv/dev
	$(PYTHON) -m pytest $(ARGS)

lint: .venv/dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/djade --target-version 6.1 --check $$(git ls-files 'templates/*.html')

format: .venv/dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	-.venv/bin/djade --target-version 6.1 $$(git ls-files 'templates/*.html')

types: .venv/dev
	SECRET_KEY=only-for-reading-the-settings .venv/bin/mypy

MANAGE := SECRET_KEY=only-for-reading-the-settings $(PYTHON) manage.py

MESSAGES := --all --no-wrap --add-location file --no-obsolete --ignore .venv --ignore tests --ignore var --verbosity 0

messages: .venv/base
	$(MANAGE) makemessages $(MESSAGES)
	$(MANAGE) makemessages $(MESSAGES) --domain djangojs
	$(MANAGE) compilemessages --ignore .venv --verbosity 0

# The first of these that runs, is new enough and can make a .venv. One that cannot is
# remembered, to name the package that it lacks.
.venv/bin/pip:
	@for python in python$$(cat .python-version) python3.13 python3 python3.14 python3.12; do \
	  version=$$($$python -c 'import sys; v = sys.version_info; print("%d.%d" % v[:2]) if v >= (3, 12) else sys.exit(1)' 2>/dev/null) || continue; \
	  if $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	    echo "Making .venv with Python $$version."; \
	    $$python -m venv --clear .venv && exit 0; \
	  fi; \
	  lacking="$$lacking python$$version-venv"; \
	done; \
	if [ -n "$$lacking" ]; then \
	  set -- $$lacking; echo "Python is here, its venv is not. Install it:  apt-get install $$1"; \
	else \
	  echo 'Newsroom needs Python 3.12 or newer. Install it:  apt-get install python3.13 python3.13-venv'; \
	fi >&2; exit 1

.venv/base: requirements/base.txt .venv/bin/pip
	@echo 'Installing what Newsroom needs.'
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/dev: requirements/dev.txt .venv/bin/pip
	@echo 'Installing what Newsroom and its tests need.'
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@ .venv/base

var/secret_key: | .venv/bin/pip
	@umask 077; mkdir -p var; \
	$(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))' > $@.new && mv $@.new $@

var/static/.collected: $(STATIC) .venv/base | var/secret_key
	@DEBUG=off $(PYTHON) manage.py collectstatic --no-input --verbosity 0
	@mkdir -p $(@D) && touch $@

LOCK = env -u PIP_FIND_LINKS .venv/bin/pip-compile --quiet --upgrade --strip-extras \
	--allow-unsafe --generate-hashes --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

lock: .venv/dev
	$(PYTHON) -m pip install --quiet --disable-pip-version-check pip-tools
	$(LOCK) --output-file requirements/base.txt pyproject.toml
	$(LOCK) --extra postgres --extra redis --extra s3 --output-file requirements/production.txt pyproject.toml
	$(LOCK) --extra postgres --extra redis --extra s3 --extra dev --output-file requirements/dev.txt pyproject.toml

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis htmlcov .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
