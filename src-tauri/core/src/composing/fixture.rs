//! Two small catalogues that disagree, for tests of composing and of requisitions.

use std::sync::Arc;

use jiff::{Timestamp, Zoned};
use serde_json::{Value, json};

use crate::catalogue::model::{Catalogue, Indexed};
use crate::composing::draft::{Draft, Edit, Patient};
use crate::composing::{Catalogues, Composition, Context, PastOrder, apply, compose};

pub fn text(nb: &str) -> Value {
    json!({ "nb": nb, "nn": nb, "en": nb })
}

pub fn container(id: &str, draw: Option<u32>, fill_ml: Option<f64>, yield_fraction: f64, dead_ml: f64) -> Value {
    let mut value = json!({
        "id": id, "name": text(id), "label_name": id, "kind": "tube", "colour": "#c9a227", "colour_name": text("gul"),
        "yield_fraction": yield_fraction, "dead_ml": dead_ml, "sort": 0, "handling": text("Vend 5 ganger."),
        "take_home": id == "URIN", "source": "DEMO"
    });
    if let Some(draw) = draw {
        value["order_of_draw"] = json!(draw);
    }
    if let Some(fill) = fill_ml {
        value["fill_ml"] = json!(fill);
    }
    value
}

pub fn way(container: &str, material: &str, volume_ml: f64) -> Value {
    json!({ "material": material, "container": container, "volume_ml": volume_ml })
}

pub fn service(id: &str, code: &str, department: &str, ways: &[Value]) -> Value {
    json!({
        "id": id, "code": { "system": if code.is_empty() { "LOCAL" } else { "NLK" }, "code": if code.is_empty() { id } else { code }, "display": id },
        "name": id, "department": department, "group": "G", "specimens": ways, "source": "DEMO", "checked": "2026-11-20"
    })
}

pub fn with(mut value: Value, changes: Value) -> Value {
    let changes = changes.as_object().expect("changes are an object").clone();
    value.as_object_mut().expect("the value is an object").extend(changes);
    value
}

pub fn question(id: &str, answer: &str, place: Value) -> Value {
    json!({ "id": id, "phase": "order", "answer": answer, "text": text(id), "place": place })
}

pub fn department(id: &str, discipline: &str, her: &str) -> Value {
    json!({ "id": id, "name": format!("Avdeling {id}"), "short": "AVD", "her": her, "discipline": discipline, "discipline_name": text(id) })
}

pub fn provider(id: &str) -> Value {
    json!({
        "id": id, "name": format!("Sykehus {id}"), "organisation": "Balsam sykehus HF", "her": "999900",
        "organisation_number": "883974832", "demo": true, "message_version": "1.6", "stale_after_days": 30,
        "limits": { "clinical_text": 4000, "services": 50, "national_id_required": false, "attachments_bytes": 1000000 },
        "abilities": { "change": true, "addition": true, "cancel": true, "change_until": "specimen_received" },
        "receipt_within_hours": 96
    })
}

