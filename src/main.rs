//! The program: all of it is in the library.

/// Sessions are made by one thread and let go by another, which is where the allocator of glibc is slow: it took a
/// fifth of the time of `inspect` on a capture of many handshakes.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    tlslab::cli::main()
}
