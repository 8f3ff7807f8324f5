//! The secrets that a command is given: key logs, private keys and pre-shared keys of its arguments, and the key log
//! that the environment names.
//!
//! A fault is told with the file or the place of the argument, never with what stands in it.

use super::Failure;
use super::arguments::{BasisArguments, KeyArguments};
use super::basis::basis;
use crate::base::{Group, Note, Severity, printable};
use crate::capture::{FileNote, Keys};
use crate::tls::given::pre_shared_key;
use crate::tls::private_key::{KeyFault, PrivateKey};
use crate::tls::secrets::Secrets;
use crate::tui::read_password;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The variable in which programs are told where to write their key log, and in which we look for it.
const VARIABLE: &str = "SSLKEYLOGFILE";
/// The variable with the password of private keys.
const PASSWORD: &str = "TLSLAB_KEY_PASSWORD";
/// How often a password is asked for.
const ATTEMPTS: usize = 3;

/// Reads all that was given, and by what to judge where that is wanted. A file that was named and cannot be read is a failure; that of the environment is a
/// remark, because it need not be there yet.
pub(super) fn keys(arguments: &KeyArguments, by: Option<&BasisArguments>) -> Result<(Keys, Vec<FileNote>), Failure> {
    let mut secrets = Secrets::default();
    let mut notes = Vec::new();
    if let Some(path) = of_environment() {
        match std::fs::read(&path) {
            Ok(text) => add(&mut secrets, &path, &text, &mut notes),
            Err(cause) => super::complain(&format!("{}: {cause} ({VARIABLE})", shown(&path))),
        }
    }
    for path in &arguments.keylog {
        let text = std::fs::read(path)
            .map_err(|cause| Failure::Usage(format!("cannot read the key log {}: {cause}", shown(path))))?;
        add(&mut secrets, path, &text, &mut notes);
    }
    add_other_keys(arguments, &mut secrets)?;
    let keys = with_basis(secrets, arguments, by, &mut notes)?;
    Ok((keys, notes))
}

/// The keys for those who read the key logs by themselves and go on reading while they grow; and these key logs.
pub(super) fn keys_and_logs(
    arguments: &KeyArguments,
    by: &BasisArguments,
) -> Result<(Keys, Vec<PathBuf>, Vec<FileNote>), Failure> {
    let mut secrets = Secrets::default();
    add_other_keys(arguments, &mut secrets)?;
    let logs = of_environment().into_iter().chain(arguments.keylog.iter().cloned()).collect();
    let mut notes = Vec::new();
    let keys = with_basis(secrets, arguments, Some(by), &mut notes)?;
    Ok((keys, logs, notes))
}

/// All that captures are read with: the secrets, and by what certificates are judged, where that is done.
fn with_basis(
    secrets: Secrets,
    arguments: &KeyArguments,
    by: Option<&BasisArguments>,
    notes: &mut Vec<FileNote>,
) -> Result<Keys, Failure> {
    let embedded = !arguments.no_embedded_keys;
    let mut keys = Keys { secrets: Arc::new(secrets), embedded, ..Keys::default() };
    if let Some(by) = by {
        let (basis, mut more) = basis(by)?;
        notes.append(&mut more);
        keys.basis = basis;
    }
    Ok(keys)
}

/// The key log that the environment names.
fn of_environment() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Reads the private keys and pre-shared keys.
fn add_other_keys(arguments: &KeyArguments, secrets: &mut Secrets) -> Result<(), Failure> {
    for path in &arguments.rsa_key {
        for key in private_keys(path)? {
            secrets.keep_private_key(key);
        }
    }
    for (index, given) in arguments.psk.iter().enumerate() {
        let key = given.to_str().ok_or("is not UTF-8; an identity can be written 0x and its digits");
        let key = key.and_then(pre_shared_key);
        let key = key.map_err(|fault| Failure::Usage(format!("--psk number {} {fault}", index + 1)))?;
        secrets.keep_pre_shared_key(key);
    }
    Ok(())
}

fn shown(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

fn add(secrets: &mut Secrets, path: &Path, text: &[u8], notes: &mut Vec<FileNote>) {
    let before = secrets.generation();
    let mut found = secrets.read_key_log(text, 1);
    if found.is_empty() && secrets.generation() == before {
        let text = "there is no secret in it: no line, or nothing but comments".into();
        found.push(Note { severity: Severity::Warn, group: Group::Decryption, code: "keys.empty", text, span: None });
    }
    notes.extend(found.into_iter().map(|note| FileNote { path: path.to_owned(), after: 0, note }));
}

/// The keys of a file, with the password of the environment, or one that is asked for.
fn private_keys(path: &Path) -> Result<Vec<PrivateKey>, Failure> {
    let failure =
        |fault: &dyn std::fmt::Display| Failure::Usage(format!("cannot use the private key {}: {fault}", shown(path)));
    let file = std::fs::read(path).map_err(|cause| failure(&cause))?;
    match PrivateKey::read(&file, None) {
        Err(KeyFault::NeedsPassword) => {}
        read => return read.map_err(|fault| failure(&fault)),
    }
    if let Some(password) = std::env::var_os(PASSWORD) {
        let password = password.to_str().ok_or_else(|| failure(&format!("{PASSWORD} is not UTF-8")))?;
        return PrivateKey::read(&file, Some(password)).map_err(|fault| failure(&format!("{fault} ({PASSWORD})")));
    }
    if !io::stderr().is_terminal() || !io::stdin().is_terminal() {
        return Err(failure(&format!("{}; {PASSWORD} is not set", KeyFault::NeedsPassword)));
    }
    let mut fault = KeyFault::NeedsPassword;
    for _ in 0..ATTEMPTS {
        let _ = write!(io::stderr(), "password of {}: ", shown(path));
        let answer = read_password();
        let _ = writeln!(io::stderr());
        let Some(password) = answer.map_err(|cause| failure(&cause))? else { break };
        match PrivateKey::read(&file, Some(&password)) {
            Err(KeyFault::WrongPassword) => fault = KeyFault::WrongPassword,
            read => return read.map_err(|fault| failure(&fault)),
        }
        super::complain(&fault.to_string());
    }
    Err(failure(&fault))
}
