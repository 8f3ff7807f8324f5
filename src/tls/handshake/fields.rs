//! The fields of handshake messages, each with its explanation.

use crate::base::{Field, fields};
use crate::tls::code::HandshakeType;

/// The row that stands for a whole message.
pub(super) fn message(kind: HandshakeType, is_hello_retry_request: bool) -> &'static Field {
    if is_hello_retry_request {
        return &HELLO_RETRY_REQUEST;
    }
    match kind.0 {
        0 => &HELLO_REQUEST,
        1 => &CLIENT_HELLO,
        2 => &SERVER_HELLO,
        3 => &HELLO_VERIFY_REQUEST,
        4 => &NEW_SESSION_TICKET,
        5 => &END_OF_EARLY_DATA,
        8 => &ENCRYPTED_EXTENSIONS,
        9 => &REQUEST_CONNECTION_ID,
        10 => &NEW_CONNECTION_ID,
        11 => &CERTIFICATE,
        12 => &SERVER_KEY_EXCHANGE,
        13 => &CERTIFICATE_REQUEST,
        14 => &SERVER_HELLO_DONE,
        15 => &CERTIFICATE_VERIFY,
        16 => &CLIENT_KEY_EXCHANGE,
        17 => &CLIENT_CERTIFICATE_REQUEST,
        20 => &FINISHED,
        21 => &CERTIFICATE_URL,
        22 => &CERTIFICATE_STATUS,
        23 => &SUPPLEMENTAL_MESSAGE,
        24 => &KEY_UPDATE,
        25 => &COMPRESSED_CERTIFICATE,
        26 => &EKT_KEY,
        67 => &NEXT_PROTOCOL,
        254 => &MESSAGE_HASH,
        _ => &UNKNOWN_MESSAGE,
    }
}

