//! Any bytes as a capture file, plain or compressed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::io::{Seek, Write};
use std::sync::{LazyLock, Mutex};
use tempfile::NamedTempFile;
use tlslab::capture::{Dissector, Input, Settings, open};

static FILE: LazyLock<Mutex<NamedTempFile>> = LazyLock::new(|| Mutex::new(NamedTempFile::new().unwrap()));

fuzz_target!(|data: &[u8]| {
    let mut file = FILE.lock().unwrap();
    file.as_file().set_len(0).unwrap();
    file.rewind().unwrap();
    file.write_all(data).unwrap();
    let Ok(opened) = open(&[Input::Path(file.path().into())], true) else { return };
    let (mut source, store) = (opened.source, opened.store.unwrap());
    let mut dissector = Dissector::new(Settings::SCREEN);
    while let Some(packet) = source.next_packet() {
        dissector.push(&packet);
    }
    dissector.finish();
    for (_, entry) in dissector.frames().from(1) {
        assert_eq!(store.read(entry.file, entry.position, entry.length).unwrap().len(), entry.length as usize);
    }
    drop((source.take_notes(), source.take_key_logs()));
});
