//! The checks of the ladder: their words, and what each is for.

/// One kind of check that a certificate of a path goes through, in the order in which the ladder shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Check {
    /// The bytes are a certificate.
    Parse,
    /// The issuer was found.
    ChainBuilt,
    /// The issuer's key made the signature.
    Signature,
    /// The moment lies in the validity period.
    Validity,
    /// An authority says that it is one, and the peer's own certificate does not.
    CaFlag,
    /// No more intermediates follow than the authority may have.
    Pathlen,
    /// The key may be used for this.
    Purpose,
    /// The names lie inside what the authorities above may sign for.
    Constraints,
    /// Nothing that must be understood was not.
    CriticalExt,
    /// The issuer did not take the certificate back.
    Revocation,
    /// The path ends at a trust anchor.
    Trust,
    /// The certificate is for the peer that was wanted.
    Name,
}

struct Row {
    check: Check,
    word: &'static str,
    title: &'static str,
    reference: &'static str,
    text: &'static str,
}

const TABLE: [Row; 12] = [
    Row {
        check: Check::Parse,
        word: "parse",
        title: "Well formed",
        reference: "RFC 5280 4.1",
        text: "The bytes must be a certificate in DER, so that all programs read the same thing out of them.",
    },
    Row {
        check: Check::ChainBuilt,
        word: "chain-built",
        title: "Issuer found",
        reference: "RFC 5280 6.1",
        text: "The certificate with the issuer's name must have been sent along or lie in the trust store; a server that \
               forgets an intermediate fails here.",
    },
    Row {
        check: Check::Signature,
        word: "signature",
        title: "Signed by its issuer",
        reference: "RFC 5280 6.1.3 (a)(1)",
        text: "The issuer's public key must fit the signature: a name can be claimed by anybody, a signature cannot.",
    },
    Row {
        check: Check::Validity,
        word: "validity",
        title: "Valid now",
        reference: "RFC 5280 6.1.3 (a)(2)",
        text: "The clock must stand between notBefore and notAfter, both included, for each certificate of the path.",
    },
    Row {
        check: Check::CaFlag,
        word: "ca-flag",
        title: "May issue, or is no authority",
        reference: "RFC 5280 6.1.4 (k)",
        text: "Whoever signs certificates must be marked as an authority; without this check the owner of any \
               certificate could sign one for any name.",
    },
    Row {
        check: Check::Pathlen,
        word: "pathlen",
        title: "Path short enough",
        reference: "RFC 5280 6.1.4 (l), (m)",
        text: "An authority may be allowed only so many intermediates below it; zero means that it may sign end \
               certificates only.",
    },
    Row {
        check: Check::Purpose,
        word: "purpose",
        title: "Right purpose",
        reference: "RFC 5280 4.2.1.3, 4.2.1.12",
        text: "A certificate made for clients does not prove a server, and a key made for one use must not serve another.",
    },
    Row {
        check: Check::Constraints,
        word: "constraints",
        title: "Names inside the constraints",
        reference: "RFC 5280 6.1.3 (b), (c)",
        text: "An authority above may be fenced in to certain names; a certificate below it with any other name is refused.",
    },
    Row {
        check: Check::CriticalExt,
        word: "critical-ext",
        title: "No unknown demand",
        reference: "RFC 5280 4.2",
        text: "An extension marked critical that the verifier does not know may limit the certificate in a way it would \
               miss, so it must refuse.",
    },
    Row {
        check: Check::Revocation,
        word: "revocation",
        title: "Not taken back",
        reference: "RFC 5280 6.3",
        text: "A lost key or a mistake makes an authority take a certificate back before its time; nobody notices who \
               does not look at a list or a response.",
    },
    Row {
        check: Check::Trust,
        word: "trust",
        title: "Leads to a trust anchor",
        reference: "RFC 5280 6.1.1 (d)",
        text: "The path must end at an authority that the verifier itself has chosen to trust; that the peer sends its \
               own root along does not help.",
    },
    Row {
        check: Check::Name,
        word: "name",
        title: "Right name",
        reference: "RFC 9525 6",
        text: "The certificate must be for the host that was wanted, else any valid certificate of anybody would do; TLS \
               itself does not check this.",
    },
];

impl Check {
    /// All checks in the order of the ladder.
    pub const ALL: [Check; 12] = [
        Self::Parse,
        Self::ChainBuilt,
        Self::Signature,
        Self::Validity,
        Self::CaFlag,
        Self::Pathlen,
        Self::Purpose,
        Self::Constraints,
        Self::CriticalExt,
        Self::Revocation,
        Self::Trust,
        Self::Name,
    ];

    fn row(self) -> &'static Row {
        TABLE.iter().find(|row| row.check == self).unwrap_or(&TABLE[0])
    }

    /// The word that scenario files, JSON and screens use: `chain-built`.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.row().word
    }

    /// The check with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.word == word).map(|row| row.check)
    }

    /// A few words for a list.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.row().title
    }

    /// Where the standard demands it.
    #[must_use]
    pub fn reference(self) -> &'static str {
        self.row().reference
    }

    /// One sentence: what the check is for.
    #[must_use]
    pub fn text(self) -> &'static str {
        self.row().text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_check_has_one_row_that_says_something() {
        let mut words = BTreeSet::new();
        for (check, row) in Check::ALL.into_iter().zip(&TABLE) {
            assert_eq!(row.check, check, "the table is in the order of the ladder");
            assert_eq!(Check::from_word(check.word()), Some(check));
            assert!(words.insert(check.word()), "{} stands there twice", check.word());
            assert!(check.word().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", check.word());
            assert!(check.title().chars().next().unwrap().is_uppercase() && !check.title().ends_with('.'));
            assert!(check.reference().starts_with("RFC "));
            let text = check.text();
            assert!(text.ends_with('.') && text.len() > 60 && text.len() < 200, "{text}");
            assert!(!text.contains("  "), "{text}");
        }
        assert_eq!(Check::from_word("root"), None);
    }
}