/// The whole catalogue of provider `a`, to change before use.
pub fn a() -> Value {
    json!({
        "format": 1, "provider": provider("a"), "version": "2026.11.1", "valid_from": "2026-11-01",
        "departments": [department("biokjemi", "CLIN", "999901"), department("mikro", "MBIO", "999902"), department("rontgen", "MR", "999903")],
        "containers": [
            container("GEL", Some(2), Some(5.0), 0.4, 0.2), container("EDTA", Some(3), Some(3.0), 1.0, 0.2),
            container("SITRAT", Some(1), Some(2.7), 1.0, 0.0), container("URIN", None, None, 1.0, 0.0)
        ],
        "services": [
            service("tsh", "NPU03577", "biokjemi", &[way("GEL", "Serum", 0.2)]),
            service("ft4", "NPU03579", "biokjemi", &[way("GEL", "Serum", 0.2)]),
            service("hb", "NOR05172", "biokjemi", &[way("EDTA", "Blod", 0.1)]),
            with(service("crp", "NPU19748", "biokjemi", &[way("GEL", "Serum", 0.1), way("EDTA", "Plasma", 0.1)]), json!({ "retest_days": 14 })),
            with(service("litium", "NPU02613", "biokjemi", &[way("GEL", "Serum", 0.3)]), json!({ "questions": ["dose", "level", "why"] })),
            with(service("hcg", "NPU01580", "biokjemi", &[way("GEL", "Serum", 0.3)]), json!({ "questions": ["pregnant", "week"], "sex": "2", "min_age": 12 })),
            with(service("glukose", "NPU02192", "biokjemi", &[way("GEL", "Serum", 0.2)]), json!({ "questions": ["fasting"] })),
            with(service("gammel", "NPU03568", "biokjemi", &[way("GEL", "Serum", 0.2)]), json!({ "withdrawn": true, "replaced_by": "tsh" })),
            with(service("urindyrkning", "", "mikro", &[way("URIN", "Urin", 0.0)]), json!({ "questions": ["pregnant", "site"] })),
            with(service("kryo", "", "biokjemi", &[with(way("GEL", "Serum", 1.0), json!({ "own_container": true }))]), json!({})),
            with(json!({
                "id": "mr-kne", "code": { "system": "NCRP", "code": "SNG0AG", "display": "MR kne" }, "name": "MR kne", "department": "rontgen",
                "group": "MR", "source": "DEMO", "checked": "2026-11-20"
            }), json!({ "questions": ["modality", "side", "pacemaker"] }))
        ],
        "panels": [
            { "id": "thyreoidea", "name": "Thyreoideapakke", "services": ["tsh", "ft4"], "source": "DEMO" },
            { "id": "rester", "name": "Gammel pakke", "services": ["hb", "gammel", "borte"], "source": "DEMO" }
        ],
        "questions": [
            with(question("dose", "date_time", json!({ "kind": "service_comment" })), json!({ "required": "true" })),
            with(question("level", "number", json!({ "kind": "service_comment" })), json!({ "min": 0.1, "max": 3.0, "unit": "mmol/L" })),
            with(question("why", "text", json!({ "kind": "reason", "heading": "KF" })), json!({ "visible": "has(answers.level) && answers.level > 1.0" })),
            with(question("pregnant", "boolean", json!({ "kind": "information_item", "item": "GOPL" })), json!({ "shared": true, "visible": "sex == '2'", "required": "sex == '2' && age < 55" })),
            with(question("week", "number", json!({ "kind": "information_item", "item": "GOPL" })), json!({ "visible": "has(answers.pregnant) && answers.pregnant", "required": "true", "min": 1.0, "max": 43.0 })),
            with(question("fasting", "boolean", json!({ "kind": "pretreatment", "heading": "FA" })), json!({ "phase": "collection", "required": "true" })),
            question("site", "text", json!({ "kind": "anatomical_origin" })),
            with(question("modality", "boolean", json!({ "kind": "may_change_modality" })), json!({})),
            with(question("side", "choice", json!({ "kind": "service_spec" })), json!({ "options": [
                { "value": "right", "text": text("Høyre"), "code": { "system": "NCRP", "code": "ZTX0XA", "display": "Høyre" } },
                { "value": "left", "text": text("Venstre"), "code": { "system": "NCRP", "code": "ZTX0XB", "display": "Venstre" } }
            ] })),
            with(question("pacemaker", "boolean", json!({ "kind": "information_item", "item": "NB" })), json!({ "required": "true", "options": [
                { "value": "true", "text": text("Ja"), "code": { "system": "volven:8210", "code": "PAC", "display": "Pacemaker" } },
                { "value": "false", "text": text("Nei"), "code": { "system": "volven:8210", "code": "NOPAC", "display": "Ikke pacemaker" } }
            ] }))
        ],
        "rules": [
            { "id": "litium-nyre", "services": ["litium"], "condition": "!services.exists(s, s == 'glukose')", "severity": "note", "text": text("Vurder kreatinin."), "source": "DEMO", "checked": "2026-11-20" },
            { "id": "mr-pacemaker", "services": ["mr-kne"], "condition": "has(answers.pacemaker) && answers.pacemaker", "severity": "stop", "text": text("Pacemaker: ring."), "source": "DEMO", "checked": "2026-11-20" },
            { "id": "tekst", "condition": "size(clinical_text) == 0 && 'urindyrkning' in services", "severity": "warn", "text": text("Klinisk opplysning mangler."), "source": "DEMO", "checked": "2026-11-20",
              "override_reasons": [{ "value": "screening", "text": text("Screening") }] }
        ],
        "sources": [{ "id": "DEMO", "title": "Laget for demonstrasjon" }]
    })
}

