//! Every kind of mistake, named by file, line and cell, on a small provider that has none.

mod provider;
mod rows;
mod slips;

use self::{
    provider::{Provider, SERVICES, SPECIMENS, TEXTS},
    rows::{ROWS, Row},
};
use crate::catalogue::authoring::{Mistake, inspect};

#[test]
fn each_mistake_is_the_only_one_and_is_named_by_file_line_and_cell() {
    let mut wrong = Vec::new();
    for Row(file, from, to, line, field, says) in ROWS {
        let provider = Provider::new();
        provider.spoil(file, from, to);
        let found = provider.mistakes();
        let expected = (*file, provider.line_of(file, line), *field);
        let named = |mistake: &Mistake| (mistake.file.as_str(), mistake.line, mistake.field.as_str()) == expected;
        let only = matches!(found.as_slice(), [one] if named(one) && one.what.to_string().contains(says));
        if !only {
            let said: Vec<String> = found.iter().map(ToString::to_string).collect();
            wrong.push(format!("{file}: {from} → {to}: {expected:?} {says}, but: {said:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), ROWS.len(), wrong.join("\n"));
}

#[test]
fn a_radiology_service_that_never_asks_whether_it_may_be_changed_is_a_mistake() {
    let provider = Provider::new();
    provider.spoil("services.csv", "may_change; side", "side");
    let said: Vec<String> = provider.mistakes().iter().map(ToString::to_string).collect();
    let unasked = "services.csv:5: questions: a radiology service has to ask a question placed as may_change_modality";
    assert!(said.iter().any(|mistake| mistake == unasked), "{said:#?}");
}

#[test]
fn the_provider_without_a_mistake_builds_without_a_warning() {
    let report = inspect(Provider::new().0.path());
    assert_eq!((report.mistakes, report.warnings), (vec![], vec![]));
    assert!(report.catalogue.is_some());
}

#[test]
fn a_missing_column_is_named_once_and_a_missing_file_hides_nothing_else() {
    let provider = Provider::new();
    let services: String =
        SERVICES.lines().map(|line| format!("{}\n", line.split_once(',').map_or(line, |(_, rest)| rest))).collect();
    provider.write("services.csv", services.as_bytes());
    let missing: Vec<_> = provider.mistakes().into_iter().filter(|mistake| mistake.file == "services.csv").collect();
    assert_eq!((missing[0].line, missing[0].field.as_str()), (1, "id"));
    let provider = Provider::new();
    std::fs::remove_file(provider.0.path().join("containers.toml")).unwrap();
    provider.spoil("rules.toml", "tsh') < 28", "tsh') < last_day");
    let said: Vec<String> = provider.mistakes().iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].starts_with("containers.toml: cannot be read"), "{said:#?}");
    assert!(said[1].starts_with("rules.toml:4: condition: the condition uses `last_day`"), "{said:#?}");
}

#[test]
fn a_broken_container_is_named_once_and_not_for_every_service_that_uses_it() {
    let provider = Provider::new();
    provider.spoil("containers.toml", "fill_ml = 5", "fill = 5\nbred = 2\nkind2 = 1");
    let said: Vec<String> = provider.mistakes().iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 3, "each unknown field is named: {said:#?}");
    assert!(said.iter().all(|mistake| mistake.starts_with("containers.toml:")), "{said:#?}");
}

#[test]
fn twenty_mistakes_in_all_files_are_named_in_one_run() {
    let picked = [
        "version = \"2026.2\"",
        "\"999900\"",
        "discipline = \"CLIN\"",
        "copies = 1",
        "#e6b83a",
        "\"SERUM GEL\"",
        "nn = \"gul\", ",
        "tsh,NLK,NPU03577",
        ",Blod,50,,,,,,,,DEMO",
        "stoffskifte,biokjemi",
        "DEMO,2026-11-01\nkne",
        "GEL,0.3",
        "room,morning,yes",
        "answers.dose > 2.0",
        "age > 18",
        "of = \"dose\"",
        "\"{days} days ago.\"",
        "checked = \"2026-11-01\"",
        "en = \"In the morning.\"",
        "https://balsam.example/",
    ];
    let provider = Provider::new();
    let mut expected = Vec::new();
    for from in picked {
        let row = ROWS.iter().find(|row| row.1 == from).unwrap_or_else(|| panic!("no row spoils {from}"));
        provider.spoil(row.0, row.1, row.2);
        expected.push(row);
    }
    let found = provider.mistakes();
    assert!(expected.len() >= 20);
    for Row(file, from, _, line, field, says) in &expected {
        let at = provider.line_of(file, line);
        let named = found.iter().any(|mistake| {
            (mistake.file.as_str(), mistake.line, mistake.field.as_str()) == (*file, at, *field)
                && mistake.what.to_string().contains(says)
        });
        assert!(named, "{from} is not among {:#?}", found.iter().map(ToString::to_string).collect::<Vec<_>>());
    }
    assert_eq!(found.len(), expected.len(), "{:#?}", found.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert!(found.is_sorted_by_key(|mistake| (&mistake.file, mistake.line)));
}

#[test]
fn a_replacement_that_goes_in_a_circle_is_shown_as_it_goes() {
    let provider = Provider::new();
    provider.spoil("services.csv", "0,120,,,DEMO", "0,120,lpk,,DEMO");
    provider.spoil("services.csv", "50,,,,,,,,DEMO", "50,,,,,,tsh,,DEMO");
    let said: Vec<String> = provider.mistakes().iter().map(|mistake| mistake.what.to_string()).collect();
    assert!(said.iter().any(|what| what.contains("tsh → lpk → mcv → tsh")), "{said:#?}");
}

#[test]
fn sheets_from_a_norwegian_excel_are_read() {
    let provider = Provider::new();
    let semicolons = |text: &str| {
        let quoted =
            text.replace("dose; dose_day", "\"dose; dose_day\"").replace("may_change; side", "\"may_change; side\"");
        let cells = quoted.replace(',', ";").replace("0.3", "0,3").replace('\n', "\r\n");
        format!("\u{feff}{cells}").into_bytes()
    };
    provider.write("services.csv", &semicolons(SERVICES));
    provider.write("specimens.csv", &semicolons(&format!("{SPECIMENS},,,,,,\n")));
    provider.write("texts.toml", format!("\u{feff}{TEXTS}").as_bytes());
    let report = inspect(provider.0.path());
    assert_eq!(report.mistakes, []);
    let catalogue = report.catalogue.unwrap();
    assert_eq!(catalogue.services[0].specimens[0].volume_ml, 0.3);
    assert_eq!(catalogue.services[0].questions, ["dose", "dose_day"]);
    // The other CSV of Excel is not UTF-8.
    let latin: Vec<u8> = SERVICES.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    provider.write("services.csv", &latin);
    let found = provider.mistakes();
    assert_eq!((found[0].file.as_str(), found[0].line), ("services.csv", 5), "{found:?}");
    assert!(found[0].what.to_string().contains("not UTF-8"));
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn a_word_that_leads_to_several_services_is_a_warning_and_builds() {
    let provider = Provider::new();
    provider.spoil("services.csv", "MCV,,biokjemi", "MCV,Stoff-skifte,biokjemi");
    provider.spoil("sources.csv", "DEMO,Demonstrasjon,https://balsam.example/\n", "DEMO,Demonstrasjon,\n");
    let report = inspect(provider.0.path());
    assert!(report.catalogue.is_some());
    let said: Vec<String> = report.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["services.csv:3: synonyms: `Stoff-skifte` leads to tsh, mcv: whoever types it has to choose"]);
}
