//! What a handshake proves, in JSON.

use super::value::{Plain, object, way};
use crate::session::{Misfit, Proof, ProofKind, ProofResult, Unchecked};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// One message that proves something. `identity` counts from 0 and is there for PSK binders only; `text` says why it
/// failed or was not checked.
pub(super) struct ProofJson<'a>(pub(super) &'a Proof);

impl Serialize for ProofJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Proof { kind, direction, frame, result } = *self.0;
        let identity = match kind {
            ProofKind::PskBinder { identity } => Some(identity),
            _ => None,
        };
        let text = match result {
            ProofResult::Verified => None,
            ProofResult::Failed(misfit) => Some(Misfit::text(misfit)),
            ProofResult::NotChecked(reason) => Some(Unchecked::text(reason)),
        };
        object!(serializer, {
            "frame": frame,
            "dir": way(direction),
            "kind": Plain(kind.word()),
            "identity": identity,
            "result": Plain(result.word()),
            "text": text,
        })
    }
}
