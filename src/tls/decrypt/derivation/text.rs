//! What each value of a key schedule is for: where it is defined, and a few sentences for whoever meets it first.

/// The beginning of a name, where it is defined, and what it is for. The first row that fits counts.
const ROWS: &[(&str, &str, &str)] = &[
    (
        "transcript",
        "RFC 8446 4.4.1",
        "The hash of all handshake messages so far, each with its header and without the records around it. Secrets and \
         signatures are bound to it: whoever changes one byte of an earlier message changes every secret behind it, and \
         the connection falls apart.",
    ),
    (
        "after ClientKeyExchange",
        "RFC 7627 3",
        "The session hash: everything up to the ClientKeyExchange. A master secret that is bound to it belongs to this \
         handshake alone. Without it somebody in the middle could give two connections the same master secret and play \
         the one against the other (the triple handshake attack).",
    ),
    (
        "after ServerHello",
        "RFC 8446 7.1",
        "The handshake traffic secrets look here: both hellos are in it, so that random values, suites and key shares \
         that somebody has changed give other keys on each side.",
    ),
    (
        "after HelloRetryRequest",
        "RFC 8446 4.4.1",
        "From here on the first ClientHello stands in the transcript as its hash alone. So a server can forget it, put \
         the hash into its cookie, and keep no state for clients that never come back.",
    ),
    (
        "after ",
        "RFC 8446 4.4.1",
        "The hash of everything up to this message, as both sides must have it. What Finished proves, what \
         CertificateVerify signs and what secrets are derived from is such a hash.",
    ),
    ("before ", "RFC 8446 4.4.4", "What the Finished of that side vouches for: every message before it."),
    (
        "secrets",
        "RFC 8446 7.1",
        "The key schedule: from what both sides share down to the keys of records. Every step is one way. Who has a \
         secret can compute what stands below it and nothing of what stands above.",
    ),
    (
        "PSK of ticket",
        "RFC 8446 4.6.1",
        "What the next connection can begin with when the client shows this ticket. The nonce makes it another one for \
         each ticket, so that tickets of one connection give away nothing of each other.",
    ),
    (
        "PSK",
        "RFC 8446 2.2",
        "A key that both sides have from before: from a ticket, or given to them by hand. It says who the other side \
         is without a certificate. Alone it gives no forward secrecy: who gets it later can read it all.",
    ),
    (
        "early_secret (of the refused PSK)",
        "RFC 8446 4.2.10",
        "The client protected its early data with this before it could know that the server would not take the key. \
         The rest of the handshake begins anew, from zeros.",
    ),
    (
        "early_secret",
        "RFC 8446 7.1",
        "The top of the schedule, made of the pre-shared key. Where there is none, zeros take its place, so that the \
         steps below are always the same; the value is then known to everybody and protects nothing.",
    ),
    (
        "binder_key",
        "RFC 8446 4.2.11.2",
        "With it the client proves in its first message that it has the key it names, and binds the key to this very \
         hello. Without binders a ticket that was overheard could be put into somebody else's hello.",
    ),
    (
        "client_early_traffic_secret",
        "RFC 8446 7.1",
        "Protects early data: what the client sends before the server has said a word. It hangs on the ClientHello \
         alone, so that a copy of hello and data is as good as the first one. That is why early data can be replayed, \
         and why there is no such secret for the server.",
    ),
    (
        "early_exporter_master_secret",
        "RFC 8446 7.5",
        "For protocols above TLS that want keys of their own while early data is on its way.",
    ),
    (
        "derived",
        "RFC 8446 7.1",
        "The salt of the next HKDF-Extract. The step between keeps the two apart: what is derived from this secret and \
         what is extracted into the next can never be the same computation.",
    ),
    (
        "(EC)DHE shared secret",
        "RFC 8446 7.4",
        "What both sides compute from their own private key and the other's key share; with a hybrid group two secrets, \
         one behind the other. Both throw their private keys away, and that is forward secrecy: nobody can compute it \
         later, not with the server's certificate key either.",
    ),
    (
        "handshake_secret",
        "RFC 8446 7.1",
        "Here the key exchange comes in. From now on the schedule is secret even when the pre-shared key is not. A key \
         log does not hold it: programs write the traffic secrets, each of which opens one direction of one phase.",
    ),
    (
        "client_handshake_traffic_secret",
        "RFC 8446 7.1",
        "Protects what the client still has to say in the handshake: its Certificate, its proof, its Finished. Its \
         keys are others than those of data: who is given the keys of data to look into the traffic does not see the \
         client's certificate, and no record of the handshake can pass for data.",
    ),
    (
        "server_handshake_traffic_secret",
        "RFC 8446 7.1",
        "Protects the server's EncryptedExtensions, Certificate, CertificateVerify and Finished: whoever listens does \
         not see the certificate. Who answers the client actively still can, for nobody was authenticated yet.",
    ),
    (
        "master_secret",
        "RFC 8446 7.1, RFC 5246 8.1",
        "The secret from which everything that protects data is made; RFC 9846 calls it main secret. In TLS 1.3 it is \
         the end of the chain, until TLS 1.2 the middle: there a key log holds it as CLIENT_RANDOM, and who has it \
         reads both directions of the connection and of those that resume it.",
    ),
    (
        "client_application_traffic_secret_",
        "RFC 8446 7.1, 7.2",
        "Protects what the client sends after the handshake. It hangs on everything up to the server's Finished, so \
         that it cannot fit a handshake that somebody has changed. Each KeyUpdate makes the next one from it, and the \
         old one can be forgotten.",
    ),
    (
        "server_application_traffic_secret_",
        "RFC 8446 7.1, 7.2",
        "Protects what the server sends after its Finished. It needs nothing of the client's second flight, so that the \
         server may send data before it knows who the client is.",
    ),
    (
        "exporter_master_secret",
        "RFC 8446 7.5",
        "Gives keys to protocols above TLS, and names to connections (RFC 9266 channel binding). It stands beside the \
         traffic secrets, so that an application that gives its keys away does not give away the connection.",
    ),
    (
        "resumption_master_secret",
        "RFC 8446 7.1",
        "The tickets of this connection are made from it. It hangs on the client's Finished too: a ticket stands for \
         the whole handshake, the client's certificate included.",
    ),
    (
        "finished_key",
        "RFC 8446 4.4.4",
        "The key of the HMAC in Finished. It is another one for each side, so that nobody can send a Finished back to \
         its sender.",
    ),
    (
        "verify_data",
        "RFC 8446 4.4.4, RFC 5246 7.4.9",
        "What Finished says: a code over the whole handshake, which only who has the secret can make. It is the moment \
         at which changes on the way are found out. Without it somebody in the middle could strike the better suites \
         from a hello, and nobody would know.",
    ),
    (
        "client_random",
        "RFC 5246 8.1",
        "32 random bytes of the client. They make the keys of each connection new, even where the premaster secret is \
         an old one.",
    ),
    (
        "server_random",
        "RFC 5246 8.1",
        "32 random bytes of the server. Without them somebody could play back what a client once sent, and would get \
         the same keys.",
    ),
    (
        "pre_master_secret",
        "RFC 5246 8.1",
        "What the key exchange gives. With RSA the client made it up and encrypted it with the server's long-lived key: \
         who gets that key later reads everything that was ever recorded. TLS 1.3 has dropped that exchange.",
    ),
    (
        "key_block",
        "RFC 5246 6.3",
        "One long run of bytes that is cut into the keys of both directions. TLS 1.3 has given each key a label of its \
         own instead.",
    ),
    (
        "client_write_MAC_key",
        "RFC 5246 6.2.3.1",
        "The client's key for the codes that show changes of a record. A cipher that authenticates by itself has none.",
    ),
    (
        "server_write_MAC_key",
        "RFC 5246 6.2.3.1",
        "The server's key for the codes that show changes of a record. Were it the client's too, records could be sent \
         back to who wrote them.",
    ),
    (
        "client_write_key",
        "RFC 8446 7.3, RFC 5246 6.3",
        "The key with which the client encrypts its records. Each direction has one of its own, so that no nonce is \
         ever used twice with the same key.",
    ),
    (
        "server_write_key",
        "RFC 8446 7.3, RFC 5246 6.3",
        "The key with which the server encrypts its records. Each direction has one of its own, so that no nonce is \
         ever used twice with the same key.",
    ),
    (
        "client_write_iv",
        "RFC 8446 7.3",
        "What the numbers of the client's records are laid over to make their nonces. It is secret, so that nobody can \
         prepare for a nonce that all connections have at their beginning.",
    ),
    (
        "server_write_iv",
        "RFC 8446 7.3",
        "What the numbers of the server's records are laid over to make their nonces. It is secret, so that nobody can \
         prepare for a nonce that all connections have at their beginning.",
    ),
    (
        "client_write_IV",
        "RFC 5246 6.3",
        "The part of the client's nonces that is not written into records; in TLS 1.0 the IV of its first record.",
    ),
    (
        "server_write_IV",
        "RFC 5246 6.3",
        "The part of the server's nonces that is not written into records; in TLS 1.0 the IV of its first record.",
    ),
    (
        "record",
        "RFC 8446 5.2, RFC 5246 6.2.3",
        "One record with all that opens it. Its number is written nowhere: both sides count. A record that is left out, \
         doubled or moved has the wrong number, and does not open.",
    ),
    (
        "nonce",
        "RFC 8446 5.3, RFC 5288 3",
        "What makes each use of the key another one. Two records with the same key and nonce would give away the \
         difference of their contents, and with GCM the key of the authentication.",
    ),
    (
        "additional_data",
        "RFC 8446 5.2, RFC 5246 6.2.3.3",
        "What is not encrypted and yet cannot be changed: the tag is made of it too. In TLS 1.2 the number of the \
         record is part of it; in TLS 1.3 the number is in the nonce already.",
    ),
    (
        "MAC input",
        "RFC 5246 6.2.3.1, RFC 7366 3",
        "What the MAC covers before the content. The number keeps records in their order. That the MAC was made before \
         the encryption, and the padding covered by nothing, is what POODLE and Lucky Thirteen live on; encrypt_then_mac \
         turns the two round.",
    ),
    (
        "IV of the record",
        "RFC 5246 6.2.3.2",
        "What CBC begins with. Until TLS 1.0 it was the last block of the record before, which everybody could see in \
         advance: that was BEAST. From TLS 1.1 on each record brings a random one.",
    ),
];

/// Where a value is defined, and what it is for.
pub(super) fn of(name: &str) -> (&'static str, &'static str) {
    let row = ROWS.iter().find(|(start, ..)| name.starts_with(start));
    row.map_or(("", ""), |(_, reference, text)| (*reference, *text))
}
