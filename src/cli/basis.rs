//! By what certificates are judged: the trust anchors, revocation lists and lists of logs of the arguments.

use super::Failure;
use super::arguments::{BasisArguments, Judge};
use crate::capture::{Anchors, FileNote, add_anchors, add_lists, add_logs};
use crate::session::judgement::{Basis, Docket};
use std::sync::Arc;

/// Reads all that was given.
///
/// Mozilla's list is there unless another was named: it comes with the program, so that a capture is judged alike on
/// each machine, and the machine that looks at a capture is rarely the one that it was made on. Files add to it, since
/// who has a private authority has public ones too.
pub(super) fn basis(arguments: &BasisArguments) -> Result<(Arc<Basis>, Vec<FileNote>), Failure> {
    let mut basis = Basis { docket: docket(arguments.judge), ..Basis::default() };
    let mut notes = Vec::new();
    for anchors in chosen(&arguments.anchors) {
        notes.append(&mut add_anchors(&mut basis, &anchors)?);
    }
    for path in &arguments.crl {
        notes.append(&mut add_lists(&mut basis, path)?);
    }
    for path in &arguments.ct_logs {
        notes.append(&mut add_logs(&mut basis, path)?);
    }
    Ok((Arc::new(basis), notes))
}

fn docket(judge: Judge) -> Docket {
    match judge {
        Judge::Auto => Docket::Bounded,
        Judge::All => Docket::All,
        Judge::None => Docket::None,
    }
}

/// What was named, with Mozilla's list in front where only files were.
fn chosen(given: &[std::path::PathBuf]) -> Vec<Anchors> {
    let word = |path: &std::path::PathBuf| path.to_str().map(str::to_owned).unwrap_or_default();
    let is_store = |word: &str| matches!(word, "mozilla" | "system" | "none");
    let mut out = Vec::new();
    if !given.iter().any(|path| is_store(&word(path))) {
        out.push(Anchors::Mozilla);
    }
    for path in given {
        match word(path).as_str() {
            "mozilla" => out.push(Anchors::Mozilla),
            "system" => out.push(Anchors::System),
            "none" => {}
            _ => out.push(Anchors::Path(path.clone())),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_add_to_the_default_and_a_named_list_takes_its_place() {
        let file = || Anchors::Path("ca.pem".into());
        for (given, expected) in [
            (&[][..], vec![Anchors::Mozilla]),
            (&["ca.pem"], vec![Anchors::Mozilla, file()]),
            (&["system"], vec![Anchors::System]),
            (&["none"], vec![]),
            (&["none", "ca.pem"], vec![file()]),
            (&["ca.pem", "system", "mozilla"], vec![file(), Anchors::System, Anchors::Mozilla]),
            (&["./none"], vec![Anchors::Mozilla, Anchors::Path("./none".into())]),
        ] {
            let given: Vec<_> = given.iter().map(std::path::PathBuf::from).collect();
            assert_eq!(chosen(&given), expected, "{given:?}");
        }
    }
}
