//! Taking DER apart that the lab itself has made: just enough to find a part and put it elsewhere.

/// What is inside the first element.
pub(super) fn body(der: &[u8]) -> Option<&[u8]> {
    let (header, length) = header(der)?;
    der.get(header..header.checked_add(length)?)
}

/// The first element, whole, and what follows it.
pub(super) fn element(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (header, length) = header(der)?;
    der.split_at_checked(header.checked_add(length)?)
}

/// The lengths of an element's header and of its body.
fn header(der: &[u8]) -> Option<(usize, usize)> {
    match *der.get(1..)? {
        [short @ 0..=0x7f, ..] => Some((2, usize::from(short))),
        [0x81, a, ..] => Some((3, usize::from(a))),
        [0x82, a, b, ..] => Some((4, usize::from(u16::from_be_bytes([a, b])))),
        _ => None,
    }
}
