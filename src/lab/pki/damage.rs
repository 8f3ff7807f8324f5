//! What is broken in a certificate after it was signed.

/// Turns over the last bit of the signature, which ends the certificate.
pub(super) fn flip_signature(der: &mut [u8]) {
    if let Some(last) = der.last_mut() {
        *last ^= 1;
    }
}

/// Puts another letter in the place of the subject's last one; whether there was one.
///
/// The public key follows the subject, so the letter is what stands before `public_key_info`.
pub(super) fn edit_subject(der: &mut [u8], public_key_info: &[u8]) -> bool {
    let place = der.windows(public_key_info.len()).position(|window| window == public_key_info);
    let letter = place.and_then(|place| place.checked_sub(1)).and_then(|place| der.get_mut(place));
    let Some(letter) = letter.filter(|letter| letter.is_ascii_alphanumeric()) else { return false };
    *letter = match *letter {
        b'9' => b'0',
        b'z' => b'a',
        b'Z' => b'A',
        other => other + 1,
    };
    true
}
