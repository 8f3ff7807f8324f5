//! Captures in files, with the keys that somebody wrote down for them: those of the project, and those of others that
//! may lie beside its sources.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tlslab::base::parse_hex;
use tlslab::capture::{Dissector, Input, Settings, Store, open};
use tlslab::tls::private_key::PrivateKey;
use tlslab::tls::secrets::{PreSharedKey, Secret, Secrets};

/// Reads a capture to its end with these secrets and those that it brings.
pub fn read(path: &Path, secrets: &Arc<Secrets>) -> (Dissector, Arc<dyn Store>) {
    let mut opened = open(&[Input::Path(path.to_owned())], true).unwrap();
    let mut dissector = Dissector::new(Settings::SCREEN);
    dissector.open_with(Arc::clone(secrets));
    loop {
        for log in opened.source.take_key_logs() {
            dissector.read_key_log(&log);
        }
        let Some(packet) = opened.source.next_packet() else { break };
        dissector.push(&packet);
    }
    dissector.finish();
    (dissector, opened.store.unwrap())
}

/// A file of the project.
pub fn home(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The captures of others, where they are.
pub fn shared() -> Option<PathBuf> {
    let folder = home("../shared/captures");
    if !folder.is_dir() {
        println!("skipped: there is no {}", folder.display());
        return None;
    }
    Some(folder)
}

/// A capture of others, as it stands in their list.
pub struct Listed {
    /// Its name in the folder.
    pub name: String,
    pub path: PathBuf,
    /// What opens it.
    keys: String,
}

/// The list of the captures of others; it is empty where they are not there.
pub fn listed() -> Vec<Listed> {
    let Some(folder) = shared() else { return Vec::new() };
    let list = fs::read_to_string(folder.join("manifest.tsv")).unwrap();
    let row = |line: &str| {
        let columns: Vec<_> = line.split('\t').collect();
        let name = columns[0].to_owned();
        Listed { path: folder.join(&name), name, keys: columns[10].to_owned() }
    };
    list.lines().skip(1).map(row).collect()
}

impl Listed {
    /// Whether it can be opened, by what is given or by what it brings.
    pub fn has_keys(&self) -> bool {
        self.keys != "-"
    }

    /// What is given: `keylog=FILE`, `rsa=FILE`, `psk=HEX`, some of them with commas between.
    pub fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        for (kind, value) in self.keys.split(',').filter_map(|key| key.split_once('=')) {
            let bytes = || fs::read(home("../shared/captures").join(value)).unwrap();
            match kind {
                "keylog" => drop(secrets.read_key_log(&bytes(), 1)),
                "rsa" => {
                    for key in PrivateKey::read(&bytes(), None).unwrap() {
                        secrets.keep_private_key(key);
                    }
                }
                _ => {
                    let key = Secret::new(parse_hex(value).unwrap());
                    secrets.keep_pre_shared_key(PreSharedKey { identity: None, key });
                }
            }
        }
        secrets
    }
}

/// The files of a folder of the project whose names end like this.
fn of_folder(folder: &str, extension: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(home(folder)).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
}

/// The capture files of the project, and those of others where they are.
pub fn files() -> Vec<PathBuf> {
    let mut files = of_folder("captures", "pcapng");
    files.extend(listed().into_iter().map(|capture| capture.path));
    files.sort();
    files
}

/// The captures of the project, of its tests, and those of others where they are, each with the keys that somebody wrote
/// down for it.
pub fn keyed() -> Vec<(PathBuf, Secrets)> {
    let mut all = Vec::new();
    for path in [of_folder("captures", "pcapng"), of_folder("tests/keys", "pcap")].concat() {
        let mut secrets = Secrets::default();
        secrets.read_key_log(&fs::read(path.with_extension("keys")).unwrap(), 1);
        all.push((path, secrets));
    }
    let others = listed().into_iter().filter(Listed::has_keys);
    all.extend(others.map(|capture| (capture.path.clone(), capture.secrets())));
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}
