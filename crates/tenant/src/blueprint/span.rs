use std::time::Duration;

use serde::{Deserialize, Deserializer, de::Error};

/// A length of time as people write it in a blueprint: `"30m"`, `"12h"`, `"7d"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub Duration);

impl Span {
    fn parse(text: &str) -> Option<Self> {
        let unit = text.chars().last()?;
        let seconds = match unit {
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return None,
        };
        let number: u32 = text.strip_suffix(unit)?.parse().ok()?;
        Some(Self(Duration::from_secs(u64::from(number) * seconds)))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(format!("`{text}` is no length of time: write minutes, hours or days, as 30m, 12h or 7d"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_have_a_number_and_a_unit() {
        assert_eq!(Span::parse("30m"), Some(Span(Duration::from_mins(30))));
        assert_eq!(Span::parse("7d"), Some(Span(Duration::from_hours(168))));
        for wrong in ["", "d", "7", "7w", "-1d", "1.5h", "ü"] {
            assert_eq!(Span::parse(wrong), None, "{wrong}");
        }
    }
}
