//! The engine against its plain form, which tries every pattern at every place
//! of the text and knows nothing of anchors, plans or keywords in advance.

use std::time::{Duration, Instant};

use dataterrier::builtin;
use dataterrier::detect::catalog::{Catalog, compile, parse_file};
use dataterrier::detect::{Engine, Match, Scratch};
use dataterrier::model::{Segment, TextBlock};
use dataterrier::read::{LEAD, OVERLAP};

use crate::detectors::files;

/// The texts of all examples and counter-examples.
fn texts() -> Vec<String> {
    let files = files();
    let detectors = files.iter().flat_map(|(_, file)| &file.detector);
    detectors
        .flat_map(|d| {
            d.example
                .iter()
                .map(|e| e.text.clone())
                .chain(d.negative.iter().map(|n| n.text.clone()))
        })
        .collect()
}

fn block(text: &[u8], core: std::ops::Range<usize>) -> Segment<'_> {
    Segment::Text(TextBlock {
        text,
        core,
        origin: None,
        place: None,
    })
}

fn scan(engine: &Engine, text: &[u8]) -> Vec<Match> {
    engine.scan(&block(text, 0..text.len()), &mut Scratch::default())
}

/// A generator of numbers that needs no seed from outside.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

fn assert_same(engine: &Engine, text: &[u8], what: &str) {
    let fast = scan(engine, text);
    let plain = engine.scan_everywhere(text, &mut Scratch::default());
    if fast == plain {
        return;
    }
    let show = |m: &Match| {
        let id = engine.info(m.detector).id.clone();
        format!(
            "{id} {:?} {} at {}",
            String::from_utf8_lossy(&text[m.span.clone()]),
            m.confidence.rounded(),
            m.span.start
        )
    };
    let missing: Vec<String> = plain
        .iter()
        .filter(|m| !fast.contains(m))
        .map(show)
        .collect();
    let extra: Vec<String> = fast
        .iter()
        .filter(|m| !plain.contains(m))
        .map(show)
        .collect();
    panic!("{what}: missing {missing:#?}\nextra {extra:#?}");
}

#[test]
fn finds_what_trying_everything_finds() {
    let engine = Engine::new(builtin::catalog());
    for text in texts() {
        assert_same(&engine, text.as_bytes(), &text);
    }
    // Texts run into each other without a line end, cut at random.
    let texts = texts();
    let mut random = Random(7);
    for round in 0..60 {
        let mut mixed = Vec::new();
        while mixed.len() < 6000 {
            let text = texts[random.below(texts.len())].as_bytes();
            let from = random.below(text.len().max(1)) / 3;
            mixed.extend_from_slice(&text[from.min(text.len())..]);
            mixed.push(b" \n\t,;:.-_/\"'0aZ\xC3"[random.below(16)]);
        }
        assert_same(&engine, &mixed, &format!("mixture {round}"));
    }
}

#[test]
fn finds_what_trying_everything_finds_in_bytes_of_all_kinds() {
    let engine = Engine::new(builtin::catalog());
    let alphabets: [&[u8]; 4] = [
        b"0123456789 -./",
        b"0123456789ABCDEFabcdef:-. \n",
        b"ABCXYZ0123456789abcxyz_+/=@. <(\n\xC3\xA9\xFF",
        b"key token passw=:\"'ssn tax id 0123456789\n",
    ];
    let mut random = Random(11);
    for round in 0..40 {
        let alphabet = alphabets[round % alphabets.len()];
        let text: Vec<u8> = (0..4000)
            .map(|_| alphabet[random.below(alphabet.len())])
            .collect();
        assert_same(&engine, &text, &format!("round {round}"));
    }
}

/// Pieces of examples, text of few letters and random bytes, run into each other:
/// for as many seconds as `TERRIER_FUZZ_SECONDS` says, from another seed with
/// `TERRIER_FUZZ_SEED`. `cargo test --release stated_time -- --ignored`.
#[test]
#[ignore = "runs for as long as it is told"]
#[expect(
    clippy::disallowed_methods,
    reason = "how long is for the caller to say"
)]
fn finds_what_trying_everything_finds_for_a_stated_time() {
    let number = |name| std::env::var(name).map_or(10, |s| s.parse().unwrap());
    let end = Instant::now() + Duration::from_secs(number("TERRIER_FUZZ_SECONDS"));
    let mut random = Random(number("TERRIER_FUZZ_SEED"));
    let engine = Engine::new(builtin::catalog());
    let texts = texts();
    let mut rounds = 0;
    while Instant::now() < end {
        rounds += 1;
        let mut text = Vec::new();
        while text.len() < 5000 {
            match random.below(4) {
                0 => {
                    let letters: Vec<u8> = (0..8).map(|_| random.below(256) as u8).collect();
                    text.extend((0..random.below(80)).map(|_| letters[random.below(8)]));
                }
                _ => {
                    let piece = texts[random.below(texts.len())].as_bytes();
                    let from = random.below(piece.len() + 1);
                    let to = from + random.below(piece.len() - from + 1);
                    let mut piece = piece[from..to].to_vec();
                    if let (0, false) = (random.below(3), piece.is_empty()) {
                        let at = random.below(piece.len());
                        piece[at] = random.below(256) as u8;
                    }
                    text.extend(piece);
                }
            }
        }
        assert_same(
            &engine,
            &text,
            &format!("round {rounds}: {}", text.escape_ascii()),
        );
    }
    println!("{rounds} rounds");
}

