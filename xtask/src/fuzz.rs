//! `cargo xtask fuzz`: coverage-guided fuzzing on the stable toolchain.
//!
//! The flags are those that cargo-fuzz passes; `RUSTC_BOOTSTRAP` lets the stable compiler take the one that is not stable.
//! Inputs that it finds are kept in the build folder; a crash is written below `fuzz/artifacts`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

const FLAGS: [&str; 7] = [
    "--cfg=fuzzing",
    "-Zsanitizer=address",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The target: the name of a file in `fuzz/fuzz_targets`
    target: String,
    /// How long to run it
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

pub(crate) fn run(root: &Path, Arguments { target, seconds }: &Arguments) -> anyhow::Result<()> {
    let folder = root.join("fuzz");
    let source = folder.join("fuzz_targets").join(target).with_extension("rs");
    ensure!(source.is_file(), "there is no fuzz target `{target}` in fuzz/fuzz_targets");
    let host = host()?;
    let build = Command::new("cargo")
        .args(["build", "--release", "--locked", "--bin", target, "--target", &host])
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", FLAGS.join(" "))
        .current_dir(&folder)
        .status()
        .context("cargo cannot be started")?;
    ensure!(build.success(), "the fuzz target `{target}` cannot be built");

    let program = folder.join("target").join(&host).join("release").join(target);
    let found = folder.join("target").join("found").join(target);
    let artifacts = folder.join("artifacts").join(target);
    for folder in [&found, &artifacts] {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be created", folder.display()))?;
    }
    let done = Command::new(&program)
        .arg(&found)
        .arg(folder.join("corpus").join(target))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args(["-timeout=5", "-rss_limit_mb=2048", "-print_final_stats=1"])
        .current_dir(&folder)
        .status()
        .with_context(|| format!("{} cannot be started", program.display()))?;
    ensure!(done.success(), "`{target}` found something: see fuzz/artifacts/{target}");
    Ok(())
}

/// The triple of this machine; naming it keeps the flags away from build scripts.
fn host() -> anyhow::Result<String> {
    let version = Command::new("rustc").arg("-vV").output().context("rustc cannot be started")?;
    let text = String::from_utf8(version.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("`rustc -vV` names no host")?.to_owned())
}
