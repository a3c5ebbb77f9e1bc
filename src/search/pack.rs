//! Bytes as the text of a script.
//!
//! Deflated (RFC 1951), then seven bits to a character: a browser unpacks both without
//! `fetch`, and no text can end the script or the string that it stands in. Base64
//! would take a sixth more on the disk; compressed by a server both are about as long
//! as the bytes.

use zlib_rs::{Deflate, DeflateFlush, Inflate, InflateFlush, Status};

/// What may not stand in a string of JavaScript, in a script or in a text file: such a
/// character is written together with the next one, in two bytes of UTF-8.
const UNFIT: [u8; 7] = [0, b'\n', b'\r', 26, b'"', b'<', b'\\'];

/// Deflates what begins where a dictionary ends.
#[derive(Clone, Copy, Debug)]
pub struct Packer<'dictionary> {
    dictionary: &'dictionary [u8],
    effort: Effort,
}

/// How long matches are looked for.
#[derive(Clone, Copy, Debug)]
pub enum Effort {
    Thorough,
    /// For many files: takes half the time, and a hundredth more bytes.
    Quick,
}

impl<'dictionary> Packer<'dictionary> {
    /// What is packed may refer to `dictionary`, of at most 32 kB: who unpacks it must
    /// have read that first.
    pub fn new(dictionary: &'dictionary [u8], effort: Effort) -> Self {
        Packer { dictionary, effort }
    }

    /// UTF-8.
    pub fn pack(&self, bytes: &[u8]) -> Vec<u8> {
        let level = match self.effort {
            Effort::Thorough => 7,
            Effort::Quick => 5,
        };
        // Without a header, behind at most 32 kB. One that has been used and reset would find
        // other matches, so that files would depend on what was packed before.
        let mut deflate = Deflate::new(level, false, 15);
        if !self.dictionary.is_empty() {
            deflate.set_dictionary(self.dictionary).expect("nothing has been packed so far");
        }
        // What cannot be made shorter is stored, with five bytes for each of its blocks.
        let mut packed = vec![0; bytes.len() + bytes.len() / 1000 + 64];
        deflate.compress(bytes, &mut packed, DeflateFlush::Finish).expect("there is room for all of it");
        text(&packed[..usize::try_from(deflate.total_out()).expect("it is not longer than its room")])
    }
}

impl Packer<'_> {
    /// What was packed behind the same dictionary. `None` of a text that is not what
    /// [`pack`](Self::pack) makes.
    pub fn unpack(&self, text: &[u8]) -> Option<Vec<u8>> {
        let packed = bytes_of(text)?;
        let mut inflate = Inflate::new(false, 15);
        if !self.dictionary.is_empty() {
            inflate.set_dictionary(self.dictionary).ok()?;
        }
        let (mut bytes, mut room) = (Vec::new(), vec![0; 64 << 10]);
        loop {
            let read = usize::try_from(inflate.total_in()).ok()?;
            let status = inflate.decompress(packed.get(read..)?, &mut room, InflateFlush::NoFlush).ok()?;
            let more = usize::try_from(inflate.total_out()).ok()? - bytes.len();
            bytes.extend_from_slice(&room[..more]);
            match status {
                Status::StreamEnd => return Some(bytes),
                _ if more == 0 => return None,
                _ => {}
            }
        }
    }
}

/// The bytes of a [`text`], as the browser reads them.
fn bytes_of(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let mut bytes = Vec::with_capacity(text.len() * 7 / 8);
    let (mut held, mut bits) = (0_u32, 0);
    let mut put = |seven: u32| {
        held = held << 7 | seven;
        bits += 7;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits).to_le_bytes()[0]);
            held &= (1 << bits) - 1;
        }
    };
    for code in text.chars().map(u32::from) {
        let unfit = |number: u32| UNFIT.get(number as usize).copied().map(u32::from);
        match code >> 7 {
            0 => put(code),
            high @ 1..8 => {
                put(unfit(high - 1)?);
                put(code & 127);
            }
            high => put(unfit(high - 8)?),
        }
    }
    Some(bytes)
}

/// Seven bits to a character, the highest first; the last is filled up with zeros.
fn text(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len() * 6 / 5 + 8);
    let mut waiting = None;
    let (groups, rest) = bytes.as_chunks::<7>();
    for group in groups {
        let mut held = [0; 8];
        held[1..].copy_from_slice(group);
        let held = u64::from_be_bytes(held);
        let sevens = [49, 42, 35, 28, 21, 14, 7, 0].map(|shift| (held >> shift & 127) as u8);
        // Two in three of these are fit, and then stand as they are.
        if waiting.is_none() && sevens.iter().fold(0, |any, seven| any | NUMBERS[usize::from(*seven)]) == 0 {
            text.extend_from_slice(&sevens);
        } else {
            for seven in sevens {
                put(&mut text, seven, &mut waiting);
            }
        }
    }
    let (mut held, mut bits) = (0_u32, 0);
    for &byte in rest {
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

/// For each of the seven-bit characters its number among the unfit, counted from 1.
const NUMBERS: [u8; 128] = {
    let mut numbers = [0; 128];
    let mut number: u8 = 0;
    while (number as usize) < UNFIT.len() {
        number += 1;
        numbers[UNFIT[number as usize - 1] as usize] = number;
    }
    numbers
};

/// `waiting` is the number of an unfit character that stands before `seven`.
fn put(text: &mut Vec<u8>, seven: u8, waiting: &mut Option<u16>) {
    if let Some(unfit) = waiting.take() {
        push(text, (unfit + 1) << 7 | u16::from(seven));
    } else {
        match NUMBERS[usize::from(seven)] {
            0 => text.push(seven),
            number => *waiting = Some(u16::from(number) - 1),
        }
    }
}

/// A character of two bytes.
fn push(text: &mut Vec<u8>, code: u16) {
    text.push(0b1100_0000 | (code >> 6).to_le_bytes()[0]);
    text.push(0b1000_0000 | (code & 63).to_le_bytes()[0]);
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

/// How many bytes [`number`] writes.
pub fn size_of(number: u64) -> usize {
    let bits = (u64::BITS - number.leading_zeros()).max(1);
    bits.div_ceil(7) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_come_back(written in prop::collection::vec(any::<u8>(), 0..400)) {
            let text = text(&written);
            prop_assert_eq!(bytes_of(&text), Some(written));
            prop_assert!(!text.iter().any(|byte| UNFIT.contains(byte)));
        }

        #[test]
        fn what_is_packed_is_unpacked_behind_its_dictionary(words in "(sovereignty|regime|state| ){0,60}") {
            let dictionary = b"the regime of sovereignty of states";
            let length = u8::try_from(dictionary.len()).expect("it is a short one");
            let packer = Packer::new(dictionary, Effort::Quick);
            let packed = packer.pack(words.as_bytes());
            prop_assert_eq!(packer.unpack(&packed), Some(words.clone().into_bytes()));
            prop_assert!(packer.unpack(&packed[..packed.len() / 2]).is_none_or(|bytes| bytes != words.as_bytes()));
            let mut stored = vec![0, length, 0, !length, 255];
            stored.extend_from_slice(dictionary);
            stored.extend(bytes_of(&packed).expect("it is a text"));
            let read = miniz_oxide::inflate::decompress_to_vec(&stored).expect("it is a sound stream");
            prop_assert_eq!(&read[dictionary.len()..], words.as_bytes());
        }
    }
}
