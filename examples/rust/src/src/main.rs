//! Breaks a text into lines of at most so many characters: `fold WIDTH TEXT`.

use std::process::ExitCode;

fn fold(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_string()),
        }
    }
    lines
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first().map(|(width, words)| (width.parse(), words.join(" "))) {
        Some((Ok(width), text)) => {
            println!("{}", fold(&text, width).join("\n"));
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("fold: expected WIDTH TEXT, for example: fold 20 \"as long as it is wide\"");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn breaks_between_words() {
        assert_eq!(fold("as long as it is wide", 10), ["as long as", "it is wide"]);
        assert_eq!(fold("", 10), Vec::<String>::new());
        assert_eq!(fold("überlang ist kurz", 12), ["überlang ist", "kurz"]);
    }
}
