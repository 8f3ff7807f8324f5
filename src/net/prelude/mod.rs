//! What was said before TLS began.
use super::Direction;
/// Bytes.
pub struct Said<'a> {
    /// d
    pub direction: Direction,
    /// f
    pub frame: u32,
    /// b
    pub bytes: &'a [u8],
}
/// Recognised.
pub struct Recognised {
    /// p
    pub protocol: &'static str,
    /// a
    pub accepted: Option<bool>,
    /// l
    pub lines: Vec<(u32, Direction, String)>,
}
/// Recognises.
pub fn recognise(_said: &[Said<'_>]) -> Recognised {
    Recognised { protocol: "unrecognised", accepted: None, lines: vec![] }
}
