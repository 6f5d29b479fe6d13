//! Every level against the portable one, and that against the definitions.

use super::*;
use crate::detect::catalog::fold::{FOLDED, GAP_FOLDED, fold, gap_fold};

/// Bytes from a fixed seed: all values, then ASCII, then those that classes
/// are about, then digits next to bytes above 0x7F.
fn texts() -> Vec<Vec<u8>> {
    let alphabets: [&[u8]; 3] = [
        &std::array::from_fn::<u8, 128, _>(|i| i as u8),
        b"0123459AFZabfgz_ -./:+(@<\x00",
        b"0123456789\x80\xC3\xFF\xB0",
    ];
    let mut state = 42u32;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    };
    let mut texts = vec![
        (0..BLOCK + AHEAD)
            .map(|_| next() as u8)
            .collect::<Vec<u8>>(),
    ];
    for alphabet in alphabets {
        texts.push(
            (0..BLOCK + AHEAD)
                .map(|_| alphabet[next() as usize % alphabet.len()])
                .collect(),
        );
    }
    texts
}

fn each_mask(masks: &Masks) -> [&[u64; WORDS + 2]; 16] {
    [
        &masks.digit,
        &masks.upper,
        &masks.lower,
        &masks.word,
        &masks.joined,
        &masks.hex,
        &masks.capital,
        &masks.colon,
        &masks.at,
        &masks.plus,
        &masks.paren,
        &masks.dot,
        &masks.space,
        &masks.tilde,
        &masks.degree[0],
        &masks.degree[1],
    ]
}

/// The definitions of the classes, in the order of [`each_mask`].
const CLASSES: [fn(u8) -> bool; 16] = [
    |b| b.is_ascii_digit(),
    |b| b.is_ascii_uppercase(),
    |b| b.is_ascii_lowercase(),
    |b| b.is_ascii_alphanumeric() || b == b'_',
    |b| b.is_ascii_digit() || b" -./".contains(&b),
    |b| b.is_ascii_hexdigit(),
    |b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'<',
    |b| b == b':' || b == b'-',
    |b| b == b'@',
    |b| b == b'+',
    |b| b == b'(',
    |b| b == b'.',
    |b| b == b' ',
    |b| b == b'~',
    |b| b == 0xC2,
    |b| b == 0xB0,
];

#[test]
fn classes_are_as_defined_on_every_level() {
    for text in texts() {
        for level in Level::all() {
            for words in [1, 7, WORDS] {
                let mut masks = Masks::new();
                level.classify(&text, words, &mut masks);
                for (mask, class) in each_mask(&masks).into_iter().zip(CLASSES) {
                    for (at, &byte) in text[..(words + 1) * 64].iter().enumerate() {
                        let bit = mask[at / 64 + 1] >> (at % 64) & 1 == 1;
                        assert_eq!(bit, class(byte), "{level:?}, byte {byte:#x} at {at}");
                    }
                }
            }
        }
    }
}

#[test]
fn shapes_are_the_same_on_every_level() {
    for text in texts() {
        let starts = |level: Level| {
            let (mut masks, mut gates) = (Masks::new(), Gates::new());
            level.classify(&text, WORDS, &mut masks);
            level.gates(&masks, WORDS, &mut gates);
            gates.starts
        };
        let expected = starts(Level(Kind::Portable));
        for level in Level::all() {
            assert!(starts(level) == expected, "{level:?}");
        }
    }
}

#[test]
fn folding_is_the_same_on_every_level_and_length() {
    for (one, table) in [(fold as fn(u8) -> u8, &FOLDED), (gap_fold, &GAP_FOLDED)] {
        for text in texts() {
            for length in [0, 1, 63, 64, 100, 8192] {
                let expected: Vec<u8> = text[..length].iter().map(|&b| one(b)).collect();
                for level in Level::all() {
                    let mut out = vec![0; length];
                    level.fold(Fold::new(table, one), &text[..length], &mut out);
                    assert_eq!(out, expected, "{level:?}");
                }
            }
        }
    }
}

/// Random text through every operation on every level, for as many seconds as
/// `TERRIER_FUZZ_SECONDS` says: `cargo test --release levels_agree -- --ignored`.
#[test]
#[ignore = "runs for as long as it is told"]
#[expect(
    clippy::disallowed_methods,
    reason = "how long is for the caller to say"
)]
fn levels_agree_on_random_text_for_a_stated_time() {
    let seconds = std::env::var("TERRIER_FUZZ_SECONDS").map_or(10, |s| s.parse().unwrap());
    let end = std::time::Instant::now() + std::time::Duration::from_secs(seconds);
    let mut state = 88_172_645_463_325_252u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    let mut rounds = 0;
    while std::time::Instant::now() < end {
        rounds += 1;
        // A few bytes of any kind, so that classes meet in all ways.
        let alphabet: Vec<u8> = (0..1 + next() % 24).map(|_| next() as u8).collect();
        let words = 1 + next() % WORDS;
        let text: Vec<u8> = (0..BLOCK + AHEAD)
            .map(|_| alphabet[next() % alphabet.len()])
            .collect();
        let mut admits = [[0u16; 128]; 4];
        for entry in admits.as_flattened_mut() {
            *entry = (next() & next() & next()) as u16;
        }
        let buckets = Buckets::new(&admits, &admits);
        let run = |level: Level| {
            let (mut masks, mut gates) = (Masks::new(), Gates::new());
            level.classify(&text, words, &mut masks);
            level.gates(&masks, words, &mut gates);
            let masks = each_mask(&masks).map(|mask| mask[1..words + 2].to_vec());
            let starts = gates.starts.map(|starts| starts[..words].to_vec());
            let mut folded = vec![0; words * 64];
            level.fold(Fold::new(&FOLDED, fold), &text[..words * 64], &mut folded);
            let mut places = Places::new();
            level.filter(&buckets, &text, words, &mut places);
            (
                (masks, starts, gates.busy, folded),
                places.as_slice().to_vec(),
            )
        };
        let (expected, exact) = run(Level(Kind::Portable));
        for level in Level::all() {
            let (found, places) = run(level);
            assert!(found == expected, "{level:?} {words} {alphabet:?}");
            assert!(exact.iter().all(|at| places.binary_search(at).is_ok()));
        }
    }
    println!("{rounds} rounds");
}

#[test]
fn filters_lose_nothing_and_the_exact_ones_agree() {
    // Sixteen buckets of a few bytes each, some of them above 0x7F.
    let mut admits = [[0u16; 128]; 4];
    let mut state = 7u32;
    for row in &mut admits {
        for bucket in 0..16 {
            for _ in 0..6 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                row[(state >> 20) as usize & 0x7F] |= 1 << bucket;
            }
        }
    }
    let buckets = Buckets::new(&admits, &admits);
    for text in texts() {
        let places = |level: Level| {
            let mut places = Places::new();
            level.filter(&buckets, &text, WORDS, &mut places);
            places.as_slice().to_vec()
        };
        let exact: Vec<u16> = (0..BLOCK)
            .filter(|&at| {
                let row = |i: usize| admits[i][usize::from(text[at + i] & 0x7F)];
                row(0) & row(1) & row(2) & row(3) != 0
            })
            .map(|at| at as u16)
            .collect();
        for level in Level::all() {
            let found = places(level);
            assert!(found.is_sorted());
            match level.0 {
                #[cfg(target_arch = "x86_64")]
                Kind::Avx2 => assert!(exact.iter().all(|at| found.binary_search(at).is_ok())),
                _ => assert_eq!(found, exact, "{level:?}"),
            }
        }
    }
}
