//! One form for all ways in which a word may be written.
//!
//! In: a word. Out: its key: no marks, no case, no ligatures, and Latin letters for
//! Cyrillic ones. `search-fold.js` has the same rules, and `tests/search/folding.json`
//! what both of them make of some thousands of words; change all three together.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// At most so many characters of a word count.
pub const LONGEST: usize = 40;

/// Marks that are taken off their letters: accents, Hebrew points, Arabic vowels. The
/// signs of other scripts are letters in their own right and stay.
const MARKS: [(char, char); 9] = [
    ('\u{300}', '\u{36f}'),
    ('\u{483}', '\u{489}'),
    ('\u{591}', '\u{5c7}'),
    ('\u{610}', '\u{61a}'),
    ('\u{64b}', '\u{65f}'),
    ('\u{1ab0}', '\u{1aff}'),
    ('\u{1dc0}', '\u{1dff}'),
    ('\u{20d0}', '\u{20ff}'),
    ('\u{fe20}', '\u{fe2f}'),
];

/// South and South-East Asian scripts: their signs are part of a word.
const WITH_SIGNS: [(char, char); 2] = [('\u{900}', '\u{109f}'), ('\u{1780}', '\u{17ff}')];

/// Characters that stand in a word and do not count.
const IGNORED: [(char, char); 5] = [
    ('\u{ad}', '\u{ad}'),
    // Primes and half rings, which transliterations write for signs that are not sounded.
    ('\u{2b9}', '\u{2bf}'),
    ('\u{200b}', '\u{200d}'),
    ('\u{2060}', '\u{2060}'),
    ('\u{feff}', '\u{feff}'),
];

/// Scripts that are written without blanks between words.
const UNSPACED: [(char, char); 8] = [
    ('\u{2e80}', '\u{2fdf}'),
    ('\u{3005}', '\u{3007}'),
    ('\u{3040}', '\u{30ff}'),
    ('\u{31f0}', '\u{31ff}'),
    ('\u{3400}', '\u{4dbf}'),
    ('\u{4e00}', '\u{9fff}'),
    ('\u{f900}', '\u{faff}'),
    ('\u{ff66}', '\u{ff9f}'),
];

fn within(ranges: &[(char, char)], c: char) -> bool {
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

pub fn is_mark(c: char) -> bool {
    within(&MARKS, c)
}

/// Chinese and Japanese: words are found by pairs of characters.
pub fn is_unspaced(c: char) -> bool {
    c >= '\u{2e80}' && (within(&UNSPACED, c) || ('\u{20000}'..='\u{3ffff}').contains(&c))
}

/// Whether a character is part of a word, as letters, digits, their marks and what is
/// ignored within words are.
pub fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    // The full stops of Devanagari.
    let stop = matches!(c, '\u{964}' | '\u{965}');
    !stop && (c.is_alphanumeric() || is_mark(c) || within(&WITH_SIGNS, c) || within(&IGNORED, c))
}

/// The key of a word; empty where nothing of it counts.
pub fn fold(word: &str) -> String {
    if word.is_ascii() {
        let letters: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut key = String::new();
        fold_ascii(&letters, &mut key);
        return key;
    }
    let plain = plain(word, false);
    if plain.chars().any(|c| CYRILLIC.contains(&c)) { short(&romanized(&latin(&plain))) } else { short(&plain) }
}

/// Puts the key of a word of Latin letters and digits alone in the place of what `key` was.
pub fn fold_ascii(word: &str, key: &mut String) {
    key.clear();
    key.push_str(&word[..word.len().min(LONGEST)]);
    key.make_ascii_lowercase();
}

/// The key under which a word of Cyrillic stands, for one that is written in Latin
/// letters by any of the usual systems (ISO 9, BGN/PCGN, ALA-LC, GOST 7.79 B). `None`
/// where that is its own key, or no system would write it so.
pub fn romanization(word: &str) -> Option<String> {
    let plain = plain(word, true);
    let key = short(&romanized(&plain));
    (plain.bytes().all(|byte| byte.is_ascii_lowercase()) && !key.is_empty() && key != fold(word)).then_some(key)
}

