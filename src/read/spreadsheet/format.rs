//! Number formats that spell identifiers: fixed digits with separators.

/// A number format made of digit places and literals only, such as Excel's
/// special formats for social security numbers (`000\-00\-0000`), postal codes
/// (`00000`) and telephone numbers (`[<=9999999]###\-####;\(###\)\ ###\-####`).
///
/// Syntax: ECMA-376 part 1, 18.8.31.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DigitFormat {
    sections: Vec<Section>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Section {
    /// The largest number that the section is for.
    at_most: u64,
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// `0`: a digit, zero when the number has no more.
    Zero,
    /// `#`: a digit, nothing when the number has no more.
    Digit,
    Literal(char),
}

/// Above this a double no longer holds every integer.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl DigitFormat {
    /// `None` for formats of quantities, dates and text, which show no more
    /// than the plain number does.
    pub(super) fn parse(code: &str) -> Option<Self> {
        let sections = code
            .split(';')
            .map_while(Section::parse)
            .collect::<Vec<_>>();
        let telling = |section: &Section| {
            let zeros = section
                .parts
                .iter()
                .filter(|part| **part == Part::Zero)
                .count();
            let literals = section
                .parts
                .iter()
                .any(|part| matches!(part, Part::Literal(c) if *c != ' '));
            zeros >= 2 || (literals && section.parts.len() > 4)
        };
        (!sections.is_empty() && sections.iter().all(telling)).then_some(DigitFormat { sections })
    }

    /// Appends the number in this format; false, and nothing appended, when
    /// the format is not for such a number.
    pub(super) fn write(&self, number: f64, text: &mut String) -> bool {
        if number.fract() != 0.0 || !(0.0..EXACT).contains(&number) {
            return false;
        }
        let number = number as u64;
        match self
            .sections
            .iter()
            .find(|section| number <= section.at_most)
        {
            Some(section) => {
                section.write(number, text);
                true
            }
            None => false,
        }
    }
}

impl Section {
    fn parse(code: &str) -> Option<Self> {
        let (at_most, code) = match code.strip_prefix("[<=") {
            Some(rest) => {
                let (limit, rest) = rest.split_once(']')?;
                (limit.parse().ok()?, rest)
            }
            None => (u64::MAX, code),
        };
        let mut parts = Vec::new();
        let mut chars = code.chars();
        while let Some(c) = chars.next() {
            match c {
                '0' => parts.push(Part::Zero),
                '#' => parts.push(Part::Digit),
                '\\' => parts.push(Part::Literal(chars.next()?)),
                '"' => parts.extend(chars.by_ref().take_while(|c| *c != '"').map(Part::Literal)),
                '-' | ' ' | '(' | ')' | '/' => parts.push(Part::Literal(c)),
                _ => return None,
            }
        }
        parts
            .iter()
            .any(|part| !matches!(part, Part::Literal(_)))
            .then_some(Section { at_most, parts })
    }

    /// Fills the places from the right; the first place takes all that is left.
    fn write(&self, mut number: u64, text: &mut String) {
        let mut places = self
            .parts
            .iter()
            .filter(|part| !matches!(part, Part::Literal(_)))
            .count();
        let mut shown = Vec::with_capacity(self.parts.len() + 8);
        for part in self.parts.iter().rev() {
            if let Part::Literal(c) = part {
                shown.push(*c);
                continue;
            }
            places -= 1;
            if number != 0 || *part == Part::Zero {
                shown.push(last_digit(number));
                number /= 10;
            }
            while places == 0 && number != 0 {
                shown.push(last_digit(number));
                number /= 10;
            }
        }
        text.extend(shown.iter().rev());
    }
}

fn last_digit(number: u64) -> char {
    char::from(b'0' + (number % 10) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(code: &str, number: f64) -> Option<String> {
        let mut text = String::new();
        DigitFormat::parse(code)?
            .write(number, &mut text)
            .then_some(text)
    }

    #[test]
    fn shows_what_excel_shows() {
        let phone = r"[<=9999999]###\-####;\(###\)\ ###\-####";
        assert_eq!(
            show(r"000\-00\-0000", 123_456.0).as_deref(),
            Some("000-12-3456")
        );
        assert_eq!(
            show("000-00-0000", 536_228_471.0).as_deref(),
            Some("536-22-8471")
        );
        assert_eq!(show("00000", 2138.0).as_deref(), Some("02138"));
        assert_eq!(show("00000", 1_234_567.0).as_deref(), Some("1234567"));
        assert_eq!(show(phone, 5_550_123.0).as_deref(), Some("555-0123"));
        assert_eq!(
            show(phone, 2_025_550_123.0).as_deref(),
            Some("(202) 555-0123")
        );
    }

    #[test]
    fn leaves_quantities_alone() {
        for code in [
            "General",
            "0",
            "0.00",
            "#,##0",
            "# ##0",
            "0%",
            "0.00E+00",
            "yyyy-mm-dd",
            "@",
            "##0",
        ] {
            assert_eq!(DigitFormat::parse(code), None, "{code}");
        }
        assert_eq!(show("00000", 1.5), None);
        assert_eq!(show("00000", -1.0), None);
    }
}
