//! What is wrong with a TOML file, in the words of whoever wrote it: the line, the key, the remedy.

use crate::language::Text;

/// The fault that stopped the reading of `source`. What the parser says in words of its own stays
/// in its own language.
pub fn fault(error: &toml::de::Error, source: &str) -> Text {
    let message = error.message().trim();
    let said = wording(message);
    match error.span().and_then(|span| source.get(..span.start)) {
        Some(before) => {
            let line = before.matches('\n').count() + 1;
            Text::new(format!("baris {line}: {}", said.id), format!("line {line}: {}", said.en))
        }
        None => said,
    }
}

fn wording(message: &str) -> Text {
    if let Some(rest) = message.strip_prefix("missing field ") {
        return Text::new(
            format!("kunci {rest} belum ada; tambahkan"),
            format!("the key {rest} is missing; add it"),
        );
    }
    for (start, id, en) in
        [("unknown field ", "kunci", "the key"), ("unknown variant ", "pilihan", "the choice")]
    {
        let Some((name, known)) = message.strip_prefix(start).and_then(|rest| rest.split_once(", expected "))
        else {
            continue;
        };
        let known = known.trim_start_matches("one of ");
        return Text::new(
            format!("{id} {name} tidak dikenal; yang dikenal: {known}"),
            format!("{en} {name} is not known; known are {known}"),
        );
    }
    let misfit = message.strip_prefix("invalid type: ").or(message.strip_prefix("invalid value: "));
    if let Some((found, expected)) = misfit.and_then(|rest| rest.split_once(", expected ")) {
        return Text::new(
            format!("isinya {found}, seharusnya {expected}"),
            format!("this holds {found}, and should hold {expected}"),
        );
    }
    Text::new(format!("bukan TOML yang benar: {message}"), format!("this is not well-formed TOML: {message}"))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::fault;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Plan {
        #[expect(dead_code, reason = "only its reading is tested")]
        year: u16,
    }

    #[test]
    fn a_fault_names_its_line_the_key_and_the_remedy() {
        for (text, id, en) in [
            (
                "\nyears = 3",
                "baris 2: kunci `years` tidak dikenal; yang dikenal: `year`",
                "line 2: the key `years` is not known; known are `year`",
            ),
            (
                "year = 'a'",
                "baris 1: isinya string \"a\", seharusnya u16",
                "line 1: this holds string \"a\", and should hold u16",
            ),
        ] {
            let said = fault(&toml::from_str::<Plan>(text).unwrap_err(), text);
            assert_eq!((said.id.as_str(), said.en.as_str()), (id, en));
        }
        let said = fault(&toml::from_str::<Plan>("").unwrap_err(), "");
        assert!(said.id.contains("kunci `year` belum ada"), "{said:?}");
        let said = fault(&toml::from_str::<Plan>("year =").unwrap_err(), "year =");
        assert!(said.id.starts_with("baris 1: bukan TOML yang benar"), "{said:?}");
    }
}