/// Provider `b` takes CRP in plasma and wants a number for every patient.
pub fn b() -> Value {
    let mut provider = provider("b");
    provider["limits"]["national_id_required"] = json!(true);
    provider["limits"]["clinical_text"] = json!(200);
    provider["limits"]["services"] = json!(1);
    json!({
        "format": 1, "provider": provider, "version": "2026.11.1", "valid_from": "2026-11-01",
        "departments": [department("lab", "LAB", "999904")],
        "containers": [container("HEP", Some(1), Some(4.0), 0.5, 0.2)],
        "services": [
            service("crp", "NPU19748", "lab", &[way("HEP", "Plasma", 0.1)]),
            service("alat", "NPU19651", "lab", &[way("HEP", "Plasma", 0.1)])
        ],
        "sources": []
    })
}

/// Provider `p`: pathology with jars, and a virus laboratory that wants each material in a requisition of its own.
pub fn p() -> Value {
    let jar = |id: &str, preservative: &str| {
        with(container(id, None, None, 1.0, 0.0), json!({ "kind": "jar", "preservative": preservative }))
    };
    let tissue =
        |container: &str, material: &str| with(way(container, material, 0.0), json!({ "own_container": true }));
    let kind = |id: &str, ways: &[Value]| {
        with(
            service(id, "", "histologi", ways),
            json!({
                "code": { "system": "volven:8219", "code": "A", "display": "Histologisk undersøkelse" },
                "questions": ["site", "size"]
            }),
        )
    };
    json!({
        "format": 1, "provider": provider("p"), "version": "2026.11.1", "valid_from": "2026-11-01",
        "departments": [
            department("histologi", "HIST", "999905"),
            with(department("virus", "MBIO", "999906"), json!({ "requisition_per": "material" }))
        ],
        "containers": [jar("FORM", "Formalin 4 %"), jar("NACL", "NaCl 9 mg/mL"), container("SWAB", None, None, 1.0, 0.0), container("URIN", None, None, 1.0, 0.0)],
        "services": [
            kind("hud", &[tissue("FORM", "Hudbiopsi"), tissue("NACL", "Hud, ufiksert")]),
            kind("negl", &[tissue("FORM", "Negl")]),
            service("klamydia", "", "virus", &[way("URIN", "Urin", 0.0), way("SWAB", "Cervix", 0.0), way("SWAB", "Rektum", 0.0)]),
            service("gonore", "", "virus", &[way("URIN", "Urin", 0.0), way("SWAB", "Cervix", 0.0)])
        ],
        "questions": [
            with(question("site", "text", json!({ "kind": "anatomical_origin" })), json!({ "required": "true" })),
            with(question("size", "number", json!({ "kind": "measure", "quantity": "Lengde" })), json!({ "unit": "mm", "min": 1.0, "max": 300.0 }))
        ],
        "sources": [{ "id": "DEMO", "title": "Laget for demonstrasjon" }]
    })
}

pub fn catalogues(values: &[Value]) -> Catalogues {
    Catalogues::new(values.iter().map(|value| {
        let catalogue: Catalogue = serde_json::from_value(value.clone()).expect("the fixture is a catalogue");
        Arc::new(Indexed::new(catalogue))
    }))
}

pub fn both() -> Catalogues {
    catalogues(&[a(), b(), p()])
}

pub fn now() -> Zoned {
    "2026-11-23T10:15:00+01:00[Europe/Oslo]".parse().expect("a time")
}

/// Line Danser, a national test person.
pub fn patient() -> Patient {
    Patient {
        national_id: Some("13116900216".into()),
        id_kind: Some("FNR".into()),
        family: "Danser".into(),
        given: "Line".into(),
        birth_date: Some("1969-11-13".into()),
        sex: "2".into(),
        phone: None,
        street: None,
        postal_code: None,
        city: None,
    }
}

pub fn draft() -> Draft {
    Draft::new("0192f000-0000-7000-8000-000000000001".into(), patient(), Some("r1".into()), Timestamp::UNIX_EPOCH)
}

/// A draft with services of provider `a`, or `b/…` of the other.
pub fn draft_with(services: &[&str], catalogues: &Catalogues) -> Draft {
    let mut draft = draft();
    for service in services {
        let (provider, service) = service.split_once('/').unwrap_or(("a", service));
        edit(&mut draft, catalogues, Edit::AddService { provider: provider.into(), service: service.into() });
    }
    draft
}

pub fn edit(draft: &mut Draft, catalogues: &Catalogues, edit: Edit) {
    apply(draft, edit, catalogues, Timestamp::UNIX_EPOCH).expect("the edit is taken");
}

pub fn composed(draft: &Draft, catalogues: &Catalogues, history: &[PastOrder]) -> Composition {
    compose(draft, catalogues, &Context { today: now().date(), now: &now(), history })
}
