//! Distinguished names (X.501) and the names of subjectAltName.

use super::der::{self, Der, Element, OID, SEQUENCE, SET, bytes_leaf, oid_leaf, text_leaf};
use super::facts::{GeneralName, Name};
use super::oid;
use super::outline::{outline, outline_element};
use crate::base::{BufferId, Field, Reader, Tree, Value, fields, hex};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Reads an X.501 Name in DER, such as a list of accepted authorities holds. `None` when it is not one.
#[must_use]
pub fn name(der: &[u8]) -> Option<Name> {
    let mut tree = Tree::off();
    let mut run = Der::new(Reader::new(der, BufferId::default()));
    let element = run.optional(SEQUENCE, &mut tree)?;
    let name = attributes(&element, &mut tree);
    (run.is_empty() && tree.notes().iter().all(|note| note.group != crate::base::Group::Malformed)).then_some(name)
}

/// An X.501 Name in DER as text: its attributes, or the bytes in hexadecimal where it is no name.
#[must_use]
pub fn name_text(der: &[u8]) -> String {
    name(der).map_or_else(|| crate::base::hex(der), |name| name.to_string())
}

/// Adds a Name as a field with its attributes and gives it back.
pub(crate) fn name_branch(field: &'static Field, element: &Element<'_>, tree: &mut Tree) -> Name {
    let whole = || Value::Text(attributes(element, &mut Tree::off()).to_string());
    tree.branch(field, element.span, whole, |tree| attributes(element, tree))
}

/// The attributes of a Name: RDNSequence, a SEQUENCE of SETs of type and value.
fn attributes(name: &Element<'_>, tree: &mut Tree) -> Name {
    let mut facts = Name::default();
    let mut sets = name.inner();
    while !sets.is_empty() {
        let Some(set) = sets.expect(SET, "RelativeDistinguishedName (SET)", tree) else { break };
        relative(set, &mut facts, tree);
    }
    facts
}

fn relative(set: Element<'_>, facts: &mut Name, tree: &mut Tree) {
    let mut pairs = set.inner();
    while !pairs.is_empty() {
        let Some(pair) = pairs.expect(SEQUENCE, "AttributeTypeAndValue (SEQUENCE)", tree) else { break };
        facts.attributes.extend(attribute(&pair, tree));
    }
}

/// A relative distinguished name alone, as a distribution point may give it.
pub(crate) fn relative_branch(field: &'static Field, set: Element<'_>, tree: &mut Tree) -> Name {
    let mut facts = Name::default();
    tree.branch(field, set.span, || Value::None, |tree| relative(set, &mut facts, tree));
    facts
}

fn attribute(pair: &Element<'_>, tree: &mut Tree) -> Option<(String, String)> {
    let mut quiet = Tree::off();
    let mut parts = pair.inner();
    let Some(kind) = parts.expect(OID, "attribute type (OBJECT IDENTIFIER)", tree) else {
        outline_element(pair, tree);
        return None;
    };
    let dotted = kind.oid(&mut quiet);
    let Some(value) = parts.next(tree) else {
        tree.branch(&ATTRIBUTE, pair.span, || Value::None, |tree| oid_leaf(&ATTRIBUTE_TYPE, &kind, tree));
        return None;
    };
    let text = value.text(&mut quiet);
    let shown = || Value::Text(format!("{}={text}", oid::attribute(&dotted)));
    tree.branch(attribute_field(&dotted), pair.span, shown, |tree| {
        oid_leaf(&ATTRIBUTE_TYPE, &kind, tree);
        if super::text::is_string(value.tag) {
            text_leaf(&ATTRIBUTE_VALUE, &value, tree);
        } else {
            outline_element(&value, tree);
        }
        parts.end("the attribute value", tree);
    });
    Some((oid::attribute(&dotted).to_owned(), text))
}

fn attribute_field(dotted: &str) -> &'static Field {
    match dotted {
        "2.5.4.3" => &COMMON_NAME,
        "2.5.4.5" => &SERIAL_NUMBER,
        "2.5.4.6" => &COUNTRY,
        "2.5.4.7" => &LOCALITY,
        "2.5.4.8" => &STATE,
        "2.5.4.10" => &ORGANIZATION,
        "2.5.4.11" => &ORGANIZATIONAL_UNIT,
        "0.9.2342.19200300.100.1.25" => &DOMAIN_COMPONENT,
        "1.2.840.113549.1.9.1" => &EMAIL_ADDRESS,
        "2.5.4.15" => &BUSINESS_CATEGORY,
        "2.5.4.97" => &ORGANIZATION_IDENTIFIER,
        "1.3.6.1.4.1.311.60.2.1.1" | "1.3.6.1.4.1.311.60.2.1.2" | "1.3.6.1.4.1.311.60.2.1.3" => &JURISDICTION,
        _ => &ATTRIBUTE,
    }
}

