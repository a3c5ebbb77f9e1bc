//! The faces of share pictures: what they can draw, and how wide it is.
//!
//! In: text. Out: its width, or its lines. The faces are part of the program, so that
//! two machines draw the same. Without the feature `pictures` there are none: then
//! nothing can be drawn, and no picture is planned.

use unicode_segmentation::UnicodeSegmentation;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// EB Garamond Medium.
    Upright,
    /// EB Garamond Italic.
    Italic,
}

/// The two files, in the order of [`Face`].
#[cfg(feature = "pictures")]
pub static FILES: [&[u8]; 2] =
    [include_bytes!("../assets/fonts/EBGaramond-Medium.ttf"), include_bytes!("../assets/fonts/EBGaramond-Italic.ttf")];

/// Whether the face has every character of `text`.
pub fn can_draw(text: &str, face: Face) -> bool {
    // Where each entry has a picture, this is asked of each title, and reading a face takes as long as
    // a dozen links. Both have all letters, figures and marks of ASCII.
    if cfg!(feature = "pictures") && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return true;
    }
    advances(text, face).is_some_and(|advances| advances.iter().all(Option::is_some))
}

/// In ems, without kerning, which makes it a little narrower as a rule.
pub fn width(text: &str, face: Face) -> f32 {
    advances(text, face).into_iter().flatten().flatten().sum()
}

/// Lines of about the same width, none wider than `most` ems. A word that is wider
/// by itself is cut between characters.
pub fn balanced(text: &str, face: Face, most: f32) -> Vec<String> {
    let words = words(text, face, most);
    let space = width(" ", face);
    let lines = filled(&words, space, most).len();
    // The narrowest measure that needs no further line: as `text-wrap: balance`.
    let mut narrow = words.iter().map(|word| word.width).fold(0.0, f32::max);
    let mut wide = most;
    for _ in 0..12 {
        let middle = f32::midpoint(narrow, wide);
        if filled(&words, space, middle).len() == lines { wide = middle } else { narrow = middle }
    }
    filled(&words, space, wide).into_iter().map(in_one).collect()
}

/// `text` on a line of at most `most` ems, cut between words.
pub fn cut(text: &str, face: Face, most: f32) -> String {
    if width(text, face) <= most {
        return text.to_string();
    }
    let room = most - width("…", face);
    let words = words(text, face, room);
    let first = filled(&words, width(" ", face), room).into_iter().next().map_or_else(String::new, in_one);
    format!("{}…", first.trim_end_matches([',', ';', ':', '.', ' ', '-', '–', '—']))
}

struct Word {
    text: String,
    /// In ems.
    width: f32,
}

fn words(text: &str, face: Face, most: f32) -> Vec<Word> {
    let mut words = Vec::new();
    for text in text.split_whitespace() {
        let mut word = Word { text: String::new(), width: 0.0 };
        for letter in text.graphemes(true) {
            let more = width(letter, face);
            if word.width + more > most && !word.text.is_empty() {
                words.push(std::mem::replace(&mut word, Word { text: String::new(), width: 0.0 }));
            }
            word.text.push_str(letter);
            word.width += more;
        }
        words.push(word);
    }
    words
}

/// As many words on each line as have room.
fn filled(words: &[Word], space: f32, most: f32) -> Vec<&[Word]> {
    let mut lines = Vec::new();
    let (mut start, mut reached) = (0, 0.0);
    for (index, word) in words.iter().enumerate() {
        if index > start && reached + space + word.width > most {
            lines.push(&words[start..index]);
            (start, reached) = (index, word.width);
        } else {
            reached += word.width + if index > start { space } else { 0.0 };
        }
    }
    if start < words.len() {
        lines.push(&words[start..]);
    }
    lines
}

fn in_one(line: &[Word]) -> String {
    let words: Vec<&str> = line.iter().map(|word| word.text.as_str()).collect();
    words.join(" ")
}

/// The advance of each character in ems, `None` for what the face lacks. `None` where
/// there is no face.
#[cfg(feature = "pictures")]
fn advances(text: &str, face: Face) -> Option<Vec<Option<f32>>> {
    use skrifa::{
        FontRef, MetadataProvider,
        instance::{LocationRef, Size},
    };
    let font = FontRef::new(FILES[face as usize]).ok()?;
    let letters = font.charmap();
    let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
    Some(text.chars().map(|c| letters.map(c).and_then(|glyph| metrics.advance_width(glyph))).collect())
}

#[cfg(not(feature = "pictures"))]
fn advances(_: &str, _: Face) -> Option<Vec<Option<f32>>> {
    None
}

#[cfg(all(test, feature = "pictures"))]
mod tests {
    use super::*;

    #[test]
    fn latin_and_cyrillic_are_drawn_and_han_is_not() {
        let ascii: String = (' '..='~').collect();
        for face in [Face::Upright, Face::Italic] {
            assert!(advances(&ascii, face).is_some_and(|advances| advances.iter().all(Option::is_some)));
            assert!(can_draw("Überlegungen: “Łódź”, Ž, 1832–1834 – Военная доктрина, ґ", face));
            assert!(!can_draw("国家安全战略", face));
            assert!(!can_draw("a\u{1}b", face));
        }
    }

    #[test]
    fn lines_are_balanced_and_never_too_wide() {
        let text = "From Cyber-Bombs to Political Fallout: Threat Representations with an Impact in the Discourse";
        let lines = balanced(text, Face::Upright, 16.0);
        assert_eq!(lines.join(" "), text);
        let widths: Vec<f32> = lines.iter().map(|line| width(line, Face::Upright)).collect();
        assert!(widths.iter().all(|width| *width <= 16.0), "{widths:?}");
        assert!(widths.iter().all(|width| *width > 8.0), "{widths:?}");
    }

    #[test]
    fn a_long_word_is_cut_into_lines() {
        let text = "https://example.org/".repeat(9);
        let lines = balanced(&text, Face::Upright, 12.0);
        assert_eq!(lines.concat(), text);
        assert!(lines.len() > 4);
        assert!(lines.iter().all(|line| width(line, Face::Upright) <= 12.01), "{lines:?}");
        assert!(balanced("", Face::Upright, 12.0).is_empty());
    }

    #[test]
    fn what_is_cut_fits() {
        let line = cut("The Contested Meaning of Sovereignty, Once Again", Face::Italic, 12.0);
        assert!(line.ends_with('…') && width(&line, Face::Italic) <= 12.0, "{line}");
        assert_eq!(cut("Short", Face::Italic, 12.0), "Short");
    }
}
