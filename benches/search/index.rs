//! What the search index costs beside the rest of a build: the processor's time, all
//! threads together, and memory.
//!
//!     cargo bench --bench search -- PATH OUT
//!
//! Reads, parses and links the archive at PATH, then makes the index and writes it below
//! OUT. Prints the figures of that last part as JSON; memory, in megabytes, is what the
//! process held before, and at most from then on (0 where there is no `/proc`).

use std::{
    fs, io,
    path::Path,
    time::{Duration, Instant},
};

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let (Some(root), Some(out)) = (arguments.next(), arguments.next()) else {
        // `cargo bench` without arguments runs every benchmark.
        return Ok(());
    };
    let mut begun = None;
    let outputs = regesta::search_index(Path::new(&root), || {
        // From here on the peak counts anew.
        let _ = fs::write("/proc/self/clear_refs", "5");
        begun = Some((Instant::now(), processor(), memory("VmRSS:")));
    });
    let (Some(outputs), Some((started, worked, before))) = (outputs, begun) else {
        return Err(io::Error::other("the archive has errors: run `regesta check`"));
    };
    for output in &outputs {
        let file = Path::new(&out).join(&output.path);
        file.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(file, &output.bytes)?;
    }
    println!(
        "{{\"cpu\":{:.3},\"wall\":{:.3},\"before\":{before},\"peak\":{}}}",
        processor().saturating_sub(worked).as_secs_f64(),
        started.elapsed().as_secs_f64(),
        memory("VmHWM:"),
    );
    Ok(())
}

fn memory(line: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status.lines().find_map(|own| own.strip_prefix(line)?.split_whitespace().next()?.parse().ok());
    kilobytes.unwrap_or(0_u64) / 1024
}

/// What the processor has worked for this process so far.
fn processor() -> Duration {
    #[cfg(unix)]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
    }
    #[cfg(not(unix))]
    Duration::ZERO
}
