//! Gives the linker a library for the `-lpcap` that the crate `pcap` asks for.
//!
//! The archive is empty: the functions themselves are in this crate. Where libpcap is linked in the usual way there is
//! nothing to do.

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
        // All there is to an empty archive is its magic, so no archiver is needed to make one.
        fs::write(folder.join("libpcap.a"), b"!<arch>\n")?;
        println!("cargo::rustc-link-search=native={}", folder.display());
    }
    Ok(())
}
