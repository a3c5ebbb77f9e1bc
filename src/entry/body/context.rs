//! The sentence in which a link stands.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::Piece;

/// The plain text of the paragraph, cell or heading that is being written.
#[derive(Default)]
pub struct Block {
    pub text: String,
    /// Each link's number and the range of its words, empty where the target's title stands.
    pub links: Vec<(usize, Range<usize>)>,
}

/// The sentences of a block, to the last that a link stands in: finding them takes long. The
/// last one ends in no abbreviation.
pub fn sentences(block: &Block) -> Vec<Range<usize>> {
    let end = block.links.iter().map(|(_, words)| words.end.max(words.start + 1)).max().unwrap_or(0);
    let mut sentences = Vec::new();
    for (start, sentence) in block.text.split_sentence_bound_indices() {
        sentences.push(start..start + sentence.len());
        if start + sentence.len() >= end && !ends_in_abbreviation(sentence) {
            break;
        }
    }
    sentences
}

/// The sentence that holds `words`; sentence bounds that Unicode's rules see behind
/// abbreviations ("Vol. 2", "A. Smith") are passed over.
pub fn sentence_around(text: &str, sentences: &[Range<usize>], words: &Range<usize>) -> Range<usize> {
    let index = sentences.iter().rposition(|sentence| sentence.start <= words.start).unwrap_or(0);
    let mut first = index;
    let mut last = sentences
        .iter()
        .rposition(|sentence| sentence.start < words.end.max(words.start + 1))
        .unwrap_or(index)
        .max(index);
    while first > 0 && ends_in_abbreviation(&text[sentences[first - 1].clone()]) {
        first -= 1;
    }
    while last + 1 < sentences.len() && ends_in_abbreviation(&text[sentences[last].clone()]) {
        last += 1;
    }
    sentences.get(first).map_or(0, |sentence| sentence.start)
        ..sentences.get(last).map_or(text.len(), |sentence| sentence.end)
}

fn ends_in_abbreviation(sentence: &str) -> bool {
    const ABBREVIATIONS: &[&str] = &[
        "cf", "ch", "chap", "ed", "eds", "e.g", "et al", "etc", "fig", "i.e", "no", "nos", "p", "para", "pp", "s",
        "sec", "vol", "vols", "vs", "art", "st", "dr", "mr", "mrs",
    ];
    let Some(stem) = sentence.trim_end().strip_suffix('.') else {
        return false;
    };
    let word = stem.rsplit([' ', '(', '\u{a0}']).next().unwrap_or_default();
    let initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    initial || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

/// A stretch of a block; of the links with words of their own `own` alone is marked.
pub fn pieces(block: &Block, sentence: &Range<usize>, own: Option<usize>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut done = sentence.start;
    let push = |text: &str, pieces: &mut Vec<Piece>| {
        if !text.is_empty() {
            pieces.push(Piece::Text(text.to_string()));
        }
    };
    for (link, words) in &block.links {
        let within = words.start >= done && words.end <= sentence.end;
        if !within || (words.is_empty() && words.start == sentence.end && sentence.end != block.text.len()) {
            continue;
        }
        if words.is_empty() {
            push(&block.text[done..words.start], &mut pieces);
            pieces.push(Piece::Shown(*link));
            done = words.end;
        } else if Some(*link) == own {
            push(&block.text[done..words.start], &mut pieces);
            pieces.push(Piece::Words(block.text[words.clone()].to_string()));
            done = words.end;
        }
    }
    push(block.text[done..sentence.end].trim_end(), &mut pieces);
    if let Some(Piece::Text(first)) = pieces.first_mut() {
        *first = first.trim_start().to_string();
    }
    pieces
}
