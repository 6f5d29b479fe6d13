//! Calendar dates: inside identifiers, and as people write them.

use crate::detect::catalog::check::DateFields;

/// The last year that is not the future. Nothing in `detect` reads a clock,
/// so that a run tomorrow finds what a run today finds; this is the year of the
/// catalogue (2026) and the four years that a build may be in use.
pub(in crate::detect::validate) const LAST_YEAR: u32 = 2030;

/// Whether the fields of `value` are a day of the calendar.
pub(in crate::detect::validate) fn date(fields: &DateFields, value: &str) -> bool {
    let number = |text: &str| (text.len() <= 2).then(|| decimal(text)).flatten();
    let (Some(year), Some(month), Some(day)) = (
        fields.year.of(value),
        fields.month.of(value),
        fields.day.of(value),
    ) else {
        return false;
    };
    let (Some(month), Some(day)) = (number(&month), number(&day)) else {
        return false;
    };
    let Some(years) = years(&year) else {
        return false;
    };
    let less = |field: u32, offsets: &[u32], most: u32| {
        std::iter::once(0)
            .chain(offsets.iter().copied())
            .find_map(|offset| field.checked_sub(offset).filter(|n| (1..=most).contains(n)))
    };
    let (Some(month), Some(day)) = (
        less(month, &fields.month_offsets, 12),
        less(day, &fields.day_offsets, 31),
    ) else {
        return false;
    };
    years
        .into_iter()
        .any(|year| is_day(year, month, day) && within(year, fields.max_age))
}

/// Whether `text` is a date as people and programs write it, perhaps with a
/// time of day behind it.
pub(in crate::detect::validate) fn any_date(max_age: u32, text: &str) -> bool {
    let Some(parts) = Parts::of(text) else {
        return false;
    };
    let real = |year: &str, month: u32, day: u32| {
        years(year).is_some_and(|y| {
            y.into_iter()
                .any(|y| is_day(y, month, day) && within(y, max_age))
        })
    };
    match parts {
        Parts::Compact(digits) => {
            let cut = |from: usize, to: usize| digits.get(from..to).and_then(decimal);
            let fits = |year: (usize, usize), month: usize, day: usize| {
                let year = digits.get(year.0..year.1).unwrap_or_default();
                matches!((cut(month, month + 2), cut(day, day + 2)), (Some(m), Some(d)) if real(year, m, d))
            };
            fits((0, 4), 4, 6) || fits((4, 8), 2, 0) || fits((4, 8), 0, 2)
        }
        Parts::Named {
            month,
            numbers: [a, b],
        } => {
            let fits = |day: &str, year: &str| {
                day.len() <= 2 && decimal(day).is_some_and(|day| real(year, month, day))
            };
            fits(a, b) || fits(b, a)
        }
        Parts::Numbers([a, b, c]) => {
            let fits = |year: &str, month: &str, day: &str| {
                month.len() <= 2
                    && day.len() <= 2
                    && matches!((decimal(month), decimal(day)), (Some(m), Some(d)) if real(year, m, d))
            };
            fits(a, b, c) || fits(c, b, a) || fits(c, a, b)
        }
    }
}

