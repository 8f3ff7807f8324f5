//! Making everything that `[pki]` of a scenario asks for.
//!
//! First every entry gets its key and its parameters, then each is signed. So the order of the file does not matter,
//! and an issuer may be anything: a leaf, an expired authority, one that is not an authority at all.

use super::key::{KeyMaker, LabKey};
use super::{Issued, IssuedList, Pki, damage, list, params, request};
use crate::lab::scenario::{CertificatePlan, Damage, PkiItem, RevocationListPlan, Scenario};
use rcgen::{CertificateParams, Issuer, KeyIdMethod, PublicKeyData};
use std::fmt;

/// What of `[pki]` cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PkiError {
    /// The entry, by name.
    pub entry: String,
    /// The key of the entry that is at fault, where it is one.
    pub key: Option<&'static str>,
    /// What is wrong, and what to do about it.
    pub problem: String,
}

impl fmt::Display for PkiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (dot, key) = self.key.map_or(("", ""), |key| (".", key));
        write!(f, "pki.{}{dot}{key}: {}", self.entry, self.problem)
    }
}

impl std::error::Error for PkiError {}

/// A [`PkiError`] before its entry is known.
pub(super) struct Fault {
    key: Option<&'static str>,
    problem: String,
}

impl Fault {
    /// At that key of the entry.
    pub(super) fn at(key: &'static str, problem: impl Into<String>) -> Self {
        Self { key: Some(key), problem: problem.into() }
    }

    /// About the entry as a whole.
    pub(super) fn whole(problem: impl Into<String>) -> Self {
        Self { key: None, problem: problem.into() }
    }

    /// The error about that entry.
    pub(super) fn of(self, entry: &str) -> PkiError {
        PkiError { entry: entry.to_owned(), key: self.key, problem: self.problem }
    }
}

/// An entry that can sign: its name in certificates, and its key.
pub(super) struct Signatory<'a> {
    name: &'a str,
    plan: &'a CertificatePlan,
    pub(super) params: CertificateParams,
    /// The key whose public half stands in the certificate.
    pub(super) certified: LabKey,
    /// The key that its owner has in hand; another one where it is damaged so.
    pub(super) held: LabKey,
}

/// Makes the certificates and revocation lists of a scenario. The same scenario gives the same bytes.
///
/// # Errors
/// When something cannot be made: the first entry at fault, and what to do.
pub fn build(scenario: &Scenario) -> Result<Pki, PkiError> {
    let signatories = signatories(scenario)?;
    let mut pki = Pki::default();
    for signatory in &signatories {
        let issued = issue(signatory, &signatories).map_err(|fault| fault.of(signatory.name))?;
        pki.certificates.push(issued);
    }
    for (name, plan) in lists(scenario) {
        pki.revocation_lists.push(issue_list(name, plan, &signatories, scenario.seed)?);
    }
    Ok(pki)
}

/// Makes one revocation list again, when the scenario has got a further entry for it.
///
/// # Errors
/// When it cannot be made.
pub fn build_list(scenario: &Scenario, name: &str) -> Result<IssuedList, PkiError> {
    let signatories = signatories(scenario)?;
    let missing = || Fault::whole("there is no revocation list of that name").of(name);
    let (name, plan) = lists(scenario).find(|(list, _)| *list == name).ok_or_else(missing)?;
    issue_list(name, plan, &signatories, scenario.seed)
}

/// The entry of that name as one that can sign, for what is made beside certificates and lists.
pub(super) fn signatory<'a>(scenario: &'a Scenario, name: &str) -> Result<Signatory<'a>, PkiError> {
    let found = signatories(scenario)?.into_iter().find(|signatory| signatory.name == name);
    found.ok_or_else(|| Fault::whole("there is no certificate of that name").of(name))
}

fn certificates(scenario: &Scenario) -> impl Iterator<Item = (&str, &CertificatePlan)> {
    scenario.pki.iter().filter_map(|entry| match &entry.item {
        PkiItem::Certificate(plan) => Some((entry.name.as_str(), &**plan)),
        PkiItem::RevocationList(_) => None,
    })
}

fn lists(scenario: &Scenario) -> impl Iterator<Item = (&str, &RevocationListPlan)> {
    scenario.pki.iter().filter_map(|entry| match &entry.item {
        PkiItem::RevocationList(plan) => Some((entry.name.as_str(), plan)),
        PkiItem::Certificate(_) => None,
    })
}

