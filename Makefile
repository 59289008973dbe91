# Two commands on a fresh machine: `make demo` and `make test`.
# Compiled libraries live outside the checkout, so that a second clone need not build them again.
SHELL := /bin/bash
export CARGO_TARGET_DIR ?= $(HOME)/.cache/lumbung/target
# opensdmx asks for Python 3.12 or newer; without it the other clients are run.
PYTHON ?= $(shell for found in python3.13 python3.12 $(wildcard $(HOME)/.pyenv/versions/3.1[23]*/bin/python3) python3; do $$found -c 'import venv' 2>/dev/null && { echo $$found; break; }; done)
LISTEN ?= 127.0.0.1:8080
DEMO ?= data-demo
BINARY := target/release/lumbung

.PHONY: demo build test test-tools bench lint clean help

help: ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/'

demo: build ## Build, load the demonstration and serve it at http://127.0.0.1:8080
	@$(BINARY) demo --data-dir $(DEMO) --listen $(LISTEN)

build: ## Build the one binary, target/release/lumbung
	@command -v cargo >/dev/null || { echo "Rust belum terpasang / Rust is missing: https://rustup.rs (1.95 atau lebih baru / or newer)"; exit 1; }
	@command -v cc >/dev/null || { echo "Kompilator C belum terpasang / a C compiler is missing: sudo apt-get install -y gcc"; exit 1; }
	@echo "Membangun lumbung (pertama kali sekitar 15 menit pada 2 inti) / Building lumbung (about 15 minutes the first time on 2 cores)"
	cargo build --release --locked --workspace
	@mkdir -p target/release && ln -sf "$$(realpath $(CARGO_TARGET_DIR))/release/lumbung" $(BINARY)

test: build test-tools ## Every test: rooms, both databases, real SDMX clients, the browser
	cargo run --release --locked -q -p xtask -- ci

test-tools:
	@command -v $(PYTHON) >/dev/null || { echo "python3 is missing: sudo apt-get install -y python3 python3-venv"; exit 1; }
	@command -v node >/dev/null || { echo "node is missing: sudo apt-get install -y nodejs npm"; exit 1; }
	@command -v chromium >/dev/null || { echo "chromium is missing: sudo apt-get install -y --no-install-recommends chromium"; exit 1; }
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { echo "PostgreSQL is missing: sudo apt-get install -y postgresql"; exit 1; }
	@cat e2e/requirements.txt e2e/clients/requirements.txt | cmp -s - .venv/installed || { $(PYTHON) -m venv .venv && .venv/bin/pip install -q -r e2e/requirements.txt && cat e2e/requirements.txt e2e/clients/requirements.txt >.venv/installed; }
	@cmp -s e2e/package-lock.json e2e/node_modules/installed || { npm --prefix e2e ci --silent --no-audit --no-fund && cp e2e/package-lock.json e2e/node_modules/installed; }

bench: build test-tools ## Speed, as a ratio to a named peer on this machine
	.venv/bin/pip install -q -r benches/requirements.txt
	.venv/bin/python benches/run.py $(BINARY)

lint: ## The compiler's stricter opinions (builds everything once more)
	cargo fmt --all --check
	cargo clippy --release --workspace --all-targets --locked -- -D warnings

clean: ## Remove what this checkout made (not the compiled libraries)
	rm -rf target data-demo .venv e2e/node_modules
