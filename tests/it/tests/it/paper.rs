//! The requisition form as a receiver meets it: printed at 300 dpi, read by the eye, and scanned by decoders that we did not
//! write into an equal order.

use it::labels::number;
use it::orders;
use it::print::{Damage, Decoder, Picture, Random, Symbol, installed};
use jiff::Zoned;
use jiff::tz::TimeZone;
use requisition::codes::MessageVersion;
use requisition::ids::MessageId;
use requisition::labels::Matrix;
use requisition::message::{self, Envelope};
use requisition::numbers::SpecimenNumber;
use requisition::order::{self, Order};
use requisition::paper::{self, Assembly, PaperError, Progress, Sending};
use serde_json::json;
use std::path::Path;
use uuid::Uuid;

#[test]
fn the_paper_of_an_order_is_scanned_back_into_an_equal_order() {
    if !installed(&["pdftoppm", "dmtxread"]) {
        return;
    }
    for (order, least) in [(small(), 1), (everything(), 2), (largest(), 4)] {
        let form = paper::form(&order, &message_of(&order), &Sending::NotSent, &now()).unwrap();
        let squares = squares(&form);
        let count = paper::parts_of(&order).unwrap().len();
        assert_eq!(squares.len(), count);
        assert!(count >= least, "{count}");
        for decoder in Decoder::both(Symbol::DataMatrix) {
            let read: Vec<String> =
                squares.iter().map(|square| decoder.read(square, Symbol::DataMatrix).expect("a code")).collect();
            assert!(paper::order_of(read.iter().map(String::as_str), &now()).unwrap() == bare(&order), "{decoder:?}");
        }
    }
}

#[test]
fn an_order_too_large_for_codes_is_on_paper_all_the_same_and_the_form_says_so() {
    if !installed(&["pdftotext", "pdftoppm"]) {
        return;
    }
    let order = read(&growing(99, 40).to_string());
    assert!(matches!(paper::parts_of(&order), Err(PaperError::TooLarge { .. })));
    let form = paper::form(&order, &message_of(&order), &Sending::NotSent, &now()).unwrap();
    assert!(squares(&form).is_empty());
    let words = words(&form);
    assert!(words.contains("for stor til å stå som kode"), "{words}");
    let last = SpecimenNumber::parse(&number(111)).unwrap().grouped();
    for expected in ["IKKE SENDT ELEKTRONISK", "Analyse nummer 98", &last] {
        assert!(words.contains(expected), "{expected} in {words}");
    }
}

#[test]
fn a_form_that_was_copied_folded_askew_and_out_of_focus_is_still_read_whole() {
    if !installed(&["pdftoppm", "dmtxread"]) {
        return;
    }
    let order = small();
    let form = paper::form(&order, &message_of(&order), &Sending::NotSent, &now()).unwrap();
    for (seed, damage) in Damage::ALL.into_iter().enumerate() {
        let seen: Vec<Picture> = squares(&form).iter().map(|square| damage.of(square, seed as u64, 0)).collect();
        let read_by = Decoder::both(Symbol::DataMatrix).into_iter().filter(|decoder| {
            let read: Vec<String> = seen.iter().filter_map(|square| decoder.read(square, Symbol::DataMatrix)).collect();
            match paper::order_of(read.iter().map(String::as_str), &now()) {
                Ok(read) => {
                    assert!(read == bare(&order), "{damage:?} {decoder:?} read another order");
                    true
                }
                Err(PaperError::Missing(_)) => false,
                Err(error) => panic!("{damage:?} {decoder:?}: {error}"),
            }
        });
        // A square among specks is not found by every decoder; what is out of focus, askew or bled is.
        let least = if matches!(damage, Damage::Noise | Damage::Everything) { 1 } else { 2 };
        assert!(read_by.count() >= least, "{damage:?}");
    }
}

