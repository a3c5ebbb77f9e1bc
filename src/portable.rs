//! Names of files that every file system and every host takes.
//!
//! In: a path with `/` between its parts. Out: what is wrong with it. Absent on purpose:
//! where it comes from. An archive is unpacked on machines that its editor does not know.

/// What Windows refuses in a name, besides control characters (Microsoft, "Naming Files,
/// Paths, and Namespaces"); GitHub's artifacts refuse most of them as well.
const RESERVED: &str = "\"*:<>?\\|";

/// Names of devices, with any ending, in any case.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Why not every system takes a name, as one clause; `None` where each does.
pub fn fault(path: &str) -> Option<String> {
    path.split('/').find_map(|name| {
        let reserved = name.chars().find(|c| c.is_control() || RESERVED.contains(*c));
        if let Some(character) = reserved {
            return Some(format!("the name `{}` has the character `{}`", shown(name), character.escape_debug()));
        }
        if name.ends_with(['.', ' ']) {
            return Some(format!("the name `{name}` ends in a blank or a full stop"));
        }
        let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
        let port = ["com", "lpt"].iter().any(|port| {
            stem.strip_prefix(port)
                .is_some_and(|digit| digit.len() == 1 && digit.bytes().all(|c| (b'1'..=b'9').contains(&c)))
        });
        (port || DEVICES.contains(&stem.as_str())).then(|| format!("`{name}` is the name of a device on Windows"))
    })
}

/// Without what would break a line.
fn shown(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_some_system_refuses_are_found() {
        for sound in
            ["a/b.png", "Überblick.pdf", "console.js", "com.html", "com10", "lpt0.txt", "a b.c", ".nojekyll", "a,b;c"]
        {
            assert_eq!(fault(sound), None, "{sound}");
        }
        for unfit in ["a:b", "a/b?.png", "x|y", "con", "works/AUX.html", "Lpt1.tar.gz", "a./b", "end ", "a\nb", "a\\b"]
        {
            assert!(fault(unfit).is_some(), "{unfit}");
        }
    }
}
