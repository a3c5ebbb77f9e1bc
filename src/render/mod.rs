//! A page's view and its template as the bytes of a file.
//!
//! In: one [`Page`] and its [`View`]. Out: one [`Output`]. Absent on purpose: which
//! pages there are, and where.

mod feed;
mod picture;

pub use picture::{Drawn, FOLDER as PICTURES, Kept, Key, sealed};

use std::fmt::Write;

use crate::{
    diagnostic::{Checked, Diagnostic},
    page::{Page, PreviewsView, RobotsView, View, metadata::quoted},
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
    let mut script = String::with_capacity(PREVIEW * previews.previews.len());
    script.push_str("regesta.previews({");
    for (count, (address, preview)) in previews.previews.iter().enumerate() {
        if count > 0 {
            script.push(',');
        }
        quoted(&mut script, address.as_str());
        script.push(':');
        quoted(&mut script, &theme.preview(preview)?);
    }
    script.push_str("});\n");
    Ok(script.into_bytes())
}

/// About how long a preview is, in bytes.
const PREVIEW: usize = 1024;

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