#[test]
fn the_form_says_in_words_what_the_message_says_and_whether_it_was_sent() {
    if !installed(&["pdftotext"]) {
        return;
    }
    let order = everything();
    let message = message_of(&order);
    let text = words(&paper::form(&order, &message, &Sending::NotSent, &now()).unwrap());
    assert!(text.contains("IKKE SENDT ELEKTRONISK"), "{text}");
    let readable = message::readable(&message).unwrap();
    let missing: Vec<&str> = readable
        .sections
        .iter()
        .flat_map(|section| &section.rows)
        .flat_map(|row| std::iter::once(row.value.as_str()).chain(row.detail.as_deref()))
        .flat_map(str::split_whitespace)
        // A long word may be broken, and a sign that the print font lacks stands as a question mark: the code has it.
        .filter(|word| word.chars().count() < 30 && word.chars().all(|c| c < '\u{2100}') && !text.contains(*word))
        .collect();
    assert!(missing.is_empty(), "not on the form: {missing:?}");
    let sent = Sending::Accepted { at: now() };
    assert!(words(&paper::form(&order, &message, &sent, &now()).unwrap()).contains("SENDT OG GODTATT ELEKTRONISK"));
}

#[test]
fn the_numbers_on_the_form_are_those_of_the_labels_and_can_be_scanned() {
    if !installed(&["pdftoppm", "zbarimg", "pdftotext"]) {
        return;
    }
    let mut document = orders::document(Uuid::from_u128(7), "new");
    document["specimens"][0]["ids"] = json!({"requester": "401700128584"});
    let order = read(&document.to_string());
    let form = paper::form(&order, &message_of(&order), &Sending::NotSent, &now()).unwrap();
    assert!(words(&form).contains("4017 0012 8584"));
    let page = Picture::pages(&form, 300.0).swap_remove(0);
    assert_eq!(Decoder::Zbar.read(&page, Symbol::Code128).as_deref(), Some("401700128584"));
}

#[test]
fn codes_come_in_any_order_and_twice_but_never_from_two_forms() {
    let parts = paper::parts_of(&everything()).unwrap();
    let mut assembly = Assembly::default();
    let count = parts.len();
    for (at, part) in parts.iter().enumerate().rev() {
        assert_eq!(assembly.add(&part.text().to_lowercase()), Ok(Progress { read: count - at, of: count }));
        assert_eq!(assembly.add(part.text()), Ok(Progress { read: count - at, of: count }));
        if at > 0 {
            assert_eq!(assembly.order(&now()).err(), Some(PaperError::Missing(at)));
        }
    }
    let other = paper::parts_of(&small()).unwrap();
    assert_eq!(assembly.add(other[0].text()), Err(PaperError::OtherForm));
    assert!(assembly.order(&now()).unwrap() == bare(&everything()));
}

#[test]
fn a_letter_that_the_scanner_lost_or_changed_is_noticed_wherever_it_stood() {
    let part = paper::parts_of(&small()).unwrap().swap_remove(0).text().to_owned();
    for at in 0..part.len() {
        let mut lost = part.clone();
        lost.remove(at);
        assert!(Assembly::default().add(&lost).is_err(), "letter {at} lost");
        let mut changed = part.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert!(Assembly::default().add(&String::from_utf8(changed).unwrap()).is_err(), "letter {at} changed");
    }
}

#[test]
fn every_code_fits_the_symbol_that_the_form_has_room_for() {
    for order in [small(), everything()] {
        for part in paper::parts_of(&order).unwrap() {
            assert!(part.text().bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()));
            assert!(Matrix::encode(part.text()).unwrap().size() <= 80, "{part:?}");
        }
    }
}

#[test]
fn paper_that_was_printed_by_the_first_version_is_read_for_good() {
    // Printed by version 1: this text must never have to change.
    let kept = include_str!("../../cases/paper-1.txt");
    let order = paper::order_of(kept.lines(), &now()).unwrap();
    assert!(order == small());
}

// Helpers.

