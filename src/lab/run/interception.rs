//! Whoever is on the wire by the script takes the place that the wire has for somebody.

use crate::lab::attack::{self, Attacker};
use crate::lab::wire::{Carries, Crossing, Delivery, Interceptor, Missed, Passage, Remark};

impl Interceptor for Attacker {
    fn cross(&mut self, passage: &Passage<'_>) -> Crossing {
        let Passage { connection, from, to, carries, bytes } = *passage;
        let carries = match carries {
            Carries::Plain => attack::Carries::Plain,
            Carries::Handshake => attack::Carries::Handshake,
            Carries::ApplicationData => attack::Carries::ApplicationData,
            Carries::Alert => attack::Carries::Alert,
        };
        let delivered = Self::cross(self, &attack::Crossing { connection, from, to, bytes, carries });
        let deliver = delivered.pieces.into_iter();
        let deliver = deliver.map(|piece| Delivery { bytes: piece.bytes, delay: piece.delay_ms }).collect();
        let remark = |remark: attack::Remark| {
            let refused = if remark.refused { "cannot do it: " } else { "" };
            let text = format!("{refused}{}", remark.text);
            Remark { step: remark.step, by: remark.by.unwrap_or_else(|| "somebody".to_owned()), text }
        };
        Crossing { deliver, remarks: delivered.remarks.into_iter().map(remark).collect() }
    }

    fn let_go(&mut self, connection: u32) -> Vec<(String, Vec<u8>)> {
        Self::let_go(self, connection)
    }

    fn copied(&self) -> Vec<u8> {
        Self::copied(self).to_vec()
    }

    fn missed(&self) -> Vec<Missed> {
        let missed = self.unmatched().into_iter();
        missed.map(|order| Missed { step: order.step, reason: order.reason, may_miss: order.may_miss }).collect()
    }
}
