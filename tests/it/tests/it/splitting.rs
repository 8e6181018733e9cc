//! One basket becomes as many requisitions as its receivers demand, from a table: `cases/splitting.csv`. The tool's plan says
//! the same.

use std::path::Path;
use std::process::Command;

use it::tool;
use jiff::Timestamp;
use requisition::catalogue::model::Service;
use requisition::composing::composition::Composition;
use requisition::composing::draft::{Draft, Edit};
use requisition::composing::{Catalogues, apply};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::composing::{catalogues, composed, patient};

/// `furumo/sar-dyrkning*2@2026-12-15`.
struct Pick {
    provider: String,
    service: String,
    containers: usize,
    day: Option<String>,
}

#[test]
fn every_basket_of_the_table_becomes_the_requisitions_that_its_receivers_demand() {
    let catalogues = catalogues();
    let mut wrong = Vec::new();
    for (case, picks, becomes) in cases() {
        let draft = drafted(&picks, &catalogues);
        let found = said(&composed(&draft, &catalogues), &draft);
        if found != becomes {
            wrong.push(format!("{case}:\n  wanted {becomes}\n  found  {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_tool_plans_what_the_window_plans() {
    let catalogues = catalogues();
    let folder = tempfile::tempdir().unwrap();
    let mut compared = 0;
    for (case, picks, becomes) in cases() {
        // An order has one receiver.
        if picks.iter().any(|pick| pick.provider != picks[0].provider) {
            continue;
        }
        let order = folder.path().join("order.json");
        std::fs::write(&order, document(&picks, &catalogues).to_string()).unwrap();
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog-data").join(&picks[0].provider);
        let done = Command::new(tool()).arg("plan").arg(&order).arg("--catalogue").arg(&data).output().unwrap();
        assert!(done.status.success(), "{case}: {}", String::from_utf8_lossy(&done.stderr));
        let plan: Value = serde_json::from_slice(&done.stdout).unwrap();
        let parts = plan["requisitions"].as_array().unwrap();
        assert_eq!(parts.len(), becomes.split(" | ").count(), "{case}: {parts:?}");
        let draft = drafted(&picks, &catalogues);
        let here = composed(&draft, &catalogues);
        let counts: Vec<u32> = here.plan.iter().map(|specimen| specimen.count).collect();
        let theirs: Vec<u64> =
            plan["specimens"].as_array().unwrap().iter().map(|specimen| specimen["count"].as_u64().unwrap()).collect();
        assert_eq!(theirs.iter().sum::<u64>(), u64::from(counts.iter().sum::<u32>()), "{case}");
        for (part, known) in parts.iter().zip(&here.parts) {
            assert_eq!(part["department"], known.department, "{case}");
            assert_eq!(part["only"], json!(known.only), "{case}");
            assert_eq!(part["plannedDate"], json!(known.planned_date), "{case}");
            let names = known.lines.iter().filter_map(|id| draft.line(*id)).map(|line| &line.name);
            assert_eq!(part["services"], json!(names.collect::<Vec<_>>()), "{case}");
        }
        compared += 1;
    }
    assert!(compared > 8);
}

fn said(composition: &Composition, draft: &Draft) -> String {
    let parts = composition.parts.iter().map(|part| {
        let services: Vec<&str> =
            part.lines.iter().filter_map(|id| draft.line(*id)).map(|line| line.service.as_str()).collect();
        let taken = composition.plan.iter().filter(|specimen| part.specimens.contains(&specimen.key));
        let day = part.planned_date.as_ref().map(|day| format!("@{day}")).unwrap_or_default();
        let only = part.only.as_ref().map(|only| format!("#{only}")).unwrap_or_default();
        let count: u32 = taken.map(|specimen| specimen.count).sum();
        format!("{}/{}{day}{only}: {} ({count})", part.provider, part.department, services.join(" "))
    });
    parts.collect::<Vec<_>>().join(" | ")
}

fn drafted(picks: &[Pick], catalogues: &Catalogues) -> Draft {
    let mut draft = Draft::new(Uuid::now_v7().to_string(), patient(), Some("r1".into()), Timestamp::UNIX_EPOCH);
    let mut edit = |edit: Edit| apply(&mut draft, edit, catalogues, Timestamp::UNIX_EPOCH).unwrap();
    for (at, pick) in picks.iter().enumerate() {
        let line = u32::try_from(at).unwrap() + 1;
        edit(Edit::AddService { provider: pick.provider.clone(), service: pick.service.clone() });
        for _ in 0..if pick.containers > 1 { pick.containers } else { 0 } {
            edit(Edit::AddContainer { line });
        }
        edit(Edit::LinePlannedDate { line, date: pick.day.clone() });
    }
    draft
}

/// The same basket as a record system would hand it over.
fn document(picks: &[Pick], catalogues: &Catalogues) -> Value {
    let (mut services, mut specimens) = (Vec::new(), Vec::new());
    let mut discipline = String::new();
    for (at, pick) in picks.iter().enumerate() {
        let (indexed, service): (_, &Service) = catalogues.service(&pick.provider, &pick.service).unwrap();
        discipline.clone_from(&indexed.department(&service.department).unwrap().discipline);
        let mut keys = Vec::new();
        if let Some(way) = service.specimens.first() {
            for container in 0..pick.containers {
                let key = format!("{at}-{container}");
                specimens.push(json!({ "key": key, "material": { "text": way.material }, "notCollected": true }));
                keys.push(key);
            }
        }
        let code = &service.code;
        let mut asked = json!({ "code": { "system": code.system, "display": code.display } });
        if let Some(code) = &code.code {
            asked["code"]["code"] = json!(code);
        }
        if !service.specs.is_empty() {
            asked["specs"] = json!(service.specs);
        }
        if !keys.is_empty() {
            asked["specimens"] = json!(keys);
        }
        if let Some(day) = &pick.day {
            asked["requestedDate"] = json!(day);
        }
        services.push(asked);
    }
    let mut order = it::orders::document(Uuid::from_u128(1), "new");
    order["discipline"] = json!(discipline);
    order["mayChangeModality"] = json!(false);
    order["services"] = json!(services);
    order["specimens"] = json!(specimens);
    order
}

fn cases() -> Vec<(String, Vec<Pick>, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/splitting.csv");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).skip(1);
    rows.map(|row| {
        let cells: Vec<&str> = row.split(';').collect();
        let picks = cells[1].split_whitespace().map(pick).collect();
        (cells[0].to_owned(), picks, cells[2].to_owned())
    })
    .collect()
}

fn pick(word: &str) -> Pick {
    let (rest, day) = word.split_once('@').map_or((word, None), |(rest, day)| (rest, Some(day.to_owned())));
    let (rest, count) = rest.split_once('*').map_or((rest, "1"), |(rest, count)| (rest, count));
    let (provider, service) = rest.split_once('/').unwrap();
    Pick { provider: provider.into(), service: service.into(), containers: count.parse().unwrap(), day }
}
