//! What the program says of its own origin: the commit that it is built from and that
//! commit's day, in release builds where they are known. Nothing of the machine goes in, and
//! neither does the time of the build. A development build leaves it out, since it would be
//! made anew after each commit.

use std::{env, fs, path::Path, process::Command};

fn main() {
    // Files of these folders are parts of the program, and new ones are as well.
    for path in ["build.rs", "assets/init", "themes/default"] {
        println!("cargo:rerun-if-changed={path}");
    }
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let origin = if release { commit().or_else(packaged_commit) } else { None };
    let version = origin.map_or(version.clone(), |origin| format!("{version} ({origin})"));
    println!("cargo:rustc-env=REGESTA_VERSION={version}");
}

/// `1a2b3c4d5e6f 2026-11-22`, of a checkout.
fn commit() -> Option<String> {
    // A package that is unpacked in someone else's checkout is not a part of it.
    if !Path::new(".git").exists() {
        return None;
    }
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|path| Path::new(path).exists());
    println!("cargo:rerun-if-changed={}", log.as_deref().unwrap_or(".git/HEAD"));
    git(&["show", "--no-patch", "--abbrev=12", "--format=%h %cs", "HEAD"])
}

/// What `cargo package` writes beside the sources.
fn packaged_commit() -> Option<String> {
    let text = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let digits = text.split_once("\"sha1\"")?.1.split('"').nth(1)?;
    let sound = digits.len() == 40 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    sound.then(|| digits[..12].to_string())
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    let line = text.trim();
    (!line.is_empty() && !line.contains('\n')).then(|| line.to_string())
}
