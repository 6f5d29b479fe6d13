//! Documents, lines, and what damage does to them.

use super::*;
use crate::model::{CellType, Status};
use crate::read::testing::{check_damage, check_flips, read, read_at};
use proptest::prelude::*;

const DOCUMENT: &str = r#"{
  "version": 3, // since May
  "users": [
    {"email": "ann@example.com", "tags": ["a", "b\n"], "address": {"city": "K\u00f6ln"}},
    {"email": "bob@example.com", "born": 19800102, "active": true,},
  ],
  "by mail": {"eve@example.com": {"phone": "555-0100"}, "joe@example.com": {"phone": "555-0101"}}
}
"#;

const LOG: &str = r#"{"time":"2024-01-01T00:00:00Z","user":{"mail":"ann@example.com"}}
{"time":"2024-01-01T00:00:01Z","user":{"mail":"bob@example.com"},"note":"a \"b\""}

{"time":"2024-01-01T00:00:02Z","list":[1,2]}
"#;

fn values(lines: &[String]) -> Vec<&str> {
    lines
        .iter()
        .map(String::as_str)
        .filter(|line| !line.contains("(key)"))
        .collect()
}

#[test]
fn a_document_has_key_paths_and_records() {
    let (seen, coverage) = read(&Json, "a.json", DOCUMENT.as_bytes());
    assert_eq!(coverage, Coverage::scanned(DOCUMENT.len() as u64));
    let lines = seen.lines();
    assert_eq!(
        values(&lines),
        [
            "version 1: 3",
            "(comment) 1: // since May",
            "users[].email 1: ann@example.com",
            "users[].tags[] 1: a",
            "users[].tags[] 1: b\n",
            "users[].address.city 1: Köln",
            "users[].email 2: bob@example.com",
            "users[].born 2: 19800102",
            "by mail.*.phone 1: 555-0100",
            "by mail.*.phone 1: 555-0101",
        ]
    );
    // Keys are content: names once, data every time.
    let keys: Vec<&str> = seen
        .cells
        .iter()
        .filter(|c| c.field == "by mail.(key)")
        .map(|c| c.value.as_str())
        .collect();
    assert_eq!(keys, ["eve@example.com", "joe@example.com"]);
    assert_eq!(seen.cells.iter().filter(|c| c.value == "email").count(), 1);
}

#[test]
fn an_array_of_objects_is_a_table() {
    let text = r#"[{"id":1,"a":"x"},{"id":2,"a":"y"}]"#;
    let (seen, _) = read(&Json, "a.json", text.as_bytes());
    assert_eq!(
        values(&seen.lines()),
        ["id 1: 1", "a 1: x", "id 2: 2", "a 2: y"]
    );
    let (seen, _) = read(&Json, "a.json", b" \"only\" ");
    assert_eq!(seen.lines(), ["$ 1: only"]);
}

#[test]
fn each_line_is_a_record() {
    let (seen, coverage) = read(&JsonLines, "a.jsonl", LOG.as_bytes());
    assert_eq!(coverage.status, Status::Scanned);
    assert_eq!(
        values(&seen.lines()),
        [
            "time 1: 2024-01-01T00:00:00Z",
            "user.mail 1: ann@example.com",
            "time 2: 2024-01-01T00:00:01Z",
            "user.mail 2: bob@example.com",
            "note 2: a \"b\"",
            "time 3: 2024-01-01T00:00:02Z",
            "list[] 3: 1",
            "list[] 3: 2",
        ]
    );
}

#[test]
fn lines_that_are_not_json_are_text() {
    let text = "{\"a\":1}\nplain ann@example.com\n{\"a\":\n{\"b\":2}\n[3] 4\n";
    let (seen, coverage) = read(&JsonLines, "a.jsonl", text.as_bytes());
    assert_eq!(values(&seen.lines()), ["a 1: 1", "b 4: 2"]);
    assert!(
        seen.cells
            .iter()
            .any(|c| c.field == "(key)" && c.value == "b")
    );
    assert_eq!(seen.texts, ["plain ann@example.com\n{\"a\":\n", "[3] 4\n"]);
    assert_eq!(coverage.reason, Some(Reason::Malformed));
    assert!(coverage.detail.unwrap().starts_with("line 2 "));
}