/// Gives every certificate its keys and parameters. Own keys come first, so that a cross-sign can use them.
fn signatories(scenario: &Scenario) -> Result<Vec<Signatory<'_>>, PkiError> {
    let mut maker = KeyMaker::new(scenario.seed);
    let mut own: Vec<(&str, LabKey)> = Vec::new();
    for (name, plan) in certificates(scenario).filter(|(_, plan)| plan.key_of.is_none()) {
        let key = maker.make(plan.key, name).map_err(|problem| Fault::at("key", problem).of(name))?;
        own.push((name, key));
    }
    let mut signatories = Vec::new();
    for (name, plan) in certificates(scenario) {
        let owner = plan.key_of.as_deref().unwrap_or(name);
        let certified = own.iter().find(|(other, _)| *other == owner).map(|(_, key)| key.clone());
        let problem = || format!("`{owner}` is no certificate with a key of its own: name one without `key_of`");
        let certified = certified.ok_or_else(|| Fault::at("key_of", problem()).of(name))?;
        let held = if plan.damage == Some(Damage::WrongKey) {
            let stranger = format!("{name} is held by somebody else");
            maker.make(certified.private.kind, &stranger).map_err(|problem| Fault::at("key", problem).of(name))?
        } else {
            certified.clone()
        };
        let params = params::params(plan, name, certified.private.kind, scenario.seed);
        let mut params = params.map_err(|fault| fault.of(name))?;
        // An issuer who signs with the wrong key still points to the key of its certificate.
        params.key_identifier_method = KeyIdMethod::PreSpecified(params.key_identifier(&certified));
        signatories.push(Signatory { name, plan, params, certified, held });
    }
    Ok(signatories)
}

fn issue(subject: &Signatory<'_>, all: &[Signatory<'_>]) -> Result<Issued, Fault> {
    let issuer = match subject.plan.issuer.as_deref().filter(|issuer| *issuer != subject.name) {
        Some(name) => find(all, name).ok_or_else(|| Fault::at("issuer", no_certificate(name)))?,
        None => subject,
    };
    // Who signs itself does so with the key that the certificate names.
    let key = if issuer.name == subject.name { &subject.certified } else { &issuer.held };
    let signed = subject.params.signed_by(&subject.certified, &Issuer::from_params(&issuer.params, key));
    let mut der = signed.map_err(|error| Fault::whole(error.to_string()))?.der().to_vec();
    match subject.plan.damage {
        Some(Damage::FlipSignature) => damage::flip_signature(&mut der),
        Some(Damage::EditSubject) => {
            if !damage::edit_subject(&mut der, &subject.certified.subject_public_key_info()) {
                return Err(Fault::at("damage", "the subject has no letter at its end to edit: give it a `cn`"));
            }
        }
        Some(Damage::WrongKey) | None => {}
    }
    let issuer = (issuer.name != subject.name).then(|| issuer.name.to_owned());
    let request = subject.plan.request.as_deref().map(|wanted| request::asked(subject, wanted)).transpose()?;
    Ok(Issued { name: subject.name.to_owned(), der, key: subject.held.private.clone(), issuer, request })
}

fn issue_list(name: &str, plan: &RevocationListPlan, all: &[Signatory<'_>], seed: u64) -> Result<IssuedList, PkiError> {
    let issuer = find(all, &plan.of).ok_or_else(|| Fault::at("of", no_certificate(&plan.of)).of(name))?;
    let signer = match plan.signed_by.as_deref() {
        Some(signer) => find(all, signer).ok_or_else(|| Fault::at("signed_by", no_certificate(signer)).of(name))?,
        None => issuer,
    };
    let serial = |certificate: &str| find(all, certificate).map(|found| params::serial(found.plan, found.name, seed));
    let der = list::list(plan, issuer, signer, serial).map_err(|fault| fault.of(name))?;
    Ok(IssuedList { name: name.to_owned(), der })
}

fn find<'a, 'b>(all: &'a [Signatory<'b>], name: &str) -> Option<&'a Signatory<'b>> {
    all.iter().find(|signatory| signatory.name == name)
}

fn no_certificate(name: &str) -> String {
    format!("there is no certificate `{name}` in [pki]: add it, or name another")
}
