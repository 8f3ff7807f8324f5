//! What a session proves, in a few lines: shared by text, Markdown and the screens.

use crate::net::Direction;
use crate::session::{Proof, ProofKind, ProofResult, Session};

/// What failed in full, then what was verified in one line, then what was not checked and why; nothing where nothing
/// proves anything.
#[must_use]
pub fn proofs(session: &Session) -> Vec<String> {
    let mut lines: Vec<String> = session.failed_proofs().map(Proof::text).collect();
    let groups = grouped(&session.proofs);
    let verified = groups.iter().filter(|group| group.result == ProofResult::Verified);
    let verified: Vec<String> = verified.map(|group| format!("{} verified{}", group.name(), group.ways())).collect();
    if !verified.is_empty() {
        lines.push(verified.join(", "));
    }
    for group in &groups {
        if let ProofResult::NotChecked(reason) = group.result {
            lines.push(format!("{} not checked{}: {}", group.name(), group.ways(), reason.text()));
        }
    }
    lines
}

/// Proofs of one kind with the same result.
struct Group {
    kind: ProofKind,
    result: ProofResult,
    directions: Vec<Direction>,
}

fn grouped(proofs: &[Proof]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for proof in proofs {
        let same = |group: &&mut Group| group.kind.word() == proof.kind.word() && group.result == proof.result;
        match groups.iter_mut().find(same) {
            Some(group) => group.directions.push(proof.direction),
            None => groups.push(Group { kind: proof.kind, result: proof.result, directions: vec![proof.direction] }),
        }
    }
    groups
}

impl Group {
    /// `CertificateVerify of the client`, `Finished`, `2 PSK binders`.
    fn name(&self) -> String {
        let word = self.kind.word();
        match (self.kind, self.directions.as_slice()) {
            (ProofKind::PskBinder { .. }, [_, _, ..]) => format!("{} {word}s", self.directions.len()),
            (ProofKind::CertificateVerify | ProofKind::CredentialVerify | ProofKind::Finished, ways)
                if !self.is_both() =>
            {
                let sender = if ways.first() == Some(&Direction::ToServer) { "client" } else { "server" };
                format!("{word} of the {sender}")
            }
            _ => word.to_owned(),
        }
    }

    fn ways(&self) -> &'static str {
        if self.is_both() { " both ways" } else { "" }
    }

    fn is_both(&self) -> bool {
        [Direction::ToServer, Direction::ToClient].iter().all(|direction| self.directions.contains(direction))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::sample;
    use crate::session::{Misfit, Unchecked};

    #[test]
    fn what_failed_comes_first_and_in_full() {
        let proof = |kind, direction, result| Proof { kind, direction, frame: 1, result };
        let (client, server) = (Direction::ToServer, Direction::ToClient);
        let unknown = ProofResult::NotChecked(Unchecked::NoPreSharedKey);
        let mut session = sample::tls13();
        for (proofs, expected) in [
            (vec![], vec![]),
            (
                vec![
                    proof(ProofKind::CertificateVerify, server, ProofResult::Verified),
                    proof(ProofKind::Finished, server, ProofResult::Verified),
                    proof(ProofKind::Finished, client, ProofResult::Verified),
                ],
                vec!["CertificateVerify of the server verified, Finished verified both ways"],
            ),
            (
                vec![
                    proof(ProofKind::PskBinder { identity: 0 }, client, unknown),
                    proof(ProofKind::PskBinder { identity: 1 }, client, unknown),
                    proof(ProofKind::ServerKeyExchange, server, ProofResult::Verified),
                    proof(ProofKind::Finished, client, ProofResult::Failed(Misfit::VerifyData)),
                ],
                vec![
                    "the client's Finished does NOT fit: verify_data does not follow from the keys and the messages of \
                     this capture; a message was changed on the way, or the sides saw different ones",
                    "ServerKeyExchange verified",
                    "2 PSK binders not checked: no pre-shared key was given for the identity",
                ],
            ),
        ] {
            session.proofs = proofs;
            assert_eq!(super::proofs(&session), expected);
        }
    }
}
