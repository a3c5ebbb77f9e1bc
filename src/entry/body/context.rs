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

impl Block {
    /// The same with nothing in it, and with the room that it has.
    pub fn emptied(mut self) -> Self {
        self.text.clear();
        self.links.clear();
        self
    }
}

/// The sentences of a block, from one before the first that a link stands in to the last:
/// finding them takes long. The last one ends in no abbreviation.
pub fn sentences(block: &Block) -> Vec<Range<usize>> {
    let first = block.links.iter().map(|(_, words)| words.start).min().unwrap_or(0);
    let end = block.links.iter().map(|(_, words)| words.end.max(words.start + 1)).max().unwrap_or(0);
    let begin = plain_beginning(&block.text, first);
    let mut sentences = Vec::new();
    let mut start = begin;
    while start < block.text.len() {
        let sentence = first_sentence(&block.text[start..]);
        let range = start..start + sentence.len();
        start = range.end;
        sentences.push(range);
        if start >= end && !ends_in_abbreviation(sentence) {
            break;
        }
    }
    sentences
}

/// Most sentences have nothing in them that could end one before their full stop. Where a
/// capital comes behind it and one blank, they end whatever stands before (UAX #29, SB11), and
/// so they do where nothing comes: those are not looked up in Unicode's tables sign by sign.
fn first_sentence(text: &str) -> &str {
    let bytes = text.as_bytes();
    let may_end = |byte: &u8| !byte.is_ascii() || matches!(byte, b'.' | b'?' | b'!' | b'\n' | b'\r');
    let Some(at) = bytes.iter().position(may_end) else { return text };
    match bytes[at..] {
        [b'.' | b'?' | b'!', b' ', b'A'..=b'Z', ..] => return &text[..at + 2],
        [b'.' | b'?' | b'!'] => return text,
        _ => {}
    }
    text.split_sentence_bounds().next().unwrap_or(text)
}

/// The last place up to `most` where a sentence begins whatever stands around it: at an
/// ASCII capital behind a lower-case letter, a full stop and one blank (UAX #29, SB11; none
/// of SB6 to SB10 holds there), if the word before is no abbreviation wherever its sentence
/// begins. What is before it decides nothing of what is behind.
fn plain_beginning(text: &str, most: usize) -> usize {
    let bytes = text.as_bytes();
    let begins = |&at: &usize| {
        matches!(bytes.get(at - 3..=at), Some(&[b'a'..=b'z', b'.', b' ', b'A'..=b'Z']))
            && !may_end_in_abbreviation(&text[..at])
    };
    (3..=most).rev().find(begins).unwrap_or(0)
}

/// Whether a sentence that ends here does, wherever it begins: that is behind a letter or
/// digit nowhere.
fn may_end_in_abbreviation(text: &str) -> bool {
    let text = text.trim_end();
    let word = text.rfind(char::is_whitespace).map_or(text, |at| &text[at..]);
    let inner = word.char_indices().filter(|(_, c)| !c.is_alphanumeric()).map(|(at, c)| &word[at + c.len_utf8()..]);
    std::iter::once(word).chain(inner).any(ends_in_abbreviation)
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
        let blanks = first.len() - first.trim_start().len();
        first.drain(..blanks);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_sentence_is_the_same_from_wherever_it_is_looked_for(
            words in prop::collection::vec("[a-zA-Z]{1,3}[.?!,)]{0,2}|vol\\.|и\\.|[.\u{a0}\n]", 1..30),
            blanks in prop::collection::vec(" {0,2}", 30),
            link in 0_usize..90,
        ) {
            let text: String = words.iter().zip(&blanks).flat_map(|(word, blank)| [word.as_str(), blank]).collect();
            let at = text.floor_char_boundary(link.min(text.len()));
            let block = Block { text: text.clone(), links: vec![(0, at..at)] };
            let whole: Vec<Range<usize>> =
                text.split_sentence_bound_indices().map(|(start, sentence)| start..start + sentence.len()).collect();
            prop_assert_eq!(sentence_around(&text, &sentences(&block), &(at..at)), sentence_around(&text, &whole, &(at..at)));
        }
    }
}
