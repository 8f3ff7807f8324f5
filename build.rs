//! Puts the scenarios of the folder `scenarios` into the program: one row for each file `GROUP/ID.lab.toml`.
//!
//! A table by hand would be one more place to forget when a scenario is added.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=scenarios");
    println!("cargo:rerun-if-changed=build.rs");
    let folder = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("scenarios");
    let mut rows = String::from("&[\n");
    for group in sorted(&folder)?.iter().filter(|path| path.is_dir()) {
        for file in sorted(group)? {
            let name = last(&file);
            if let Some(id) = name.strip_suffix(".lab.toml") {
                let _ = writeln!(rows, "({:?}, {id:?}, include_str!({:?})),", last(group), file.display().to_string());
            }
        }
    }
    rows.push(']');
    let target = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("scenarios.rs");
    fs::write(target, rows)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn last(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
