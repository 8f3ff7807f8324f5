//! Extensions outside the Internet profile: Netscape, Microsoft, ETSI, RFC 3779, and others that are only named.

use super::usage::{bit, byte_span, number_value};
use super::{Read, sequence, unread, without_reader};
use crate::base::{Field, Tree, Value, fields};
use crate::x509::der::{
    BIT_STRING, Der, Element, INTEGER, OCTET_STRING, OID, SEQUENCE, bytes_leaf, number_leaf, oid_leaf, text_leaf,
};
use crate::x509::facts::Certificate;
use crate::x509::outline::{outline, outline_element};
use crate::x509::{name, text};

/// The field and the reader of an extension that custom or law has brought about.
pub(super) fn reader(dotted: &str) -> Option<(&'static Field, Read)> {
    Some(match dotted {
        "2.16.840.1.113730.1.1" => (&NETSCAPE_CERT_TYPE, netscape_cert_type),
        "2.16.840.1.113730.1.13" => (&NETSCAPE_COMMENT, one_text),
        "2.16.840.1.113730.1.2"
        | "2.16.840.1.113730.1.3"
        | "2.16.840.1.113730.1.4"
        | "2.16.840.1.113730.1.7"
        | "2.16.840.1.113730.1.8"
        | "2.16.840.1.113730.1.12" => (&NETSCAPE_TEXT, one_text),
        "1.3.6.1.4.1.311.20.2" => (&MS_TEMPLATE_NAME, one_text),
        "1.3.6.1.4.1.311.21.7" => (&MS_TEMPLATE, ms_template),
        "1.3.6.1.4.1.311.21.1" => (&MS_CA_VERSION, ms_ca_version),
        "1.3.6.1.4.1.311.21.2" => (&MS_PREVIOUS_HASH, one_octet_string),
        "1.3.6.1.4.1.311.21.10" => (&MS_APPLICATION_POLICIES, ms_application_policies),
        "1.3.6.1.4.1.311.25.2" => (&MS_SECURITY, ms_security),
        "1.3.6.1.5.5.7.1.3" => (&QC_STATEMENTS, qc_statements),
        "1.3.6.1.5.5.7.1.31" => (&ACME_IDENTIFIER, one_octet_string),
        "1.3.6.1.5.5.7.1.7" | "1.3.6.1.5.5.7.1.28" => (&IP_RESOURCES, without_reader),
        "1.3.6.1.5.5.7.1.8" | "1.3.6.1.5.5.7.1.29" => (&AS_RESOURCES, without_reader),
        "1.3.6.1.5.5.7.1.12" => (&LOGOTYPE, without_reader),
        "1.3.6.1.5.5.7.1.2" => (&BIOMETRIC, without_reader),
        "1.3.6.1.5.5.7.1.14" => (&PROXY_CERT_INFO, without_reader),
        "2.23.140.3.1" => (&CABF_ORGANIZATION, without_reader),
        _ => return None,
    })
}

const NETSCAPE_TYPES: [&str; 8] = [
    "SSL client",
    "SSL server",
    "S/MIME",
    "object signing",
    "reserved",
    "SSL authority",
    "S/MIME authority",
    "object signing authority",
];

fn netscape_cert_type(mut value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    let Some(element) = value.expect(BIT_STRING, "netscape-cert-type (BIT STRING)", tree) else {
        return unread(value, tree);
    };
    let (_, bits) = element.bits(tree);
    tree.leaf(&NETSCAPE_TYPE_BITS, byte_span(&element, 0).unwrap_or(element.span), || {
        let set = NETSCAPE_TYPES.iter().enumerate().filter(|(index, _)| bit(bits.peek(), *index));
        Value::Text(set.map(|(_, name)| *name).collect::<Vec<_>>().join(", "))
    });
    value.end("the type", tree);
}

fn one_text(mut value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    match value.next(tree) {
        Some(element) if text::is_string(element.tag) => {
            text_leaf(&TEXT, &element, tree);
        }
        Some(element) => outline_element(&element, tree),
        None => {}
    }
    value.end("the text", tree);
}

fn one_octet_string(mut value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    match value.optional(OCTET_STRING, tree) {
        Some(element) => bytes_leaf(&HASH, &element, tree),
        None => unread(value, tree),
    }
}