/// Reads all names of a GeneralNames run and adds a field for each.
pub(crate) fn general_names(mut names: Der<'_>, tree: &mut Tree) -> Vec<GeneralName> {
    let mut facts = Vec::new();
    while let Some(element) = names.next(tree) {
        facts.push(general_name(&element, tree));
    }
    facts
}

/// Reads one GeneralName (RFC 5280 4.2.1.6) and adds its field.
pub(crate) fn general_name(element: &Element<'_>, tree: &mut Tree) -> GeneralName {
    match element.tag {
        0x81 => GeneralName::Email(ascii_leaf(&RFC822_NAME, element, tree)),
        0x82 => GeneralName::Dns(ascii_leaf(&DNS_NAME, element, tree)),
        0x86 => GeneralName::Uri(ascii_leaf(&URI, element, tree)),
        0x87 => ip_address(element, tree),
        0x88 => GeneralName::Other(format!("Registered ID:{}", oid_leaf(&REGISTERED_ID, element, tree))),
        0xa0 => other_name(element, tree),
        0xa4 => {
            let name = element.inner().expect(SEQUENCE, "Name (SEQUENCE)", tree);
            let name = name.map(|name| name_branch(&DIRECTORY_NAME, &name, tree));
            GeneralName::Directory(name.map_or_else(String::new, |name| name.to_string()))
        }
        0xa3 => unread_name(&X400_ADDRESS, "X400Name", element, tree),
        0xa5 => unread_name(&EDI_PARTY_NAME, "EdiPartyName", element, tree),
        _ => {
            der::malformed(tree, element.span, || format!("no GeneralName: {}", der::tag_name(element.tag)));
            unread_name(&UNKNOWN_NAME, "unknown", element, tree)
        }
    }
}

fn ascii_leaf(field: &'static Field, element: &Element<'_>, tree: &mut Tree) -> String {
    let (text, problem) = super::text::ascii(element.bytes());
    if let Some(problem) = problem {
        let group = crate::base::Group::Malformed;
        der::oddity(tree, group, "x509.string", element.span, || problem.into());
    }
    tree.leaf(field, element.leaf_span(), || Value::Text(text.clone()));
    text
}

fn unread_name(field: &'static Field, kind: &str, element: &Element<'_>, tree: &mut Tree) -> GeneralName {
    tree.branch(field, element.span, || Value::None, |tree| outline(element.inner(), tree));
    GeneralName::Other(format!("{kind}:{}", hex(element.bytes())))
}

fn ip_address(element: &Element<'_>, tree: &mut Tree) -> GeneralName {
    let bytes = element.bytes();
    if let Some(address) = address(bytes) {
        tree.leaf(&IP_ADDRESS, element.leaf_span(), || Value::Address(address));
        return GeneralName::Ip(address);
    }
    let network = match bytes.len() {
        8 | 32 => bytes.split_at_checked(bytes.len() / 2).and_then(|(net, mask)| Some((address(net)?, mask))),
        _ => None,
    };
    let text = if let Some((net, mask)) = network {
        format!("{net}/{}", mask_text(mask))
    } else {
        der::malformed(tree, element.span, || format!("iPAddress of {} bytes, not 4 or 16", bytes.len()));
        hex(bytes)
    };
    tree.leaf(&IP_ADDRESS, element.leaf_span(), || Value::Text(text.clone()));
    GeneralName::Other(format!("IP:{text}"))
}

/// The mask as prefix length, or as an address where its ones are not in one row.
fn mask_text(mask: &[u8]) -> String {
    let bits = mask.iter().fold(0_u128, |sum, &byte| sum << 8 | u128::from(byte)) << (128 - 8 * mask.len().min(16));
    if bits.leading_ones() == bits.count_ones() {
        bits.count_ones().to_string()
    } else {
        address(mask).map_or_else(|| hex(mask), |mask| mask.to_string())
    }
}

/// Four bytes as an IPv4 address, sixteen as an IPv6 address.
pub(crate) fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = || <[u8; 4]>::try_from(bytes).ok().map(|bytes| IpAddr::V4(Ipv4Addr::from(bytes)));
    let sixteen = || <[u8; 16]>::try_from(bytes).ok().map(|bytes| IpAddr::V6(Ipv6Addr::from(bytes)));
    four().or_else(sixteen)
}

