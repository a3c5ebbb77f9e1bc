//! A page's view and its template as the bytes of a file.
//!
//! In: one [`Page`] and the [`World`]. Out: one [`Output`]. Absent on purpose: which
//! pages there are, and where.

mod feed;
mod picture;

pub use picture::{Drawn, FOLDER as PICTURES, Kept, Key, sealed};

use std::fmt::Write;

use crate::{
    diagnostic::{Checked, Diagnostic},
    page::{self, Page, PreviewsView, RobotsView, View, World},
    site::Site,
    theme::Theme,
};

/// A file of the site.
#[derive(Debug, PartialEq, Eq)]
pub struct Output {
    /// Address below the site's root, with `/` between its parts.
    pub path: String,
    pub bytes: Vec<u8>,
    /// What a later build finds it by, where drawing it took long.
    pub kept_as: Option<Key>,
}

/// `kept` are pictures of earlier builds: they save time and change nothing.
///
/// # Errors
/// `template-fault`.
pub fn render(page: &Page, world: &World<'_>, theme: &Theme, kept: &Kept) -> Checked<Option<Output>> {
    render_view(&page::view(world, page), page, world.site, theme, kept)
}

/// As [`render`], where the view has been made.
///
/// # Errors
/// `template-fault`.
pub fn render_view(view: &View, page: &Page, site: &Site, theme: &Theme, kept: &Kept) -> Checked<Option<Output>> {
    let path = page.permalink.as_str().to_string();
    let bytes = match (view, view.template()) {
        (View::Share(share), Some(template)) => {
            return match draw(template, view, (share.width, share.height), &path, theme, kept) {
                Ok(drawn) => Checked::sound(Some(Output { path, bytes: drawn.png, kept_as: Some(drawn.key) })),
                Err(fault) => Checked { value: None, diagnostics: vec![*fault] },
            };
        }
        (_, Some(template)) => match theme.page(template, view, &path) {
            Ok(html) => html,
            Err(fault) => return Checked { value: None, diagnostics: vec![*fault] },
        },
        (View::Feed(feed), _) => feed::atom(feed),
        (View::Sitemap(sitemap), _) => feed::sitemap(sitemap),
        (View::SitemapIndex(index), _) => feed::sitemap_index(index),
        (View::Robots(robots), _) => robots_text(robots),
        (View::Domain(domain), _) => format!("{domain}\n").into_bytes(),
        (View::Previews(previews), _) => match previews_script(previews, theme) {
            Ok(script) => script,
            Err(fault) => return Checked { value: None, diagnostics: vec![*fault] },
        },
        (View::PreviewIndex(shards), _) => format!("regesta.previewFiles({shards});\n").into_bytes(),
        (View::Data(text), _) => text.as_bytes().to_vec(),
        (View::TrackColors, _) => track_colors(site),
        (_, None) => Vec::new(),
    };
    Checked::sound(Some(Output { path, bytes, kept_as: None }))
}

/// The picture that a template describes. `size` is its width and height in pixels.
///
/// # Errors
/// `template-fault`.
pub fn draw(
    template: &str,
    view: &View,
    size: (u32, u32),
    path: &str,
    theme: &Theme,
    kept: &Kept,
) -> Result<Drawn, Box<Diagnostic>> {
    let svg = theme.text(template, view, path)?;
    picture::draw(&svg, size, kept).map_err(|fault| theme.fault(template, &fault, path))
}

/// A call with a map from address to HTML. JSON is a part of JavaScript (ECMA-262,
/// "JSON superset"); `<` is written as an escape, so that no text ends a script.
fn previews_script(previews: &PreviewsView, theme: &Theme) -> Result<Vec<u8>, Box<Diagnostic>> {
    let mut script = Vec::with_capacity(PREVIEW * previews.previews.len());
    let mut html = Vec::with_capacity(PREVIEW);
    script.extend_from_slice(b"regesta.previews({");
    for (count, (address, preview)) in previews.previews.iter().enumerate() {
        script.extend_from_slice(if count > 0 { b",\"" } else { b"\"" });
        push_json(&mut script, address.as_str().as_bytes());
        script.extend_from_slice(b"\":\"");
        html.clear();
        theme.preview(preview, &mut html)?;
        push_json(&mut script, &html);
        script.push(b'"');
    }
    script.extend_from_slice(b"});\n");
    Ok(script)
}

/// About how long a preview is, in bytes.
const PREVIEW: usize = 1024;

/// Appends what stands between the quotation marks of a JSON string (RFC 8259, section 7).
fn push_json(json: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| ESCAPED[usize::from(byte)]) {
        let byte = rest[at];
        json.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        json.extend_from_slice(match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0x08 => b"\\b",
            0x0c => b"\\f",
            b'<' => b"\\u003c",
            _ => {
                json.extend_from_slice(b"\\u00");
                json.extend([byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)]));
                continue;
            }
        });
    }
    json.extend_from_slice(rest);
}

/// The bytes that do not stand for themselves.
const ESCAPED: [bool; 256] = {
    let mut escaped = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        escaped[byte] = true;
        byte += 1;
    }
    escaped[b'"' as usize] = true;
    escaped[b'\\' as usize] = true;
    escaped[b'<' as usize] = true;
    escaped
};

/// RFC 9309; the sitemaps protocol adds the line that names the sitemap.
fn robots_text(RobotsView { sitemap, closed }: &RobotsView) -> Vec<u8> {
    if *closed {
        return b"User-agent: *\nDisallow: /\n".to_vec();
    }
    let sitemap = sitemap.as_ref().map_or_else(String::new, |sitemap| format!("\nSitemap: {sitemap}\n"));
    format!("User-agent: *\nAllow: /\n{sitemap}").into_bytes()
}

/// The tracks' colours as custom properties. Ids and colours are checked where they
/// are read, so nothing in them can end a rule.
fn track_colors(site: &Site) -> Vec<u8> {
    // Writing to a string cannot fail.
    let mut css = String::from(":root {\n");
    for track in &site.tracks {
        let (id, color) = (&track.id, &track.color);
        let _ = writeln!(css, "  --track-{id}: light-dark({}, {});", color.light, color.dark);
    }
    css.push_str("}\n");
    for track in &site.tracks {
        let _ = writeln!(css, ".track-{0} {{ --track: var(--track-{0}); }}", track.id);
    }
    css.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_have_strings_as_json_has_them() {
        let all: String = (0..0x100).filter_map(char::from_u32).chain("\u{2028}<b>…😀".chars()).collect();
        let mut json = vec![b'"'];
        push_json(&mut json, all.as_bytes());
        json.push(b'"');
        let written = String::from_utf8(json).expect("text remains text");
        assert_eq!(written, serde_json::to_string(&all).expect("text is JSON").replace('<', "\\u003c"));
    }
}