/// Decomposed by compatibility, in lower case, without marks, composed again. With
/// `spelt`, letters that ISO 9 and its kin write with a mark have their sounds instead.
fn plain(word: &str, spelt: bool) -> String {
    const NFKD: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfkd();
    const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();
    let lower = NFKD.normalize(word).to_lowercase();
    let spelt = if spelt { spell(&lower) } else { Cow::Borrowed(lower.as_str()) };
    let mut plain = String::with_capacity(spelt.len());
    for c in spelt.chars().filter(|c| !is_mark(*c) && !within(&IGNORED, *c)) {
        match c {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'þ' => plain.push_str("th"),
            'ø' => plain.push('o'),
            'đ' | 'ð' => plain.push('d'),
            'ł' => plain.push('l'),
            'ħ' => plain.push('h'),
            'ŋ' => plain.push('n'),
            'ŧ' => plain.push('t'),
            'ı' => plain.push('i'),
            'ə' => plain.push('e'),
            'ς' => plain.push('σ'),
            c if is_word(c) => plain.push(c),
            _ => {}
        }
    }
    NFC.normalize(&plain).into_owned()
}

/// `š` as `sh`, and so on: what transliterations write with marks.
fn spell(decomposed: &str) -> Cow<'_, str> {
    const SOUNDS: [(&str, &str); 8] = [
        ("s\u{30c}", "sh"),
        ("c\u{30c}", "ch"),
        ("z\u{30c}", "zh"),
        ("s\u{302}", "shch"),
        ("u\u{302}", "yu"),
        ("a\u{302}", "ya"),
        ("u\u{306}", "u"),
        ("i\u{306}", "i"),
    ];
    SOUNDS.iter().fold(Cow::Borrowed(decomposed), |text, (from, to)| {
        if text.contains(from) { Cow::Owned(text.replace(from, to)) } else { text }
    })
}

fn short(key: &str) -> String {
    key.chars().take(LONGEST).collect()
}

const CYRILLIC: std::ops::RangeInclusive<char> = '\u{400}'..='\u{52f}';

/// Lower-case Cyrillic without marks in Latin letters, as BGN/PCGN writes them; signs
/// that are not sounded are left out.
fn latin(plain: &str) -> String {
    let mut latin = String::with_capacity(plain.len());
    for c in plain.chars() {
        let letters = match c {
            'а' => "a",
            'б' => "b",
            'в' => "v",
            'г' | 'ґ' | 'ѓ' => "g",
            'д' | 'ђ' | 'џ' => "d",
            'е' | 'ё' | 'э' | 'є' | 'ѣ' => "e",
            'ж' => "zh",
            'з' | 'ѕ' => "z",
            'и' | 'й' | 'ы' | 'і' | 'ї' | 'ј' | 'ѵ' => "i",
            'к' | 'ќ' => "k",
            'л' => "l",
            'љ' => "li",
            'м' => "m",
            'н' => "n",
            'њ' => "ni",
            'о' => "o",
            'п' => "p",
            'р' => "r",
            'с' => "s",
            'т' => "t",
            'у' | 'ў' => "u",
            'ф' | 'ѳ' => "f",
            'х' => "h",
            'ц' => "c",
            'ч' | 'ћ' => "ch",
            'ш' => "sh",
            'щ' => "shch",
            'ъ' | 'ь' => "",
            'ю' => "yu",
            'я' => "ya",
            c => {
                latin.push(c);
                continue;
            }
        };
        latin.push_str(letters);
    }
    latin
}

/// What the systems write in different ways, in one way: `ts`, `tz`, `cz` are `c`; `kh`
/// and `x` are `h`; `sch` and `shh` are `shch`; `j` and `y` are `i`, and nothing before
/// another vowel; doubled letters are single.
fn romanized(latin: &str) -> String {
    let mut text = Cow::Borrowed(latin);
    for (from, to) in [
        ("shch", "\u{1}"),
        ("shh", "\u{1}"),
        ("sch", "\u{1}"),
        ("tch", "ch"),
        ("kh", "h"),
        ("ts", "c"),
        ("tz", "c"),
        ("cz", "c"),
        ("x", "h"),
        ("w", "v"),
        ("j", "i"),
        ("y", "i"),
    ] {
        if text.contains(from) {
            text = Cow::Owned(text.replace(from, to));
        }
    }
    let letters: Vec<char> = text.chars().collect();
    // What follows a run of `i`.
    let next = |index: usize| letters[index..].iter().copied().find(|letter| *letter != 'i').unwrap_or_default();
    let mut kept: Vec<char> = (0..letters.len())
        .filter(|index| letters[*index] != 'i' || !"aeou".contains(next(*index)))
        .map(|index| letters[index])
        .collect();
    kept.dedup_by(|one, other| one == other && !one.is_numeric());
    let mut key = String::with_capacity(kept.len());
    for letter in kept {
        if letter == '\u{1}' { key.push_str("shch") } else { key.push(letter) }
    }
    key
}
