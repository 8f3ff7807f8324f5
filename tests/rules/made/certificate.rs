//! Messages about certificates, and the certificates in them.

use super::{codes, der, extension, message, vector8, vector16, vector24};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write;

/// The DER of a PEM file of the project.
pub fn pem(file: &str) -> Vec<u8> {
    let text = std::fs::read(format!("{}/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    tlslab::x509::unpem(&text).remove(0).1
}

/// A CertificateRequest of TLS 1.2 that takes these signatures and names so many authorities (RFC 5246 7.4.4).
pub fn certificate_request(schemes: &[u16], authorities: u16) -> Vec<u8> {
    let names: Vec<u8> = (0..authorities).flat_map(|number| vector16(&der::name(&format!("CA {number}")))).collect();
    message(13, &[vector8(&[1, 64]), codes(schemes), vector16(&names)].concat())
}

/// A CertificateRequest of TLS 1.3 (RFC 8446 4.3.2).
pub fn request13(schemes: &[u16]) -> Vec<u8> {
    message(13, &[vector8(&[]), vector16(&extension(13, &codes(schemes)))].concat())
}

/// A Certificate of TLS 1.3 with nothing in it.
pub fn nothing13() -> Vec<u8> {
    message(11, &[vector8(&[]), vector24(&[])].concat())
}

/// The body of a Certificate of TLS 1.3 with one certificate and its extensions (RFC 8446 4.4.2).
fn body(der: &[u8], extensions: &[u8]) -> Vec<u8> {
    let entry = [vector24(der), vector16(extensions)].concat();
    [vector8(&[]), vector24(&entry)].concat()
}

/// A Certificate until TLS 1.2, with one certificate (RFC 5246 7.4.2).
pub fn certificate(der: &[u8]) -> Vec<u8> {
    message(11, &vector24(&vector24(der)))
}

/// A Certificate of TLS 1.3 with an OCSP response (RFC 8446 4.4.2.1).
pub fn stapled(der: &[u8], response: &[u8]) -> Vec<u8> {
    let status = [&[1][..], &vector24(response)].concat();
    message(11, &body(der, &extension(5, &status)))
}

/// A CompressedCertificate, packed by zlib, of which this much is left (RFC 8879 4).
pub fn compressed_certificate(der: &[u8], left: usize) -> Vec<u8> {
    let whole = body(der, &[]);
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    packer.write_all(&whole).unwrap();
    let mut packed = packer.finish().unwrap();
    packed.truncate(left);
    let length = u32::try_from(whole.len()).unwrap().to_be_bytes();
    message(25, &[&[0, 1][..], &length[1..], &vector24(&packed)].concat())
}
