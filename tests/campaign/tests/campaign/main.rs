//! Short campaigns with fixed seeds, for every run of the tests. `make campaign` runs the long ones.

use campaign::numbers::{self, Rule};
use campaign::{kill, power, soak};

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_reported_before_a_kill_arrives_with_effect_exactly_once() {
    let report = kill::run(40, 20_261_126).await.unwrap();
    println!("{report:?}");
    // How many come through before their kill depends on how busy the machine is; that each arrives does not.
    assert!(report.reported > 0 && report.at_random > 0 && !report.at_moments.is_empty(), "{report:?}");
}

/// The control: a sender that makes the message again for each try does double, so the campaign above can fail.
#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_makes_a_new_id_for_each_try_would_double() {
    let doubled = kill::control(40, 7).await.unwrap();
    println!("{doubled} of 40 doubled with a fresh id for each try");
    assert!(doubled > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_reported_is_gone_after_a_power_cut() {
    if let Some(report) = power::run(8, 20_261_126).await.unwrap() {
        println!("{report:?}");
        assert!(report.reported > 0, "{report:?}");
    }
}

/// The control: a store that does not wait for the disk loses what it confirmed, so the campaign above can fail.
#[test]
fn a_store_that_does_not_wait_for_the_disk_would_lose_what_it_confirmed() {
    for control in power::control(5, 20_261_126).unwrap().unwrap_or_default() {
        println!("{control:?}");
        assert_eq!(control.lost > 0, control.synchronous != "FULL", "{control:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_drains_through_a_gateway_on_which_one_call_in_ten_fails() {
    let report = soak::run(200, 20_261_126).await.unwrap();
    println!("{report:?}; ratio to the floor {:.2}", report.ratio());
    assert!(report.copies >= 200, "{report:?}");
}

#[test]
fn ten_workstations_that_crash_and_are_restored_copied_and_reinstalled_never_give_a_number_twice() {
    let report = numbers::run(10, 200_000, 20_261_126, Rule::AsTheApplication).unwrap();
    println!("{report:?}");
    assert_eq!((report.numbers, report.doubled, report.doubled_in_a_store), (200_000, 0, 0));
    assert!(report.shared > 5 && report.of_two_hospitals > 1_000, "the hospitals' digits meet: {report:?}");
    for happened in [report.crashes, report.restores, report.clones, report.reinstalled, report.lost_answers] {
        assert!(happened > 5, "{report:?}");
    }
    assert!(report.second_programs > 5 && report.clock_jumps > 50 && report.burned > 0, "{report:?}");
}

/// The control: a machine that trusts its store alone numbers twice after a restore, so the campaign above can fail.
#[test]
fn a_machine_that_trusts_its_store_alone_would_number_twice() {
    let control = numbers::run(10, 100_000, 20_261_126, Rule::StoreAlone).unwrap();
    println!("{} of {} came twice", control.doubled, control.numbers);
    assert!(control.doubled > 0);
}

/// The control: one station for all hospitals, as it was once, gives a hospital what it leased to another workstation.
#[test]
fn a_workstation_with_one_station_for_all_hospitals_would_number_twice() {
    let control = numbers::run(10, 100_000, 20_261_126, Rule::OneStationForAll).unwrap();
    println!("{} of {} came to a hospital twice", control.doubled, control.numbers);
    assert!(control.doubled > 0);
}