fn other_name(element: &Element<'_>, tree: &mut Tree) -> GeneralName {
    let mut parts = element.inner();
    let Some(kind) = parts.expect(OID, "type-id of otherName (OBJECT IDENTIFIER)", tree) else {
        return unread_name(&OTHER_NAME, "otherName", element, tree);
    };
    let dotted = kind.oid(&mut Tree::off());
    let value = parts.optional(der::context_constructed(0), tree).and_then(|outer| outer.inner().next(tree));
    let text = match &value {
        Some(value) if super::text::is_string(value.tag) => value.text(&mut Tree::off()),
        Some(value) => hex(value.bytes()),
        None => String::new(),
    };
    let shown = format!("{}:{text}", oid::named(&dotted));
    tree.branch(
        &OTHER_NAME,
        element.span,
        || Value::Text(shown.clone()),
        |tree| {
            oid_leaf(&OTHER_NAME_TYPE, &kind, tree);
            match &value {
                Some(value) if super::text::is_string(value.tag) => {
                    text_leaf(&OTHER_NAME_VALUE, value, tree);
                }
                Some(value) => outline_element(value, tree),
                None => bytes_leaf(&OTHER_NAME_VALUE, element, tree),
            }
        },
    );
    GeneralName::Other(format!("otherName:{shown}"))
}

