# Freshet's entrance: `make help` lists what there is.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

SOURCES := Package.swift Services Shared Tests

.PHONY: help demo test bench lint format build release chaos outage storefront check-deploy start-from-manifests spark-test fuzz coverage asan tsan clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-20s %s\n", $$1, $$2}'

demo: ## Build, start everything, replay MovieLens, show the storefront (first time about 6 minutes)
	@./.ci/install-packages build
	@./deploy/demo/run

test: ## Install what is needed and run all tests
	@./.ci/install-packages build test
	@./.ci/test

bench: ## Measure everything, each figure beside a floor of the same run (about 25 minutes)
	@./.ci/install-packages build test
	@./Benchmarks/run

lint: ## Check formatting and documentation comments
	swift format lint --strict --recursive $(SOURCES)

format: ## Format the sources in place
	swift format --in-place --recursive $(SOURCES)

build: ## Debug build
	@./.ci/install-packages build
	swift build

release: ## Release build
	@./.ci/install-packages build
	swift build -c release

chaos: ## Break everything 200 times, on one Redis and on a cluster, and recompute everything (about 20 minutes)
	@./.ci/install-packages build test
	swift build -c release
	python3 Tests/Chaos/run.py --seed 7
	python3 Tests/Chaos/run.py --seed 7 --redis cluster
	python3 Tests/Chaos/run.py --seed 7 --kills 40 --no-fences

outage: ## Prove that nothing is lost while Kafka is away for a minute (2 minutes)
	@./.ci/install-packages build test
	swift build -c release
	python3 Tests/Outage/run.py

storefront: ## Drive the storefront in headless Chromium and take screenshots
	@./.ci/install-packages build test
	swift build -c release
	python3 Tests/Storefront/run.py

check-deploy: ## Check Dockerfile, docker-compose.yml, manifests, alert rules and dashboards
	@./.ci/install-packages deploy
	@./.ci/check-deploy

start-from-manifests: ## Start the services with the arguments and environment of manifests and docker-compose.yml
	@./.ci/install-packages build test deploy
	swift build
	@"$$(.ci/deploy-python)" -B Tests/Deployment/run.py

spark-test: ## Train with Spark from an export and serve the result (Java, PySpark: 640 MB)
	@./.ci/install-packages build test spark
	swift build --build-tests
	@python="$$(.ci/spark-python)" && python3 Tests/Spark/run.py --python "$$python"

fuzz: ## Fuzz the running suite with 1,000,000 inputs, then the decoders, and print their coverage (about 15 minutes)
	@./.ci/install-packages build test
	swift build -c release
	python3 Tests/Fuzz/run.py
	@./Tests/Fuzz/coverage

coverage: ## Fuzz the decoders in the test process and print their line coverage
	@./.ci/install-packages build test
	@./Tests/Fuzz/coverage

asan: ## Run the tests under AddressSanitizer
	@./.ci/install-packages build test
	@./Tests/Fuzz/sanitize address

tsan: ## Run the tests under ThreadSanitizer
	@./.ci/install-packages build test
	@./Tests/Fuzz/sanitize thread

clean: ## Remove build products
	rm -rf .build .build-* .venv-*
