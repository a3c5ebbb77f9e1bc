//! Single files: a new archive's, a new entry's, a pack.

use std::{
    fmt, fs,
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use crate::source::Asset;

/// Why nothing was made.
#[derive(Debug)]
pub enum Unmade {
    /// Something is there already.
    Occupied(PathBuf),
    Disk {
        path: PathBuf,
        fault: io::Error,
    },
}

impl fmt::Display for Unmade {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unmade::Occupied(path) if path.is_dir() => {
                write!(formatter, "the folder `{}` is not empty", path.display())
            }
            Unmade::Occupied(path) => write!(formatter, "there is a file `{}` already", path.display()),
            Unmade::Disk { path, fault } => write!(formatter, "`{}`: {fault}", path.display()),
        }
    }
}

impl std::error::Error for Unmade {}

/// What version control keeps is no one's text.
const HISTORY: &str = ".git";

/// Lays files out in a folder, which is made where it is not there and is otherwise empty.
/// Where one of them cannot be written, none of them stays.
///
/// # Errors
/// [`Unmade`].
pub fn lay_out(folder: &Path, files: &[Asset]) -> Result<(), Unmade> {
    let disk = |fault| Unmade::Disk { path: folder.to_path_buf(), fault };
    match fs::read_dir(folder) {
        Ok(mut found) => {
            let other = found.find(|entry| entry.as_ref().map_or(true, |entry| entry.file_name() != HISTORY));
            if other.is_some() {
                return Err(Unmade::Occupied(folder.to_path_buf()));
            }
        }
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => {}
        Err(_) if folder.is_file() => return Err(Unmade::Occupied(folder.to_path_buf())),
        Err(fault) => return Err(disk(fault)),
    }
    let mut made = Made::default();
    made.folder(folder)?;
    for file in files {
        let path = folder.join(&*file.path);
        made.folder(path.parent().unwrap_or(folder))?;
        made.file(&path, &file.bytes)?;
    }
    made.stays();
    Ok(())
}

/// Writes one file, and never over another.
///
/// # Errors
/// [`Unmade`].
pub fn put_new(path: &Path, bytes: &[u8]) -> Result<(), Unmade> {
    let mut made = Made::default();
    made.folder(path.parent().unwrap_or(Path::new("")))?;
    made.file(path, bytes)?;
    made.stays();
    Ok(())
}

/// Writes new files, never over others, and files in the place of those that are there: all of
/// them, or none. All are on the disk as drafts before the first takes its place.
///
/// # Errors
/// [`Unmade`].
pub fn put_together(new: &[(PathBuf, &[u8])], replaced: &[(PathBuf, Vec<u8>)]) -> Result<(), Unmade> {
    let mut made = Made::default();
    let mut drafts = Made::default();
    let replacing = replaced.iter().map(|(path, bytes)| (path, bytes.as_slice()));
    for (path, bytes) in new.iter().map(|(path, bytes)| (path, *bytes)).chain(replacing) {
        made.folder(path.parent().unwrap_or(Path::new("")))?;
        drafts.file(&draft_of(path), bytes)?;
    }
    for (path, _) in new {
        made.link(&draft_of(path), path)?;
    }
    for (path, _) in replaced {
        fs::rename(draft_of(path), path).map_err(|fault| Unmade::Disk { path: path.clone(), fault })?;
    }
    made.stays();
    Ok(())
}

/// A hidden file beside the one that it becomes.
fn draft_of(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.draft", std::process::id()))
}

/// Writes a file whole or not at all, in the place of one that may be there, and says how
/// many bytes it has.
///
/// # Errors
/// Those of the disk and of `write`.
pub fn put_whole(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<u64> {
    let mut made = Made::default();
    made.folder(path.parent().unwrap_or(Path::new(""))).map_err(|unmade| match unmade {
        Unmade::Disk { fault, .. } => fault,
        Unmade::Occupied(_) => io::ErrorKind::AlreadyExists.into(),
    })?;
    let draft = draft_of(path);
    made.0.push(draft.clone());
    let mut file = BufWriter::new(File::create(&draft)?);
    write(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    let bytes = file.metadata()?.len();
    drop(file);
    fs::rename(draft, path)?;
    made.stays();
    Ok(bytes)
}

/// What has been made so far, in its order. It is taken away again unless it stays.
#[derive(Default)]
struct Made(Vec<PathBuf>);

impl Made {
    /// Makes a folder, and those that it lies in.
    fn folder(&mut self, path: &Path) -> Result<(), Unmade> {
        if path.as_os_str().is_empty() || path.is_dir() {
            return Ok(());
        }
        if let Some(above) = path.parent() {
            self.folder(above)?;
        }
        fs::create_dir(path).map_err(|fault| Unmade::Disk { path: path.to_path_buf(), fault })?;
        self.0.push(path.to_path_buf());
        Ok(())
    }

    fn file(&mut self, path: &Path, bytes: &[u8]) -> Result<(), Unmade> {
        let mut file = File::create_new(path).map_err(|fault| match fault.kind() {
            io::ErrorKind::AlreadyExists => Unmade::Occupied(path.to_path_buf()),
            _ => Unmade::Disk { path: path.to_path_buf(), fault },
        })?;
        self.0.push(path.to_path_buf());
        file.write_all(bytes).map_err(|fault| Unmade::Disk { path: path.to_path_buf(), fault })
    }

    /// Gives a file a second name, which nothing has yet.
    fn link(&mut self, file: &Path, path: &Path) -> Result<(), Unmade> {
        let linked = fs::hard_link(file, path).or_else(|fault| match fault.kind() {
            io::ErrorKind::AlreadyExists => Err(fault),
            // Not every disk has such names.
            _ if path.symlink_metadata().is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
            _ => fs::rename(file, path),
        });
        linked.map_err(|fault| match fault.kind() {
            io::ErrorKind::AlreadyExists => Unmade::Occupied(path.to_path_buf()),
            _ => Unmade::Disk { path: path.to_path_buf(), fault },
        })?;
        self.0.push(path.to_path_buf());
        Ok(())
    }

    fn stays(mut self) {
        self.0.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for path in self.0.iter().rev() {
            // A folder that someone has put something into stays.
            let _ = if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) };
        }
    }
}