fn now() -> Zoned {
    jiff::civil::date(2026, 11, 26).at(9, 36, 0, 0).to_zoned(TimeZone::get("Europe/Oslo").unwrap()).unwrap()
}

fn read(document: &str) -> Order {
    order::read(document.as_bytes(), &now(), None).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn small() -> Order {
    read(&orders::document(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001), "new").to_string())
}

fn everything() -> Order {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/laboratory-everything");
    let document = std::fs::read(folder.join("order.json")).unwrap();
    order::read(&document, &now(), Some(&folder)).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// More than any requisition of an office: 99 services on 12 numbered specimens, and as long a clinical text as receivers take.
fn largest() -> Order {
    read(&growing(99, 1).to_string())
}

/// So many services, and so many clinical texts of 4 000 letters that no two of them are alike.
fn growing(services: usize, texts: usize) -> serde_json::Value {
    let mut document = orders::document(Uuid::from_u128(9), "new");
    let words =
        ["hoste", "feber", "smerter", "kvalme", "vekttap", "tretthet", "utslett", "svimmel", "hjertebank", "tung pust"];
    let mut random = Random::new(7);
    let mut text = || -> String {
        let mut text = String::new();
        while text.chars().count() < 3_980 {
            let (word, days) = (words[random.below(10) as usize], random.below(900));
            text.push_str(&format!("{word} i {days} d. "));
        }
        text
    };
    document["comments"] = (0..texts).map(|_| json!({"text": text()})).collect();
    document["services"] = (0..services)
        .map(|at| {
            let code = format!("L{at:03}");
            let code = json!({"system": "LOCAL", "code": code, "display": format!("Analyse nummer {at}")});
            json!({"action": "new", "code": code, "specimens": [format!("p{}", at % 12)]})
        })
        .collect();
    document["specimens"] = (0..12)
        .map(|at| {
            json!({
                "key": format!("p{at}"), "ids": {"requester": number(100 + at)}, "collected": "2024-03-25T08:20:00",
                "material": {"text": format!("Serum nummer {at}")}
            })
        })
        .collect();
    document
}

/// Attachments travel by themselves.
fn bare(order: &Order) -> Order {
    Order { attachments: Vec::new(), ..order.clone() }
}

fn message_of(order: &Order) -> Vec<u8> {
    let envelope = Envelope { message_id: MessageId::from_uuid(Uuid::from_u128(1)), generated: now() };
    message::render(order, &envelope, MessageVersion::V1_6).unwrap()
}

fn words(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("form.pdf");
    std::fs::write(&path, pdf).unwrap();
    let output = std::process::Command::new("pdftotext").arg("-layout").arg(path).arg("-").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The squares on the pages at 300 dpi, each with white around it: what a person points the scanner at. A square is a block
/// of ink of 12 mm or more in both directions, its rows and columns parted by white.
fn squares(form: &[u8]) -> Vec<Picture> {
    let mut squares = Vec::new();
    for page in Picture::pages(form, 300.0) {
        let least = (12.0 * page.per_mm) as usize;
        for (top, bottom) in blocks(page.height, |y| page.row_is_empty(y)).filter(|(a, b)| b - a >= least) {
            let band = page.cut(0, top, page.width, bottom - top);
            for (left, right) in blocks(page.width, |x| band.column_is_empty(x)).filter(|(a, b)| b - a >= least) {
                squares.push(band.cut(left, 0, right - left, bottom - top).bordered(3.0));
            }
        }
    }
    squares
}

fn blocks(length: usize, empty: impl Fn(usize) -> bool) -> impl Iterator<Item = (usize, usize)> {
    let mut found = Vec::new();
    let mut start = None;
    for at in 0..=length {
        let ink = at < length && !empty(at);
        match (ink, start) {
            (true, None) => start = Some(at),
            (false, Some(began)) => {
                found.push((began, at));
                start = None;
            }
            _ => {}
        }
    }
    found.into_iter()
}
