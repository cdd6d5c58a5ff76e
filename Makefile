# Majlis in one word each. `make run` needs Python >= 3.11 and make; the rest brings itself.
# PORT and VAR_DIR move it; two copies with different ones run side by side.
PYTHON ?= python3
BUSINESS ?= samia-tarot
ARGS ?=

PY := .venv/bin/python
# The bundled PostgreSQL is up while the command after -- runs, and as it was before afterwards.
WITH_DATABASE := $(PY) -m apps.tenants.embedded run --
FOR_TESTS := $(PY) -m apps.tenants.embedded --var-dir "$(or $(VAR_DIR),var)/test" --disposable run --
# The suite means the bundled server, whatever services the environment names.
BUNDLED := env -u DATABASE_URL -u DATABASE_ADMIN_URL -u DATABASE_MIGRATE_URL -u REDIS_URL -u CELERY_BROKER_URL

.PHONY: run test service-test fuzz e2e lint bench shell lock advisories screens base dev
.DEFAULT_GOAL := run

run: base  ## everything on this machine, until Ctrl-C
	@exec $(PY) manage.py up --with-parent $(ARGS)

test: dev  ## the whole suite, on the bundled PostgreSQL
	@exec $(BUNDLED) $(FOR_TESTS) $(PY) -m pytest -n 2 $(ARGS)

service-test: dev  ## the suite, long walks apart, and the service tests, on DATABASE_ADMIN_URL, DATABASE_URL, REDIS_URL, CELERY_BROKER_URL
	@exec $(PY) -m pytest -n 2 -m "not e2e and not embedded and not once" $(ARGS)

fuzz: dev  ## 20,000 made-up requests to the API, by two businesses and nobody; another number by FUZZ=n
	@FUZZ=$${FUZZ:-20000} exec $(BUNDLED) $(FOR_TESTS) $(PY) -m pytest -s -q tests/isolation/test_fuzz.py $(ARGS)

e2e: dev node_modules  ## a browser against a running tree
	@exec $(BUNDLED) $(FOR_TESTS) $(PY) -m pytest -m e2e $(ARGS)

lint: dev node_modules  ## every linter and type check
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy .
	.venv/bin/lint-imports
	.venv/bin/djade --check --target-version 5.2 $$(find templates -name '*.html')
	npm run --silent lint
	DJANGO_SETTINGS_MODULE=config.settings_test $(PY) manage.py makemigrations --check --dry-run

bench: base  ## the benchmarks; one of them by ARGS=name
	@exec $(WITH_DATABASE) sh -c '$(PY) manage.py prepare_database -v 0 && exec $(PY) manage.py bench "$$@"' bench $(ARGS)

shell: base  ## a Python prompt inside a business: BUSINESS=slug
	@exec $(WITH_DATABASE) $(PY) manage.py business_shell $(BUSINESS) $(ARGS)

screens: dev node_modules  ## pictures of every screen under docs/screens/, in each language, theme and width
	@SCREENS=all exec $(BUNDLED) $(FOR_TESTS) $(PY) -m pytest -m e2e tests/e2e/test_screens.py $(ARGS)

lock: dev  ## pin requirements/*.in with hashes
	$(PY) -m pip install --quiet uv
	for list in base dev; do .venv/bin/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-header -o requirements/$$list.txt requirements/$$list.in || exit 1; done

advisories: dev  ## compare what is pinned with published advisories; fails for each, and for what it could not ask about
	@failed=0; for list in base dev; do \
		$(PY) -m pip_audit --strict --disable-pip --require-hashes --progress-spinner off \
			-r requirements/$$list.txt $(ARGS) || failed=1; done; \
	npm audit --audit-level=low || failed=1; exit $$failed

base dev:
	@$(PYTHON) requirements/install.py $@

node_modules: package-lock.json
	npm ci --silent --no-audit --no-fund
	@touch $@
