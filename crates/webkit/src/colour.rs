//! A tenant's brand colour, made readable (WCAG 2.2 §1.4.3): darkened for light pages and lightened for dark ones until
//! it has 4.5 : 1 on every ground that text of this colour stands on.

use std::fmt;

/// An sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

const WHITE: Colour = Colour::new(0xff, 0xff, 0xff);
const BLACK: Colour = Colour::new(0, 0, 0);
/// The darkest ground of light pages, and the surfaces (app.css has the same values).
const LIGHT_GROUND: Colour = Colour::new(0xf0, 0xf0, 0xf2);
const LIGHT_SURFACE: Colour = WHITE;
const DARK_SURFACE: Colour = Colour::new(0x18, 0x18, 0x1b);
/// WCAG AA for text, with a little to spare for rounding.
const READABLE: f64 = 4.55;

impl Colour {
    /// From its three parts.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Reads `#rrggbb` or `rrggbb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix('#').unwrap_or(text);
        if hex.len() != 6 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let part = |from: usize| u8::from_str_radix(hex.get(from..from + 2)?, 16).ok();
        Some(Self::new(part(0)?, part(2)?, part(4)?))
    }

    /// The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio").
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// This colour with `percent` of another one in it.
    fn mixed(self, other: Self, percent: u16) -> Self {
        let mix = |one: u8, two: u8| {
            let sum = u16::from(one) * (100 - percent.min(100)) + u16::from(two) * percent.min(100);
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self::new(mix(self.red, other.red), mix(self.green, other.green), mix(self.blue, other.blue))
    }

    /// The first mixture with `towards` that is readable on all grounds.
    fn readable(self, towards: Self, grounds: &[Self]) -> Self {
        (0..=100)
            .map(|percent| self.mixed(towards, percent))
            .find(|colour| grounds.iter().all(|ground| colour.contrast(*ground) >= READABLE))
            .unwrap_or(towards)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

/// What a scheme needs of an accent: the colour, what is written on it, and a soft ground for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Accent {
    accent: Colour,
    on: Colour,
    soft: Colour,
}

/// A brand colour in both schemes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    light: Accent,
    dark: Accent,
}

impl Palette {
    /// Makes `brand` readable in both schemes.
    #[must_use]
    pub fn of(brand: Colour) -> Self {
        let soft = LIGHT_SURFACE.mixed(brand, 9);
        let accent = brand.readable(BLACK, &[LIGHT_SURFACE, LIGHT_GROUND, soft]);
        let light = Accent { accent, on: WHITE, soft };
        let soft = DARK_SURFACE.mixed(brand, 18);
        let accent = brand.readable(WHITE, &[DARK_SURFACE, soft]);
        let dark = Accent { accent, on: BLACK.mixed(accent, 10).readable(BLACK, &[accent]), soft };
        Self { light, dark }
    }

    /// As a stylesheet that overrides app.css's tokens, with the same conditions as there.
    #[must_use]
    pub fn css(&self) -> String {
        let tokens =
            |Accent { accent, on, soft }| format!("--accent:#{accent};--on-accent:#{on};--accent-soft:#{soft}");
        let (light, dark) = (tokens(self.light), tokens(self.dark));
        format!(
            ":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n\
             :root[data-theme=dark]{{{dark}}}\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contrast_of_known_pairs() {
        assert!((WHITE.contrast(BLACK) - 21.0).abs() < 0.01);
        assert!((Colour::parse("#767676").unwrap().contrast(WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn any_brand_colour_becomes_readable_in_both_schemes() {
        for hex in ["000000", "ffffff", "ffff00", "00ff00", "ff0000", "0000ff", "3451c6", "767676", "ff8800", "102030"]
        {
            let Palette { light, dark } = Palette::of(Colour::parse(hex).unwrap());
            for (one, two) in [
                (light.accent, LIGHT_SURFACE),
                (light.accent, LIGHT_GROUND),
                (light.accent, light.soft),
                (light.accent, light.on),
                (dark.accent, DARK_SURFACE),
                (dark.accent, dark.soft),
                (dark.accent, dark.on),
            ] {
                assert!(one.contrast(two) >= 4.5, "{hex}: {one} on {two} has {}", one.contrast(two));
            }
        }
    }

    #[test]
    fn a_readable_colour_stays_as_it_is() {
        let brand = Colour::parse("3451c6").unwrap();
        assert_eq!(Palette::of(brand).light.accent, brand);
    }

    #[test]
    fn only_six_hexadecimal_digits_are_a_colour() {
        for text in ["", "#fff", "#12345g", "1234567", "#é2345", "+12345", "red;}"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }
}
