//! Deltas as they go wrong, and, over arbitrary pairs of catalogues, that they give exactly what the package gives.

use proptest::prelude::*;

use super::*;
use crate::catalogue::{
    model::{AnswerOption, ChangeUntil},
    package::{keygen, pack, tests::balsam},
};

struct Hospital {
    secret: String,
    public: String,
}

impl Hospital {
    fn new() -> Self {
        let (secret, public) = keygen().unwrap();
        Self { secret, public }
    }

    fn signed(&self, delta: &Delta) -> (Vec<u8>, String) {
        let file = delta.pack().unwrap();
        let signature = delta.sign(&file, &self.secret, None).unwrap();
        (file, signature)
    }

    fn follow(&self, (file, signature): &(Vec<u8>, String), held: &Indexed) -> Result<Indexed, Refusal> {
        Delta::open(file, signature, &self.public)?.apply(held)
    }
}

fn next(old: &Catalogue) -> Catalogue {
    let mut new = old.clone();
    new.previous = Some(std::mem::replace(&mut new.version, "2026.12.1".into()));
    Arc::make_mut(&mut new.services[3]).retest_days = Some(77);
    new.services.remove(9);
    let mut added = new.services[5].clone();
    Arc::make_mut(&mut added).id = "ny".into();
    new.services.insert(20, added);
    new.rules[0].condition = "last_days >= 0 && last_days < 61".into();
    new
}

#[test]
fn a_delta_gives_the_package_byte_for_byte_and_shares_what_stays() {
    let (hospital, old) = (Hospital::new(), balsam());
    let new = next(&old);
    let delta = Delta::between(&old, &new).unwrap();
    assert_eq!(delta.carried(), 2);
    assert_eq!(delta.pack().unwrap(), Delta::between(&old, &new).unwrap().pack().unwrap(), "the same bytes every time");
    let held = Indexed::new(old);
    let got = hospital.follow(&hospital.signed(&delta), &held).unwrap();
    assert_eq!(got.catalogue(), &new);
    assert_eq!(pack(got.catalogue()).unwrap(), pack(&new).unwrap());
    assert_eq!(got.content(), &Content::of(&new));
    assert!(Arc::ptr_eq(&held.catalogue().services[0], &got.catalogue().services[0]));
    assert_eq!(got.service("ny").unwrap().id, "ny");
    assert_eq!(got.service(&new.services[30].id).unwrap(), new.services[30].as_ref());
}

#[test]
fn every_delta_that_does_not_fit_is_refused_with_its_own_reason() {
    let (hospital, old) = (Hospital::new(), balsam());
    let new = next(&old);
    let delta = Delta::between(&old, &new).unwrap();
    let file = hospital.signed(&delta);
    let held = Indexed::new(old.clone());
    let refused = |file: &(Vec<u8>, String), held: &Indexed| hospital.follow(file, held).unwrap_err();

    let mut tampered = file.clone();
    let middle = tampered.0.len() / 2;
    tampered.0[middle] ^= 1;
    assert_eq!(refused(&tampered, &held), Refusal::BadSignature);
    let cut = (file.0[..file.0.len() - 7].to_vec(), file.1.clone());
    assert!(matches!(refused(&cut, &held), Refusal::Truncated { .. }));
    assert_eq!(refused(&(vec![0; LARGEST_DELTA + 1], file.1.clone()), &held), Refusal::TooLarge);
    assert_eq!(refused(&(file.0.clone(), "nonsense".into()), &held), Refusal::UnreadableSignature);
    assert_eq!(Hospital::new().follow(&file, &held).unwrap_err(), Refusal::BadSignature);

    let applied = hospital.follow(&file, &held).unwrap();
    let replayed = refused(&file, &applied);
    assert_eq!(replayed, Refusal::WrongBase { from: old.version.clone(), held: new.version.clone() });
    let mut newer = new.clone();
    newer.version = "2027.1.1".into();
    assert!(matches!(refused(&file, &Indexed::new(newer)), Refusal::Rollback { .. }));
    let mut twin = old.clone();
    Arc::make_mut(&mut twin.services[0]).priority += 1;
    assert!(matches!(refused(&file, &Indexed::new(twin)), Refusal::WrongBase { .. }), "same version, other content");
    let mut stranger = old.clone();
    stranger.provider.id = "furumo".into();
    assert!(matches!(refused(&file, &Indexed::new(stranger)), Refusal::WrongProvider { .. }));
    assert!(Delta::between(&new, &old).is_err(), "no delta leads back");

    let lies = |change: &dyn Fn(&mut Delta)| {
        let mut lie = delta.clone();
        change(&mut lie);
        refused(&hospital.signed(&lie), &held)
    };
    assert!(matches!(lies(&|d| d.to.content = "00".repeat(32)), Refusal::WrongResult { .. }));
    assert!(matches!(lies(&|d| drop(d.services.pop())), Refusal::WrongResult { .. }));
    assert!(matches!(lies(&|d| d.services.push(Step::Copy(0, usize::MAX))), Refusal::TooLarge));
    assert!(matches!(lies(&|d| d.services.push(Step::Copy(usize::MAX, 2))), Refusal::Malformed(_)));
    assert!(matches!(lies(&|d| d.services = vec![Step::Copy(0, 300); 5_000]), Refusal::TooLarge));
    assert!(matches!(lies(&|d| d.to.version = "2026.1.1".into()), Refusal::Rollback { .. }));
    assert!(matches!(lies(&|d| d.format = 2), Refusal::FutureFormat { format: 2, known: 1 }));
    assert!(matches!(lies(&|d| d.kind = "catalogue".into()), Refusal::Malformed(_)));
}

