//! Opens a file at a line in the editor.
//!
//! In: the editor as it is set, a file, a line and a column. Out: a process of its own.
//! Absent on purpose: a shell. The setting is split as a shell would split it, and no
//! part of it or of a file's name is ever run as one.

use std::{
    env,
    ffi::OsString,
    fmt, io,
    path::{Component, Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

/// Why no editor was opened.
#[derive(Debug)]
pub enum Unopened {
    /// No setting names one.
    Unset,
    /// A quotation mark in the setting is not closed, or the setting is blank.
    Unreadable(String),
    /// It would have to share the terminal with the server.
    NeedsTerminal(String),
    Failed {
        program: String,
        fault: io::Error,
    },
}

impl fmt::Display for Unopened {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unopened::Unset => write!(
                formatter,
                "no editor is set: put its command into REGESTA_EDITOR, VISUAL or EDITOR and start again, \
                 as in `REGESTA_EDITOR=code regesta serve`"
            ),
            Unopened::Unreadable(setting) => write!(
                formatter,
                "the editor `{setting}` cannot be read as a command: check its quotation marks in \
                 REGESTA_EDITOR, VISUAL or EDITOR"
            ),
            Unopened::NeedsTerminal(program) => write!(
                formatter,
                "`{program}` needs a terminal, and this one shows the preview: set REGESTA_EDITOR to an editor with \
                 a window of its own, or to a terminal that starts this one, as in `REGESTA_EDITOR=\"xterm -e {program}\"`"
            ),
            Unopened::Failed { program, fault } => {
                write!(formatter, "`{program}` does not start ({fault}): check REGESTA_EDITOR, VISUAL or EDITOR")
            }
        }
    }
}

impl std::error::Error for Unopened {}

/// The command of the first variable that has one.
pub fn setting() -> Option<String> {
    ["REGESTA_EDITOR", "VISUAL", "EDITOR"]
        .into_iter()
        .filter_map(|name| env::var(name).ok())
        .find(|setting| !setting.trim().is_empty())
}

/// The file that `path` names below `root`, if there is one and the path leads nowhere
/// else: no `..`, nothing hidden, no link out.
pub fn inside(root: &Path, path: &str) -> Option<PathBuf> {
    let plain = |part: Component<'_>| match part {
        Component::Normal(name) => !name.as_encoded_bytes().starts_with(b"."),
        _ => false,
    };
    if path.contains(['\\', '\0']) || path.is_empty() || !Path::new(path).components().all(plain) {
        return None;
    }
    let root = root.canonicalize().ok()?;
    let file = root.join(path);
    let real = file.canonicalize().ok()?;
    (real.starts_with(&root) && real.is_file()).then_some(file)
}

/// Opens `file`, which is absolute, in the editor that `setting` names.
pub fn open(setting: Option<&str>, file: &Path, line: usize, column: usize) -> Result<(), Unopened> {
    let words = command(setting.ok_or(Unopened::Unset)?, file, line, column)?;
    let (program, arguments) = words.split_first().ok_or(Unopened::Unset)?;
    let started = Command::new(program)
        .args(arguments)
        .current_dir(file.parent().unwrap_or(file))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut editor =
        started.map_err(|fault| Unopened::Failed { program: program.to_string_lossy().into_owned(), fault })?;
    // Some run until their window is closed. What they end with is no concern of ours,
    // but somebody has to ask.
    thread::spawn(move || editor.wait());
    Ok(())
}

/// The words that open `file` at `line` and `column`, which count from 1, the column in
/// characters. With `{file}`, `{line}` or `{column}` in the setting these are put in, and
/// nothing is added but the file where it is not named.
///
/// # Errors
/// [`Unopened::Unreadable`], and [`Unopened::NeedsTerminal`] for an editor that has no
/// window of its own and is not started in one.
pub fn command(setting: &str, file: &Path, line: usize, column: usize) -> Result<Vec<OsString>, Unopened> {
    let unreadable = || Unopened::Unreadable(setting.to_string());
    let words = shell_words::split(setting).map_err(|_| unreadable())?;
    if words.is_empty() {
        return Err(unreadable());
    }
    let known = words.iter().enumerate().find_map(|(at, word)| Some((at, word, editor(name(word).as_str())?)));
    if let Some((at, word, editor)) = known
        && editor.screen == Screen::Terminal
        && words[..at].iter().all(|word| shares_terminal(word))
        && !words[at + 1..].iter().any(|word| opens_window(name(&words[at]).as_str(), word))
    {
        return Err(Unopened::NeedsTerminal(word.clone()));
    }
    if let Some((_, word, _)) = known
        && name(word).starts_with("emacs")
        && words.iter().any(|word| ["-nw", "-t", "-tty", "--tty", "--no-window-system"].contains(&word.as_str()))
    {
        return Err(Unopened::NeedsTerminal(word.clone()));
    }
    if ["{file}", "{line}", "{column}"].iter().any(|gap| setting.contains(gap)) {
        return Ok(filled(&words, file, line, column));
    }
    let mut command: Vec<OsString> = words.iter().map(OsString::from).collect();
    command.extend(known.map_or(Form::File, |(_, _, editor)| editor.form).arguments(file, line, column));
    Ok(command)
}

