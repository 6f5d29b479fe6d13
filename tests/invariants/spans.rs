//! Byte spans lead back to the stored bytes, in every encoding.

use std::fmt::Write as _;
use std::fs;

use dataterrier::model::Finding;
use dataterrier::report::Results;
use encoding_rs::Encoding;

use super::scanner;

/// A way to store text, and a sentence that shows it.
struct Stored {
    encoding: &'static Encoding,
    mark: &'static [u8],
    prose: &'static str,
}

const GERMAN: &str =
    "Grüße aus Köln: Für Frau Müller und Herrn Größmann gelten die üblichen Gebühren.";
const RUSSIAN: &str =
    "Уважаемый господин Иванов! Направляем вам документы по договору об оказании услуг.";
const JAPANESE: &str =
    "お客様各位、平素より大変お世話になっております。ご請求書をカタカナの名前でお送りいたします。";
const KOREAN: &str = "고객님께 안내 말씀 드립니다. 이번 달 청구서를 첨부하여 보내 드립니다.";
const SIMPLIFIED: &str = "尊敬的客户，您好。请查收附件中的账单，如有问题请与我们联系。";
const TRADITIONAL: &str = "尊敬的客戶您好，請查收附件中的帳單，如有問題請與我們聯絡。";

const SSN: &str = "536-22-8471";
const EMAIL: &str = "anna.keller@example.com";
const CARD: &str = "4111 1111 1111 1111";

impl Stored {
    fn bytes(&self, text: &str) -> Vec<u8> {
        let units = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect();
        let body: Vec<u8> = match self.encoding.name() {
            "UTF-16LE" => units(u16::to_le_bytes),
            "UTF-16BE" => units(u16::to_be_bytes),
            _ => {
                let (bytes, _, unmappable) = self.encoding.encode(text);
                assert!(!unmappable, "the sample can be stored");
                bytes.into_owned()
            }
        };
        [self.mark, &body].concat()
    }

    fn text(&self, bytes: &[u8]) -> String {
        let (text, malformed) = self.encoding.decode_without_bom_handling(bytes);
        assert!(!malformed, "the span cuts no character");
        text.into_owned()
    }

    /// Reads one finding back.
    fn check(&self, finding: &Finding, stored: &[u8], name: &str) {
        let place = &finding.location;
        let about = format!("{name}, {}: {place:?}", finding.detector.id);
        let span = place.bytes.clone().expect(&about);
        let (start, end) = (span.start as usize, span.end as usize);
        let value = self.text(&stored[start..end]);
        assert_eq!(value.as_bytes(), finding.value.reveal(), "{about}");
        let before = self.text(&stored[self.mark.len()..start]);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        assert_eq!(
            (place.line, place.column),
            (Some(line as u64), Some(column as u64)),
            "{about}"
        );
    }

    /// Reads all findings back, and makes sure that each value is among them.
    fn check_all(&self, results: &Results, stored: &[u8], name: &str, values: &[(&str, usize)]) {
        for finding in &results.findings {
            self.check(finding, stored, name);
        }
        for (value, times) in values {
            let seen = results
                .findings
                .iter()
                .filter(|f| f.value.reveal() == value.as_bytes())
                .count();
            assert_eq!(seen, *times, "{name}, {}: {value}", self.encoding.name());
        }
    }

    fn scan(&self, name: &str, text: &str, values: &[(&str, usize)]) {
        let stored = self.bytes(text);
        let results = scanner(1).scan_bytes(name, &stored);
        let format = name
            .rsplit('.')
            .next()
            .expect("names end so")
            .replace("txt", "text");
        assert_eq!(results.ledger[0].format, format, "{name}");
        self.check_all(&results, &stored, name, values);
    }

