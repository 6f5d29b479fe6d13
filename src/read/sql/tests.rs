//! Dumps of each dialect, and what damage does to them.

use super::*;
use crate::model::{CellType, Status};
use crate::read::testing::{check_damage, check_flips, read, read_at};
use proptest::prelude::*;

const POSTGRES: &str = r"--
-- PostgreSQL database dump
--
SET standard_conforming_strings = on;
CREATE TABLE public.users (
    id integer NOT NULL,
    email text, -- login; unique
    note text
);
CREATE FUNCTION f() RETURNS void AS $$ BEGIN INSERT INTO users VALUES (1); END; $$ LANGUAGE plpgsql;
COPY public.users (id, email, note) FROM stdin;
1	ann@example.com	tab\there
2	bob@example.com	\N
\.

INSERT INTO public.users VALUES (3, 'o''neil@example.com', E'line\nbreak') ON CONFLICT DO NOTHING;
INSERT INTO public.users (note, id) VALUES ('[1]'::jsonb, 4);
SELECT pg_catalog.setval('s', 9, true);
";

const MYSQL: &str = r"-- MySQL dump 10.13
/*!40101 SET NAMES utf8mb4 */;
CREATE TABLE `staff` (
  `id` int NOT NULL AUTO_INCREMENT,
  `name` varchar(20) DEFAULT 'x,y',
  PRIMARY KEY (`id`)
) ENGINE=InnoDB;
INSERT INTO `staff` VALUES (1,'Ann \'A\' O''Hara','extra'),(2,NULL),
(3,_binary 'x;y');
INSERT INTO `staff` VALUES (4,NOW());
/*!40000 ALTER TABLE `staff` ENABLE KEYS */;
";

#[test]
fn postgres_rows_have_tables_columns_and_ordinals() {
    let (seen, coverage) = read(&Sql, "d.sql", POSTGRES.as_bytes());
    assert_eq!(coverage, Coverage::scanned(POSTGRES.len() as u64));
    assert_eq!(
        seen.lines(),
        [
            "public.users.id 1: 1",
            "public.users.email 1: ann@example.com",
            "public.users.note 1: tab\there",
            "public.users.id 2: 2",
            "public.users.email 2: bob@example.com",
            "public.users.id 3: 3",
            "public.users.email 3: o'neil@example.com",
            // One escape a batch: that of the first value that has one.
            "public.users.note 3: line\\nbreak",
            "public.users.note 4: [1]",
            "public.users.id 4: 4",
        ]
    );
    assert!(
        seen.texts
            .iter()
            .any(|text| text.contains("-- login; unique"))
    );
    let email = &seen.cells[1];
    assert_eq!(
        &POSTGRES[email.stored.start as usize..email.stored.end as usize],
        "ann@example.com"
    );
}

#[test]
fn mysql_rows_have_escapes_and_undeclared_columns() {
    let (seen, coverage) = read(&Sql, "d.sql", MYSQL.as_bytes());
    assert_eq!(coverage.status, Status::Scanned);
    assert_eq!(
        seen.lines(),
        [
            "staff.id 1: 1",
            "staff.name 1: Ann 'A' O'Hara",
            "staff.#3 1: extra",
            "staff.id 2: 2",
            "staff.id 3: 3",
            "staff.name 3: x;y",
            "staff.id 4: 4",
            "staff.name 4: NOW()",
        ]
    );
}

#[test]
fn sql_server_scripts_need_no_semicolons() {
    let script = "USE [hr]\nGO\nCREATE TABLE [dbo].[Staff](\n\t[Id] [int] NOT NULL,\n\t[Mail] [nvarchar](50)\n)\nGO\n\
        SET IDENTITY_INSERT [dbo].[Users] ON\nINSERT [dbo].[Users] ([Id], [Name]) VALUES (1, N'Zoë')\nGO\nINSERT [dbo].[Users] ([Id], [Name]) VALUES (2, CAST(N'x, y' AS nvarchar(9)))\nGO\nINSERT [dbo].[Staff] VALUES (3, N'a@example.com')\nGO\n";
    let stored: Vec<u8> = [
        vec![0xFF, 0xFE],
        script.encode_utf16().flat_map(u16::to_le_bytes).collect(),
    ]
    .concat();
    let (seen, coverage) = read_at(&Sql, "d.sql", &stored, 1000);
    assert_eq!(coverage, Coverage::scanned(stored.len() as u64));
    assert_eq!(
        seen.lines(),
        [
            "dbo.Users.Id 1: 1",
            "dbo.Users.Name 1: Zoë",
            "dbo.Users.Id 2: 2",
            "dbo.Users.Name 2: CAST(N'x, y' AS nvarchar(9))",
            "dbo.Staff.Id 1: 3",
            "dbo.Staff.Mail 1: a@example.com",
        ]
    );
    let held: Vec<u8> = "Zoë".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let at = seen.cells[1].stored.clone();
    assert_eq!(stored[at.start as usize..at.end as usize], held);
}