#[test]
fn a_document_that_breaks_is_text_from_there() {
    let text = "{\"a\": \"x\",\n \"b\": oops, \"c\": \"ann@example.com\"}";
    let (seen, coverage) = read(&Json, "a.json", text.as_bytes());
    assert_eq!(values(&seen.lines()), ["a 1: x"]);
    assert_eq!(seen.texts, [" oops, \"c\": \"ann@example.com\"}"]);
    assert_eq!(coverage.reason, Some(Reason::Malformed));
    assert!(coverage.detail.unwrap().contains("line 2"));
    let (_, coverage) = read(&Json, "a.json", b"{\"a\": [1, 2");
    assert_eq!(coverage.reason, Some(Reason::Truncated));
    let (_, coverage) = read(&Json, "a.json", b"{\"a\": \"never closed");
    assert_eq!(coverage.reason, Some(Reason::Truncated));
}

#[test]
fn deep_nesting_stops_at_the_limit() {
    for text in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
        let (_, coverage) = read(&Json, "a.json", text.as_bytes());
        assert_eq!(coverage.reason, Some(Reason::LimitDepth));
        assert_eq!(coverage.bytes, text.len() as u64);
        let (_, coverage) = read(&JsonLines, "a.jsonl", text.as_bytes());
        assert_eq!(coverage.reason, Some(Reason::LimitDepth));
    }
}

#[test]
fn long_documents_come_in_batches() {
    let record = "{\"email\":\"ann@example.com\",\"text\":\"caf\\u00e9\"}";
    let array = format!("[{}]", vec![record; 100_000].join(","));
    let (seen, coverage) = read(&Json, "a.json", array.as_bytes());
    assert_eq!(coverage.status, Status::Scanned);
    assert_eq!(seen.cells.len(), 200_002);
    assert_eq!(seen.cells.last().unwrap().row, 100_000);
    assert!(seen.longest < 2 * BATCH, "{}", seen.longest);
    let lines = [record, "\n"].concat().repeat(100_000);
    let (seen, coverage) = read(&JsonLines, "a.jsonl", lines.as_bytes());
    assert_eq!(
        (coverage.status, seen.cells.len()),
        (Status::Scanned, 200_002)
    );
    assert!(seen.longest < 2 * BATCH, "{}", seen.longest);
}

#[test]
fn values_of_any_length_are_read_or_said_to_be_too_long() {
    let long = format!("[\"{}\"]", "x".repeat(3 << 20));
    let (seen, coverage) = read(&Json, "a.json", long.as_bytes());
    assert_eq!((seen.cells.len(), coverage.status), (1, Status::Scanned));
    let endless = format!("[\"{}", "x".repeat(40 << 20));
    let (_, coverage) = read(&Json, "a.json", endless.as_bytes());
    assert_eq!(coverage.reason, Some(Reason::LimitBytes));
    let (_, coverage) = read_at(&JsonLines, "a.jsonl", endless.as_bytes(), 1000);
    assert_eq!(coverage.reason, Some(Reason::LimitBytes));
}

#[test]
fn other_encodings_lead_back_to_stored_bytes() {
    let text = "[{\"name\":\"Zoë\",\"mail\":\"ann@example.com\"}]".repeat(3);
    let stored: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (seen, coverage) = read_at(&Json, "a.json", &stored, 1000);
    assert_eq!(coverage, Coverage::scanned(stored.len() as u64));
    for cell in seen.cells {
        let held: Vec<u8> = cell
            .value
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(
            stored[cell.stored.start as usize..cell.stored.end as usize],
            held
        );
    }
}

#[test]
fn claims_go_by_content_and_name() {
    let claims = |text: &str, name: &str| {
        let path = ItemPath::new(name);
        (
            JsonLines.claims(text.as_bytes(), &path),
            Json.claims(text.as_bytes(), &path),
        )
    };
    use Claim::{ByContent, ByName, No};
    assert_eq!(claims(LOG, "a.jsonl"), (ByContent, ByName));
    assert_eq!(
        claims("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n", "app.log"),
        (ByContent, No)
    );
    assert_eq!(
        claims("{\"a\":1}\n{\"a\":2}\n", "a.json"),
        (ByContent, ByName)
    );
    assert_eq!(claims("{\"a\":1}\n", "a.json"), (No, ByName));
    assert_eq!(claims("{\"a\":1}\n", "a.ndjson"), (ByName, ByName));
    assert_eq!(claims(DOCUMENT, "a.json"), (No, ByName));
    assert_eq!(claims(DOCUMENT, "a.txt"), (No, No));
    assert_eq!(claims("// note\n{\"a\": 1}", "a.json"), (No, ByName));
    assert_eq!(claims("{{ template }}", "a.json"), (No, No));
    assert_eq!(claims("export default {}", "a.json"), (No, No));
    assert_eq!(claims("PK\x03\x04\0\0", "a.json"), (No, No));
    assert_eq!(claims("", "a.json"), (No, No));
}

