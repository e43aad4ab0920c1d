# Alongside. `make demo` shows it; `make test` proves it. Each sets up what it needs, and does so only once.
BIN := .venv/bin
RECORDINGS ?= ../shared/data
PURE := devices/decoders/*,hub/escalation/*,analytics/detectors/*
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.PHONY: demo test check bench fleet fuzz lock model pages

demo: ## a virtual home and a person's day, on the terminal and on the portal
	@scripts/setup.sh demo
	@$(BIN)/alongside demo

test: ## everything, with coverage
	@scripts/setup.sh test
	$(BIN)/coverage erase
	$(BIN)/pytest -n 3 -rs --cov --cov-report=
	$(BIN)/coverage report --skip-covered --fail-under=95
	$(BIN)/coverage report --include='$(PURE)' --fail-under=100

check: ## formatting, lint, types, import contracts, house rules
	@scripts/setup.sh test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python scripts/house_rules.py

bench: ## how fast an alarm is durable, how much a home's events cost, what a thousand kills lose
	@scripts/setup.sh test
	$(BIN)/alongside bench latency --json
	$(BIN)/alongside bench escalation --json
	@mkdir -p build
	$(BIN)/python -m benchmarks.generate_events build/events.csv
	$(BIN)/alongside bench pipeline build/events.csv --json
	$(BIN)/python -m benchmarks.co_design_boards
	$(BIN)/alongside bench soak --json
	$(BIN)/alongside crash-test --kills 1000 --faults 20 --json

fuzz: ## two million spoilt frames, shared out among all decoders: none may escape
	@scripts/setup.sh test
	$(BIN)/python -m benchmarks.fuzz

lock: ## pin every dependency with hashes, naming no index
	@scripts/setup.sh test
	$(COMPILE) pyproject.toml --extra build -o requirements.txt
	$(COMPILE) pyproject.toml --extra build --extra dev --constraint requirements.txt -o requirements-dev.txt

fleet: ## a centre and fifty homes on this machine, to pull plugs out of
	@scripts/setup.sh test
	@$(BIN)/alongside fleet

model: ## the tables of falls and of the uneven pulse, learnt again from the recordings in RECORDINGS, bit for bit
	@scripts/setup.sh test
	$(BIN)/python -m analytics.training.falls $(RECORDINGS)
	$(BIN)/python -m analytics.training.rhythm $(RECORDINGS)

pages: ## docs/evaluation, measured again on the recordings in RECORDINGS: half an hour
	@scripts/setup.sh test
	for page in falls_page budget_page rhythm_page unusual_page; do \
		$(BIN)/python -m analytics.evaluation.$$page $(RECORDINGS) || exit 1; done
	$(BIN)/python -m analytics.evaluation.index
