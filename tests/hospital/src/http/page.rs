//! The hospital's web page, for a person who tries the workstation: what has come, how it was judged, and buttons for
//! what a hospital does next. Plain HTML from the server, in Norwegian, usable without scripts and without a mouse. It says
//! on every page that the hospital is simulated. All text from messages is escaped.

use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::Shared;
use crate::apprec::{Status, escaped};
use crate::behaviour::{Behaviour, Refusal, Rejection, Scope};
use crate::ledger::{EventKind, Received, State as Progress};
use crate::reading::{Group, Party};

const STYLE: &str = "
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0 auto;max-width:80rem;padding:0 1rem 3rem}
.note{border:2px solid #b65c00;background:#fff2df;color:#23262a;padding:.5rem 1rem;margin:1rem 0}
table{border-collapse:collapse;width:100%}
caption{text-align:left;font-weight:600;padding:.5rem 0}
th,td{border-bottom:1px solid #8888;padding:.4rem .6rem;text-align:left;vertical-align:top}
form{display:inline}
button{font:inherit;margin:.1rem;padding:.15rem .6rem;min-height:1.75rem;cursor:pointer}
fieldset{border:1px solid #8888;margin:0 0 1rem}
dt{font-weight:600}dd{margin:0 0 .5rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
";

/// Modes on the overview: the value of the button, its words, and the behaviour it sets.
const MODES: [(&str, &str); 12] = [
    ("godta", "Oppfør deg pent"),
    ("avvis-neste", "Avvis neste"),
    ("avvis", "Avvis alle"),
    ("nede", "Nede (503)"),
    ("overlast", "Overlast (429)"),
    ("mist-svar", "Mist neste svar"),
    ("brudd", "Bryt linjen i neste svar"),
    ("tull", "Svar med tull én gang"),
    ("treg", "Svar tregt"),
    ("ingen-kvittering", "Hold kvitteringer tilbake"),
    ("motsigelse", "Motsi kvitteringer"),
    ("tilfeldig", "Feil i hvert tredje kall"),
];

const EVENTS: [(&str, EventKind); 6] = [
    ("Prøve mottatt", EventKind::SpecimenReceived),
    ("Prøve forkastet", EventKind::SpecimenRejected),
    ("Delvis besvart", EventKind::PartlyAnswered),
    ("Besvart", EventKind::Answered),
    ("Kanseller", EventKind::CancelledByProvider),
    ("Utløpt", EventKind::Expired),
];

#[derive(Deserialize)]
pub(super) struct View {
    oppdater: Option<String>,
}

pub(super) async fn overview(State(app): State<Shared>, Query(view): Query<View>) -> Response {
    let behaviour = app.behaviour.borrow().clone();
    let refreshes = view.oppdater.as_deref() != Some("nei");
    let mut body = String::from("<h1>Simulert sykehus</h1>");
    body.push_str(if refreshes {
        "<p>Siden oppdateres hvert femte sekund. <a href=\"/?oppdater=nei\">Stans oppdateringen</a></p>"
    } else {
        "<p>Oppdateringen er stanset. <a href=\"/\">Oppdater av seg selv</a></p>"
    });
    body.push_str(&format!("<h2>Oppførsel</h2><p>Nå: <strong>{}</strong></p>", escaped(&described(&behaviour))));
    body.push_str("<form method=\"post\" action=\"/page/behaviour\"><fieldset><legend>Velg oppførsel</legend>");
    for (mode, words) in MODES {
        body.push_str(&format!("<button name=\"mode\" value=\"{mode}\">{words}</button>"));
    }
    body.push_str("</fieldset></form>");
    let ledger = app.ledger();
    let messages = ledger.received();
    body.push_str(&format!("<h2>Mottatt ({})</h2>", messages.len()));
    if messages.is_empty() {
        body.push_str("<p>Sykehuset har ikke mottatt noe ennå.</p>");
    } else {
        body.push_str("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Mottatte meldinger\"><table><caption>Meldinger, den siste først</caption><thead><tr>");
        for heading in
            ["Mottatt", "Pasient", "Melding", "Undersøkelser", "Prøver", "Svar", "Tilstand", "Hva skjer videre?"]
        {
            body.push_str(&format!("<th scope=\"col\">{heading}</th>"));
        }
        body.push_str("</tr></thead><tbody>");
        for message in messages.iter().rev().take(200) {
            body.push_str(&row(message, ledger.state(&message.summary.requisition_id)));
        }
        body.push_str("</tbody></table></div>");
    }
    drop(ledger);
    page("Simulert sykehus", refreshes, &body)
}

pub(super) async fn readable(State(app): State<Shared>, Path(message_id): Path<String>) -> Response {
    let ledger = app.ledger();
    let Some(message) = ledger.message(&message_id) else { return missing() };
    let summary = &message.summary;
    let mut body = String::from("<p><a href=\"/\">Tilbake til oversikten</a></p>");
    body.push_str(&format!("<h1>{}</h1>", escaped(&summary.patient.name)));
    let mut facts: Vec<(&str, String)> = vec![
        ("Identitet", format!("{} ({})", summary.patient.id, summary.patient.id_type)),
        ("Fødselsdato", summary.patient.birth_date.clone()),
        ("Melding", format!("{}, {}", kind(&summary.serv_type), summary.discipline.text)),
        ("Rekvisisjon", summary.requisition_id.clone()),
        ("MsgId", message.message_id.clone()),
        ("Mottatt", format!("{}, {} gang(er)", local(message.received_at), message.copies)),
        ("Rekvirent", format!("{}; {}", party(&summary.requester), summary.clinician)),
        ("Tjenesteyter", party(&summary.provider)),
        ("Problemstilling", summary.reasons.join(" / ")),
        ("Kliniske opplysninger", summary.information.join(" / ")),
        ("Merknader", summary.comments.join(" / ")),
        ("Svar", verdict(message)),
        ("Tilstand", ledger.state(&summary.requisition_id).map(progress).unwrap_or("ingen virkning").into()),
    ];
    if !summary.copies.is_empty() {
        facts.push(("Kopi til", summary.copies.iter().map(party).collect::<Vec<_>>().join("; ")));
    }
    if summary.attachments > 0 {
        facts.push(("Vedlegg", summary.attachments.to_string()));
    }
    body.push_str("<dl>");
    for (term, fact) in facts.iter().filter(|(_, fact)| !fact.is_empty()) {
        body.push_str(&format!("<dt>{term}</dt><dd>{}</dd>", escaped(fact)));
    }
    body.push_str("</dl><h2>Undersøkelser</h2><ul>");
    for group in &summary.groups {
        body.push_str(&format!("<li>{}</li>", escaped(&group_in_words(group))));
    }
    body.push_str("</ul><h2>Kvitteringer</h2>");
    for receipt in ledger.receipts.iter().filter(|receipt| receipt.message_id == message.message_id) {
        body.push_str(&format!(
            "<h3>Nr. {} ({})</h3><pre>{}</pre>",
            receipt.cursor,
            local(receipt.received_at),
            escaped_lines(&receipt.app_rec)
        ));
    }
    body.push_str(&format!("<p><a href=\"/messages/{}/xml\">Meldingen som XML</a></p>", escaped(&message.message_id)));
    page("Rekvisisjon", false, &body)
}

pub(super) async fn raw(State(app): State<Shared>, Path(message_id): Path<String>) -> Response {
    let ledger = app.ledger();
    let Some(message) = ledger.message(&message_id) else { return missing() };
    // As text: a browser that reads it as XML would also run what it finds in it.
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (headers, message.bytes.clone()).into_response()
}

#[derive(Deserialize)]
pub(super) struct Mode {
    mode: String,
}

pub(super) async fn set_behaviour(State(app): State<Shared>, Form(form): Form<Mode>) -> Response {
    let Some(behaviour) = behaviour_of(&form.mode) else { return StatusCode::BAD_REQUEST.into_response() };
    app.set_behaviour(behaviour);
    Redirect::to("/").into_response()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Happening {
    requisition_id: String,
    #[serde(rename = "type")]
    kind: EventKind,
}

pub(super) async fn make_event(State(app): State<Shared>, Form(form): Form<Happening>) -> Response {
    match app.make_event(&form.requisition_id, form.kind, None, None) {
        Ok(Some(_)) => Redirect::to("/").into_response(),
        Ok(None) => missing(),
        Err(error) => super::problem::Problem::own_fault(&error).into_response(),
    }
}

fn behaviour_of(mode: &str) -> Option<Behaviour> {
    let usual = Behaviour::default;
    let reject = |times| {
        Some(Rejection {
            code: "X99".into(),
            text: "Sykehuset avviser meldingen fordi det er bedt om det (demonstrasjon).".into(),
            times,
        })
    };
    Some(match mode {
        "godta" => usual(),
        "avvis-neste" => Behaviour { reject: reject(Some(1)), ..usual() },
        "avvis" => Behaviour { reject: reject(None), ..usual() },
        "nede" => Behaviour { down: true, ..usual() },
        "overlast" => {
            Behaviour { refuse: Some(Refusal { status: 429, times: None, retry_after: Some("10".into()) }), ..usual() }
        }
        "mist-svar" => Behaviour { lose_answer: 1, ..usual() },
        "brudd" => Behaviour { reset_mid_body: 1, ..usual() },
        "tull" => Behaviour { garbage_body: 1, ..usual() },
        "treg" => Behaviour { delay_ms: 3000, ..usual() },
        "ingen-kvittering" => Behaviour { no_receipts: true, ..usual() },
        "motsigelse" => Behaviour { contradictory_receipts: true, ..usual() },
        "tilfeldig" => Behaviour { failure_rate: 1.0 / 3.0, scope: Scope::Everything, ..usual() },
        _ => return None,
    })
}

fn described(behaviour: &Behaviour) -> String {
    let mut words = Vec::new();
    let mut say = |holds: bool, text: &str| {
        if holds {
            words.push(text.to_owned());
        }
    };
    say(behaviour.down, "nede (503)");
    say(behaviour.lose_answer > 0, "mister neste svar");
    say(behaviour.reset_mid_body > 0, "bryter linjen i neste svar");
    say(behaviour.garbage_body > 0, "svarer med tull");
    say(behaviour.silent > 0, "svarer ikke");
    say(behaviour.slow_drip_ms > 0 || behaviour.delay_ms > 0, "svarer tregt");
    say(behaviour.no_receipts, "holder kvitteringer tilbake");
    say(behaviour.duplicate_receipts, "sender kvitteringer to ganger");
    say(behaviour.truncated_receipts || behaviour.receipt_text.is_some(), "sender ødelagte kvitteringer");
    say(behaviour.contradictory_receipts, "motsier kvitteringer");
    say(behaviour.unknown_receipts, "kvitterer for ukjente meldinger");
    say(behaviour.failure_rate > 0.0, "feiler tilfeldig");
    if let Some(refusal) = &behaviour.refuse {
        words.push(format!("nekter med status {}", refusal.status));
    }
    if let Some(rejection) = &behaviour.reject {
        words.push(match rejection.times {
            Some(times) => format!("avviser de neste {times} ({})", rejection.code),
            None => format!("avviser alle ({})", rejection.code),
        });
    }
    if words.is_empty() { "tar imot og svarer som det skal".into() } else { words.join(", ") }
}

fn row(message: &Received, state: Option<Progress>) -> String {
    let summary = &message.summary;
    let services: Vec<&str> =
        summary.groups.iter().flat_map(|group| &group.services).map(|service| service.text.as_str()).collect();
    let mut row = format!(
        "<tr><td>{}</td><th scope=\"row\"><a href=\"/messages/{}\">{}</a><br>{}</th><td>{}{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>",
        local(message.received_at),
        escaped(&message.message_id),
        escaped(if summary.patient.name.is_empty() { "(uten navn)" } else { &summary.patient.name }),
        escaped(&summary.patient.id),
        kind(&summary.serv_type),
        if message.copies > 1 { format!(", {} ganger", message.copies) } else { String::new() },
        escaped(&services.join(", ")),
        escaped(&summary.specimen_ids().join(", ")),
        escaped(&verdict(message)),
        state.map(progress).unwrap_or("–"),
    );
    if message.verdict.accepts() {
        for (words, kind) in EVENTS {
            let kind = serde_json::to_value(kind).unwrap_or_default();
            row.push_str(&format!(
                "<form method=\"post\" action=\"/page/events\"><input type=\"hidden\" name=\"requisitionId\" value=\"{}\"><button name=\"type\" value=\"{}\">{words}<span class=\"hidden\"> for {}</span></button></form>",
                escaped(&summary.requisition_id),
                kind.as_str().unwrap_or_default(),
                escaped(&summary.patient.name),
            ));
        }
    }
    row.push_str("</td></tr>");
    row
}

fn verdict(message: &Received) -> String {
    let status = match message.verdict.status {
        Status::Accepted => "Godtatt",
        Status::AcceptedWithFaults => "Godtatt med feil",
        Status::Rejected => "Avvist",
    };
    let reasons: Vec<String> =
        message.verdict.faults.iter().map(|fault| format!("{} {}", fault.code, fault.text)).collect();
    if reasons.is_empty() { status.into() } else { format!("{status}: {}", reasons.join(" ")) }
}

fn kind(serv_type: &str) -> &'static str {
    match serv_type {
        "N" => "Ny",
        "M" => "Endring",
        "A" => "Tillegg",
        "C" => "Kansellering",
        "H" => "Historikk",
        _ => "Ukjent",
    }
}

fn progress(state: Progress) -> &'static str {
    match state {
        Progress::Ordered => "Bestilt",
        Progress::Cancelled => "Kansellert av rekvirenten",
        Progress::SpecimenReceived => "Prøve mottatt",
        Progress::SpecimenRejected => "Prøve forkastet",
        Progress::PartlyAnswered => "Delvis besvart",
        Progress::Answered => "Besvart",
        Progress::CancelledByProvider => "Kansellert av sykehuset",
        Progress::Expired => "Utløpt",
    }
}

fn party(party: &Party) -> String {
    let units = [&party.organisation].into_iter().chain(&party.departments).chain(&party.persons);
    units
        .filter(|unit| !unit.name.is_empty())
        .map(|unit| format!("{} ({} {})", unit.name, unit.id_type, unit.id))
        .collect::<Vec<_>>()
        .join(", ")
}

fn group_in_words(group: &Group) -> String {
    let services: Vec<String> =
        group.services.iter().map(|service| format!("{} [{}]", service.text, service.code)).collect();
    let specimens: Vec<String> = group
        .specimens
        .iter()
        .map(|specimen| {
            let number =
                if specimen.id_by_requester.is_empty() { &specimen.id_by_provider } else { &specimen.id_by_requester };
            let site = if specimen.site.is_empty() { String::new() } else { format!(" fra {}", specimen.site) };
            let taken = if specimen.collected.is_empty() {
                "ikke tatt".to_owned()
            } else {
                format!("tatt {}", specimen.collected)
            };
            format!("{}{site}, nr. {number}, {taken}", specimen.material)
        })
        .collect();
    let priority = if group.priority.is_empty() { String::new() } else { format!(" (hastegrad {})", group.priority) };
    format!("{}{priority}: {} – {}", kind(&group.serv_type), services.join(", "), specimens.join("; "))
}

fn local(time: Timestamp) -> String {
    let zone = TimeZone::get("Europe/Oslo").unwrap_or(TimeZone::UTC);
    time.to_zoned(zone).strftime("%d.%m.%Y kl. %H.%M.%S").to_string()
}

fn escaped_lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}

fn missing() -> Response {
    let mut response = page(
        "Finnes ikke",
        false,
        "<h1>Finnes ikke</h1><p>Sykehuset har ikke mottatt dette.</p><p><a href=\"/\">Til oversikten</a></p>",
    );
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

fn page(title: &str, refreshes: bool, body: &str) -> Response {
    let refresh = if refreshes { "<meta http-equiv=\"refresh\" content=\"5\">" } else { "" };
    let html = format!(
        "<!doctype html><html lang=\"nb\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">{refresh}<title>{title}</title><style>{STYLE}</style></head><body><main><p class=\"note\"><strong>Dette er et simulert sykehus.</strong> Alle pasienter er syntetiske. Send aldri opplysninger om virkelige pasienter hit.</p>{body}</main></body></html>"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, html).into_response()
}
