//! The chain as a tree: whose issuer was sent, what was not, and what is said of the chain as a whole.

use super::Certificates;
use crate::base::printable;
use crate::tui::model::Model;
use crate::x509::{Certificate, Link};
use std::sync::Arc;

/// A row of the tree.
#[derive(Debug)]
pub(super) enum TreeRow<'a> {
    /// The name of an issuer that was not sent.
    Missing(String),
    /// A certificate, and how far it is indented.
    Sent { link: &'a Link, depth: usize },
    /// What follows did not lie on the way.
    Besides,
}

impl Certificates {
    /// The root side first, the peer's own certificate last, then what did not lie on the way.
    pub(super) fn tree<'a>(&'a self, model: &Model) -> Vec<TreeRow<'a>> {
        let links = self.known.links(self.client);
        let path: Vec<&Link> = links.iter().filter(|link| link.on_path).collect();
        let mut rows = Vec::with_capacity(links.len() + 2);
        let mut depth = 0;
        if let Some(top) = path.last().filter(|top| top.issued_by.is_none() && !top.self_issued)
            && let Some(certificate) = self.shown(model).get(top.index).filter(|top| top.readable)
        {
            rows.push(TreeRow::Missing(printable(&certificate.issuer.short())));
            depth = 1;
        }
        for link in path.iter().rev() {
            rows.push(TreeRow::Sent { link, depth });
            depth += 1;
        }
        if path.len() < links.len() {
            rows.push(TreeRow::Besides);
        }
        rows.extend(links.iter().filter(|link| !link.on_path).map(|link| TreeRow::Sent { link, depth: 0 }));
        rows
    }
}

/// What is said of the chain as a whole.
pub(super) fn remarks(links: &[Link], certificates: &[Arc<Certificate>]) -> Vec<String> {
    let mut out = Vec::new();
    let path: Vec<usize> = links.iter().filter(|link| link.on_path).map(|link| link.index).collect();
    if path.windows(2).any(|pair| pair.first() > pair.get(1)) || path.iter().enumerate().any(|(place, at)| place != *at)
    {
        let order: Vec<String> = path.iter().map(|index| format!("#{}", index + 1)).collect();
        out.push(format!("not sent in issuing order, which is {}; TLS 1.2 demands that order", order.join(", ")));
    }
    for link in links {
        if let Some(first) = link.duplicate_of {
            out.push(format!("#{} is the same certificate as #{}", link.index + 1, first + 1));
        }
    }
    if let (Some(link), [_]) = (links.first(), certificates)
        && link.self_issued
    {
        out.push("self-issued: it names itself as its issuer, and nobody else vouches for it".to_owned());
    }
    out
}

/// What a certificate is in the chain.
pub(super) fn kind(link: &Link, certificate: &Certificate) -> String {
    match (link.index, link.self_issued, certificate.is_ca) {
        _ if link.duplicate_of.is_some() => "sent twice",
        (0, true, _) => "leaf, self-issued",
        (0, false, _) => "leaf",
        (_, true, _) => "root",
        (_, false, Some(true)) => "intermediate",
        _ => "no CA",
    }
    .to_owned()
}
