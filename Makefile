# Names for the steps of .ci/run, which holds the logic.
SHELL := bash
RUN := @bash .ci/run

.DEFAULT_GOAL := all

# How long each fuzz target runs.
export FUZZTIME ?= 5s

.PHONY: all api api-update ci example fmt fuzz help lint modules oldest race servers test tidy tools vuln

all: lint test ## lint and test (the default)

ci: ## what CI runs on a pull request, but for vuln
	$(RUN)

test: ## run the tests of every module
	$(RUN) test nested

race: ## run the tests in random order with the race detector
	$(RUN) race

oldest: ## run the tests with the oldest supported Go
	$(RUN) oldest

lint: ## check format, vet and the linters
	$(RUN) format vet lint

fmt: ## format every file
	$(RUN) fmt

tidy: ## check that every go.mod and go.sum is tidy
	$(RUN) tidy

api: ## compare the public API with api/*.txt and the last release
	$(RUN) api

api-update: ## write the public API to api/*.txt
	$(RUN) api-update

vuln: ## look for known vulnerabilities (asks vuln.go.dev)
	$(RUN) vuln

fuzz: ## run every fuzz target for FUZZTIME
	$(RUN) fuzz

servers: ## find or install the servers that the tests of nested modules start
	$(RUN) servers

example: ## run the example
	$(RUN) example

tools: ## build the pinned tools into .bin
	$(RUN) tools

modules: ## list the modules of this repository
	$(RUN) modules

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' Makefile
