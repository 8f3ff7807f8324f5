//! Any bytes as a certificate, an OCSP response, a list of timestamps.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tlslab::base::{BufferId, Reader, Tree};
use tlslab::x509;

fuzz_target!(|data: &[u8]| {
    for mut tree in [Tree::off(), Tree::on()] {
        let found = x509::certificate(Reader::new(data, BufferId(0)), &mut tree);
        assert_eq!(&*found.der, data);
        drop(x509::pem("CERTIFICATE", &found.der));
        drop(x509::matches_host(&found, "host.example"));
        drop(x509::ocsp_response(Reader::new(data, BufferId(0)), &mut tree));
        for span in tree.nodes().iter().map(|node| node.span).chain(tree.notes().iter().filter_map(|note| note.span)) {
            assert!(span.buffer == BufferId(0) && span.range().end <= data.len(), "{span:?}");
        }
    }
});
