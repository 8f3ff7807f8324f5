//! Where the parts of the screen lie.

use crate::x509::Certificate;
use ratatui::layout::Rect;

/// Where its parts lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Regions {
    pub(super) heading: Rect,
    pub(super) tree: Rect,
    pub(super) checks: Rect,
    pub(super) fields: Rect,
}

pub(super) fn regions(area: Rect, tree_rows: usize, check_rows: usize) -> Regions {
    let part = |y: u16, height: u16| {
        let y = area.y.saturating_add(y).min(area.bottom());
        Rect { y, height: height.min(area.bottom() - y), ..area }
    };
    let room = usize::from(area.height.saturating_sub(1));
    let tree = tree_rows.min((room / 3).max(2));
    let checks = (check_rows + 1).min((room.saturating_sub(tree) / 2).max(2));
    let [tree, checks] = [tree, checks].map(|rows| u16::try_from(rows).unwrap_or(u16::MAX));
    Regions {
        heading: part(0, 1),
        tree: part(1, tree),
        checks: part(1 + tree, checks),
        fields: part(1 + tree + checks, u16::MAX),
    }
}

/// Fields on the left, bytes on the right where there is room; both below the rule.
pub(super) fn panes(area: Rect) -> (Rect, Option<Rect>) {
    let below = Rect { y: area.y.saturating_add(1).min(area.bottom()), height: area.height.saturating_sub(1), ..area };
    let hex = match area.width {
        160.. => 75,
        100.. => 43,
        _ => return (below, None),
    };
    let left = Rect { width: below.width - hex, ..below };
    (left, Some(Rect { x: left.right(), width: hex, ..below }))
}

/// The lines of fields and bytes, and the rows that there are for them.
pub(super) fn extent(certificate: &Certificate, fields: usize, area: Rect) -> (usize, usize) {
    let (left, right) = panes(area);
    let bytes = right.map_or(0, |right| certificate.der.len().div_ceil(hex_columns(right)));
    (fields.max(bytes), usize::from(left.height))
}

pub(super) fn hex_columns(pane: Rect) -> usize {
    if pane.width >= 75 { 16 } else { 8 }
}
