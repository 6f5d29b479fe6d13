//! What a regex says, as automata are built from it.

use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::syntax;
use regex_syntax::hir::Hir;

use crate::detect::catalog::loose::{has_many_scripts, loosened};

/// How classes of characters are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Classes {
    /// As they are.
    Exact,
    /// As [`loosened`] takes them. A loose search that finds nothing is right, and a
    /// loose match that is all ASCII is the exact one: the two try their ways to
    /// match in the same order, and an exact match that should come before it
    /// would be a loose one too.
    Loose,
}

/// Parsed regexes.
#[derive(Debug)]
pub(super) struct Language {
    hirs: Vec<Hir>,
    /// True when they match more than they should, beyond ASCII.
    pub(super) may_err: bool,
}

impl Language {
    /// Parses regexes of the catalogue.
    pub(super) fn parse(regexes: &[String], classes: Classes) -> Language {
        let hirs: Vec<Hir> = regexes
            .iter()
            .map(|regex| {
                syntax::parse_with(regex, &syntax_config())
                    .expect("the catalogue compiler has parsed this regex")
            })
            .collect();
        let may_err = classes == Classes::Loose && hirs.iter().any(has_many_scripts);
        Language {
            hirs: match may_err {
                true => hirs.iter().map(loosened).collect(),
                false => hirs,
            },
            may_err,
        }
    }

    /// The automaton without capture groups.
    pub(super) fn nfa(&self) -> NFA {
        self.compile(WhichCaptures::None)
    }

    /// The automaton with them.
    pub(super) fn nfa_with_groups(&self) -> NFA {
        self.compile(WhichCaptures::All)
    }

    fn compile(&self, groups: WhichCaptures) -> NFA {
        thompson::Compiler::new()
            .configure(thompson::Config::new().utf8(false).which_captures(groups))
            .build_many_from_hir(&self.hirs)
            .expect("the catalogue compiler has compiled this regex")
    }
}

fn syntax_config() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false)
}

/// Whether a regex can be compiled, and why not.
pub(in super::super) fn check(regex: &str) -> Result<(), String> {
    let hir = syntax::parse_with(regex, &syntax_config()).map_err(|err| err.to_string())?;
    thompson::Compiler::new()
        .configure(thompson::Config::new().utf8(false))
        .build_from_hir(&hir)
        .map(|_| ())
        .map_err(|err| err.to_string())
}