/// The gaps of a template filled. The path need not be UTF-8, so it is put between.
fn filled(words: &[String], file: &Path, line: usize, column: usize) -> Vec<OsString> {
    let mut command: Vec<OsString> = words
        .iter()
        .map(|word| {
            let word = word.replace("{line}", &line.to_string()).replace("{column}", &column.to_string());
            let mut parts = word.split("{file}");
            let mut filled = OsString::from(parts.next().unwrap_or_default());
            for part in parts {
                filled.push(file);
                filled.push(part);
            }
            filled
        })
        .collect();
    if !words.iter().any(|word| word.contains("{file}")) {
        command.push(file.into());
    }
    command
}

/// A program's name as it is known: without folder, ending and the size of a word.
fn name(word: &str) -> String {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word).to_ascii_lowercase();
    let name = [".exe", ".cmd", ".bat", ".sh"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    name.strip_suffix("64").unwrap_or(name).to_string()
}

/// Whether what follows `word` runs in the same terminal: `sudo`, and what belongs to it.
fn shares_terminal(word: &str) -> bool {
    let known = ["command", "doas", "env", "exec", "nice", "nohup", "sudo"];
    known.contains(&name(word).as_str()) || word.starts_with('-') || word.contains('=')
}

/// vim's `-g`, which makes it gvim.
fn opens_window(editor: &str, word: &str) -> bool {
    ["vim", "vi"].contains(&editor) && word == "-g"
}