fn ms_template(value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    sequence(value, "CertificateTemplate (SEQUENCE)", tree, |mut parts, tree| {
        if let Some(id) = parts.expect(OID, "template (OBJECT IDENTIFIER)", tree) {
            oid_leaf(&MS_TEMPLATE_ID, &id, tree);
        }
        for field in [&MS_TEMPLATE_MAJOR, &MS_TEMPLATE_MINOR] {
            if let Some(number) = parts.optional(INTEGER, tree) {
                number_leaf(field, &number, tree);
            }
        }
    });
}

fn ms_ca_version(value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    number_value(value, &MS_CA_VERSION_NUMBER, tree);
}

/// Written like certificatePolicies; each policy is the OID of a key purpose.
fn ms_application_policies(value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    sequence(value, "application policies (SEQUENCE)", tree, |mut list, tree| {
        while let Some(policy) = list.next(tree) {
            let mut parts = policy.inner();
            if let Some(id) = parts.optional(OID, tree) {
                oid_leaf(&MS_APPLICATION_POLICY, &id, tree);
            }
            outline(parts, tree);
        }
    });
}

/// A GeneralNames with an otherName that holds the security identifier of the account.
fn ms_security(value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    sequence(value, "GeneralNames (SEQUENCE)", tree, |names, tree| {
        name::general_names(names, tree);
    });
}

/// qcStatements (RFC 3739 3.2.6).
fn qc_statements(value: Der<'_>, _: &mut Certificate, tree: &mut Tree) {
    sequence(value, "QCStatements (SEQUENCE)", tree, |mut list, tree| {
        while !list.is_empty() {
            let Some(statement) = list.expect(SEQUENCE, "QCStatement (SEQUENCE)", tree) else { break };
            let shown = || Value::Text(super::constraint::first_oid(&statement));
            tree.branch(&QC_STATEMENT, statement.span, shown, |tree| qc_statement(&statement, tree));
        }
    });
}

fn qc_statement(statement: &Element<'_>, tree: &mut Tree) {
    let mut parts = statement.inner();
    if let Some(id) = parts.expect(OID, "statementId (OBJECT IDENTIFIER)", tree) {
        oid_leaf(&QC_STATEMENT_ID, &id, tree);
    }
    if !parts.is_empty() {
        tree.branch(&QC_STATEMENT_INFO, parts.span(), || Value::None, |tree| outline(parts, tree));
    }
}