#[test]
fn an_example_is_found_wherever_it_stands_in_a_block() {
    let engine = Engine::new(builtin::catalog());
    for file in files().iter().map(|(_, file)| file) {
        for example in file.detector.iter().flat_map(|d| d.example.iter().take(1)) {
            if example.format.is_some() {
                continue;
            }
            let alone = scan(&engine, format!(" \n\n{}\n\n", example.text).as_bytes());
            for offset in (0..130).step_by(7).chain(8192 - 70..8192 + 3) {
                let mut text = vec![b'.'; offset];
                text.extend_from_slice(b" \n\n");
                text.extend_from_slice(example.text.as_bytes());
                text.extend_from_slice(b"\n\n");
                let moved: Vec<(u32, usize)> = scan(&engine, &text)
                    .iter()
                    .map(|m| (m.detector, m.span.start - offset))
                    .collect();
                let expected: Vec<(u32, usize)> =
                    alone.iter().map(|m| (m.detector, m.span.start)).collect();
                assert_eq!(moved, expected, "{} at {offset}", example.text);
            }
        }
    }
}

#[test]
fn findings_do_not_depend_on_where_text_is_cut() {
    let engine = Engine::new(builtin::catalog());
    let texts = texts();
    let mut random = Random(3);
    for _ in 0..4 {
        let mut text = Vec::new();
        while text.len() < 150_000 {
            text.extend_from_slice(texts[random.below(texts.len())].as_bytes());
            text.push(if random.below(4) == 0 { b' ' } else { b'\n' });
        }
        let whole = scan(&engine, &text);
        assert!(whole.len() > 100);
        let mut cuts: Vec<usize> = (0..5).map(|_| random.below(text.len())).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let mut parts = Vec::new();
        for cut in cuts.windows(2) {
            let (from, to) = (
                cut[0].saturating_sub(LEAD),
                (cut[1] + OVERLAP).min(text.len()),
            );
            let segment = block(&text[from..to], cut[0] - from..cut[1] - from);
            for mut found in engine.scan(&segment, &mut Scratch::default()) {
                found.span = found.span.start + from..found.span.end + from;
                parts.push(found);
            }
        }
        assert_eq!(parts, whole);
    }
}

/// Detectors as a file would give them, each a second time under another id.
fn twice() -> Catalog {
    let mut files = files();
    let mut again = files.clone();
    for detector in again.iter_mut().flat_map(|(_, file)| &mut file.detector) {
        detector.id.push_str("_again");
    }
    files.append(&mut again);
    Catalog::new(compile(&files).expect("the built-in detectors compile twice"))
}

#[test]
fn twice_as_many_detectors_find_the_same() {
    let (once, twice) = (Engine::new(builtin::catalog()), Engine::new(twice()));
    assert_eq!(twice.len(), 2 * once.len());
    let text = texts().join("\n");
    let facts = |engine: &Engine| -> Vec<(String, std::ops::Range<usize>)> {
        let matches = scan(engine, text.as_bytes());
        let id = |m: &Match| {
            engine
                .info(m.detector)
                .id
                .trim_end_matches("_again")
                .to_owned()
        };
        let mut facts: Vec<_> = matches.iter().map(|m| (id(m), m.span.clone())).collect();
        // Twins may both stand where two detectors may.
        facts.dedup();
        facts
    };
    assert_eq!(facts(&twice), facts(&once));
}

#[test]
fn a_detector_from_a_file_gets_the_same_path() {
    let text = r#"
        [[detector]]
        id = "acme_badge"
        name = "Badge number of Acme"
        category = "employment"
        label = "confidential"
        [[detector.pattern]]
        id = "number"
        regex = 'ACME-\d{6}'
        confidence = 0.9
    "#;
    let file = parse_file("acme.toml", text).unwrap();
    let engine = Engine::new(Catalog::new(
        compile(&[("acme.toml".into(), file)]).unwrap(),
    ));
    let found = scan(&engine, b"badge ACME-123450, xACME-123450, ACME-1234500");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].span, 6..17);
}
