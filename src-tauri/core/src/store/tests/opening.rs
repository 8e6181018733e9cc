//! The file itself: who can open it, what can be read in it, and what survives a damage, an update and a backup.

use super::*;

#[test]
fn a_second_instance_on_the_same_data_is_refused() {
    let place = Place::new();
    let _first = place.open();
    assert!(matches!(Store::open(&place.path, &place.key), Err(Error::InUse)));
}

#[test]
fn another_key_opens_nothing_and_the_right_one_still_does() {
    let place = Place::new();
    place.open().set_setting("office", &json!({"name": "Kattskinnet"}), now()).unwrap();
    assert!(matches!(Store::open(&place.path, &Key::from_bytes([9; 32])), Err(Error::WrongKey)));
    let kept: Option<Value> = place.open().setting("office").unwrap();
    assert_eq!(kept.unwrap()["name"], "Kattskinnet");
}

#[test]
fn nothing_readable_stands_in_the_files() {
    let place = Place::new();
    let store = place.open();
    store.finalise(&[finalise(1, Kind::New)], None, "tester", now()).unwrap();
    for file in std::fs::read_dir(place.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(9).any(|window| window == b"Gundersen"), "a name in the clear");
        assert!(!bytes.starts_with(b"SQLite format 3"));
    }
}

#[test]
fn a_file_of_a_newer_program_is_refused_and_left_alone() {
    let place = Place::new();
    place.open().write(|tx| Ok(tx.pragma_update(None, "user_version", 99)?)).unwrap();
    let known = i64::try_from(schema::MIGRATIONS.len()).unwrap();
    assert!(matches!(Store::open(&place.path, &place.key), Err(Error::Newer { file: 99, ours }) if ours == known));
}

#[test]
fn a_flipped_bit_is_found_at_start() {
    let place = Place::new();
    let store = place.open();
    for n in 1..20 {
        store.finalise(&[finalise(n, Kind::New)], None, "tester", now()).unwrap();
    }
    drop(store);
    let mut bytes = std::fs::read(&place.path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&place.path, bytes).unwrap();
    assert!(matches!(Store::open(&place.path, &place.key), Err(Error::Damaged { .. })));
}

#[test]
fn a_passphrase_gives_the_key_back_and_a_wrong_one_gives_another() {
    let key = Key::generate().unwrap();
    let file = PassphraseFile::wrap(&key, "kattepus på taket").unwrap();
    let text = serde_json::to_string(&file).unwrap();
    let read: PassphraseFile = serde_json::from_str(&text).unwrap();
    assert!(read.unwrap_key("kattepus på taket").unwrap() == key);
    assert!(read.unwrap_key("kattepus på tak").unwrap() != key);
    assert!(!text.contains(key.to_hex().as_str()));
}

#[test]
fn a_network_drive_is_told_from_a_local_one() {
    let mounts = "/dev/sda1 / ext4 rw 0 0\nserver:/home /home nfs4 rw 0 0\n/dev/sdb1 /home/local ext4 rw 0 0\n//nas/x /mnt/my\\040share cifs rw 0 0\n";
    let kind = |path: &str| open::network_filesystem(mounts, std::path::Path::new(path));
    assert_eq!(kind("/var/lib"), None);
    assert_eq!(kind("/home/kari"), Some("nfs4".into()));
    assert_eq!(kind("/home/local/kari"), None);
    assert_eq!(kind("/mnt/my share/x"), Some("cifs".into()));
}

#[test]
fn queued_messages_survive_a_new_version_of_the_tables_and_the_file_is_kept_as_it_was() {
    let place = Place::new();
    let store = place.open();
    store.finalise(&[finalise(1, Kind::New)], None, "tester", now()).unwrap();
    deliver(&store, 2);
    drop(store);
    let next: Vec<&str> =
        [super::schema::MIGRATIONS, &["ALTER TABLE outbox ADD COLUMN note TEXT NOT NULL DEFAULT ''"]].concat();
    let migrate = |migrations: &[&str]| {
        let mut connection = super::open::connect(&place.path, &place.key).unwrap();
        super::open::migrate(&mut connection, &place.path, &place.key, migrations)
    };
    // One that fails changes nothing, and may be tried again.
    let broken: Vec<&str> = [
        super::schema::MIGRATIONS,
        &["ALTER TABLE outbox ADD COLUMN one TEXT; ALTER TABLE nowhere ADD COLUMN two TEXT"],
    ]
    .concat();
    assert!(migrate(&broken).is_err());
    assert_eq!(place.open().all_entries().unwrap().len(), 2);
    migrate(&next).unwrap();
    assert!(matches!(Store::open(&place.path, &place.key), Err(Error::Newer { .. })), "an older program opens it");
    let kept = backup::list(&backup::folder_of(&place.path)).unwrap();
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|file| file.before_version == i64::try_from(next.len()).ok()));
    let before = Store::open(&kept[0].path, &place.key).unwrap();
    assert_eq!(before.ready("balsam", now(), 10).unwrap(), [message(1)]);
    assert_eq!(before.message_bytes(message(1)).unwrap(), bytes(1));
    let after = super::open::connect(&place.path, &place.key).unwrap();
    let queued: i64 = after
        .query_row("SELECT count(*) FROM outbox JOIN messages USING (message_id) WHERE state = 'queued' AND length(bytes) = size", [], |row| row.get(0))
        .unwrap();
    assert_eq!(queued, 1);
}

