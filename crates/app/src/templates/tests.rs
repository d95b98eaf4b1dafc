use super::built_in;
use super::render::{Placeholder, TemplateFault, check, render};
use super::{TITLE_CHARS_MAX, TemplateError, WORDS_CHARS_MAX};

fn filled(template: &str) -> Result<String, TemplateFault> {
    let value = |placeholder| match placeholder {
        Placeholder::Case => Some("SO-1-R1".to_owned()),
        Placeholder::Name => Some("{order} }{".to_owned()),
        Placeholder::Missing => Some(String::new()),
        _ => None,
    };
    render(template, &value)
}

#[test]
fn what_is_filled_in_is_not_filled_in_again() {
    assert_eq!(filled("{case}: {name}!").unwrap(), "SO-1-R1: {order} }{!");
    assert_eq!(filled("").unwrap(), "");
    assert_eq!(filled("案件{case}。").unwrap(), "案件SO-1-R1。");
}

#[test]
fn a_brace_that_is_to_be_seen_is_doubled() {
    assert_eq!(filled("{{case}} }}{{ {{{case}}}").unwrap(), "{case} }{ {SO-1-R1}");
    for odd in ["{", "}", "{case", "case}", "{{case}", "{case}}", "{ca\nse}", "{{{"] {
        assert_eq!(filled(odd), Err(TemplateFault::Brace), "{odd}");
    }
}

#[test]
fn a_placeholder_that_is_not_known_is_named_with_those_that_are() {
    let fault = check("{case} {naem}").unwrap_err();
    assert_eq!(fault, TemplateFault::Unknown { name: "naem".to_owned() });
    let said = fault.to_string();
    assert!(said.starts_with("`{naem}` is no placeholder: there are `{case}`, "), "{said}");
    assert!(check("{}").is_err() && check("{Case}").is_err() && check("{ case }").is_err());
}

#[test]
fn what_is_not_known_of_a_case_is_no_hole_in_an_answer() {
    for (template, placeholder) in
        [("{missing}", Placeholder::Missing), ("{send_by}", Placeholder::SendBy)]
    {
        assert_eq!(filled(template), Err(TemplateFault::NotKnown { placeholder }));
    }
}

#[test]
fn the_answers_that_come_along_are_good_and_are_in_every_language() {
    let all: Vec<_> = built_in::all().collect();
    for each in &all {
        super::check(&each.id, each.language.tag(), &each.title, &each.words).unwrap();
        let of_one = all.iter().filter(|other| other.id == each.id);
        assert_eq!(of_one.count(), 3, "{}", each.id);
    }
}

#[test]
fn a_template_has_an_id_a_language_a_title_and_words() {
    let check = super::check;
    assert!(check("thanks", "en", "Thanks", "Thank you, {name}.").is_ok());
    for id in ["", "Thanks", "a b", "../x", &"a".repeat(61)] {
        assert!(matches!(check(id, "en", "t", "w"), Err(TemplateError::Id { .. })), "{id}");
    }
    for tag in ["", "xx", "zh", "EN"] {
        assert!(matches!(check("a", tag, "t", "w"), Err(TemplateError::Language { .. })), "{tag}");
    }
    let (title, words) = ("t".repeat(TITLE_CHARS_MAX + 1), "w".repeat(WORDS_CHARS_MAX + 1));
    for (title, words) in
        [("", "w"), (" ", "w"), ("t", ""), (&title, "w"), ("t", &words), ("a\nb", "w"), ("t", "\0")]
    {
        assert!(matches!(check("a", "en", title, words), Err(TemplateError::Text)));
    }
}
