# https://just.systems; `just` lists what there is.

# What there is
default:
    @just --list

# Formatting, lints and documentation, as the continuous integration asks for them
check:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps

# All tests
test:
    cargo test

# Speed, memory and waiting times, beside tcpdump and dumpcap on the same machine; the last one as root
bench:
    cargo bench --bench speed
    cargo bench --bench screens
    cargo bench --bench live

# Write tests/golden anew from the sample captures
golden:
    UPDATE_GOLDEN=1 cargo test --test golden
    git diff --stat tests/golden

# Write the keys of the README anew from the table of keys
readme:
    UPDATE_README=1 cargo test --test readme

# Hold the facts of the test captures in ../shared against those of tshark
compare:
    cargo build --release
    python3 ../shared/captures/compare.py --bin target/release/tlslab --deviations tests/deviations.tsv

# Feed one of the fuzz targets until it is stopped; needs cargo-fuzz and a nightly Rust
fuzz TARGET:
    cargo +nightly fuzz run {{TARGET}}

# Record the sample captures anew
samples:
    cd captures && ./make.sh