#[test]
fn a_package_never_passes_for_a_delta_nor_a_delta_for_a_package() {
    let (hospital, old) = (Hospital::new(), balsam());
    let package = pack(&old).unwrap();
    let signature = package::sign(&package, &hospital.secret, None, &old).unwrap();
    assert!(matches!(Delta::open(&package, &signature, &hospital.public), Err(Refusal::Malformed(_))));
    let (file, signature) = hospital.signed(&Delta::between(&old, &next(&old)).unwrap());
    let opened = package::open(&file, &signature, &hospital.public, "balsam-lab", None);
    assert!(matches!(opened, Err(Refusal::Malformed(_))), "{opened:?}");
}

#[test]
fn a_delta_that_brings_a_hostile_condition_is_refused() {
    let (hospital, old) = (Hospital::new(), balsam());
    let mut new = next(&old);
    new.rules[0].condition = "services.all(a, services.all(b, services.all(c, a == b)))".into();
    let file = hospital.signed(&Delta::between(&old, &new).unwrap());
    assert!(matches!(hospital.follow(&file, &Indexed::new(old)), Err(Refusal::Condition { .. })));
}

/// One arbitrary edit somewhere in the whole model.
#[derive(Clone, Debug)]
enum Edit {
    Service(usize, String, Option<u32>, f64),
    Remove(usize),
    Twice(usize, usize),
    Move(usize, usize),
    Provider(String, u32),
    Department(usize, String),
    Container(usize, Option<f64>, f64),
    Panel(usize, Vec<String>),
    Question(usize, String, bool),
    Rule(usize, String),
    LabelRule(usize, u32),
    Source(usize, Option<String>),
    Drop(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    let word = || "\\PC{0,12}";
    let at = || 0..1_000_usize;
    // Zero and minus zero are equal and are written differently.
    let figure = || prop_oneof![Just(0.0), Just(-0.0), 0.001..99.0_f64];
    prop_oneof![
        4 => (at(), word(), any::<Option<u32>>(), figure()).prop_map(|(a, b, c, d)| Edit::Service(a, b, c, d)),
        2 => at().prop_map(Edit::Remove),
        2 => (at(), at()).prop_map(|(a, b)| Edit::Twice(a, b)),
        2 => (at(), at()).prop_map(|(a, b)| Edit::Move(a, b)),
        1 => (word(), any::<u32>()).prop_map(|(a, b)| Edit::Provider(a, b)),
        1 => (at(), word()).prop_map(|(a, b)| Edit::Department(a, b)),
        1 => (at(), prop::option::of(figure()), figure()).prop_map(|(a, b, c)| Edit::Container(a, b, c)),
        1 => (at(), prop::collection::vec(word(), 0..4)).prop_map(|(a, b)| Edit::Panel(a, b)),
        1 => (at(), word(), any::<bool>()).prop_map(|(a, b, c)| Edit::Question(a, b, c)),
        1 => (at(), word()).prop_map(|(a, b)| Edit::Rule(a, b)),
        1 => (at(), any::<u32>()).prop_map(|(a, b)| Edit::LabelRule(a, b)),
        1 => (at(), prop::option::of(word())).prop_map(|(a, b)| Edit::Source(a, b)),
        1 => (0..7_usize).prop_map(Edit::Drop),
    ]
}

fn make(edit: Edit, catalogue: &mut Catalogue) {
    fn some<T>(list: &mut [T], at: usize) -> Option<&mut T> {
        let length = list.len().max(1);
        list.get_mut(at % length)
    }
    match edit {
        Edit::Service(at, name, days, volume) => {
            let Some(service) = some(&mut catalogue.services, at).map(Arc::make_mut) else { return };
            service.name = name;
            service.retest_days = days;
            service.specimens.iter_mut().for_each(|specimen| specimen.volume_ml = volume);
        }
        Edit::Remove(at) if !catalogue.services.is_empty() => {
            drop(catalogue.services.remove(at % catalogue.services.len()))
        }
        Edit::Twice(from, to) | Edit::Move(from, to) if !catalogue.services.is_empty() => {
            let length = catalogue.services.len();
            let service = Arc::clone(&catalogue.services[from % length]);
            if matches!(edit, Edit::Move(..)) {
                catalogue.services.remove(from % length);
            }
            catalogue.services.insert(to % (catalogue.services.len() + 1), service);
        }
        Edit::Remove(_) | Edit::Twice(..) | Edit::Move(..) => {}
        Edit::Provider(name, limit) => {
            catalogue.provider.name = name;
            catalogue.provider.limits.clinical_text = limit;
            catalogue.provider.abilities.change_until = ChangeUntil::Answered;
        }
        Edit::Department(at, name) => {
            some(&mut catalogue.departments, at).into_iter().for_each(|d| d.name = name.clone())
        }
        Edit::Container(at, fill, dead) => some(&mut catalogue.containers, at).into_iter().for_each(|container| {
            container.fill_ml = fill;
            container.dead_ml = dead;
        }),
        Edit::Panel(at, services) => {
            some(&mut catalogue.panels, at).into_iter().for_each(|panel| panel.services = services.clone());
        }
        Edit::Question(at, text, shared) => some(&mut catalogue.questions, at).into_iter().for_each(|question| {
            question.text.nn = text.clone();
            question.shared = shared;
            question.options.push(AnswerOption {
                value: text.clone(),
                text: question.text.clone(),
                code: None,
                as_text: false,
            });
        }),
        Edit::Rule(at, text) => some(&mut catalogue.rules, at).into_iter().for_each(|rule| rule.text.en = text.clone()),
        Edit::LabelRule(at, copies) => {
            some(&mut catalogue.label_rules, at).into_iter().for_each(|rule| rule.copies = copies);
        }
        Edit::Source(at, address) => {
            some(&mut catalogue.sources, at).into_iter().for_each(|source| source.address = address.clone());
        }
        Edit::Drop(list) => match list {
            0 => catalogue.departments.clear(),
            1 => catalogue.containers.clear(),
            2 => catalogue.panels.clear(),
            3 => catalogue.questions.clear(),
            4 => catalogue.rules.clear(),
            5 => catalogue.label_rules.clear(),
            _ => catalogue.sources.clear(),
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_two_versions_say_the_delta_between_them_gives_the_second(
        before in prop::collection::vec(edit(), 0..12),
        after in prop::collection::vec(edit(), 0..24),
        keep in 0..40_usize,
    ) {
        static BALSAM: std::sync::LazyLock<Catalogue> = std::sync::LazyLock::new(balsam);
        let mut old = BALSAM.clone();
        old.services.truncate(keep);
        before.into_iter().for_each(|edit| make(edit, &mut old));
        let mut new = old.clone();
        new.version = "2027.1.1".into();
        new.valid_from = "2027-01-02".into();
        after.into_iter().for_each(|edit| make(edit, &mut new));
        let file = Delta::between(&old, &new).unwrap().pack().unwrap();
        let got = Delta::read_unverified(&file).unwrap().apply(&Indexed::new(old)).unwrap();
        prop_assert_eq!(got.catalogue(), &new);
        prop_assert_eq!(serde_json::to_vec(got.catalogue()).unwrap(), serde_json::to_vec(&new).unwrap());
        prop_assert_eq!(pack(got.catalogue()).unwrap(), pack(&new).unwrap());
        prop_assert_eq!(got.content(), &Content::of(&new));
    }
}