fields! {
    // The messages themselves.
    HELLO_REQUEST = "tls.handshake.hello_request", "HelloRequest", "RFC 5246 7.4.1.1", "The server asks the client to begin a new handshake inside this connection (renegotiation). It is empty. A client may ignore it or answer with a no_renegotiation alert; TLS 1.3 has no such message. Renegotiation without the renegotiation_info extension can be spliced by an attacker.";
    CLIENT_HELLO = "tls.handshake.client_hello", "ClientHello", "RFC 8446 4.1.2", "The first message of every handshake: the client lists what it can do, and the server chooses from that list. It is sent in the clear in every version, so host name, suites and extensions can be read by anybody on the way. A second one follows a HelloRetryRequest, or begins a renegotiation. If no answer comes, look at what is missing from its lists, or at a middlebox that stumbled over its size.";
    SERVER_HELLO = "tls.handshake.server_hello", "ServerHello", "RFC 8446 4.1.3", "The server's choice: one version, one cipher suite, and answers to some of the client's extensions. Up to TLS 1.2 the server's Certificate follows in the clear; in TLS 1.3 everything after this message is encrypted. A server that finds nothing acceptable sends an alert in its place.";
    HELLO_RETRY_REQUEST = "tls.handshake.hello_retry_request", "HelloRetryRequest", "RFC 8446 4.1.4", "The TLS 1.3 server likes the client but needs another hello from it, mostly because the client guessed the wrong group for its key share. It has the form of a ServerHello with a fixed random, so that old middleboxes let it pass. It costs one round trip; a client whose first key_share fits the server avoids it. There is at most one in a handshake.";
    HELLO_VERIFY_REQUEST = "tls.handshake.hello_verify_request", "HelloVerifyRequest", "RFC 6347 4.2.1", "A DTLS server hands out a cookie that the client must send back in a second ClientHello. This proves that the client's address is real before the server spends memory or sends large messages to it. TLS over TCP does not need it, and DTLS 1.3 uses HelloRetryRequest for it.";
    NEW_SESSION_TICKET = "tls.handshake.new_session_ticket", "NewSessionTicket", "RFC 8446 4.6.1", "The server gives the client a ticket with which a later connection can begin without certificates. Up to TLS 1.2 it is sent in the clear before the server's ChangeCipherSpec, so whoever holds the server's ticket key can decrypt the session (RFC 5077). In TLS 1.3 it comes encrypted after the handshake, often twice, and stands for a fresh secret.";
    END_OF_EARLY_DATA = "tls.handshake.end_of_early_data", "EndOfEarlyData", "RFC 8446 4.5", "The TLS 1.3 client says that its early data (0-RTT) ends here and that the following records use the handshake keys. It is empty, is encrypted with the early keys, and is only sent when the server accepted the early data. QUIC leaves it out.";
    ENCRYPTED_EXTENSIONS = "tls.handshake.encrypted_extensions", "EncryptedExtensions", "RFC 8446 4.3.1", "The answers of a TLS 1.3 server that are not needed to set up the keys, such as the chosen ALPN protocol. It always follows the ServerHello directly and is the first encrypted message, even when it holds nothing.";
    REQUEST_CONNECTION_ID = "tls.handshake.request_connection_id", "RequestConnectionId", "RFC 9147 9", "A DTLS 1.3 peer asks for more connection ids, so that it can change address or path without being followed. It is sent after the handshake and does not exist in TLS over TCP.";
    NEW_CONNECTION_ID = "tls.handshake.new_connection_id", "NewConnectionId", "RFC 9147 9", "A DTLS 1.3 peer hands out connection ids that the other side may put into its records. It is sent after the handshake and does not exist in TLS over TCP.";
    CERTIFICATE = "tls.handshake.certificate_message", "Certificate", "RFC 8446 4.4.2", "The sender's certificate and those that lead from it towards a root that the other side trusts. The server sends it unless it resumes a session or uses a pre-shared key; the client sends it only when it was asked. An empty list from a client means: I have no certificate to show, and whether that is fatal is for the server to say. The most common fault is a missing intermediate certificate. Up to TLS 1.2 it can be read by anybody; in TLS 1.3 it is encrypted.";
    SERVER_KEY_EXCHANGE = "tls.handshake.server_key_exchange", "ServerKeyExchange", "RFC 5246 7.4.3", "The server's short-lived public key, signed with the key of its certificate. It is sent up to TLS 1.2 with DHE and ECDHE suites, and with some pre-shared key suites as a hint. Suites with static RSA must not have it. Its form follows from the cipher suite; TLS 1.3 moved its content to key_share and CertificateVerify.";
    CERTIFICATE_REQUEST = "tls.handshake.certificate_request", "CertificateRequest", "RFC 8446 4.3.2", "The server asks the client for a certificate (mutual TLS). It names the key types, the signature schemes and sometimes the authorities that it would accept; a client that has nothing fitting answers with an empty Certificate. Up to TLS 1.2 it can be read in the clear. In TLS 1.3 it is encrypted and may also come after the handshake.";
    SERVER_HELLO_DONE = "tls.handshake.server_hello_done", "ServerHelloDone", "RFC 5246 7.4.5", "The server has said all it has to say in this flight and waits for the client. It is empty, and is needed up to TLS 1.2 because the messages before it are optional: without it the client could not know whether another one follows. If nothing comes after it, the client did not like what it saw, most often the certificate.";
    CERTIFICATE_VERIFY = "tls.handshake.certificate_verify", "CertificateVerify", "RFC 8446 4.4.3", "A signature over the whole handshake so far. It proves that the sender holds the private key of the certificate it just showed; a certificate alone is public and proves nothing. In TLS 1.3 both sides sign; up to TLS 1.2 only the client sends it, since the server's proof lies in the key exchange.";
    CLIENT_KEY_EXCHANGE = "tls.handshake.client_key_exchange", "ClientKeyExchange", "RFC 5246 7.4.7", "The client's part of the key exchange up to TLS 1.2. With static RSA it is the premaster secret, encrypted to the server's key: who gets that key later can read the recording. With DHE and ECDHE it is a short-lived public key, and the recording stays safe. TLS 1.3 has no such message.";
    CLIENT_CERTIFICATE_REQUEST = "tls.handshake.client_certificate_request", "ClientCertificateRequest", "RFC 9261 4", "A client asks the server for another certificate (exported authenticators). It travels inside the application protocol; seeing it as a handshake message of a connection is unusual.";
    FINISHED = "tls.handshake.finished_message", "Finished", "RFC 8446 4.4.4", "A checksum with a key over all handshake messages. It is the first message under the new keys up to TLS 1.2, and the last one of each side's handshake in TLS 1.3. If anybody changed a byte of the handshake, or the two sides hold different keys, it does not match and the handshake ends with decrypt_error or bad_record_mac. It is encrypted, so without keys it is only seen by its place and length.";
    CERTIFICATE_URL = "tls.handshake.certificate_url", "CertificateURL", "RFC 6066 5", "A client with little memory sends addresses where its certificates can be fetched in place of the certificates. The server that fetches them opens connections on a stranger's word, which is why hardly any server supports it.";
    CERTIFICATE_STATUS = "tls.handshake.certificate_status", "CertificateStatus", "RFC 6066 8", "A fresh OCSP response about the server's certificate, fetched by the server itself (stapling). It spares the client a question to the authority. Up to TLS 1.2 it is a message of its own, sent right after Certificate; TLS 1.3 puts the response into an extension of the certificate.";
    SUPPLEMENTAL_MESSAGE = "tls.handshake.supplemental_message", "SupplementalData", "RFC 4680 2", "Data for the application's decision about authorization, sent before the certificates up to TLS 1.2. It may only be sent if both hellos agreed on its kind. It is very rare.";
    KEY_UPDATE = "tls.handshake.key_update_message", "KeyUpdate", "RFC 8446 4.6.3", "The TLS 1.3 sender changes to new keys: its next record is encrypted with them. It may come at any time after the handshake, usually after much data. A capture tool that misses one can decrypt nothing behind it.";
    COMPRESSED_CERTIFICATE = "tls.handshake.compressed_certificate", "CompressedCertificate", "RFC 8879 4", "A Certificate message that was compressed, which makes chains smaller by a third or so and can save a round trip. The other side must have offered the algorithm in compress_certificate. It exists in TLS 1.3 only. The receiver must guard against bytes that swell far beyond their declared length.";
    EKT_KEY = "tls.handshake.ekt_key", "EKTKey", "RFC 8870 5.2.2", "A DTLS server of a media conference gives the client the key with which each sender's own media key is wrapped. It is sent after the handshake. It does not exist in TLS over TCP.";
    NEXT_PROTOCOL = "tls.handshake.next_protocol", "NextProtocol", "draft-agl-tls-nextprotoneg 3", "The client names the application protocol it chose from the server's list. It was sent encrypted between ChangeCipherSpec and Finished. It belongs to NPN, the predecessor of ALPN, and is seen in old captures only.";
    MESSAGE_HASH = "tls.handshake.message_hash", "message_hash", "RFC 8446 4.4.1", "A made-up message: after a HelloRetryRequest both sides replace the first ClientHello in their transcript by a hash of it, in this form. It must never be sent.";
    UNKNOWN_MESSAGE = "tls.handshake.unknown_message", "unknown handshake message", "", "A message whose type no document known to this program defines. Its bytes are shown as they are. If it stands where encrypted bytes are due, it is not a message at all.";

    // The header, and what every message can have.
    TYPE = "tls.handshake.type", "msg_type", "RFC 8446 4", "Which handshake message this is. A message has its own header because it may be spread over several records, and a record may hold several messages.";
    LENGTH = "tls.handshake.length", "length", "RFC 8446 4", "How many bytes of message follow this 4-byte header. It can be larger than a record: long certificate chains come in pieces.";
    TRAILING = "tls.handshake.trailing", "trailing bytes", "", "Bytes behind the last field that the standard knows. A correct message has none; a peer that checks answers with a decode_error alert.";
    UNREAD = "tls.handshake.unread", "unread bytes", "", "Bytes that could not be read as the field that should stand here, because there are too few of them or because the form is not known.";

    // Hellos.
    VERSION = "tls.handshake.version", "legacy_version", "RFC 8446 4.1.2", "In old versions the highest version that the client speaks, and in the ServerHello the one chosen. It is no longer the real version: many servers and middleboxes refused numbers they did not know, so TLS 1.3 always says TLS 1.2 (0x0303) here and puts the truth into the supported_versions extension. Only without that extension does this field decide. Drafts of TLS 1.3 used numbers that begin with 7f.";
    RANDOM = "tls.handshake.random", "random", "RFC 8446 4.1.2", "32 bytes that the sender makes fresh for each handshake. Both randoms go into the keys, so that a recorded handshake cannot be played again. The client's random is also the name under which a key log file lists the secrets of this connection. In a ServerHello the fixed value cf21ad74... means HelloRetryRequest.";
    RANDOM_TIME = "tls.handshake.random_time", "gmt_unix_time", "RFC 5246 7.4.1.2", "The first 4 bytes of the random, read as a clock. Up to TLS 1.2 the standard put the sender's time here. Almost all programs of today fill it with random bytes, so a senseless date is normal; a date near the capture's own reveals an old implementation.";
    RANDOM_BYTES = "tls.handshake.random_bytes", "random_bytes", "RFC 5246 7.4.1.2", "The random bytes behind the first four. They are meant to be unpredictable, nothing more; two hellos with the same bytes mean a broken generator or a replay.";
    RANDOM_TAIL = "tls.handshake.random_tail", "random_bytes, last 8", "RFC 8446 4.1.3", "The last 8 bytes of the random. A server that was forced below its best version writes a mark here; these bytes are not that mark.";
    RANDOM_DOWNGRADE = "tls.handshake.random_downgrade", "downgrade sentinel", "RFC 8446 4.1.3", "The bytes DOWNGRD and 01 or 00. With them a server says: I could do better than this version (01: TLS 1.3, 00: TLS 1.2). A client that had offered the better version must end the handshake, because somebody in between changed its hello. A client that offered no more than it got may go on: then the mark is harmless.";
    SESSION_ID_LENGTH = "tls.handshake.session_id_length", "session_id length", "RFC 8446 4.1.2", "Length of the session id: 0 to 32 bytes.";
    SESSION_ID = "tls.handshake.session_id", "legacy_session_id", "RFC 8446 4.1.2", "Up to TLS 1.2 the name of a session: a client sends the one it wants to resume, and a server that sends the same one back agrees. In TLS 1.3 resumption uses pre_shared_key, and the field only helps to look like TLS 1.2: the client sends 32 random bytes and the server must echo them (middlebox compatibility mode). So the same id on both sides means resumption only below TLS 1.3.";
    COOKIE_LENGTH = "tls.handshake.cookie_length", "cookie length", "RFC 6347 4.2.1", "Length of the cookie: 0 in the first ClientHello of a DTLS client.";
    COOKIE = "tls.handshake.cookie", "cookie", "RFC 6347 4.2.1", "Bytes that a DTLS server makes up and the client sends back, to prove that it receives what is sent to its address.";
    CIPHER_SUITES_LENGTH = "tls.handshake.cipher_suites_length", "cipher_suites length", "RFC 8446 4.1.2", "Length of the list of cipher suites in bytes, two for each.";
    CIPHER_SUITES = "tls.handshake.ciphersuites", "cipher_suites", "RFC 8446 4.1.2", "The cipher suites that the client supports, the preferred one first. The server may follow that order or its own. TLS 1.3 suites begin with 13; a hello that has both kinds can speak both. If client and server have none in common the server answers with handshake_failure.";
    CIPHER_SUITE = "tls.handshake.ciphersuite", "cipher_suite", "RFC 8446 B.4", "One cipher suite: which algorithms protect the records and hash the handshake, and up to TLS 1.2 also how keys are exchanged and who signs. In a ServerHello it is the one that was chosen. Some numbers are no suites but signals (0x00ff: renegotiation is safe, 0x5600: this is a retry at a lower version), and GREASE numbers only keep servers tolerant.";
    COMPRESSION_METHODS_LENGTH = "tls.handshake.comp_methods_length", "compression_methods length", "RFC 8446 4.1.2", "Length of the list of compression methods, at least 1.";
    COMPRESSION_METHODS = "tls.handshake.comp_methods", "legacy_compression_methods", "RFC 8446 4.1.2", "The compression methods that the client supports. Only null (0) should be here: compressing what is then encrypted leaks secrets through the length of records (CRIME, 2012). TLS 1.3 demands a list of exactly one null.";
    COMPRESSION_METHOD = "tls.handshake.comp_method", "compression_method", "RFC 3749", "One compression method: 0 is null, 1 is DEFLATE. Anything but null in a ServerHello is a danger.";

    // Certificates.
    CERTIFICATES_LENGTH = "tls.handshake.certificates_length", "certificate_list length", "RFC 8446 4.4.2", "Length of the whole list in bytes; 0 when the sender has no certificate to show.";
    CERTIFICATES = "tls.handshake.certificates", "certificate_list", "RFC 8446 4.4.2", "The certificates, the sender's own first. Each following one should have signed the one before it. The root is usually left out, since the receiver must have it anyway. A list with only one certificate from a public server often means a forgotten intermediate: browsers repair that by themselves, other programs fail.";
    CERTIFICATE_LENGTH = "tls.handshake.certificate_length", "certificate length", "RFC 8446 4.4.2", "Length of this certificate in bytes.";
    RAW_PUBLIC_KEY = "tls.handshake.raw_public_key", "ASN.1_subjectPublicKeyInfo", "RFC 7250 3", "A bare public key in place of a certificate. There is no name and no issuer in it: the receiver must know the key already. It is only allowed if client_certificate_type or server_certificate_type agreed on it.";
    REQUEST_CONTEXT_LENGTH = "tls.handshake.certificate_request_context_length", "certificate_request_context length", "RFC 8446 4.3.2", "Length of the request context; 0 during the handshake itself.";
    REQUEST_CONTEXT = "tls.handshake.certificate_request_context", "certificate_request_context", "RFC 8446 4.3.2", "A name for the request, which the client repeats in its answer. It is only used for requests after the handshake, so that question and answer can be matched.";
    COMPRESSION_ALGORITHM = "tls.handshake.certificate_compression", "algorithm", "RFC 8879 3", "How the certificate message was compressed: 1 zlib, 2 brotli, 3 zstd. It must be one that the receiver offered.";
    UNCOMPRESSED_LENGTH = "tls.handshake.uncompressed_length", "uncompressed_length", "RFC 8879 4", "Length of the message when it is decompressed. If it turns out to be another the receiver must end the handshake with bad_certificate.";
    COMPRESSED_LENGTH = "tls.handshake.compressed_length", "compressed_certificate_message length", "RFC 8879 4", "Length of the compressed bytes.";
    COMPRESSED_MESSAGE = "tls.handshake.compressed_certificate_message", "compressed_certificate_message", "RFC 8879 4", "The compressed bytes. What they hold is shown below, decompressed.";
    DECOMPRESSED_MESSAGE = "tls.handshake.decompressed_certificate_message", "decompressed Certificate", "RFC 8879 4", "The Certificate message that came out of the compressed bytes. Its fields lie in a buffer of their own, since these bytes were never on the wire.";
    CERTIFICATE_TYPES_LENGTH = "tls.handshake.cert_types_length", "certificate_types length", "RFC 5246 7.4.4", "Number of certificate types, one byte each.";
    CERTIFICATE_TYPES = "tls.handshake.cert_types", "certificate_types", "RFC 5246 7.4.4", "The kinds of key that the client's certificate may have. From TLS 1.2 on the signature schemes say the same more precisely, and both must fit.";
    CERTIFICATE_TYPE = "tls.handshake.cert_type", "certificate_type", "RFC 5246 7.4.4", "One kind of key: rsa_sign for RSA, ecdsa_sign for elliptic curves including Ed25519. The fixed_dh and fixed_ecdh kinds put a key for the exchange itself into the certificate and are not used any more.";
    REQUEST_SCHEMES_LENGTH = "tls.handshake.request_sig_hash_algs_length", "supported_signature_algorithms length", "RFC 5246 7.4.4", "Length of the list of signature schemes in bytes, two for each.";
    REQUEST_SCHEMES = "tls.handshake.request_sig_hash_algs", "supported_signature_algorithms", "RFC 5246 7.4.4", "The signature schemes with which the server can check the client's certificates and its CertificateVerify. A client whose key fits none of them has to send an empty list.";
    REQUEST_SCHEME = "tls.handshake.request_sig_hash_alg", "signature_algorithm", "RFC 5246 7.4.1.4.1", "One signature scheme: a hash and a kind of key.";
    AUTHORITIES_LENGTH = "tls.handshake.dnames_length", "certificate_authorities length", "RFC 5246 7.4.4", "Length of the list of authorities in bytes; 0 means that the server does not say whom it trusts.";
    AUTHORITIES = "tls.handshake.dnames", "certificate_authorities", "RFC 5246 7.4.4", "The authorities whose certificates the server accepts from clients. Many clients look through their certificates for one that leads to one of these names, and send nothing if they find none: a frequent reason why mutual TLS fails without any error on the client. An empty list means: try any.";
    AUTHORITY_LENGTH = "tls.handshake.dname_length", "DistinguishedName length", "RFC 5246 7.4.4", "Length of this name in bytes.";
    AUTHORITY = "tls.handshake.dname", "DistinguishedName", "RFC 5246 7.4.4", "The name of one authority. It is compared with the issuer names in the client's chain, byte by byte in many programs.";
    REQUEST_EXTENSIONS_LENGTH = "tls.handshake.certificate_extensions_length", "certificate_extensions length", "draft-ietf-tls-tls13-18 4.3.2", "Length of the list of certificate extensions in a draft of TLS 1.3.";
    REQUEST_EXTENSIONS = "tls.handshake.certificate_extensions", "certificate_extensions", "draft-ietf-tls-tls13-18 4.3.2", "Extensions and their values that the client's certificate must have. Final TLS 1.3 moved them to the oid_filters extension.";
    STATUS_TYPE = "tls.handshake.cert_status_type", "status_type", "RFC 6066 8", "What kind of statement follows: 1 is one OCSP response, 2 is one for each certificate of the chain.";
    OCSP_LIST_LENGTH = "tls.handshake.ocsp_response_list_length", "ocsp_response_list length", "RFC 6961 2.2", "Length of the list of OCSP responses in bytes.";
    OCSP_RESPONSE_LENGTH = "tls.handshake.ocsp_response_length", "OCSPResponse length", "RFC 6066 8", "Length of this OCSP response; in a list 0 means that there is none for the certificate at this place.";
    UNKNOWN_STATUS = "tls.handshake.cert_status", "response", "RFC 6066 8", "A certificate status of a kind that is not known, as bytes.";

    // Key exchange.
    SERVER_PARAMETERS = "tls.handshake.server_params", "params", "RFC 5246 7.4.3", "The server's key exchange parameters as bytes. They cannot be taken apart, because their form follows from a cipher suite that is not known or that has no such message.";
    CLIENT_PARAMETERS = "tls.handshake.client_params", "exchange_keys", "RFC 5246 7.4.7", "The client's part of the key exchange as bytes. It cannot be taken apart, because its form follows from a cipher suite that is not known.";
    DH_P_LENGTH = "tls.handshake.p_len", "dh_p length", "RFC 5246 7.4.3", "Length of the prime in bytes: 256 are 2048 bits. Clients refuse primes they find too short, today mostly below 1024 or 2048 bits.";
    DH_P = "tls.handshake.p", "dh_p", "RFC 5246 7.4.3", "The prime of the Diffie-Hellman group that the server chose. The client has no say in it. A short or widely shared prime can be broken in advance (Logjam, 2015).";
    DH_G_LENGTH = "tls.handshake.g_len", "dh_g length", "RFC 5246 7.4.3", "Length of the generator in bytes.";
    DH_G = "tls.handshake.g", "dh_g", "RFC 5246 7.4.3", "The generator of the Diffie-Hellman group, mostly 2.";
    DH_YS_LENGTH = "tls.handshake.ys_len", "dh_Ys length", "RFC 5246 7.4.3", "Length of the server's public value in bytes.";
    DH_YS = "tls.handshake.ys", "dh_Ys", "RFC 5246 7.4.3", "The server's Diffie-Hellman public value. It should be new for each connection; the same value seen twice means that the server uses its secret again.";
    DH_YC_LENGTH = "tls.handshake.yc_len", "dh_Yc length", "RFC 5246 7.4.7.2", "Length of the client's public value in bytes.";
    DH_YC = "tls.handshake.yc", "dh_Yc", "RFC 5246 7.4.7.2", "The client's Diffie-Hellman public value. Together with its own secret the server computes the premaster secret from it; somebody who only listens cannot.";
    EC_CURVE_TYPE = "tls.handshake.server_curve_type", "curve_type", "RFC 8422 5.4", "How the curve is given. Only named_curve (3) is still allowed; curves that are spelled out invite a server to choose a weak one.";
    EC_NAMED_CURVE = "tls.handshake.server_named_curve", "namedcurve", "RFC 8422 5.4", "The group in which the two sides agree on a secret. It must be one of the client's supported_groups. It says nothing about the curve of the certificate's key.";
    EC_POINT_LENGTH = "tls.handshake.server_point_len", "ECPoint length", "RFC 8422 5.4", "Length of the server's public key: 32 for x25519, 65 for secp256r1.";
    EC_POINT = "tls.handshake.server_point", "ECPoint", "RFC 8422 5.4", "The server's short-lived public key. A first byte of 04 marks an uncompressed point of the older curves.";
    EC_CLIENT_POINT_LENGTH = "tls.handshake.client_point_len", "ecdh_Yc length", "RFC 8422 5.7", "Length of the client's public key: 32 for x25519, 65 for secp256r1.";
    EC_CLIENT_POINT = "tls.handshake.client_point", "ecdh_Yc", "RFC 8422 5.7", "The client's short-lived public key in the group that the server named.";
    EC_PRIME_LENGTH = "tls.handshake.ec.prime_p_len", "prime_p length", "RFC 4492 5.4", "Length of the prime in bytes.";
    EC_PRIME = "tls.handshake.ec.prime_p", "prime_p", "RFC 4492 5.4", "The prime of a curve that is spelled out. Such curves are not allowed any more.";
    EC_M = "tls.handshake.ec.m", "m", "RFC 4492 5.4", "The degree of the binary field of a curve that is spelled out.";
    EC_BASIS = "tls.handshake.ec.basis", "basis", "RFC 4492 5.4", "Whether the binary field is given by a trinomial or a pentanomial.";
    EC_K_LENGTH = "tls.handshake.ec.k_len", "k length", "RFC 4492 5.4", "Length of this exponent in bytes.";
    EC_K = "tls.handshake.ec.k", "k", "RFC 4492 5.4", "One exponent of the polynomial that makes the binary field.";
    EC_A_LENGTH = "tls.handshake.ec.a_len", "a length", "RFC 4492 5.4", "Length of the coefficient a in bytes.";
    EC_A = "tls.handshake.ec.a", "a", "RFC 4492 5.4", "The coefficient a in the equation of a curve that is spelled out.";
    EC_B_LENGTH = "tls.handshake.ec.b_len", "b length", "RFC 4492 5.4", "Length of the coefficient b in bytes.";
    EC_B = "tls.handshake.ec.b", "b", "RFC 4492 5.4", "The coefficient b in the equation of a curve that is spelled out.";
    EC_BASE_LENGTH = "tls.handshake.ec.base_len", "base length", "RFC 4492 5.4", "Length of the base point in bytes.";
    EC_BASE = "tls.handshake.ec.base", "base", "RFC 4492 5.4", "The base point from which all public keys on the curve are made.";
    EC_ORDER_LENGTH = "tls.handshake.ec.order_len", "order length", "RFC 4492 5.4", "Length of the order in bytes.";
    EC_ORDER = "tls.handshake.ec.order", "order", "RFC 4492 5.4", "How many points the base point makes; its size is the strength of the curve.";
    EC_COFACTOR_LENGTH = "tls.handshake.ec.cofactor_len", "cofactor length", "RFC 4492 5.4", "Length of the cofactor in bytes.";
    EC_COFACTOR = "tls.handshake.ec.cofactor", "cofactor", "RFC 4492 5.4", "The number of all points divided by the order, small on every good curve.";
    RSA_MODULUS_LENGTH = "tls.handshake.modulus_len", "rsa_modulus length", "RFC 2246 7.4.3", "Length of the short-lived RSA modulus in bytes: 64 are 512 bits.";
    RSA_MODULUS = "tls.handshake.modulus", "rsa_modulus", "RFC 2246 7.4.3", "The modulus of a short-lived RSA key of an export suite. It was limited to 512 bits by law and can be broken within hours (FREAK, 2015).";
    RSA_EXPONENT_LENGTH = "tls.handshake.exponent_len", "rsa_exponent length", "RFC 2246 7.4.3", "Length of the RSA exponent in bytes.";
    RSA_EXPONENT = "tls.handshake.exponent", "rsa_exponent", "RFC 2246 7.4.3", "The public exponent of the short-lived RSA key, mostly 65537.";
    PSK_HINT_LENGTH = "tls.handshake.hint_len", "psk_identity_hint length", "RFC 4279 2", "Length of the hint; 0 when the server gives none.";
    PSK_HINT = "tls.handshake.hint", "psk_identity_hint", "RFC 4279 2", "The server's hint at which of its pre-shared keys the client should take. It can be read by anybody.";
    PSK_IDENTITY_LENGTH = "tls.handshake.identity_len", "psk_identity length", "RFC 4279 2", "Length of the identity in bytes.";
    PSK_IDENTITY = "tls.handshake.identity", "psk_identity", "RFC 4279 2", "The name of the pre-shared key that the client uses. The key itself is not sent. The name can be read by anybody and often names a device; an unknown one is answered with unknown_psk_identity or decrypt_error.";
    ECJPAKE_X_LENGTH = "tls.handshake.ecjpake_x_len", "ECJPAKEKeyKP.X length", "draft-cragie-tls-ecjpake 7", "Length of the public point in bytes.";
    ECJPAKE_X = "tls.handshake.ecjpake_x", "ECJPAKEKeyKP.X", "draft-cragie-tls-ecjpake 7", "A public point that holds the sender's secret and the common password. EC-JPAKE lets two devices that share a short code agree on a strong key; it is used by Thread.";
    ECJPAKE_V_LENGTH = "tls.handshake.ecjpake_v_len", "ECSchnorrZKP.V length", "draft-cragie-tls-ecjpake 7", "Length of the commitment in bytes.";
    ECJPAKE_V = "tls.handshake.ecjpake_v", "ECSchnorrZKP.V", "draft-cragie-tls-ecjpake 7", "The commitment of a proof that the sender knows the secret behind its public point.";
    ECJPAKE_R_LENGTH = "tls.handshake.ecjpake_r_len", "ECSchnorrZKP.r length", "draft-cragie-tls-ecjpake 7", "Length of the answer in bytes.";
    ECJPAKE_R = "tls.handshake.ecjpake_r", "ECSchnorrZKP.r", "draft-cragie-tls-ecjpake 7", "The answer of that proof; with it anybody can check the proof without learning the secret.";
    SRP_N_LENGTH = "tls.handshake.srp_n_len", "srp_N length", "RFC 5054 2.8.2", "Length of the prime in bytes.";
    SRP_N = "tls.handshake.srp_n", "srp_N", "RFC 5054 2.8.2", "The prime of the group for Secure Remote Password, which proves a password without sending it. A client should take only primes it knows.";
    SRP_G_LENGTH = "tls.handshake.srp_g_len", "srp_g length", "RFC 5054 2.8.2", "Length of the generator in bytes.";
    SRP_G = "tls.handshake.srp_g", "srp_g", "RFC 5054 2.8.2", "The generator of that group.";
    SRP_S_LENGTH = "tls.handshake.srp_s_len", "srp_s length", "RFC 5054 2.8.2", "Length of the salt in bytes.";
    SRP_S = "tls.handshake.srp_s", "srp_s", "RFC 5054 2.8.2", "The salt with which the server stored the user's password.";
    SRP_B_LENGTH = "tls.handshake.srp_b_len", "srp_B length", "RFC 5054 2.8.2", "Length of the server's public value in bytes.";
    SRP_B = "tls.handshake.srp_b", "srp_B", "RFC 5054 2.8.2", "The server's public value, mixed with what it knows of the password.";
    SRP_A_LENGTH = "tls.handshake.srp_a_len", "srp_A length", "RFC 5054 2.8.3", "Length of the client's public value in bytes.";
    SRP_A = "tls.handshake.srp_a", "srp_A", "RFC 5054 2.8.3", "The client's public value. A value of zero would let an attacker in, so servers must refuse it.";
    GOST_KEY_TRANSPORT = "tls.handshake.gost_key_transport", "GostKeyTransport", "RFC 9189", "The premaster secret, encrypted to the server's GOST key, in DER. It is shown as bytes.";
    KRB5_TICKET = "tls.handshake.kerberos_wrapper", "KerberosWrapper", "RFC 2712 3", "A Kerberos ticket and the premaster secret encrypted with its session key. It is shown as bytes; these suites are not used any more.";
    SECRET_LENGTH = "tls.handshake.epms_len", "EncryptedPreMasterSecret length", "RFC 5246 7.4.7.1", "Length of the encrypted secret: as long as the server's RSA modulus. SSL 3.0 did not have this length.";
    ENCRYPTED_SECRET = "tls.handshake.epms", "EncryptedPreMasterSecret", "RFC 5246 7.4.7.1", "The premaster secret, encrypted to the public key in the server's certificate. The server's private key alone opens it, also years later: this kind of exchange has no forward secrecy. Servers that betray whether it decrypts well can be used to break it (Bleichenbacher, ROBOT).";
    SIGNATURE_SCHEME = "tls.handshake.sig_hash_alg", "SignatureScheme", "RFC 8446 4.2.3", "How the signature was made. It must be one that the other side listed in signature_algorithms and must fit the key of the certificate. It exists since TLS 1.2; before, MD5 and SHA-1 together or SHA-1 were fixed.";
    SIGNATURE_LENGTH = "tls.handshake.sig_len", "signature length", "RFC 8446 4.4.3", "Length of the signature: 256 for RSA 2048, about 71 for ECDSA P-256, 64 for Ed25519.";
    SIGNATURE = "tls.handshake.sig", "signature", "RFC 8446 4.4.3", "The signature with the private key of the sender's certificate. In ServerKeyExchange it covers both randoms and the parameters, in CertificateVerify all messages so far. A bad one ends the handshake with decrypt_error.";

    // Tickets, Finished, KeyUpdate.
    TICKET_LIFETIME_HINT = "tls.handshake.session_ticket_lifetime_hint", "ticket_lifetime_hint", "RFC 5077 3.3", "For how many seconds the server means to accept the ticket. It is a hint only; 0 means that it does not say.";
    TICKET_LIFETIME = "tls.handshake.session_ticket_lifetime", "ticket_lifetime", "RFC 8446 4.6.1", "For how many seconds the ticket can be used, at most seven days. A value of 0 means that the client should throw it away at once.";
    TICKET_AGE_ADD = "tls.handshake.session_ticket_age_add", "ticket_age_add", "RFC 8446 4.6.1", "A random number that the client adds to the ticket's age when it uses it, so that nobody on the way can tell from the age which connections belong together.";
    TICKET_NONCE_LENGTH = "tls.handshake.session_ticket_nonce_length", "ticket_nonce length", "RFC 8446 4.6.1", "Length of the nonce in bytes.";
    TICKET_NONCE = "tls.handshake.session_ticket_nonce", "ticket_nonce", "RFC 8446 4.6.1", "A value that differs for each ticket of a connection. It is mixed with the resumption secret, so that each ticket stands for a key of its own.";
    TICKET_LENGTH = "tls.handshake.session_ticket_length", "ticket length", "RFC 8446 4.6.1", "Length of the ticket in bytes. Up to TLS 1.2 a length of 0 means that the server changed its mind and gives none.";
    TICKET = "tls.handshake.session_ticket", "ticket", "RFC 8446 4.6.1", "Bytes that only the server understands: mostly the session's state, encrypted with a key that the server keeps, or just a name in its cache. The client sends them back unchanged to resume. Servers behind one address must share that key, or tickets are refused.";
    VERIFY_DATA = "tls.handshake.verify_data", "verify_data", "RFC 8446 4.4.4", "The checksum over the handshake, made with a key that only the two sides know: 12 bytes up to TLS 1.2, the length of the suite's hash in TLS 1.3.";
    FINISHED_MD5 = "tls.handshake.md5_hash", "md5_hash", "RFC 6101 5.6.9", "The MD5 half of the SSL 3.0 checksum over the handshake.";
    FINISHED_SHA = "tls.handshake.sha_hash", "sha_hash", "RFC 6101 5.6.9", "The SHA-1 half of the SSL 3.0 checksum over the handshake.";
    KEY_UPDATE_REQUEST = "tls.handshake.key_update.request_update", "request_update", "RFC 8446 4.6.3", "Whether the sender also wants the other side to change its keys. The answer must carry update_not_requested, or the two would go on forever.";

    // The rest.
    NUM_CIDS = "tls.handshake.num_cids", "num_cids", "RFC 9147 9", "How many connection ids are wanted.";
    CIDS_LENGTH = "tls.handshake.cids_length", "cids length", "RFC 9147 9", "Length of the list of connection ids in bytes.";
    CID_LENGTH = "tls.handshake.cid_length", "cid length", "RFC 9147 9", "Length of this connection id.";
    CID = "tls.handshake.cid", "cid", "RFC 9147 9", "A connection id: it names the connection whatever address a record comes from.";
    CID_USAGE = "tls.handshake.cid_usage", "usage", "RFC 9147 9", "Whether the new ids must be used at once or are kept as spares.";
    CHAIN_TYPE = "tls.handshake.cert_chain_type", "type", "RFC 6066 5", "Whether each address leads to one certificate, or a single one to the whole path.";
    URLS_LENGTH = "tls.handshake.cert_urls_length", "url_and_hash_list length", "RFC 6066 5", "Length of the list of addresses in bytes.";
    URL_LENGTH = "tls.handshake.cert_url_length", "url length", "RFC 6066 5", "Length of this address in bytes.";
    URL = "tls.handshake.cert_url", "url", "RFC 6066 5", "Where the certificate can be fetched. The server would open a connection to it, so it must not be believed blindly.";
    URL_PADDING = "tls.handshake.cert_url_padding", "padding", "RFC 6066 5", "Always 1. An early form of the message had an optional hash here.";
    URL_HASH = "tls.handshake.cert_url_hash", "SHA1Hash", "RFC 6066 5", "SHA-1 of what the address should give, so that something else is noticed.";
    SUPPLEMENTAL_LENGTH = "tls.handshake.supplemental_data_length", "supp_data length", "RFC 4680 2", "Length of all entries in bytes.";
    SUPPLEMENTAL_TYPE = "tls.handshake.supplemental_data_type", "supp_data_type", "RFC 4680 2", "What kind of data the entry holds.";
    SUPPLEMENTAL_ENTRY_LENGTH = "tls.handshake.supplemental_data_entry_length", "supp_data_length", "RFC 4680 2", "Length of this entry in bytes.";
    SUPPLEMENTAL_DATA = "tls.handshake.supplemental_data", "SupplementalData", "RFC 4680 2", "The entry's bytes; their meaning is a matter between the two applications.";
    EKT_KEY_LENGTH = "tls.handshake.ekt_key_length", "ekt_key_value length", "RFC 8870 5.2.2", "Length of the key in bytes.";
    EKT_KEY_VALUE = "tls.handshake.ekt_key_value", "ekt_key_value", "RFC 8870 5.2.2", "The key itself. The message is encrypted on the wire, so it is only seen where the connection was decrypted.";
    EKT_SALT_LENGTH = "tls.handshake.ekt_salt_length", "srtp_master_salt length", "RFC 8870 5.2.2", "Length of the salt in bytes.";
    EKT_SALT = "tls.handshake.ekt_salt", "srtp_master_salt", "RFC 8870 5.2.2", "The salt that goes with every media key wrapped with this key.";
    EKT_SPI = "tls.handshake.ekt_spi", "ekt_spi", "RFC 8870 5.2.2", "The number under which media packets name this key.";
    EKT_TTL = "tls.handshake.ekt_ttl", "ekt_ttl", "RFC 8870 5.2.2", "For how many seconds the key may be used.";
    NEXT_PROTOCOL_LENGTH = "tls.handshake.next_protocol_length", "selected_protocol length", "draft-agl-tls-nextprotoneg 3", "Length of the protocol's name.";
    NEXT_PROTOCOL_NAME = "tls.handshake.next_protocol_name", "selected_protocol", "draft-agl-tls-nextprotoneg 3", "The protocol that the client chose, such as spdy/3 or http/1.1.";
    NEXT_PROTOCOL_PADDING_LENGTH = "tls.handshake.next_protocol_padding_length", "padding length", "draft-agl-tls-nextprotoneg 3", "Length of the padding in bytes.";
    NEXT_PROTOCOL_PADDING = "tls.handshake.next_protocol_padding", "padding", "draft-agl-tls-nextprotoneg 3", "Zeros that bring the message to a multiple of 32 bytes, so that its length does not betray the protocol.";
    HASH_OF_HELLO = "tls.handshake.message_hash_value", "hash", "RFC 8446 4.4.1", "The hash that stands for the first ClientHello.";
    UNKNOWN_BODY = "tls.handshake.unknown_body", "body", "", "The bytes of a message whose type is not known.";
}
