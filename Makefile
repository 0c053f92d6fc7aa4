# The everyday commands; `make help` lists them.

# Tests that compute keep both threads of a small machine busy; those that wait for servers and clocks run after them.
TESTS = HEED_REQUIRE_TORCH=1 HEED_REQUIRE_POSTGRES=1 $(SWIFT) test -c release -Xswiftc -enable-testing
COMMANDS := ^HeedTests\.
WAITING := ^(ServingTests|HeedServerTests|ChatEndpointTests)\.

.DEFAULT_GOAL := help
.PHONY: help deps deps-build deps-tests build demo test lint format bench clean

SWIFT ?= swift
PYTHON ?= python3
HEED := .build/release/heed
DEMO ?= heed-demo
SOURCES := Sources Tests Benchmarks/Tensors Benchmarks/Decisions Benchmarks/Preferences Benchmarks/Serving Package.swift

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Check what build and tensors need, and install what is missing
	@./scripts/deps --tensors

deps-tests:
	@./scripts/deps --tensors --tests

# The command itself builds and runs without libtorch.
deps-build:
	@./scripts/deps

build: deps-build ## Build the heed command (.build/release/heed)
	$(SWIFT) build -c release --product heed

demo: build ## Simulate a town of judges, rank its dishes, and write a report
	@$(HEED) demo --folder "$(DEMO)"
	@printf '\nOpen the report in a browser: %s\n' "$$(cd "$(DEMO)" && pwd)/report.html"

test: deps-tests ## Run all tests, then the lint
	$(TESTS) --skip '$(WAITING)|$(COMMANDS)'
	$(TESTS) --skip-build --filter '$(COMMANDS)'
	$(TESTS) --skip-build --filter '$(WAITING)'
	@$(MAKE) --no-print-directory lint

lint: ## Check the format of the sources
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

format: ## Rewrite the sources in the format
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

bench: build deps ## Measure against the peers that are installed
	$(PYTHON) Benchmarks/bench.py --heed $(HEED)
	$(SWIFT) build -c release --product tensor-bench
	$(PYTHON) Benchmarks/tensors.py --bench .build/release/tensor-bench
	$(SWIFT) build -c release --product decision-bench
	$(PYTHON) Benchmarks/decisions.py --heed $(HEED) --bench .build/release/decision-bench
	$(SWIFT) build -c release --product preference-bench
	$(PYTHON) Benchmarks/preferences.py --bench .build/release/preference-bench
	$(SWIFT) build -c release --product serving-bench
	$(PYTHON) Benchmarks/serving.py --heed $(HEED) --bench .build/release/serving-bench

clean: ## Remove what was built
	$(SWIFT) package clean
	rm -rf "$(DEMO)"
