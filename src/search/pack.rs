//! Bytes as the text of a script.
//!
//! Deflated (RFC 1951), then seven bits to a character: a browser unpacks both without
//! `fetch`, and no text can end the script or the string that it stands in. Base64
//! would take a sixth more on the disk; compressed by a server both are about as long
//! as the bytes.

use zlib_rs::{Deflate, DeflateFlush};

/// What may not stand in a string of JavaScript, in a script or in a text file: such a
/// character is written together with the next one, in two bytes of UTF-8.
const UNFIT: [u8; 7] = [0, b'\n', b'\r', 26, b'"', b'<', b'\\'];

/// Deflates what begins where a dictionary ends.
#[derive(Clone)]
pub struct Packer<'dictionary>(&'dictionary [u8]);

impl<'dictionary> Packer<'dictionary> {
    /// What is packed may refer to `dictionary`, of at most 32 kB: who unpacks it must
    /// have read that first.
    pub fn new(dictionary: &'dictionary [u8]) -> Self {
        Packer(dictionary)
    }

    pub fn pack(&self, bytes: &[u8]) -> String {
        // Without a header, behind at most 32 kB.
        let mut deflate = Deflate::new(LEVEL, false, 15);
        if !self.0.is_empty() {
            deflate.set_dictionary(self.0).expect("nothing has been packed so far");
        }
        // What cannot be made shorter is stored, with five bytes for each of its blocks.
        let mut packed = vec![0; bytes.len() + bytes.len() / 1000 + 64];
        deflate.compress(bytes, &mut packed, DeflateFlush::Finish).expect("there is room for all of it");
        text(&packed[..usize::try_from(deflate.total_out()).expect("it is not longer than its room")])
    }
}

/// The longest matches are looked for, but not everywhere.
const LEVEL: i32 = 7;

/// Seven bits to a character, the highest first; the last is filled up with zeros.
fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 6 / 5 + 8);
    let mut waiting = None;
    let (mut held, mut bits) = (0_u32, 0);
    for &byte in bytes {
        held = held << 8 | u32::from(byte);
        bits += 8;
        while bits >= 7 {
            bits -= 7;
            put(&mut text, (held >> bits & 127) as u8, &mut waiting);
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        put(&mut text, (held << (7 - bits) & 127) as u8, &mut waiting);
    }
    if let Some(unfit) = waiting {
        push(&mut text, (unfit + 8) << 7);
    }
    text
}

/// `waiting` is the number of an unfit character that stands before `seven`.
fn put(text: &mut String, seven: u8, waiting: &mut Option<u32>) {
    if let Some(unfit) = waiting.take() {
        push(text, (unfit + 1) << 7 | u32::from(seven));
    } else if let Some(unfit) = (0..).zip(UNFIT).find(|(_, unfit)| *unfit == seven) {
        *waiting = Some(unfit.0);
    } else {
        text.push(char::from(seven));
    }
}

fn push(text: &mut String, code: u32) {
    text.push(char::from_u32(code).expect("it is below the surrogates"));
}

/// Unsigned LEB128: seven bits to a byte, the lowest first.
pub fn number(bytes: &mut Vec<u8>, number: impl Into<u64>) {
    let mut number = number.into();
    while number > 127 {
        bytes.push((number & 127) as u8 | 128);
        number >>= 7;
    }
    // What is left is its lowest byte.
    bytes.push(number.to_le_bytes()[0]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As the browser reads it.
    fn bytes(text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let (mut held, mut bits) = (0_u32, 0);
        for c in text.chars().map(u32::from) {
            let sevens = match c >> 7 {
                0 => vec![c],
                high @ 1..8 => vec![u32::from(UNFIT[high as usize - 1]), c & 127],
                high => vec![u32::from(UNFIT[high as usize - 8])],
            };
            for seven in sevens {
                held = held << 7 | seven;
                bits += 7;
                if bits >= 8 {
                    bits -= 8;
                    bytes.push((held >> bits).to_le_bytes()[0]);
                    held &= (1 << bits) - 1;
                }
            }
        }
        bytes
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(written in prop::collection::vec(any::<u8>(), 0..400)) {
            let text = text(&written);
            prop_assert_eq!(bytes(&text), written);
            prop_assert!(!text.bytes().any(|byte| UNFIT.contains(&byte)));
        }

        #[test]
        fn what_is_packed_is_unpacked_behind_its_dictionary(words in "(sovereignty|regime|state| ){0,60}") {
            let dictionary = b"the regime of sovereignty of states";
            let length = u8::try_from(dictionary.len()).expect("it is a short one");
            let mut stored = vec![0, length, 0, !length, 255];
            stored.extend_from_slice(dictionary);
            stored.extend(bytes(&Packer::new(dictionary).pack(words.as_bytes())));
            let read = miniz_oxide::inflate::decompress_to_vec(&stored).expect("it is a sound stream");
            prop_assert_eq!(&read[dictionary.len()..], words.as_bytes());
        }
    }
}
