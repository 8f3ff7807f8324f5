//! The fields of records, alerts and heartbeats, each with its explanation.

use crate::base::fields;

fields! {
    RECORD = "tls.record", "record", "RFC 8446 5.1", "The envelope in which everything of TLS travels: a type, a version, a length, and content. Records have nothing to do with packets: one packet may hold several records, and one record may need several packets. Only the content is ever encrypted.";
    CONTENT_TYPE = "tls.record.content_type", "type", "RFC 8446 5.1", "What the record carries: 20 change_cipher_spec, 21 alert, 22 handshake, 23 application_data, 24 heartbeat.";
    OPAQUE_TYPE = "tls.record.opaque_type", "opaque_type", "RFC 8446 5.2", "What the record calls itself. Up to TLS 1.2 that is true even when the content is encrypted. In TLS 1.3 every encrypted record says application_data (23), and the real type is encrypted with the content: handshake messages and alerts hide behind it.";
    VERSION = "tls.record.version", "legacy_record_version", "RFC 8446 5.1", "A version that means almost nothing. TLS 1.3 fixes it at TLS 1.2 (0x0303), and the first ClientHello often says TLS 1.0 (0x0301) for the sake of old servers. The version that counts is in the hellos.";
    LENGTH = "tls.record.length", "length", "RFC 8446 5.1", "How many bytes of content follow: at most 16384 in the clear, and when encrypted 256 more in TLS 1.3 or 2048 more before. Lengths are never hidden, so they tell much about what is inside even without keys.";
    CHANGE_CIPHER_SPEC = "tls.change_cipher_spec", "change_cipher_spec", "RFC 5246 7.1", "Up to TLS 1.2 the sender's announcement that its next record is encrypted with the new keys; it is the single byte 1. In TLS 1.3 it means nothing: it is sent once by each side so that middleboxes take the connection for a resumed TLS 1.2 session, and is dropped by the receiver.";
    ALERT = "tls.alert_message", "Alert", "RFC 8446 6", "One peer tells the other that something is over or wrong. Except for close_notify and user_canceled an alert ends the connection. It names what the sender noticed, which is not always the cause. If the connection just ends without one, look for a TCP reset.";
    ALERT_LEVEL = "tls.alert_message.level", "level", "RFC 8446 6", "1 is warning, 2 is fatal. TLS 1.3 keeps the byte but does not look at it: there every error alert is fatal.";
    ALERT_DESCRIPTION = "tls.alert_message.desc", "description", "RFC 8446 6", "What the sender complains about. Some are vague: handshake_failure means only that no acceptable set of parameters was found. Programs differ in which alert they choose for the same fault.";
    UNREADABLE_ALERT = "tls.alert_message.unreadable", "unreadable alert", "RFC 8446 6", "The content of an alert record that is not the two bytes of an alert in the clear. Most often it is encrypted and the beginning of encryption was not seen.";
    HEARTBEAT_TYPE = "tls.heartbeat_message.type", "type", "RFC 6520 3", "Whether this asks for an answer or is one. Heartbeats keep a connection awake; they are hardly used over TCP, and TLS libraries have mostly dropped them.";
    HEARTBEAT_LENGTH = "tls.heartbeat_message.payload_length", "payload_length", "RFC 6520 4", "How many bytes the answer must repeat. If it is larger than what is really sent, it is the Heartbleed attack: a vulnerable peer fills the answer from its own memory, keys included.";
    HEARTBEAT_PAYLOAD = "tls.heartbeat_message.payload", "payload", "RFC 6520 4", "Arbitrary bytes that the answer repeats unchanged.";
    HEARTBEAT_PADDING = "tls.heartbeat_message.padding", "padding", "RFC 6520 4", "At least 16 random bytes that the receiver ignores.";
    HANDSHAKE_FRAGMENT = "tls.record.handshake", "handshake fragment", "RFC 8446 5.1", "Bytes of handshake messages. A record may hold a part of one, one, or several; they are put together over all records before they are read.";
    APPLICATION_DATA = "tls.app_data", "application_data", "RFC 8446 5.2", "The bytes of the application's own protocol, decrypted.";
    ENCRYPTED_APPLICATION_DATA = "tls.app_data.encrypted", "encrypted application data", "RFC 8446 5.2", "Encrypted content. Up to TLS 1.2 it is data of the application. In TLS 1.3 it can also be a handshake message or an alert: only the keys tell.";
    ENCRYPTED_HANDSHAKE = "tls.record.encrypted_handshake", "encrypted handshake message", "RFC 5246 6.2.3", "Encrypted handshake messages. Right after change_cipher_spec this is Finished; later it is a renegotiation. What it says cannot be read without keys.";
    ENCRYPTED_ALERT = "tls.alert_message.encrypted", "encrypted alert", "RFC 5246 6.2.3", "An encrypted alert. At the end of a connection it is mostly close_notify, an ordinary goodbye, but without keys nobody can tell it from an error.";
    ENCRYPTED_HEARTBEAT = "tls.heartbeat_message.encrypted", "encrypted heartbeat", "RFC 6520 4", "An encrypted heartbeat. Without keys its payload_length cannot be checked; an answer much longer than the question is a sign of Heartbleed.";
    ENCRYPTED_CONTENT = "tls.record.encrypted", "encrypted content", "RFC 8446 5.2", "Encrypted content of a type that is not known.";
    DECRYPTED_RECORD = "tls.record.decrypted", "Decrypted record", "RFC 8446 5.2", "What the record holds once it is opened with the keys that were given. Nobody on the way could read it. It lies in a buffer of its own, because these bytes were never on the wire.";
    SEQUENCE_NUMBER = "tls.record.sequence_number", "sequence number", "RFC 8446 5.3", "How many records this key has protected before. It is not sent: both sides count. It goes into the nonce, so a record that was lost, repeated or moved does not open; the number that opened this one is therefore proven.";
    INNER_CONTENT_TYPE = "tls.record.inner_content_type", "inner content type", "RFC 8446 5.2", "The true type of a record of TLS 1.3, one byte behind the content. On the wire every protected record says application_data.";
    INNER_PADDING = "tls.record.padding", "zeros", "RFC 8446 5.4", "Zeros behind the type that hide how long the content is. Few programs pad; those that do often pad alerts, so that they cannot be told from data by their length.";
    EXPLICIT_NONCE = "tls.record.nonce_explicit", "nonce_explicit", "RFC 5288 3", "The part of the nonce that TLS 1.2 sends with each record of an AES-GCM or CCM suite. It must never repeat under one key; most programs just count it up. TLS 1.3 computes it and does not send it.";
    UNKNOWN_CONTENT = "tls.record.unknown", "content", "", "The content of a record whose type is not known, as bytes.";
}
