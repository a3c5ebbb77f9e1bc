//! Arguments in, exit code out.

fn main() -> std::process::ExitCode {
    regesta::cli::run()
}
