//! Where the parts of the Detail screen lie.

use ratatui::layout::Rect;

/// The parts; one that is not shown is empty.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Regions {
    pub(super) heading: Rect,
    pub(super) tree: Rect,
    pub(super) divider: Rect,
    pub(super) tabs: Rect,
    pub(super) hex: Rect,
    pub(super) strip: Rect,
}

/// Which panes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Panes {
    Both,
    Tree,
    Hex,
}

/// The width from which on tree and hex stand side by side.
const BESIDE: u16 = 100;
/// The cells that a row of sixteen bytes takes.
const SIXTEEN: u16 = 72;
/// The cells that a row of eight bytes takes.
const EIGHT: u16 = 39;
/// The fewest cells in which a tree can be read.
const TREE: u16 = 44;

/// Lays the parts out. `shift` is how many cells the tree is wider than by itself.
pub(super) fn regions(area: Rect, panes: Panes, shift: i16) -> Regions {
    let strip_height = if area.height >= 20 { 4 } else { 3.min(area.height / 3) };
    let heading = Rect { height: 1.min(area.height), ..area };
    let height = area.height.saturating_sub(heading.height + strip_height);
    let body = Rect { y: area.y + heading.height, height, ..area };
    let strip = Rect { y: body.bottom(), height: strip_height.min(area.bottom() - body.bottom()), ..area };
    let all = Regions { heading, strip, ..Regions::default() };
    match panes {
        Panes::Tree => Regions { tree: body, ..all },
        Panes::Hex => {
            let (tabs, hex) = cut_top(body);
            Regions { tabs, hex, ..all }
        }
        Panes::Both if area.width >= BESIDE => beside(body, shift, all),
        Panes::Both => stacked(body, shift, all),
    }
}

fn beside(body: Rect, shift: i16, all: Regions) -> Regions {
    let wanted = if body.width >= SIXTEEN + 1 + TREE { SIXTEEN } else { EIGHT };
    let width = body.width.saturating_sub(wanted + 1).saturating_add_signed(shift);
    let width = width.clamp(20.min(body.width), body.width.saturating_sub(27));
    let (tabs, hex) = cut_top(Rect { x: body.x + width + 1, width: body.width - width - 1, ..body });
    Regions { tree: Rect { width, ..body }, divider: Rect { x: body.x + width, width: 1, ..body }, tabs, hex, ..all }
}

fn stacked(body: Rect, shift: i16, all: Regions) -> Regions {
    let height = (body.height * 11 / 20).saturating_add_signed(shift / 2);
    let height = height.clamp(2.min(body.height), body.height.saturating_sub(3).max(2.min(body.height)));
    let below = Rect { y: body.y + height, height: body.height - height, ..body };
    let (tabs, hex) = cut_top(below);
    Regions { tree: Rect { height, ..body }, tabs, hex, ..all }
}

fn cut_top(area: Rect) -> (Rect, Rect) {
    let top = Rect { height: 1.min(area.height), ..area };
    (top, Rect { y: top.bottom(), height: area.height - top.height, ..area })
}
