//! Arguments in, exit code out.

/// A build is many short-lived strings on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    regesta::cli::run()
}