#[test]
fn a_backup_taken_while_in_use_is_whole_and_going_back_asks_everything_again() {
    let place = Place::new();
    let store = place.open();
    deliver(&store, 1);
    store.take_receipts("balsam", &[], "17", now()).unwrap();
    store.finalise(&[finalise(2, Kind::New)], None, "tester", now()).unwrap();
    let backup = place.folder.path().join("backup.sqlite");
    store.backup(&backup, &place.key).unwrap();
    assert!(matches!(store.backup(&backup, &place.key), Err(Error::Taken { .. })));
    store.finalise(&[finalise(3, Kind::New)], None, "tester", now()).unwrap();
    let restore = |key: &Key| Store::restore(&backup, &place.path, key, "Kari", now());
    assert!(matches!(restore(&place.key), Err(Error::InUse)));
    drop(store);
    let before = std::fs::read(&backup).unwrap();
    assert!(matches!(restore(&Key::from_bytes([1; 32])), Err(Error::WrongKey)));
    let reconcile = restore(&place.key).unwrap();
    assert!(std::fs::read(&backup).unwrap() == before, "the backup itself was changed");
    let store = place.open();
    assert_eq!((reconcile.queued_again, reconcile.newest), (1, Some(now())));
    assert_eq!(store.all_entries().unwrap().len(), 2);
    assert_eq!(store.cursor("balsam", Stream::Receipts).unwrap(), None);
    // The hospital speaks of the third, which is missing here: that is told until somebody has read it.
    store.take_receipts("balsam", &[receipt(3, Verdict::Accepted, "<ok/>")], "18", now()).unwrap();
    let account = store.restore_account().unwrap().unwrap();
    assert_eq!((account.reconcile, account.strangers), (reconcile, 1));
    store.settle_restore("Kari", now()).unwrap();
    assert_eq!(store.restore_account().unwrap(), None);
    // What was replaced is kept.
    assert!(place.path.with_extension("sqlite.replaced").exists());
}

#[test]
fn work_goes_on_while_a_backup_is_made_and_is_not_in_it() {
    let place = Place::new();
    let store = place.open();
    for n in 1..200 {
        store.finalise(&[finalise(n, Kind::New)], None, "tester", now()).unwrap();
    }
    let folder = place.folder.path().join("backups");
    std::thread::scope(|threads| {
        let copying = threads.spawn(|| store.backup_now(&folder, &place.key, now()).unwrap());
        for n in 1_000..1_100 {
            store.finalise(&[finalise(n, Kind::New)], None, "tester", now()).unwrap();
        }
        let made = copying.join().unwrap();
        let listed = backup::list(&folder).unwrap();
        assert_eq!((listed.len(), &listed[0].path), (1, &made));
        assert_eq!(listed[0].made_at, now());
    });
    assert_eq!(store.backup_if_due(&folder, &place.key, now()).unwrap(), None);
    let made = backup::list(&folder).unwrap().remove(0).path;
    drop(store);
    let copy = Store::open(&made, &place.key).unwrap();
    let entries = copy.all_entries().unwrap();
    assert!((199..=299).contains(&entries.len()), "{}", entries.len());
    assert!(entries.iter().zip(1..).all(|(row, at)| row.entry.sequence == at), "a gap in the copy");
}

#[test]
fn a_backup_that_a_full_disk_cut_short_leaves_nothing_behind() {
    let place = Place::new();
    let store = place.open();
    let nowhere = place.folder.path().join("no such folder").join("backup.sqlite");
    assert!(store.backup(&nowhere, &place.key).is_err());
    // The store works on, log and all.
    store.finalise(&[finalise(1, Kind::New)], None, "tester", now()).unwrap();
    assert!(!nowhere.exists());
}