/// What is known of an editor.
#[derive(Clone, Copy)]
struct Editor {
    form: Form,
    screen: Screen,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Screen {
    Window,
    Terminal,
}

/// How an editor is told a place.
#[derive(Clone, Copy)]
enum Form {
    /// Not at all.
    File,
    /// `--goto file:line:column`
    Goto,
    /// `file:line:column`
    Colons,
    /// `+line:column file`
    PlusColon,
    /// `+line,column file`
    PlusComma,
    /// `+line file`
    Plus,
    /// `+call setcursorcharpos(line, column) file`: `cursor` counts bytes.
    Vim,
    /// `--line line --column column file`
    LineColumn,
    /// `--line line:column file`
    Line,
    /// `-nline -ccolumn file`
    NotepadPlus,
}

/// By name, in lower case.
fn editor(name: &str) -> Option<Editor> {
    let (form, screen) = match name {
        "code" | "code-insiders" | "code-oss" | "codium" | "codium-insiders" | "vscodium" | "cursor" | "windsurf"
        | "positron" => (Form::Goto, Screen::Window),
        "subl" | "sublime_text" | "zed" | "zeditor" | "zedit" | "lapce" | "pulsar" | "atom" => {
            (Form::Colons, Screen::Window)
        }
        "gvim" | "mvim" | "macvim" | "nvim-qt" | "neovide" => (Form::Vim, Screen::Window),
        "vim" | "nvim" | "vimx" => (Form::Vim, Screen::Terminal),
        // Some have no more of vim than its name.
        "vi" | "view" | "nvi" | "joe" | "mg" | "jed" | "mcedit" | "ed" => (Form::Plus, Screen::Terminal),
        "emacs" | "emacsclient" | "gedit" => (Form::PlusColon, Screen::Window),
        "nano" | "pico" | "rnano" | "ne" => (Form::PlusComma, Screen::Terminal),
        "micro" | "kak" => (Form::PlusColon, Screen::Terminal),
        "hx" | "helix" => (Form::Colons, Screen::Terminal),
        "idea" | "webstorm" | "pycharm" | "rustrover" | "clion" | "goland" | "phpstorm" | "rubymine" | "rider"
        | "datagrip" | "dataspell" | "studio" | "kate" | "kwrite" | "geany" => (Form::LineColumn, Screen::Window),
        "xed" | "pluma" | "bbedit" => (Form::Plus, Screen::Window),
        "mate" => (Form::Line, Screen::Window),
        "notepad++" => (Form::NotepadPlus, Screen::Window),
        _ => return None,
    };
    Some(Editor { form, screen })
}

impl Form {
    fn arguments(self, file: &Path, line: usize, column: usize) -> Vec<OsString> {
        let before = |words: &[String]| words.iter().map(OsString::from).chain([file.into()]).collect();
        let place = || {
            let mut place = OsString::from(file);
            place.push(format!(":{line}:{column}"));
            place
        };
        match self {
            Form::File => vec![file.into()],
            Form::Goto => vec!["--goto".into(), place()],
            Form::Colons => vec![place()],
            Form::PlusColon => before(&[format!("+{line}:{column}")]),
            Form::PlusComma => before(&[format!("+{line},{column}")]),
            Form::Plus => before(&[format!("+{line}")]),
            Form::Vim => before(&[format!("+call setcursorcharpos({line}, {column})")]),
            Form::LineColumn => before(&["--line".into(), line.to_string(), "--column".into(), column.to_string()]),
            Form::Line => before(&["--line".into(), format!("{line}:{column}")]),
            Form::NotepadPlus => before(&[format!("-n{line}"), format!("-c{column}")]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words, parted by `|`, that open line 3, column 7.
    #[track_caller]
    fn check(setting: &str, expected: &str) {
        let words = match command(setting, Path::new("/a b/c.md"), 3, 7) {
            Ok(words) => words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join("|"),
            Err(Unopened::NeedsTerminal(program)) => format!("{program} needs a terminal"),
            Err(fault) => fault.to_string(),
        };
        assert_eq!(words, expected, "{setting}");
    }

    #[test]
    fn each_editor_is_told_the_place_in_its_own_way() {
        for code in ["code", "codium", "cursor", "windsurf", "code --wait", "/usr/bin/code", "'/opt/VS Code/code'"] {
            let words = shell_words::split(code).expect("its quotes are closed").join("|");
            check(code, &format!("{words}|--goto|/a b/c.md:3:7"));
        }
        check("subl", "subl|/a b/c.md:3:7");
        check("zed --new", "zed|--new|/a b/c.md:3:7");
        check("gvim", "gvim|+call setcursorcharpos(3, 7)|/a b/c.md");
        check("emacs", "emacs|+3:7|/a b/c.md");
        check("emacsclient -n", "emacsclient|-n|+3:7|/a b/c.md");
        for editor in ["idea", "idea64.exe", "webstorm", "rustrover.sh", "kate", "geany"] {
            check(editor, &format!("{editor}|--line|3|--column|7|/a b/c.md"));
        }
        check("gedit", "gedit|+3:7|/a b/c.md");
        check("mate -w", "mate|-w|--line|3:7|/a b/c.md");
        check("notepad++", "notepad++|-n3|-c7|/a b/c.md");
        check("bbedit", "bbedit|+3|/a b/c.md");
    }

    #[test]
    fn an_editor_that_is_not_known_gets_the_file() {
        check("my-editor --fast", "my-editor|--fast|/a b/c.md");
    }

    #[test]
    fn a_template_is_filled() {
        check("my-editor -l{line} -c {column} {file}", "my-editor|-l3|-c|7|/a b/c.md");
        check("code --reuse-window --goto={file}:{line}", "code|--reuse-window|--goto=/a b/c.md:3");
        check("my-editor --line {line}", "my-editor|--line|3|/a b/c.md");
    }

    #[test]
    fn the_terminal_of_the_server_is_not_shared() {
        for editor in ["vim", "/usr/bin/nvim", "vi", "nano", "micro", "hx", "kak"] {
            check(editor, &format!("{editor} needs a terminal"));
        }
        check("sudo -E vim", "vim needs a terminal");
        check("env TERM=xterm nano -w", "nano needs a terminal");
        check("vim +{line} {file}", "vim needs a terminal");
        check("emacs -nw", "emacs needs a terminal");
        check("emacsclient -t", "emacsclient needs a terminal");
    }

    #[test]
    fn an_editor_with_a_terminal_of_its_own_is_started() {
        check("xterm -e vim", "xterm|-e|vim|+call setcursorcharpos(3, 7)|/a b/c.md");
        check("tmux new-window nano", "tmux|new-window|nano|+3,7|/a b/c.md");
        check("kitty hx", "kitty|hx|/a b/c.md:3:7");
        check("foot micro", "foot|micro|+3:7|/a b/c.md");
        check("vim -g", "vim|-g|+call setcursorcharpos(3, 7)|/a b/c.md");
    }

    #[test]
    fn no_part_of_a_setting_reaches_a_shell() {
        check("my-editor; rm -rf ~ $(date) `date`", "my-editor;|rm|-rf|~|$(date)|`date`|/a b/c.md");
    }

    #[test]
    fn a_setting_that_is_no_command_is_refused() {
        for setting in ["code 'a", "", "  "] {
            assert!(matches!(command(setting, Path::new("/a"), 1, 1), Err(Unopened::Unreadable(_))), "{setting}");
        }
        let unset = open(None, Path::new("/a"), 1, 1).expect_err("no editor is set").to_string();
        for name in ["REGESTA_EDITOR", "VISUAL", "EDITOR"] {
            assert!(unset.contains(name), "{unset}");
        }
    }
}
