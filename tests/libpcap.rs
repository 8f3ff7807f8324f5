//! libpcap is loaded and not linked: the same binary works without it, and says what is missing when it is asked for.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops where it fails"
)]
#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tlslab");

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn interfaces_are_listed_the_same_in_every_format() {
    if let Err(reason) = pcap_loader::load() {
        println!("skipped: no libpcap ({reason})");
        return;
    }
    let list = Command::new(PROGRAM).arg("interfaces").output().unwrap();
    assert_eq!((list.status.code(), text(&list.stderr)), (Some(0), String::new()));
    let list = text(&list.stdout);
    let json = Command::new(PROGRAM).args(["interfaces", "--format", "json"]).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let names: Vec<&str> =
        json["interfaces"].as_array().unwrap().iter().map(|interface| interface["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"lo"), "{names:?}");
    let listed: Vec<&str> =
        list.lines().filter(|line| !line.starts_with(' ')).filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(listed, names);
}

#[test]
fn the_program_does_not_link_libpcap() {
    let Ok(output) = Command::new("readelf").args(["--dynamic", "--wide", PROGRAM]).output() else {
        println!("skipped: no readelf");
        return;
    };
    let dynamic = text(&output.stdout);
    let needed: Vec<&str> = dynamic.lines().filter(|line| line.contains("(NEEDED)")).collect();
    assert!(!needed.is_empty(), "{dynamic}");
    assert!(!needed.iter().any(|line| line.contains("pcap")), "{needed:?}");
}

#[test]
fn without_libpcap_all_but_live_capture_works() {
    let Some(version) = without_libpcap(&["--version"]) else { return };
    assert_eq!(version.status.code(), Some(0), "{}", text(&version.stderr));
    assert!(text(&version.stdout).starts_with("tlslab "));
    let list = without_libpcap(&["interfaces"]).unwrap();
    let said = text(&list.stderr);
    assert_eq!((list.status.code(), text(&list.stdout)), (Some(2), String::new()), "{said}");
    for part in ["needs libpcap", "apt install libpcap0.8", "dnf install", "apk add", "pacman -S"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// Runs the program where every libpcap of this machine is hidden behind an empty file; nothing where that cannot be
/// done. Nobody else sees it: the mounts are in a namespace of their own.
fn without_libpcap(arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new(PROGRAM);
    if pcap_loader::load().is_ok() {
        let namespace = [&["--mount"][..], &["--map-root-user", "--mount"]].into_iter().find(|options| {
            Command::new("unshare").args(*options).arg("true").output().is_ok_and(|output| output.status.success())
        });
        let Some(namespace) = namespace else {
            println!("skipped: no permission to hide libpcap in a mount namespace");
            return None;
        };
        let empty = tempfile::NamedTempFile::new().unwrap();
        let script = r#"empty=$1; program=$2; shift 2
            while [ "$1" != -- ]; do mount --bind "$empty" "$1" || exit 99; shift; done
            shift; exec "$program" "$@""#;
        command = Command::new("unshare");
        command.args(namespace).args(["sh", "-c", script, "sh"]).arg(empty.path()).arg(PROGRAM);
        command.args(libraries()).arg("--").args(arguments);
        let output = command.output().unwrap();
        assert_ne!(output.status.code(), Some(99), "{}", text(&output.stderr));
        return Some(output);
    }
    Some(command.args(arguments).output().unwrap())
}

/// The files of libpcap, in the folders in which a loader looks.
fn libraries() -> BTreeSet<PathBuf> {
    let mut folders: Vec<PathBuf> =
        ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"].iter().map(PathBuf::from).collect();
    for parent in ["/lib", "/usr/lib", "/usr/local/lib"] {
        let machine = format!("{}-linux-gnu", std::env::consts::ARCH);
        folders.push(PathBuf::from(parent).join(machine));
    }
    folders.extend(std::env::var_os("LD_LIBRARY_PATH").iter().flat_map(std::env::split_paths));
    let entries = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("libpcap.so"))
        .filter_map(|entry| fs::canonicalize(entry.path()).ok())
        .collect()
}

/// The linker compares names at most, and only of functions that are used. A signature that changed in a new version of
/// `pcap` would be noticed by nothing else.
#[test]
fn the_loader_defines_what_pcap_imports() {
    let Some(source) = source_of_pcap() else {
        println!("skipped: cargo does not tell where the source of the crate pcap is");
        return;
    };
    let imported = declarations(&source);
    assert!(imported.len() > 30, "{imported:?}");
    let defined: BTreeMap<String, String> =
        pcap_loader::SIGNATURES.iter().map(|text| split(&text.replace([' ', '\n'], ""))).collect();
    assert_eq!(imported, defined, "left: src/raw.rs of pcap; right: pcap-loader/src/lib.rs");
}

fn source_of_pcap() -> Option<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["metadata", "--offline", "--locked", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    command.args(["--filter-platform", &platform]);
    let metadata: serde_json::Value = serde_json::from_slice(&command.output().ok()?.stdout).ok()?;
    let package = metadata["packages"].as_array()?.iter().find(|package| package["name"] == "pcap")?;
    let manifest = PathBuf::from(package["manifest_path"].as_str()?);
    fs::read_to_string(manifest.with_file_name("src").join("raw.rs")).ok()
}

/// The functions that `raw.rs` imports on Linux, by name, each with its types as `(a,b,)->c`.
fn declarations(source: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for module in ["pub mod ffi {", "pub mod ffi_unix {"] {
        let (_, body) = source.split_once(module).unwrap();
        // A module ends at the first brace at the margin.
        let (body, _) = body.split_once("\n}").unwrap();
        let code: String = body.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
        for declaration in code.split("pub fn ").skip(1) {
            let (declaration, _) = declaration.split_once(';').unwrap();
            let (name, rest) = declaration.split_once('(').unwrap();
            let (arguments, result) = rest.split_once(')').unwrap();
            let types = arguments.split(',').filter_map(|argument| argument.split_once(':'));
            let types: String = types.flat_map(|(_, kind)| [kind, ","]).collect();
            found.insert(name.to_owned(), format!("({types}){result}").replace(' ', ""));
        }
    }
    found
}

/// `name(types)->type` in its name and the rest.
fn split(signature: &str) -> (String, String) {
    let at = signature.find('(').unwrap();
    (signature[..at].to_owned(), signature[at..].to_owned())
}
