use webkit::Visit;

/// Browsers by what they call themselves. The order counts: most of them also call themselves something further down.
const BROWSERS: [(&str, &str); 11] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Systems likewise, and whether one carries them about.
const SYSTEMS: [(&str, &str, bool); 9] = [
    ("iPhone", "iPhone", true),
    ("iPad", "iPad", true),
    ("Android", "Android", true),
    ("CrOS", "ChromeOS", false),
    ("Windows", "Windows", false),
    ("Macintosh", "macOS", false),
    ("Mac OS X", "macOS", false),
    ("Linux", "Linux", false),
    ("FreeBSD", "FreeBSD", false),
];

fn browser(user_agent: &str) -> Option<&'static str> {
    BROWSERS.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
}

fn system(user_agent: &str) -> Option<(&'static str, bool)> {
    SYSTEMS.iter().find(|(mark, ..)| user_agent.contains(mark)).map(|(_, name, mobile)| (*name, *mobile))
}

/// A device in words: "Firefox on Windows". Nothing but a hint: a browser may call itself anything.
pub fn words(visit: &Visit, user_agent: &str) -> String {
    match (browser(user_agent), system(user_agent)) {
        (Some(browser), Some((system, _))) => visit.t_with("device-both", [("browser", browser), ("system", system)]),
        (Some(name), None) | (None, Some((name, _))) => name.to_owned(),
        (None, None) => visit.t("device-unknown"),
    }
}

/// The icon that stands for it.
pub fn icon(user_agent: &str) -> &'static str {
    match system(user_agent) {
        Some((_, true)) => "smartphone",
        _ => "monitor",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_and_systems_are_told_apart() {
        let chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0";
        let table = [
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {chrome} Safari/537.36"),
                "Chrome",
                "Windows",
                "monitor",
            ),
            (format!("Mozilla/5.0 (Windows NT 10.0) {chrome} Safari/537.36 Edg/130.0"), "Edge", "Windows", "monitor"),
            (format!("Mozilla/5.0 (X11; CrOS x86_64) {chrome} Safari/537.36"), "Chrome", "ChromeOS", "monitor"),
            (
                format!("Mozilla/5.0 (Linux; Android 15) {chrome} Mobile Safari/537.36"),
                "Chrome",
                "Android",
                "smartphone",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0".to_owned(),
                "Firefox",
                "Linux",
                "monitor",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1.15 Version/18 Safari/605.1.15"
                    .to_owned(),
                "Safari",
                "macOS",
                "monitor",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1".to_owned(),
                "Safari",
                "iPhone",
                "smartphone",
            ),
        ];
        for (user_agent, expected, on, drawn) in &table {
            let found = (browser(user_agent), system(user_agent).map(|(name, _)| name), icon(user_agent));
            assert_eq!(found, (Some(*expected), Some(*on), *drawn), "{user_agent}");
        }
        assert_eq!((browser("curl/8"), system("curl/8"), icon("")), (None, None, "monitor"));
    }
}
