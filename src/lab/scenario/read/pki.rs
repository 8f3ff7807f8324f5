//! Certificates, their keys and revocation lists.

use super::Reading;
use crate::base::parse_hex;
use crate::lab::scenario::document::Spot;
use crate::lab::scenario::fields::Fields;
use crate::lab::scenario::form;
use crate::lab::scenario::model::{
    AltName, CertificatePlan, Damage, ExtraExtension, KeyKind, Named, PkiItem, RevocationListPlan, RevokedPlan, Usage,
};
use std::collections::BTreeMap;

impl Reading<'_, '_> {
    pub(super) fn pki(&mut self, top: Fields<'_>) -> Vec<Named<PkiItem>> {
        let mut items = Vec::new();
        let mut issuers = BTreeMap::new();
        let mut keys = BTreeMap::new();
        for (entry, fields) in top.named_tables("pki") {
            let name = entry.key.clone();
            let item = match fields.text("kind").as_deref() {
                Some(kind @ ("ca" | "leaf")) => {
                    let plan = self.certificate(&name, kind == "ca", fields);
                    issuers.insert(name.clone(), (plan.issuer.clone(), fields.spot("issuer").clone()));
                    keys.insert(name.clone(), (plan.key_of.clone(), fields.spot("key_of").clone()));
                    PkiItem::Certificate(Box::new(plan))
                }
                Some("crl") => PkiItem::RevocationList(self.revocation_list(top, fields)),
                _ => continue,
            };
            items.push(Named { name, item });
        }
        self.no_loops(&issuers, "issued by", "an authority at the top has no issuer: it signs itself");
        self.no_loops(&keys, "with the key of", "the one whose key it is has no key_of");
        items
    }

    fn certificate(&mut self, name: &str, is_authority: bool, fields: Fields<'_>) -> CertificatePlan {
        let valid = fields.period("valid", self.clock).unwrap_or_default();
        if fields.given("valid").is_some() && valid.0 > valid.1 {
            let help = "the first moment is notBefore, the second notAfter";
            self.faults.add(fields.spot("valid"), "it would end before it begins", help);
        }
        let issuer = fields.name("issuer").filter(|issuer| issuer != name);
        if fields.name("issuer").is_some() && issuer.is_none() {
            self.faults.add(
                fields.spot("issuer"),
                format!("`{name}` cannot name itself"),
                "without issuer it signs itself",
            );
        }
        let key_of = fields.name("key_of");
        if let Some(other) = &key_of
            && fields.given("key").is_some()
        {
            let help = format!("leave out key or key_of; with key_of it is the kind of `{other}`");
            self.faults.add(fields.spot("key"), format!("the key is that of `{other}`"), help);
        }
        let damage = fields.word("damage", Damage::from_word);
        let cn = fields.text("cn").or_else(|| is_authority.then(|| name.to_owned()));
        let organization = fields.text("organization");
        if damage == Some(Damage::EditSubject) && cn.as_deref().unwrap_or_default().is_empty() && organization.is_none()
        {
            let help = "give it cn or organization";
            self.faults.add(fields.spot("damage"), "the subject is empty: there is no letter to change", help);
        }
        CertificatePlan {
            is_authority,
            cn,
            organization,
            issuer,
            key_of,
            usage: fields.word("use", Usage::from_word).unwrap_or(Usage::None),
            san: alt_names(fields, "san", false),
            valid,
            key: fields.word("key", KeyKind::from_word).unwrap_or_default(),
            ca: fields.switch("ca"),
            path_length: fields.number("pathlen"),
            permit: alt_names(fields, "permit", true),
            exclude: alt_names(fields, "exclude", true),
            key_usage: fields.optional_texts("ku"),
            extended_key_usage: fields.optional_texts("eku"),
            extensions: fields.tables("ext").into_iter().filter_map(extension).collect(),
            serial: fields.number("serial"),
            damage,
            request: fields.given("request").map(|_| alt_names(fields, "request", false)),
        }
    }

    fn revocation_list(&mut self, top: Fields<'_>, fields: Fields<'_>) -> RevocationListPlan {
        let updated = fields.moment("updated", self.clock).unwrap_or_default();
        let next = fields.moment("next", self.clock).unwrap_or_default();
        if next <= updated {
            let key = if fields.given("next").is_some() { "next" } else { "updated" };
            self.faults.add(
                fields.spot(key),
                "nextUpdate must be behind thisUpdate",
                "updated is -1h and next is +7d where they are not given",
            );
        }
        let of = fields.name("of").unwrap_or_default();
        let signed_by = fields.name("signed_by");
        let signer = signed_by.as_deref().unwrap_or(&of);
        let key = if signed_by.is_some() { "signed_by" } else { "of" };
        self.may_sign_lists(top, signer, fields.spot(key));
        let revoked = fields.tables("revoked").into_iter().filter_map(|fields| {
            Some(RevokedPlan {
                certificate: fields.name("cert")?,
                reason: fields.text("reason"),
                at: fields.moment("at", self.clock)?,
            })
        });
        RevocationListPlan { of, revoked: revoked.collect(), updated, next, signed_by }
    }

    /// A list by somebody without cRLSign cannot be made.
    fn may_sign_lists(&mut self, top: Fields<'_>, signer: &str, at: &Spot) {
        let Some((_, fields)) = top.named_tables("pki").into_iter().find(|(entry, _)| entry.key == signer) else {
            return;
        };
        let usages = fields.optional_texts("ku");
        let may = match &usages {
            Some(usages) => usages.iter().any(|usage| usage == "cRLSign"),
            None => fields.chosen() == Some("ca"),
        };
        if !may {
            let help = "the signer is an authority without ku, or has cRLSign in its ku";
            self.faults.add(at, format!("`{signer}` may not sign revocation lists"), help);
        }
    }

    /// Going from one to the next must come to an end.
    fn no_loops(&mut self, next: &BTreeMap<String, (Option<String>, Spot)>, by: &str, help: &str) {
        for (start, (_, at)) in next {
            let mut way = vec![start.as_str()];
            let mut here = start;
            while let Some((Some(following), _)) = next.get(here) {
                way.push(following);
                if following == start {
                    // The loop is told once, at the first of its members.
                    if way.iter().min() == Some(&start.as_str()) {
                        let text = format!("this goes round in a loop: {}", way.join(&format!(" {by} ")));
                        self.faults.add(at, text, help);
                    }
                    break;
                }
                if way.len() > next.len() {
                    break;
                }
                here = following;
            }
        }
    }
}

fn alt_names(fields: Fields<'_>, key: &'static str, networks: bool) -> Vec<AltName> {
    fields.texts(key).iter().filter_map(|text| form::alt_name(text, networks).ok()).collect()
}

fn extension(fields: Fields<'_>) -> Option<ExtraExtension> {
    Some(ExtraExtension {
        oid: form::oid(&fields.text("oid")?)?,
        der: parse_hex(&fields.text("der")?)?,
        critical: fields.switch("critical")?,
    })
}