#[test]
fn a_row_that_does_not_parse_is_text() {
    let script = "INSERT INTO t VALUES (1,'a'),(2,'b';\nINSERT INTO t VALUES (3,'c');\n";
    let (seen, coverage) = read(&Sql, "d.sql", script.as_bytes());
    assert_eq!(
        seen.lines(),
        ["t.#1 1: 1", "t.#2 1: a", "t.#1 2: 3", "t.#2 2: c"]
    );
    assert_eq!(coverage.reason, Some(Reason::Malformed));
    assert!(coverage.detail.unwrap().contains("line 1"));
}

#[test]
fn a_dump_that_ends_inside_a_row_is_truncated() {
    let script = "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1),\n('cut of";
    let (seen, coverage) = read(&Sql, "d.sql", script.as_bytes());
    assert_eq!(seen.lines(), ["t.a 1: 1"]);
    assert_eq!(coverage.reason, Some(Reason::Truncated));
    let (_, coverage) = read(&Sql, "d.sql", b"COPY t (a) FROM stdin;\n1\n2");
    assert_eq!(coverage.reason, Some(Reason::Truncated));
}

#[test]
fn long_dumps_come_in_batches() {
    let mut dump = String::from("CREATE TABLE t (id int, mail text);\nINSERT INTO t VALUES ");
    for i in 0..100_000 {
        dump.push_str(&format!(
            "{}({i},'user{i}@example.com')",
            if i == 0 { "" } else { "," }
        ));
    }
    dump.push_str(";\n");
    // A statement that is not parsed and longer than a window.
    dump.push_str(&format!(
        "DO $x$ {} $x$;\nINSERT INTO t VALUES (7,'z');\n",
        "filler; ".repeat(300_000)
    ));
    let (seen, coverage) = read(&Sql, "d.sql", dump.as_bytes());
    assert_eq!(coverage.status, Status::Scanned);
    assert_eq!(seen.cells.len(), 200_002);
    assert_eq!(seen.lines().last().unwrap(), "t.mail 100001: z");
    assert!(seen.longest < 2 * BATCH, "{}", seen.longest);
}

#[test]
fn a_row_of_any_length_is_read_or_said_to_be_too_long() {
    let long = format!("INSERT INTO t VALUES ('{}');\n", "x".repeat(3 << 20));
    let (seen, coverage) = read(&Sql, "d.sql", long.as_bytes());
    assert_eq!((seen.cells.len(), coverage.status), (1, Status::Scanned));
    let endless = format!("INSERT INTO t VALUES ('{}", "x".repeat(40 << 20));
    let (seen, coverage) = read(&Sql, "d.sql", endless.as_bytes());
    assert_eq!(
        (seen.cells.len(), coverage.reason),
        (0, Some(Reason::LimitBytes))
    );
}

#[test]
fn damage_costs_structure_and_no_content() {
    check_damage(&Sql, "d.sql", POSTGRES.as_bytes());
    check_flips(&Sql, "d.sql", POSTGRES.as_bytes());
    check_damage(&Sql, "d.sql", MYSQL.as_bytes());
    check_flips(&Sql, "d.sql", MYSQL.as_bytes());
}

proptest! {
    #[test]
    fn any_text_is_handed_out_once(text in "(INSERT INTO t VALUES |COPY t FROM stdin;\n|[(),;'\"`\\\\a1\n\t$. -]|NULL|\\.\n){0,60}") {
        read(&Sql, "d.sql", text.as_bytes());
    }
}

#[test]
fn claims_by_signature_and_name() {
    let claim = |head: &str, name: &str| Sql.claims(head.as_bytes(), &ItemPath::new(name));
    assert_eq!(
        claim("--\n-- PostgreSQL database dump\n--\n", "backup"),
        Claim::ByContent
    );
    assert_eq!(claim("SELECT 1;", "a.SQL"), Claim::ByName);
    assert_eq!(claim("SELECT 1;", "a.txt"), Claim::No);
    assert_eq!(claim("let top = \"-- MySQL dump\";", "a.rs"), Claim::No);
    assert_eq!(claim("CREATE TABLE t (a int);", "a.dump"), Claim::ByName);
    assert_eq!(claim("words", "a.dump"), Claim::No);
    assert_eq!(claim("PK\x03\x04\0\0", "a.sql"), Claim::No);
}

#[test]
fn numbers_are_told_from_what_is_written_like_text() {
    let (seen, _) = read(
        &Sql,
        "a.sql",
        b"INSERT INTO t VALUES (-1.5, 'a', 0x41, '7', NOW());",
    );
    let numbers: Vec<bool> = seen
        .cells
        .iter()
        .map(|cell| cell.typed == CellType::Number)
        .collect();
    assert_eq!(numbers, [true, false, false, false, false]);
}
