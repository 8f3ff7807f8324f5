//! The screens as a user meets them: key scripts and pictures.

use super::fixture::{app, press, screen, sessions, styled};

#[test]
fn keys_move_the_selection() {
    let mut app = app(sessions(), 100, 30);
    press(&mut app, "jj");
    assert_eq!(app.model.rows.cursor, 2);
    assert!(screen(&app).contains("lab.pcap"));
}

#[test]
fn a_row_under_the_cursor_looks_different() {
    let app = app(sessions(), 80, 24);
    assert!(styled(&app).contains("3: 0..80 Reset Reset REVERSED"));
}