fields! {
    TEXT = "x509.extension.text", "text", "",
        "The value of the extension, a single text.";
    HASH = "x509.extension.hash", "hash", "",
        "The value of the extension, the bytes of a hash.";
    NETSCAPE_CERT_TYPE = "x509.extension.netscape_cert_type", "netscapeCertType", "Netscape certificate extensions",
        "What the certificate may be used for, as Netscape wrote it before keyUsage and extKeyUsage existed. Some programs \
         such as OpenVPN still ask for it.";
    NETSCAPE_TYPE_BITS = "x509.netscape_cert_type.bits", "types", "Netscape certificate extensions",
        "The uses whose bit is set.";
    NETSCAPE_COMMENT = "x509.extension.netscape_comment", "netscapeComment", "Netscape certificate extensions",
        "A comment for people. OpenSSL Generated Certificate comes from the sample configuration of openssl.";
    NETSCAPE_TEXT = "x509.extension.netscape_text", "Netscape address or name", "Netscape certificate extensions",
        "An address or a server name in the manner of Netscape. No current program uses it.";
    MS_TEMPLATE_NAME = "x509.extension.ms_template_name", "certificateTemplateName", "MS-WCCE 2.2.2.7.7.1",
        "The name of the Windows template (version 1) from which the certificate was issued, such as WebServer or \
         DomainController. It betrays an authority of Active Directory.";
    MS_TEMPLATE = "x509.extension.ms_template", "certificateTemplate", "MS-WCCE 2.2.2.7.7.2",
        "The Windows template (version 2 and later) from which the certificate was issued. When automatic enrolment \
         gives out wrong certificates, this says which template to look at.";
    MS_TEMPLATE_ID = "x509.ms_template.id", "templateID", "MS-WCCE 2.2.2.7.7.2",
        "The object identifier of the template; each Active Directory forest makes its own.";
    MS_TEMPLATE_MAJOR = "x509.ms_template.major", "templateMajorVersion", "MS-WCCE 2.2.2.7.7.2",
        "Grows with each change of the template that makes holders enrol again.";
    MS_TEMPLATE_MINOR = "x509.ms_template.minor", "templateMinorVersion", "MS-WCCE 2.2.2.7.7.2",
        "Grows with each smaller change of the template.";
    MS_CA_VERSION = "x509.extension.ms_ca_version", "cAVersion", "MS-WCCE 2.2.2.7.4",
        "How often a Windows authority has renewed its certificate and its key.";
    MS_CA_VERSION_NUMBER = "x509.ms_ca_version.number", "version", "MS-WCCE 2.2.2.7.4",
        "The lower 16 bits count certificates, the upper 16 bits keys.";
    MS_PREVIOUS_HASH = "x509.extension.ms_previous_hash", "previousCACertHash", "MS-WCCE 2.2.2.7.5",
        "SHA-1 of the certificate that the Windows authority had before.";
    MS_APPLICATION_POLICIES = "x509.extension.ms_application_policies", "applicationPolicies", "MS-WCCE 2.2.2.7.7.3",
        "Microsoft's double of extKeyUsage, written as policies. Windows prefers it where both are there.";
    MS_APPLICATION_POLICY = "x509.ms_application_policies.policy", "application policy", "MS-WCCE 2.2.2.7.7.3",
        "One purpose, with the same object identifiers as extKeyUsage.";
    MS_SECURITY = "x509.extension.ms_security", "szOID_NTDS_CA_SECURITY_EXT", "MS-WCCE 2.2.2.7.7.4",
        "The security identifier (SID) of the Windows account that the certificate is for. Domain controllers demand it \
         for log-on with a certificate since the changes of 2022.";
    QC_STATEMENTS = "x509.extension.qc_statements", "qcStatements", "RFC 3739 3.2.6",
        "Declarations of a European qualified certificate: that it is one, for what, and under which limits. Website \
         certificates under eIDAS and certificates of payment services under PSD2 have them.";
    QC_STATEMENT = "x509.qc_statement", "QCStatement", "RFC 3739 3.2.6",
        "One declaration: an identifier, and what it needs to be said in full.";
    QC_STATEMENT_ID = "x509.qc_statement.id", "statementId", "RFC 3739 3.2.6",
        "Which declaration it is, as object identifier. qcCompliance says qualified, qcSSCD that the key is kept in a device.";
    QC_STATEMENT_INFO = "x509.qc_statement.info", "statementInfo", "ETSI EN 319 412-5",
        "What the declaration says beyond its identifier: amounts, years, addresses, roles.";
    ACME_IDENTIFIER = "x509.extension.acme_identifier", "acmeIdentifier", "RFC 8737 3",
        "The answer to a tls-alpn-01 challenge: SHA-256 of the key authorization. A certificate with it is shown to the \
         authority alone, on a connection with ALPN acme-tls/1; a client that meets it has hit a server in the middle of \
         renewal.";
    IP_RESOURCES = "x509.extension.ip_resources", "ipAddrBlocks", "RFC 3779 2.2",
        "Blocks of IP addresses that the subject may announce in routing. It belongs to the RPKI, not to TLS.";
    AS_RESOURCES = "x509.extension.as_resources", "autonomousSysIds", "RFC 3779 3.2",
        "Numbers of autonomous systems that the subject holds. It belongs to the RPKI, not to TLS.";
    LOGOTYPE = "x509.extension.logotype", "logotype", "RFC 9399 4.1",
        "Pictures that stand for the subject or the issuer. Mail programs show them for verified marks; TLS clients do not.";
    BIOMETRIC = "x509.extension.biometric", "biometricInfo", "RFC 3739 3.2.5",
        "Hashes of a picture or a signature of the person. It does not belong into TLS.";
    PROXY_CERT_INFO = "x509.extension.proxy_cert_info", "proxyCertInfo", "RFC 3820 3.8",
        "Marks a proxy certificate, which an ordinary holder has signed to lend his rights to a program. Grid computing \
         used it; TLS libraries refuse it unless told otherwise.";
    CABF_ORGANIZATION = "x509.extension.cabf_organization", "cabfOrganizationIdentifier", "CA/B EV Guidelines 7.1.2.7",
        "The registration of the organisation: scheme, country and number, as extended validation demands.";
}
