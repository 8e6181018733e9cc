//! The slips of people who do not write such files every day: what Excel makes of a sheet, a file of the wrong name, several
//! faults in one element. Each is named for what it is, and nothing is said that only follows from it.

use super::provider::{Provider, SERVICES, SPECIMENS};
use crate::catalogue::authoring::inspect;

fn said(provider: &Provider) -> Vec<String> {
    provider.mistakes().iter().map(ToString::to_string).collect()
}

#[test]
fn a_mistake_is_named_by_its_own_line_below_comments_and_with_the_line_ends_of_excel() {
    let provider = Provider::new();
    let commented = SPECIMENS.replace("\nmcv,", "\n\n# Ett rør til hver.\n\nmcv,").replace("GEL", "GELL");
    for text in [commented.clone(), commented.replace('\n', "\r\n"), format!("# Ark\r\n\r\n{commented}")] {
        provider.write("specimens.csv", text.as_bytes());
        let lines: Vec<u32> = ["tsh,", "mcv,"].map(|row| provider.line_of("specimens.csv", row)).into();
        let found = provider.mistakes();
        assert_eq!(found.iter().map(|mistake| mistake.line).collect::<Vec<_>>(), lines, "{text:?}: {found:#?}");
    }
}

#[test]
fn days_as_a_norwegian_excel_writes_them_are_the_days_that_they_were() {
    let provider = Provider::new();
    let sheet = SERVICES
        .replace("dose; dose_day", "\"dose; dose_day\"")
        .replace("may_change; side", "\"may_change; side\"")
        .replace(',', ";");
    provider.write("services.csv", sheet.replace("2026-11-01", "20.11.2026").as_bytes());
    let report = inspect(provider.0.path());
    assert_eq!(report.mistakes, []);
    assert_eq!(report.catalogue.unwrap().services[0].checked, "2026-11-20");
    // No day of any calendar, and a sheet that no Norwegian Excel wrote.
    provider.write("services.csv", sheet.replace("2026-11-01", "31.11.2026").as_bytes());
    assert!(said(&provider)[0].contains("is not a day as YYYY-MM-DD"), "{:?}", said(&provider));
    provider.write("services.csv", SERVICES.replace("2026-11-01", "20.11.2026").as_bytes());
    assert!(said(&provider)[0].contains("`20.11.2026` is not a day"), "{:?}", said(&provider));
}

#[test]
fn a_sheet_that_is_empty_or_has_tabs_or_lacks_a_column_is_the_only_thing_that_is_named() {
    let cases = [
        ("sources.csv", String::new(), "sources.csv: is empty"),
        ("sources.csv", "# bare en kommentar\n".into(), "sources.csv: is empty"),
        ("services.csv", SERVICES.replace(',', "\t"), "services.csv: has tabs between its cells"),
        ("specimens.csv", SPECIMENS.replacen("container", "beholder", 1), "specimens.csv:1: beholder: unknown column"),
        ("containers.toml", String::new(), "containers.toml: has no [[container]]"),
    ];
    for (file, text, says) in cases {
        let provider = Provider::new();
        provider.write(file, text.as_bytes());
        let said = said(&provider);
        assert!(said[0].starts_with(says), "{file}: {said:#?}");
        assert!(said.iter().all(|mistake| mistake.starts_with(file)), "{file}: {said:#?}");
        assert_eq!(inspect(provider.0.path()).warnings, [], "{file}");
    }
}

#[test]
fn a_cell_with_a_comma_and_no_quotes_says_what_to_do() {
    let provider = Provider::new();
    provider.spoil("specimens.csv", "GEL,0.2", "GEL,0,2");
    let report = inspect(provider.0.path());
    assert!(report.mistakes[0].to_string().ends_with("needs quotes around it"), "{:?}", report.mistakes);
    assert_eq!((report.mistakes.len(), report.warnings), (1, vec![]), "nothing is said of what follows from it");
}

#[test]
fn a_mistyped_id_is_named_with_the_one_that_is_there() {
    let provider = Provider::new();
    provider.spoil("specimens.csv", "tsh,serum,GEL", "tsh,serm,gel");
    provider.spoil("services.csv", "stoffskifte,biokjemi", "stoffskifte,bikojemi");
    provider.spoil("panels.toml", "\"mcv\"", "\"crp\"");
    let said = said(&provider);
    assert_eq!(
        said,
        [
            "panels.toml:6: services: there is no service `crp`",
            "services.csv:2: department: there is no department `bikojemi`; is `biokjemi` meant?",
            "specimens.csv:2: container: there is no container `gel`; is `GEL` meant?",
            "specimens.csv:2: material: there is no material `serm`; is `serum` meant?",
        ]
    );
}

#[test]
fn a_file_of_rules_under_a_misspelt_name_is_not_left_out_without_a_word() {
    let provider = Provider::new();
    let at = |name: &str| provider.0.path().join(name);
    std::fs::rename(at("rules.toml"), at("rule.toml")).unwrap();
    provider.write("les-meg.txt", b"Til den som tar over.");
    let said = said(&provider);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].starts_with("rule.toml: is no file of a catalogue; those are: provider.toml"), "{said:#?}");
}

#[test]
fn every_fault_of_one_element_is_named_in_one_run() {
    let provider = Provider::new();
    provider.spoil("containers.toml", "handling = ", "handlings = ");
    provider.spoil("containers.toml", "label_name = \"SERUM GEL\"\n", "");
    provider.spoil("containers.toml", "kind = \"tube\"\n", "");
    provider.spoil("containers.toml", "fill_ml = 5", "fill_ml = \"5\"");
    provider.spoil("containers.toml", "order_of_draw = 3", "order_of_draw = 3.5");
    provider.spoil("containers.toml", "{ nb = \"gul\", nn = \"gul\", en = \"yellow\" }", "\"gul\"");
    provider.spoil("containers.toml", "after_minutes = 30", "after = 30");
    let mut said = said(&provider);
    said.sort_by_key(|mistake| mistake.rsplit_once(": ").map(|(place, _)| place.to_owned()));
    let named = |field: &str, what: &str| {
        assert!(said.iter().any(|mistake| mistake.contains(field) && mistake.contains(what)), "{field}: {said:#?}");
    };
    named("container", "unknown field `handlings`");
    named("container", "unknown field `after`");
    named(": handling:", "is missing");
    named(": label_name:", "is missing");
    named(": kind:", "is missing");
    named(": spin.after_minutes:", "is missing");
    named(": fill_ml:", "`\"5\"` is not a number without quotes");
    named(": order_of_draw:", "`3.5` is not a whole number");
    named(": colour_name:", "`\"gul\"` is not a text as { nb");
    assert_eq!(said.len(), 9, "{said:#?}");
}
