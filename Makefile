# Xueji. `make run` and `make test` each set everything up by themselves on a machine with Python 3.11.
PYTHON ?= python3
BIN := .venv/bin
SAMPLE := --students 320000 --seed 2015 --date 2026-11-20 --months 2
HOME_DIR := var/home
LANDING := var/landing

.PHONY: run test test-slow test-spark check install install-spark system system-spark lock bench bench-spark bench-bulletins bench-forms bench-docking bench-campaign bench-peers bench-suspects score dev clean

run: install system ## the sample's two nights, landing to bulletin; ends by naming the files to open
	@test -e $(LANDING)/truth.parquet || $(BIN)/xueji sample $(LANDING) $(SAMPLE)
	@test -e $(HOME_DIR)/bulletins/2026-10/province-66.xlsx || $(BIN)/xueji run $(LANDING) --home $(HOME_DIR) --date 2026-10-31
	@$(BIN)/xueji run $(LANDING) --home $(HOME_DIR) || test $$? -eq 3 # 3: two of the sample's deliveries are there to be refused

test: install system ## the whole test suite
	$(BIN)/pytest

test-slow: install system ## minutes each: half a year of schools and authorities, the ledger under everything that may happen
	$(BIN)/pytest -m slow --numprocesses=0

test-spark: install-spark system-spark ## the rules, the nights and a cluster with a worker that is killed, on Spark
	$(BIN)/pytest -m spark --numprocesses=0

check: install ## format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy -p xueji.checks -p xueji.reports -p xueji.assets -p xueji.pipelines -p xueji.data_samples

install: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

install-spark: .venv/installed-spark ## what --engine spark needs beside

.venv/installed-spark: .venv/installed requirements-spark.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-build-isolation -r requirements-spark.lock
	@touch $@

system-spark: ## Java for Spark: by apt as root, else said by xueji doctor
	@scripts/install_java

system: install ## Chinese fonts, pango, chromium: by apt as root, else said by xueji doctor
	@scripts/install_system_parts

lock: ## refresh requirements.lock
	$(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install --quiet uv
	.venv-lock/bin/uv pip compile requirements-dev.in -o requirements.lock --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --python-version 3.11 --upgrade
	.venv-lock/bin/uv pip compile requirements-bench.in -o requirements-bench.lock --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --python-version 3.11 --upgrade
	.venv-lock/bin/uv pip compile requirements-spark.in -o requirements-spark.lock --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --python-version 3.11 --upgrade
	rm -rf .venv-lock

score: install ## every rule, class of name, repair and suspicion against the sample's truth, into docs/accuracy.md
	$(BIN)/python -m xueji.pipelines.scorecard $(LANDING) $(HOME_DIR) docs/accuracy.md

bench: install ## cold and quiet nights, steps beside bare DuckDB, into docs/performance.md; STUDENTS=2000000,20000000,200000000
	$(BIN)/python benchmarks/night.py --students $(or $(STUDENTS),2000000) $(if $(WORK),--work $(WORK))
	$(BIN)/python benchmarks/number_autopsy.py --work $(or $(WORK),var/bench)/numbers

bench-bulletins: install ## a month of the whole nation's bulletins, into docs/performance.md
	$(BIN)/python benchmarks/bulletins.py --work $(or $(WORK),var/bench)/bulletins

bench-forms: install ## confirmation forms beside a bare typst table of as many cells, into docs/performance.md
	$(BIN)/python benchmarks/forms.py --work $(or $(WORK),var/bench)/forms

bench-docking: install ## the two copies of a province of 300,000 beside a bare full outer join, into docs/performance.md
	$(BIN)/python benchmarks/docking.py --work $(or $(WORK),var/bench)/docking

bench-campaign: install ## a round of verification of a province of 300,000 students, every count of every day against truth
	$(BIN)/python benchmarks/campaign.py $(or $(WORK),var/bench)/campaign

bench-spark: install-spark system-spark ## a night on Spark beside one of DuckDB, row by row, into docs/performance.md; STUDENTS=2000000
	$(BIN)/python benchmarks/spark.py --students $(or $(STUDENTS),2000000) --work $(or $(WORK),var/bench)/spark

bench-peers: install .venv-bench/installed ## Great Expectations, pandas and Splink beside bare DuckDB, into docs/performance.md
	.venv-bench/bin/python benchmarks/peers.py --work $(or $(WORK),var/bench)/peers --page docs/performance.md

bench-suspects: install .venv-bench/installed ## suspected duplicates beside Splink, into docs/performance.md; STUDENTS=1000000, beyond 5 million ours alone
	$(BIN)/python benchmarks/suspects.py --students $(or $(STUDENTS),1000000) --work $(or $(WORK),var/bench)/suspects

.venv-bench/installed: requirements-bench.lock
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-bench.lock
	@touch $@

dev: install ## Dagster's pages over var/home, watching var/landing
	XUEJI_HOME=$(HOME_DIR) XUEJI_LANDING=$(LANDING) $(BIN)/python -m xueji.pipelines.dev

clean:
	rm -rf var .venv .venv-bench
