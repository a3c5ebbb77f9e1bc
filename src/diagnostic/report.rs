//! Draws diagnostics for people, for programs and for GitHub.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet, renderer::DecorStyle};
use serde::Serialize;

use super::{Diagnostic, Place, Severity};

/// For whom a report is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As rustc draws them; the flag says whether with terminal colours.
    Human { styled: bool },
    /// One JSON object a line.
    Json,
    /// Workflow commands, which GitHub shows at the line in a pull request.
    Github,
}

/// One diagnostic as text, with a line end.
pub fn report(diagnostic: &Diagnostic, format: Format) -> String {
    match format {
        Format::Human { styled } => human(diagnostic, styled),
        Format::Json => json(diagnostic),
        Format::Github => github(diagnostic),
    }
}

fn human(diagnostic: &Diagnostic, styled: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code).element(snippet(
        &diagnostic.place,
        AnnotationKind::Primary,
        None,
    ));
    for (place, label) in &diagnostic.also {
        group = group.element(snippet(place, AnnotationKind::Context, Some(label)));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    let groups: &[Group<'_>] = &[group];
    format!("{}\n\n", renderer.decor_style(DecorStyle::Ascii).render(groups))
}

/// The line and what is marked in it; the file alone where there is no text to show.
fn snippet<'a>(place: &'a Place, kind: AnnotationKind, label: Option<&'a str>) -> Element<'a> {
    if place.text.is_empty() {
        return Origin::path(&*place.path).line(place.line).char_column(place.column).into();
    }
    let offset = |column: usize| place.text.char_indices().nth(column).map_or(place.text.len(), |(offset, _)| offset);
    let start = offset(place.column - 1);
    let end = offset(place.column - 1 + place.width.max(1));
    Snippet::source(&*place.text)
        .path(&*place.path)
        .line_start(place.line)
        .annotation(kind.span(start..end.max(start)).label(label))
        .into()
}

#[derive(Serialize)]
struct Line<'a> {
    severity: Severity,
    code: &'a str,
    message: &'a str,
    #[serde(flatten)]
    place: &'a Place,
    also: Vec<Also<'a>>,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct Also<'a> {
    #[serde(flatten)]
    place: &'a Place,
    label: &'a str,
}

fn json(diagnostic: &Diagnostic) -> String {
    let line = Line {
        severity: diagnostic.severity,
        code: diagnostic.code,
        message: &diagnostic.message,
        place: &diagnostic.place,
        also: diagnostic.also.iter().map(|(place, label)| Also { place, label }).collect(),
        help: diagnostic.help.as_deref(),
    };
    // Strings and numbers alone: there is nothing in a line that JSON cannot hold.
    serde_json::to_string(&line).map_or_else(|fault| format!("{fault}\n"), |text| text + "\n")
}

/// GitHub's documentation, "Workflow commands for GitHub Actions": in values `%`,
/// line ends, and in properties also `:` and `,` are percent-encoded.
fn github(diagnostic: &Diagnostic) -> String {
    let value = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| value(text).replace(':', "%3A").replace(',', "%2C");
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let help = diagnostic.help.as_deref().map_or(String::new(), |help| format!("\nhelp: {help}"));
    let Place { path, line, column, width, .. } = &diagnostic.place;
    format!(
        "::{command} file={},line={line},col={column},endColumn={},title={}::{}\n",
        property(path),
        column + width,
        property(diagnostic.code),
        value(&format!("{}{help}", diagnostic.message)),
    )
}