    /// In every format of text.
    fn formats(&self) {
        let prose = self.prose;
        let each = &[(SSN, 20), (EMAIL, 20), (CARD, 20)];
        self.scan("a.txt", &letters(prose, 20), each);
        let mut csv = "name,email,ssn,card,note\r\n".to_owned();
        let mut json = Vec::new();
        let mut sql = String::new();
        for n in 0..20 {
            let _ = write!(
                csv,
                "\"{prose}\",{EMAIL},{SSN},{CARD},\"{prose}, \"\"{n}\"\"\"\r\n"
            );
            json.push(format!(
                r#"{{"name": "{prose}\n\"{n}\"", "email": "{EMAIL}", "ssn": "{SSN}", "card": "{CARD}"}}"#
            ));
            let _ = writeln!(
                sql,
                "INSERT INTO people (name, email, ssn, card) VALUES ('{prose} ''{n}''', '{EMAIL}', '{SSN}', '{CARD}');"
            );
        }
        self.scan("a.csv", &csv, each);
        self.scan("a.json", &format!("[{}]", json.join(",\n")), each);
        self.scan("a.jsonl", &json.join("\n"), each);
        self.scan("a.sql", &sql, each);
    }

    /// Behind so much text that blocks and decoded chunks have ended before.
    fn far(&self) {
        let unit = self.bytes(self.prose).len() - self.mark.len();
        let filler = format!("{}\n", self.prose).repeat((3 << 20) / unit);
        let text = format!("{0}{filler}{0}", letters(self.prose, 1));
        self.scan("a.txt", &text, &[(SSN, 2), (EMAIL, 2), (CARD, 2)]);
    }
}

/// Lines with one value each, among prose.
fn letters(prose: &str, times: usize) -> String {
    format!("{prose} SSN: {SSN} {prose}\n{prose} ({EMAIL}) {prose}\n{prose} card {CARD}; {prose}\n")
        .repeat(times)
}

macro_rules! encodings {
    ($($name:ident: $encoding:ident, $mark:expr, $prose:expr;)*) => {$(
        #[test]
        fn $name() {
            let stored = Stored { encoding: encoding_rs::$encoding, mark: $mark, prose: $prose };
            stored.formats();
            stored.far();
        }
    )*};
}

encodings! {
    utf_8: UTF_8, b"", "Grüße, 世界 und 😀: für alle.";
    utf_8_with_mark: UTF_8, b"\xEF\xBB\xBF", GERMAN;
    utf_16_little_endian: UTF_16LE, b"", GERMAN;
    utf_16_little_endian_with_mark: UTF_16LE, b"\xFF\xFE", "Grüße, 世界 und 😀: für alle.";
    utf_16_big_endian: UTF_16BE, b"", GERMAN;
    utf_16_big_endian_with_mark: UTF_16BE, b"\xFE\xFF", RUSSIAN;
    windows_1252: WINDOWS_1252, b"", GERMAN;
    windows_1251: WINDOWS_1251, b"", RUSSIAN;
    shift_jis: SHIFT_JIS, b"", JAPANESE;
    euc_kr: EUC_KR, b"", KOREAN;
    gb18030: GB18030, b"", SIMPLIFIED;
    big5: BIG5, b"", TRADITIONAL;
}

#[test]
fn large_files_that_all_threads_share() {
    let dir = tempfile::tempdir().unwrap();
    for (name, encoding, mark, prose) in [
        ("utf-8.txt", encoding_rs::UTF_8, &b""[..], GERMAN),
        ("utf-16.txt", encoding_rs::UTF_16LE, b"\xFF\xFE", RUSSIAN),
        ("sjis.txt", encoding_rs::SHIFT_JIS, b"", JAPANESE),
    ] {
        let stored = Stored {
            encoding,
            mark,
            prose,
        };
        let filler = format!("{prose}\n").repeat((2200 << 10) / stored.bytes(prose).len());
        let text = format!("{0}{filler}{0}{filler}{0}", letters(prose, 1));
        let bytes = stored.bytes(&text);
        assert!(bytes.len() > 4 << 20, "large enough to be shared");
        let path = dir.path().join(name);
        fs::write(&path, &bytes).unwrap();
        let results = scanner(3).scan_path(path).unwrap();
        stored.check_all(&results, &bytes, name, &[(SSN, 3), (EMAIL, 3), (CARD, 3)]);
    }
}
