//! The facts of several hundred captures against what tshark found in them: `../shared/captures/compare.py`.
//!
//! Skipped with a message where the captures or Python are missing. `tests/deviations.tsv` lists the facts in which
//! tshark is wrong or silent, each with its reason.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::path::Path;
use std::process::Command;

#[test]
fn tshark_found_the_same() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let script = home.join("../shared/captures/compare.py");
    if !script.exists() {
        println!("skipped: there is no {}", script.display());
        return;
    }
    if Command::new("python3").arg("--version").output().is_err() {
        println!("skipped: there is no python3");
        return;
    }
    // The facts without keys, and those that the keys of the captures open.
    for keys in [&[][..], &["--decrypted"]] {
        let mut command = Command::new("python3");
        command.arg(&script).arg("--bin").arg(env!("CARGO_BIN_EXE_tlslab")).args(keys);
        // Nobody's own configuration takes part.
        command.env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"));
        let deviations = home.join("tests/deviations.tsv");
        if deviations.exists() {
            command.arg("--deviations").arg(deviations);
        }
        let output = command.output().unwrap();
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{keys:?}: {}\n{stdout}\n{stderr}", output.status);
    }
}
