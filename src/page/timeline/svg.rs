//! The lines, marks and words of a drawing as SVG.
//!
//! In: what is drawn, and where. Out: what stands in an `svg` element. It is written here
//! rather than by a template, as cards are: a picture has hundreds of marks of a dozen
//! values each. Absent on purpose: the `svg` element, and all that a style sheet says.

use super::picture::{Area, Lane, Line, Mark, Tick, Words};
use crate::page::html::{self, Html};

/// About how long a mark is, in bytes.
const MARK: usize = 360;

pub fn content(ticks: &[Tick], lanes: &[Lane]) -> Html {
    let marks: usize = lanes.iter().map(|lane| lane.marks.len()).sum();
    let mut svg = String::with_capacity(marks * MARK + (ticks.len() + lanes.len()) * MARK / 2);
    svg.push_str("<g aria-hidden=\"true\">");
    for tick in ticks {
        push_line(&mut svg, "tick", &tick.line);
        push_words(&mut svg, "tick-label\"", &tick.label);
    }
    svg.push_str("</g>\n");
    for lane in lanes {
        push_lane(&mut svg, lane);
    }
    Html(svg.into())
}

fn push_lane(svg: &mut String, lane: &Lane) {
    svg.push_str("<g class=\"lane track-");
    html::push(svg, &lane.id);
    svg.push_str("\" role=\"group\" aria-label=\"");
    html::push(svg, &lane.title);
    svg.push_str("\">\n");
    if let Some(rule) = &lane.rule {
        push_line(svg, "rule", rule);
        svg.push('\n');
    }
    push_words(svg, "lane-label\" aria-hidden=\"true\"", &lane.label);
    svg.push('\n');
    for mark in &lane.marks {
        push_mark(svg, mark);
    }
    svg.push_str("</g>\n");
}

fn push_mark(svg: &mut String, mark: &Mark) {
    svg.push_str("<a href=\"");
    html::push(svg, &mark.href);
    svg.push_str("\" aria-label=\"");
    let start = svg.len();
    html::push(svg, &mark.title);
    let end = svg.len();
    svg.push_str("\"><title>");
    svg.extend_from_within(start..end);
    svg.push_str("</title>");
    if let Some(target) = mark.target {
        svg.push_str("<rect class=\"target\"");
        push_area(svg, target);
        svg.push_str("/>");
    }
    svg.push_str("<rect class=\"mark ");
    svg.push_str(mark.shape);
    svg.push_str(if mark.doubtful { " doubtful\"" } else { "\"" });
    let Mark { x, y, width, height, .. } = *mark;
    push_area(svg, Area { x, y, width, height });
    svg.push_str(if mark.shape == "day" { " rx=\"5\"/></a>" } else { " rx=\"1.5\"/></a>" });
    if let Some(label) = &mark.label {
        push_words(svg, "mark-label\" aria-hidden=\"true\"", label);
    }
    svg.push('\n');
}

fn push_line(svg: &mut String, class: &str, line: &Line) {
    svg.push_str("<line class=\"");
    svg.push_str(class);
    svg.push('"');
    for (name, length) in [(" x1=\"", line.x1), (" y1=\"", line.y1), (" x2=\"", line.x2), (" y2=\"", line.y2)] {
        push_length(svg, name, length);
    }
    svg.push_str("/>");
}

/// `class` ends with its quotation mark; further attributes may follow.
fn push_words(svg: &mut String, class: &str, words: &Words) {
    svg.push_str("<text class=\"");
    svg.push_str(class);
    push_length(svg, " x=\"", words.x);
    push_length(svg, " y=\"", words.y);
    svg.push('>');
    html::push(svg, &words.text);
    svg.push_str("</text>");
}

fn push_area(svg: &mut String, area: Area) {
    let Area { x, y, width, height } = area;
    for (name, length) in [(" x=\"", x), (" y=\"", y), (" width=\"", width), (" height=\"", height)] {
        push_length(svg, name, length);
    }
}

/// `name` ends with the quotation mark that begins the value.
fn push_length(svg: &mut String, name: &str, length: i32) {
    svg.push_str(name);
    svg.push_str(itoa::Buffer::new().format(length));
    svg.push('"');
}