/// A written date, taken apart.
enum Parts<'t> {
    /// Eight digits.
    Compact(&'t str),
    /// A month by name and the two numbers, in their order.
    Named { month: u32, numbers: [&'t str; 2] },
    /// Three numbers in their order.
    Numbers([&'t str; 3]),
}

impl<'t> Parts<'t> {
    fn of(text: &'t str) -> Option<Parts<'t>> {
        if let Some(numbers) = plain(text) {
            return Some(Parts::Numbers(numbers));
        }
        let mut numbers = [""; 3];
        let mut count = 0;
        let mut month = None;
        let mut rest = text.trim();
        while count + usize::from(month.is_some()) < 3 {
            let token = token(rest)?;
            rest = rest.get(token.len()..)?;
            let first = token.chars().next()?;
            if first.is_ascii_digit() {
                *numbers.get_mut(count)? = token;
                count += 1;
                if token.len() == 8 && count == 1 && month.is_none() {
                    return is_time(rest).then_some(Parts::Compact(token));
                }
                if !matches!(token.len(), 1 | 2 | 4) {
                    return None;
                }
            } else if first.is_alphabetic() {
                match (month_named(token), is_filler(token)) {
                    (Some(named), _) if month.is_none() => month = Some(named),
                    (None, true) => {}
                    _ => return None,
                }
            } else if token.chars().any(|c| !is_separator(c)) || token.chars().count() > 3 {
                return None;
            }
        }
        let [a, b, c] = numbers;
        is_time(rest).then_some(match month {
            Some(month) => Parts::Named {
                month,
                numbers: [a, b],
            },
            None => Parts::Numbers([a, b, c]),
        })
    }
}

/// The numbers of `1984-05-12` and its like, the form that most dates have.
fn plain(text: &str) -> Option<[&str; 3]> {
    let mut rest = text;
    let mut numbers = [""; 3];
    for (place, number) in numbers.iter_mut().enumerate() {
        if place > 0 {
            rest = rest.strip_prefix(['.', '-', '/'])?;
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if !matches!(digits, 1 | 2 | 4) {
            return None;
        }
        (*number, rest) = rest.split_at_checked(digits)?;
    }
    rest.is_empty().then_some(numbers)
}

/// The run of digits, of letters or of other characters that `text` starts with.
fn token(text: &str) -> Option<&str> {
    let class = |c: char| (c.is_ascii_digit(), c.is_alphabetic());
    let first = class(text.chars().next()?);
    let end = text
        .char_indices()
        .find(|&(_, c)| class(c) != first)
        .map_or(text.len(), |(at, _)| at);
    text.get(..end)
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        '.' | '-' | '/' | ',' | ' ' | '_' | '\u{a0}' | '\'' | '’' | '\u{2010}'..='\u{2014}'
    )
}

/// What may follow the date: nothing, or a time of day with its zone.
fn is_time(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['日', '일', '.', ',']);
    rest.is_empty()
        || (rest.starts_with(['T', 't', ' '])
            && rest.len() <= 40
            && rest.contains(':')
            && rest
                .bytes()
                .all(|c| c.is_ascii_digit() || b"TtZz :.,+-AMPUCGamp".contains(&c)))
}

/// Words inside dates that say nothing: ordinal endings, articles, year marks.
fn is_filler(word: &str) -> bool {
    const FILLERS: [&str; 14] = [
        "st", "nd", "rd", "th", "of", "de", "del", "der", "er", "le", "年", "月", "년", "월",
    ];
    FILLERS
        .iter()
        .any(|filler| filler.eq_ignore_ascii_case(word))
}

/// The month that `word` names in English, German, French, Spanish, Italian,
/// Portuguese or Dutch, in full or by its usual abbreviation.
fn month_named(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "jan january januar janvier janv enero ene gennaio gen janeiro januari jänner",
        "feb february februar février févr fév fevrier febrero febbraio fevereiro fev februari",
        "mar march märz mär maerz mars marzo março marco maart mrt mrz",
        "apr april avril avr abril abr aprile",
        "may mai mayo maggio mag maio mei",
        "jun june juni juin junio giugno giu junho",
        "jul july juli juillet juil julio luglio lug julho",
        "aug august août aout agosto ago augustus",
        "sep sept september septembre septiembre settembre set setembro",
        "oct october oktober okt octobre octubre ottobre ott outubro out",
        "nov november novembre noviembre novembro",
        "dec december dezember dez décembre decembre déc diciembre dic dicembre dezembro",
    ];
    if word.len() > 12 {
        return None;
    }
    let word = word.to_lowercase();
    MONTHS
        .iter()
        .position(|names| names.split(' ').any(|name| name == word))
        .and_then(|at| u32::try_from(at + 1).ok())
}

/// The years that a written year can mean.
fn years(text: &str) -> Option<[u32; 2]> {
    let number = decimal(text)?;
    Some(match text.len() {
        2 => [1900 + number, 2000 + number],
        3 if number >= 800 => [1000 + number; 2],
        3 => [2000 + number; 2],
        4 => [number; 2],
        _ => return None,
    })
}

fn decimal(text: &str) -> Option<u32> {
    (!text.is_empty() && text.len() <= 4 && text.bytes().all(|c| c.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Whether the year is neither in the future nor more than `max_age` years
/// past; any year when `max_age` is 0.
fn within(year: u32, max_age: u32) -> bool {
    max_age == 0 || (year <= LAST_YEAR && LAST_YEAR - year <= max_age)
}

/// Whether the Gregorian calendar has this day.
pub(in crate::detect::validate) fn is_day(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    year > 0 && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> DateFields {
        toml::from_str(text).expect("fields")
    }

    #[test]
    fn offsets_of_month_and_day() {
        let pesel = fields(
            "year = \"0..2\"\nmonth = \"2..4\"\nday = \"4..6\"\nmonth_offsets = [20, 40, 60, 80]\nday_offsets = [60]",
        );
        for text in ["440514", "002229", "808161", "809291"] {
            assert!(date(&pesel, text), "{text}");
        }
        for text in [
            "441314", "440532", "000000", "810229", "44051", "", "ä40514",
        ] {
            assert!(!date(&pesel, text), "{text}");
        }
    }

    #[test]
    fn age_is_counted_from_the_catalogue() {
        let born = fields("year = \"0..4\"\nmonth = \"4..6\"\nday = \"6..8\"\nmax_age = 130");
        assert!(date(&born, "19491231") && date(&born, "20240229"));
        assert!(!date(&born, "18991231") && !date(&born, "20310101") && !date(&born, "20230229"));
        let emso = fields("year = \"4..7\"\nmonth = \"2..4\"\nday = \"0..2\"\nmax_age = 130");
        assert!(date(&emso, "0101006") && date(&emso, "3112985") && !date(&emso, "0101500"));
    }

    #[test]
    fn written_dates() {
        for text in [
            "1980-05-17",
            "1980/5/7",
            "17.05.1980",
            "5/17/1980",
            "17/05/80",
            "19800517",
            "17051980",
            "17 May 1980",
            "May 17, 1980",
            "17-MAY-80",
            "17th of May 1980",
            "17. Mai 1980",
            "1er août 1980",
            "17 de mayo de 1980",
            "1980年5月17日",
            "1980-05-17T00:00:00Z",
            "1980-05-17 10:30:00",
            "80-05-17",
            "Sept 3, 1999",
        ] {
            assert!(any_date(120, text), "{text}");
        }
        for text in [
            "",
            "1980-13-17",
            "1980-02-30",
            "2031-01-01",
            "1890-01-01",
            "1.2.3.4",
            "10.0.0",
            "1980",
            "05/1980",
            "17 Foo 1980",
            "1234567",
            "123-45-6789",
            "99999999",
            "17 May",
            "1980-05-17 and more",
            "ä",
            "5月",
        ] {
            assert!(!any_date(120, text), "{text}");
        }
        assert!(any_date(0, "1890-01-01"));
    }
}