#[test]
fn damage_costs_structure_and_no_content() {
    check_damage(&Json, "a.json", DOCUMENT.as_bytes());
    check_flips(&Json, "a.json", DOCUMENT.as_bytes());
    check_damage(&JsonLines, "a.jsonl", LOG.as_bytes());
    check_flips(&JsonLines, "a.jsonl", LOG.as_bytes());
}

proptest! {
    #[test]
    fn any_text_is_handed_out_once(text in "(\\{\"a\":|[\\[\\]{},:\"1a\n\\\\/* -]|true|\"x\"){0,80}") {
        read(&Json, "a.json", text.as_bytes());
        read(&JsonLines, "a.jsonl", text.as_bytes());
    }
}

#[test]
fn numbers_are_told_from_strings() {
    let (seen, _) = read(&Json, "a.json", br#"{"a": -1.5e3, "b": "7", "c": true}"#);
    let of = |field: &str| {
        seen.cells
            .iter()
            .find(|cell| cell.field == field)
            .map(|cell| cell.typed)
    };
    assert_eq!(of("a"), Some(CellType::Number));
    assert_eq!(of("b"), Some(CellType::Text));
}

/// The values of a document as a full parser sees them: field, row, value.
fn reference(value: &serde_json::Value, name: &str, row: Option<u64>, to: &mut Vec<String>) {
    use serde_json::Value;
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let dot = if name.is_empty() { "" } else { "." };
                reference(value, &format!("{name}{dot}{key}"), row, to);
            }
        }
        Value::Array(values) => {
            let name = match name {
                "" if row.is_none() => String::new(),
                _ => format!("{name}[]"),
            };
            // The elements of an outermost array are records.
            for (at, value) in (1..).zip(values) {
                reference(value, &name, row.or(Some(at)), to);
            }
        }
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => to.push(format!("{} {}: {text}", field(name), row.unwrap_or(1))),
        Value::Number(number) => {
            to.push(format!("{} {}: {number}", field(name), row.unwrap_or(1)));
        }
        Value::Bool(_) | Value::Null => {}
    }
}

fn field(name: &str) -> &str {
    if name.is_empty() { "$" } else { name }
}

fn any_value() -> impl Strategy<Value = serde_json::Value> {
    let text = prop_oneof![
        "[a-z0-9@. -]{0,70}",
        "([a-zé世😀\"\\\\/\n\t]|\u{7f}|\u{1}){0,40}"
    ];
    let leaf = prop_oneof![
        text.prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        any::<Option<bool>>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 60, 6, |inner| {
        let key = prop_oneof![
            "[a-d]",
            "name|first name|größe|a_long_name_of_a_field_[xyz]"
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            proptest::collection::btree_map(key, inner, 0..6)
                .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn cells_are_those_of_a_full_parser(
        values in proptest::collection::vec(any_value(), 1..12),
        pretty in any::<bool>(),
    ) {
        let document = serde_json::Value::from(values.clone());
        let text = if pretty {
            serde_json::to_string_pretty(&document)
        } else {
            serde_json::to_string(&document)
        }.unwrap();
        let mut expected = Vec::new();
        reference(&document, "", None, &mut expected);
        let (seen, coverage) = read(&Json, "a.json", text.as_bytes());
        prop_assert_eq!(coverage.reason, None);
        prop_assert_eq!(values_of(&seen), &expected[..]);

        let lines: String = values.iter().map(|value| format!("{value}\n")).collect();
        let mut expected = Vec::new();
        for (row, value) in (1..).zip(&values) {
            match value {
                serde_json::Value::Array(elements) => {
                    for element in elements {
                        reference(element, "", Some(row), &mut expected);
                    }
                }
                value => reference(value, "", Some(row), &mut expected),
            }
        }
        let (seen, coverage) = read(&JsonLines, "a.jsonl", lines.as_bytes());
        prop_assert_eq!(coverage.reason, None);
        prop_assert_eq!(values_of(&seen), &expected[..]);
    }
}

fn values_of(seen: &crate::read::testing::Seen) -> Vec<String> {
    let lines = seen.lines();
    values(&lines).into_iter().map(str::to_owned).collect()
}
