//! The keys that work while the preview runs, and an end that leaves the terminal as it was.

use std::{io, process, thread};

use crossterm::{
    cursor::MoveTo,
    event::{self, KeyCode, KeyEventKind, KeyModifiers},
    execute,
    terminal::{Clear, ClearType, disable_raw_mode, enable_raw_mode},
};

/// What a key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    OpenBrowser,
    Clear,
    Quit,
}

/// As shells report an end by Ctrl-C: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;
#[cfg(unix)]
const TERMINATED: i32 = 143;

/// A terminal that gives each key at once and does not print it. It is as before when
/// this is dropped.
pub struct Listened;

impl Drop for Listened {
    fn drop(&mut self) {
        let _ = disable_raw_mode();
    }
}

/// Calls `pressed` for each key, from another thread. `None` where the terminal does not
/// listen: another program has it.
pub fn listen(mut pressed: impl FnMut(Key) + Send + 'static) -> Option<Listened> {
    if !is_foreground() {
        return None;
    }
    enable_raw_mode().ok()?;
    let listened = Listened;
    keep_signals().ok()?;
    thread::spawn(move || {
        while let Ok(event) = event::read() {
            let event::Event::Key(key) = event else { continue };
            if key.kind != KeyEventKind::Press {
                continue;
            }
            match key.code {
                // Where Ctrl-C is no signal but a key (Windows).
                KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => leave(INTERRUPTED),
                KeyCode::Char('o') => pressed(Key::OpenBrowser),
                KeyCode::Char('c') => pressed(Key::Clear),
                KeyCode::Char('q') => pressed(Key::Quit),
                _ => {}
            }
        }
    });
    Some(listened)
}

/// Ends the process at once on Ctrl-C and when it is told to, whatever it does.
pub fn end_on_signals() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    thread::spawn(move || runtime.block_on(signalled()));
    Ok(())
}

#[cfg(unix)]
async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};

    let told = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    if let (Ok(mut interrupt), Ok(mut terminate)) = told {
        tokio::select! {
            _ = interrupt.recv() => leave(INTERRUPTED),
            _ = terminate.recv() => leave(TERMINATED),
        }
    }
}

#[cfg(not(unix))]
async fn signalled() {
    if tokio::signal::ctrl_c().await.is_ok() {
        leave(INTERRUPTED);
    }
}

/// Nothing is on the disk that an end could leave half-done.
fn leave(code: i32) -> ! {
    let _ = disable_raw_mode();
    process::exit(code)
}

pub fn clear() {
    let _ = execute!(io::stdout(), Clear(ClearType::All), Clear(ClearType::Purge), MoveTo(0, 0));
}

/// A program in the background that changes the terminal is stopped by the system.
#[cfg(unix)]
fn is_foreground() -> bool {
    rustix::termios::tcgetpgrp(io::stdin()).is_ok_and(|group| group == rustix::process::getpgrp())
}

/// Raw mode also takes Ctrl-C and Ctrl-Z from the system and line ends from what is
/// printed; both are wanted.
#[cfg(unix)]
fn keep_signals() -> io::Result<()> {
    use rustix::termios::{LocalModes, OptionalActions, OutputModes, tcgetattr, tcsetattr};

    let mut modes = tcgetattr(io::stdin())?;
    modes.local_modes |= LocalModes::ISIG;
    modes.output_modes |= OutputModes::OPOST;
    tcsetattr(io::stdin(), OptionalActions::Now, &modes)?;
    Ok(())
}

#[cfg(not(unix))]
fn is_foreground() -> bool {
    true
}

#[cfg(not(unix))]
fn keep_signals() -> io::Result<()> {
    Ok(())
}