fields! {
    ATTRIBUTE = "x509.name.attribute", "AttributeTypeAndValue", "RFC 5280 4.1.2.4",
        "One part of a distinguished name: what kind of statement it is, and its text. The authority that signed \
         vouches for it only as far as its policy says; nothing in TLS checks any part of a name but the host names.";
    ATTRIBUTE_TYPE = "x509.name.attribute.type", "type", "RFC 5280 4.1.2.4",
        "The kind of attribute as object identifier: a number tree in which each standard has its branch. \
         2.5.4 is the branch of directory attributes such as commonName.";
    ATTRIBUTE_VALUE = "x509.name.attribute.value", "value", "RFC 5280 4.1.2.4",
        "The text of the attribute. Look for characters that cannot be seen: a NUL byte inside once made clients stop \
         reading early and believe that www.bank.example\\x00.evil.example was the bank. The type of string also counts: \
         some programs compare names byte by byte, and then the same text as PrintableString and as UTF8String differs.";
    COMMON_NAME = "x509.name.common_name", "commonName", "X.520 6.2.2",
        "CN, the name by which people know the subject. Servers once had their host name here; today's clients read \
         host names from subjectAltName alone (RFC 9525), so a certificate with the name only here is refused. Where \
         several are given, the last is the most specific.";
    SERIAL_NUMBER = "x509.name.serial_number", "serialNumber", "X.520 6.2.9",
        "A number that tells subjects of the same name apart, in extended validation the registration number of the \
         company. It has nothing to do with the serial number of the certificate.";
    COUNTRY = "x509.name.country", "countryName", "X.520 6.3.1",
        "C, the country as two letters of ISO 3166. Self-made certificates often carry the default of the tool that \
         made them, such as AU or XX.";
    LOCALITY = "x509.name.locality", "localityName", "X.520 6.3.4",
        "L, the town or place of the organisation. It stands only in certificates whose organisation was looked into.";
    STATE = "x509.name.state", "stateOrProvinceName", "X.520 6.3.5",
        "ST, the state or province of the organisation. The default Some-State betrays a certificate made with openssl \
         without further thought.";
    ORGANIZATION = "x509.name.organization", "organizationName", "X.520 6.4.1",
        "O, the organisation. In a public certificate it means that the authority checked the organisation exists \
         (OV or EV); certificates that prove control of a domain only (DV) have none. Internet Widgits Pty Ltd is \
         the default of openssl.";
    ORGANIZATIONAL_UNIT = "x509.name.organizational_unit", "organizationalUnitName", "X.520 6.4.2",
        "OU, a part of the organisation. Public authorities may no longer put it in server certificates, since nobody \
         could check it; private ones often use it to tell services or roles apart, and mutual TLS set-ups match on it.";
    DOMAIN_COMPONENT = "x509.name.domain_component", "domainComponent", "RFC 4519 2.4",
        "DC, one label of a domain: DC=com, DC=example stands for example.com. Typical of a directory such as Active \
         Directory, hence of a company's own authority.";
    EMAIL_ADDRESS = "x509.name.email_address", "emailAddress", "RFC 2985 5.2.1",
        "An e-mail address inside the name, an old habit. Its place today is rfc822Name in subjectAltName.";
    BUSINESS_CATEGORY = "x509.name.business_category", "businessCategory", "X.520 6.5.4",
        "What kind of organisation it is, for instance Private Organization. It is required in extended validation \
         certificates, so its presence is a sign of one.";
    ORGANIZATION_IDENTIFIER = "x509.name.organization_identifier", "organizationIdentifier", "X.520 6.4.4",
        "A registration number of the organisation with its register, such as VATDE-123456789 or PSDBE-NBB-1234. \
         European qualified certificates and payment services under PSD2 have it.";
    JURISDICTION = "x509.name.jurisdiction", "jurisdictionOfIncorporation", "CA/B EV Guidelines",
        "Where the company is registered: place, state or country. It belongs to extended validation certificates and \
         says which register the serialNumber counts in.";
    DNS_NAME = "x509.general_name.dns", "dNSName", "RFC 5280 4.2.1.6",
        "A host name that the certificate is good for; this is what a client compares with the name it wanted. A star \
         may stand for the whole left-most label only: *.example.com covers www.example.com, but neither example.com \
         nor a.b.example.com. Names outside ASCII stand in their xn-- form.";
    RFC822_NAME = "x509.general_name.rfc822", "rfc822Name", "RFC 5280 4.2.1.6",
        "An e-mail address, used for S/MIME and for people who log in with a certificate. It says nothing about a server.";
    URI = "x509.general_name.uri", "uniformResourceIdentifier", "RFC 5280 4.2.1.6",
        "An address. As an identity it is what service meshes use: spiffe://domain/path names a workload (SPIFFE). \
         Elsewhere it says where to fetch a list, a response or a certificate.";
    IP_ADDRESS = "x509.general_name.ip", "iPAddress", "RFC 5280 4.2.1.6",
        "An IP address that the certificate is good for, as 4 or 16 bytes. A client that connects to an address needs it \
         here; the same address written as text in a dNSName does not count. Inside nameConstraints a mask follows.";
    DIRECTORY_NAME = "x509.general_name.directory", "directoryName", "RFC 5280 4.2.1.6",
        "A distinguished name as an alternative name, or as the part of the tree that a constraint speaks of.";
    REGISTERED_ID = "x509.general_name.registered_id", "registeredID", "RFC 5280 4.2.1.6",
        "An object identifier that stands for the subject. It is hardly ever seen in TLS.";
    OTHER_NAME = "x509.general_name.other", "otherName", "RFC 5280 4.2.1.6",
        "A kind of name that others have defined: an object identifier says which. Common are the user principal name \
         of Windows log-on, XMPP addresses and service names. Clients that look for host names pass over it.";
    OTHER_NAME_TYPE = "x509.general_name.other.type", "type-id", "RFC 5280 4.2.1.6",
        "Which kind of name it is, as object identifier.";
    OTHER_NAME_VALUE = "x509.general_name.other.value", "value", "RFC 5280 4.2.1.6",
        "The name itself, in the form that the type-id demands.";
    X400_ADDRESS = "x509.general_name.x400", "x400Address", "RFC 5280 4.2.1.6",
        "An address of the X.400 mail system. A confusion of its type with other types was a hole in openssl \
         (CVE-2023-0286), so meeting one today is reason to look twice.";
    EDI_PARTY_NAME = "x509.general_name.edi", "ediPartyName", "RFC 5280 4.2.1.6",
        "A partner in electronic data interchange. It is practically unused; a crash in openssl (CVE-2020-1971) made it \
         known.";
    UNKNOWN_NAME = "x509.general_name.unknown", "GeneralName", "RFC 5280 4.2.1.6",
        "A name of a kind that the standard does not have. Its bytes are shown as they are.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_or_refused() {
        let cn = [0x30, 0x0e, 0x31, 0x0c, 0x30, 0x0a, 0x06, 3, 0x55, 4, 3, 0x0c, 3, b'a', 0, b'b'];
        assert_eq!(name(&cn).unwrap().common_name(), Some("a\0b"));
        assert_eq!(name(&[0x30, 0]), Some(Name::default()));
        for broken in [&cn[..cn.len() - 1], &[], &[0x31, 0], &[0x30, 2, 1, 0]] {
            assert_eq!(name(broken), None);
        }
    }

    #[test]
    fn masks_are_written_short() {
        for (mask, text) in [
            (&[255, 255, 0, 0][..], "16"),
            (&[0, 0, 0, 0], "0"),
            (&[255, 0, 255, 0], "255.0.255.0"),
            (&[255; 16], "128"),
        ] {
            assert_eq!(mask_text(mask), text);
        }
    }
}
