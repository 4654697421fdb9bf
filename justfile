# `just` lists these; each is one line that one can type as well.

_list:
    @just --list --unsorted

# The whole product in small: two tenants, two applications, a directory, an inbox. `just demo --fresh` begins anew.
demo *arguments:
    cargo run --release -- demo {{arguments}}

# All tests; `just test --quick` is the inner loop, `just test browser` one step.
test *arguments:
    ./tests/run {{arguments}}

# What must hold before a commit lands.
check:
    .ci/run

# Changes the table of a member's life, the comparison of rights and linking in every way a line can be wrong: a test must notice each.
# Needs `cargo install cargo-mutants`; takes a day, `--shard 0/10` a tenth. tests/README.md says what was found last.
mutants *arguments:
    cargo mutants --package tenant --test-package tenant -j1 --no-shuffle --output target \
        --file crates/tenant/src/lifecycle/transition.rs --file crates/tenant/src/lifecycle/deed.rs \
        --file crates/tenant/src/roles/mod.rs --file crates/tenant/src/roles/guard.rs \
        --re 'lifecycle/' --re 'Rights' --re 'may_grant|grantable|runs_tenant|is_administered_without' \
        {{arguments}} -- --lib
    cargo mutants --package identity --test-package identity,acceptance -j1 --no-shuffle --output target \
        --file 'crates/identity/src/linking/*.rs' {{arguments}} -- --lib -- linking federation attacks::

# How fast it is, beside the machine's limit and node's oidc-provider: `just bench --quick`; the gates stand in tests/bench/gates.py.
bench *arguments:
    ./tests/bench/run {{arguments}}

# Formats, and repairs what clippy can.
fix:
    cargo fmt
    cargo clippy --workspace --all-targets --fix --allow-dirty --allow-staged

# One story in the browser, by a word of its name: `just story doors`.
story name: (_built)
    cd tests/browser && npm ci --ignore-scripts --silent && ../with-demo node_modules/.bin/playwright test -g "{{name}}"

# Photographs every page at three widths, light and dark (tests/browser/pictures), and renews the README's (docs/pictures).
pictures: (_built)
    cd tests/browser && npm ci --ignore-scripts --silent && PICTURES=1 ../with-demo node_modules/.bin/playwright test
    tests/browser/readme-pictures

# How big the parts are: dependencies twice in the tree, the binary, the largest files.
size:
    cargo tree --workspace --duplicates --depth 0
    ls -l --block-size=K target/release/latchkey target/dist/latchkey 2>/dev/null || true
    git ls-files '*.rs' | xargs wc -l | sort -rn | head -15

_built:
    cargo build --workspace --all-targets --locked
