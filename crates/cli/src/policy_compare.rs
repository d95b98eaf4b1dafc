//! `backhaul policy compare`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use backhaul_core::policy::compare::text::{PartChange, Side, compare_pages};
use backhaul_core::policy::compare::{Comparison, Example, Outcome, Part, Source};

use crate::policies;

/// How many examples are printed where nobody says.
const USUAL_EXAMPLES: usize = 20;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The old version's file.
    old: PathBuf,
    /// The new version's file.
    new: PathBuf,
    /// A law to lay over both.
    #[arg(long, value_name = "FILE")]
    law: Vec<PathBuf>,
    /// How many examples to print, at most 1000.
    #[arg(long, value_name = "N", default_value_t = USUAL_EXAMPLES)]
    examples: usize,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let load = |path| policies::with_laws(policies::load(path)?, &args.law);
    let (old, new) = (load(&args.old)?, load(&args.new)?);
    let mut comparison = Comparison::new(&old, &new, args.examples);
    comparison.look_at_situations();
    for example in &comparison.examples {
        print_example(example)?;
    }
    let language = new.languages.first().map_or("", String::as_str);
    for part in compare_pages(&old, &new, language) {
        if part.change != PartChange::Same {
            println!("page: {} {}", part.heading, part.change);
        }
        for run in part.runs.iter().filter(|run| run.side != Side::Both) {
            let sign = if run.side == Side::Old { '-' } else { '+' };
            for line in run.text.lines().filter(|line| !line.trim().is_empty()) {
                println!("    {sign} {line}");
            }
        }
    }
    let seen = comparison.situations;
    println!(
        "{} and {}: of {} situations that tell their rules apart, {} end differently",
        old.pin, new.pin, seen.looked_at, seen.differing
    );
    Ok(ExitCode::SUCCESS)
}

fn print_example(example: &Example) -> Result<()> {
    let about = match &example.source {
        Source::Situation { clause: Some(clause) } => format!("§ {clause}"),
        Source::Situation { clause: None } | Source::Claim { .. } => "a plain claim".to_owned(),
    };
    let parts: Vec<_> = example.parts.iter().map(|part| part.as_str()).collect();
    println!("{about}: {}", parts.join(", "));
    println!("    old: {}", ended(&example.old, &example.parts)?);
    println!("    new: {}", ended(&example.new, &example.parts)?);
    println!("    for example: {}", serde_json::to_string(&example.facts)?);
    Ok(())
}

/// How it ends, and what else of it differs.
fn ended(outcome: &Outcome, parts: &[Part]) -> Result<String> {
    let mut said = vec![outcome.verdict.to_string()];
    let all = serde_json::to_value(outcome)?;
    for part in parts {
        let value = match part {
            Part::Verdict => continue,
            Part::ReturnFreight => all.pointer("/freight/return"),
            Part::ReplacementFreight => all.pointer("/freight/replacement"),
            part => all.get(part.as_str()),
        };
        said.push(format!("{part} {}", value.unwrap_or(&serde_json::Value::Null)));
    }
    Ok(said.join(", "))
}
