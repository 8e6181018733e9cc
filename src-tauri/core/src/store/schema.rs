//! The tables, as a list of migrations. A released migration is never edited; a column never changes meaning.

/// Migrations in order; the file's `user_version` counts how many it has had.
pub(super) const MIGRATIONS: &[&str] = &[V1, V2, V3, V4, V5, V6, V7];

/// Times are milliseconds since 1970-01-01 UTC. Identifiers are UUIDs in lower case with hyphens. JSON is text.
const V1: &str = r"
CREATE TABLE settings (
  key        TEXT    NOT NULL PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 100), -- office, requesters, connections, preferences …
  value      TEXT    NOT NULL CHECK (json_valid(value)),
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE patients_recent (
  key        TEXT    NOT NULL PRIMARY KEY, -- national id, or name, birth date and sex where there is none
  folded     TEXT    NOT NULL,             -- name and number, folded for search
  content    TEXT    NOT NULL CHECK (json_valid(content)),
  used_at    INTEGER NOT NULL,
  uses       INTEGER NOT NULL DEFAULT 1 CHECK (uses >= 1)
) STRICT, WITHOUT ROWID;

CREATE TABLE drafts (
  id         TEXT    NOT NULL PRIMARY KEY CHECK (length(id) = 36),
  revision   INTEGER NOT NULL CHECK (revision >= 1), -- counts saves: an edit of an old state is refused
  content    TEXT    NOT NULL CHECK (json_valid(content)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE requisitions (
  id             TEXT    NOT NULL PRIMARY KEY CHECK (length(id) = 36), -- ServReq/Id
  phase          TEXT    NOT NULL CHECK (phase IN ('waiting_for_collection', 'partly_collected', 'collected', 'finalised', 'cancelled')),
                                            -- what comes after 'finalised' is derived from outbox, receipts and events
  revision       INTEGER NOT NULL DEFAULT 1 CHECK (revision >= 1),
  content        TEXT    NOT NULL CHECK (json_valid(content)),
  provider       TEXT    NOT NULL,
  department     TEXT    NOT NULL DEFAULT '',
  discipline     TEXT    NOT NULL DEFAULT '',
  urgency        TEXT    NOT NULL CHECK (urgency IN ('routine', 'urgent', 'cito')),
  patient_name   TEXT    NOT NULL,
  patient_number TEXT    NOT NULL DEFAULT '', -- 11 digits, or empty
  patient_folded TEXT    NOT NULL,            -- name and number, folded for search
  requester      TEXT    NOT NULL DEFAULT '', -- id of who orders
  summary        TEXT    NOT NULL DEFAULT '', -- services, as listed
  created_at     INTEGER NOT NULL,
  updated_at     INTEGER NOT NULL,
  finalised_at   INTEGER,
  held_by        TEXT,                        -- who has it open in the internal lab
  held_at        INTEGER,
  CHECK ((phase = 'finalised') = (finalised_at IS NOT NULL)),
  CHECK ((held_by IS NULL) = (held_at IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX requisitions_by_time ON requisitions (created_at DESC);
CREATE INDEX requisitions_open ON requisitions (phase, created_at) WHERE phase <> 'finalised';

CREATE TABLE specimens (
  id             TEXT    NOT NULL PRIMARY KEY,
  requisition_id TEXT    NOT NULL REFERENCES requisitions (id),
  number         TEXT,                        -- AnalysedSubject/IdByRequester: one number, one requisition, for ever; a receiver may want
                                              -- one number for all containers of a material, or of the requisition
  position       INTEGER NOT NULL,            -- order of draw within the requisition
  status         TEXT    NOT NULL CHECK (status IN ('planned', 'collected', 'at_home', 'not_taken', 'spoiled')),
  collected_at   TEXT,                        -- local time with offset, as the message carries it
  collector      TEXT,
  reason         TEXT,                        -- why not taken, or spoiled
  updated_at     INTEGER NOT NULL,
  CHECK ((status = 'collected') = (collected_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX specimens_by_requisition ON specimens (requisition_id, position);
CREATE INDEX specimens_by_number ON specimens (number) WHERE number IS NOT NULL;
CREATE TRIGGER specimens_number_of_one BEFORE INSERT ON specimens
  WHEN EXISTS (SELECT 1 FROM specimens AS s WHERE s.number = new.number AND s.requisition_id <> new.requisition_id AND s.id <> new.id)
  BEGIN SELECT RAISE(ABORT, 'a number belongs to one requisition'); END;
CREATE TRIGGER specimens_number_kept BEFORE UPDATE OF number ON specimens WHEN old.number IS NOT NULL AND new.number IS NOT old.number
  BEGIN SELECT RAISE(ABORT, 'a specimen keeps its number'); END;
CREATE TRIGGER specimens_kept BEFORE DELETE ON specimens WHEN old.number IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'a number is never given back'); END;

CREATE TABLE labels (
  id              INTEGER PRIMARY KEY,
  requisition_id  TEXT    NOT NULL REFERENCES requisitions (id),
  specimen_id     TEXT    NOT NULL,
  specimen_number TEXT    NOT NULL,
  snapshot        TEXT    NOT NULL CHECK (json_valid(snapshot)), -- everything on the label; never changed
  created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX labels_by_requisition ON labels (requisition_id);
CREATE TRIGGER labels_frozen BEFORE UPDATE OF specimen_id, specimen_number, snapshot, created_at ON labels BEGIN SELECT RAISE(ABORT, 'labels are frozen'); END;

CREATE TABLE label_prints (
  id           INTEGER PRIMARY KEY,
  label_id     INTEGER NOT NULL REFERENCES labels (id),
  reprint      INTEGER NOT NULL CHECK (reprint >= 0), -- 0 for the first print
  copies       INTEGER NOT NULL CHECK (copies >= 1),
  printer      TEXT    NOT NULL,
  asked_at     INTEGER NOT NULL,
  asked_by     TEXT    NOT NULL,
  spooled_at   INTEGER,           -- the spooler took it: not yet printed
  confirmed_at INTEGER,           -- a person has seen it on the tube
  confirmed_by TEXT,
  failure      TEXT,              -- a code, when the spooler refused
  UNIQUE (label_id, reprint),
  CHECK ((confirmed_at IS NULL) = (confirmed_by IS NULL)),
  CHECK (spooled_at IS NULL OR failure IS NULL)
) STRICT;

CREATE TABLE outbox (
  sequence         INTEGER PRIMARY KEY AUTOINCREMENT,           -- the order in which messages were made
  message_id       TEXT    NOT NULL UNIQUE CHECK (length(message_id) = 36), -- MsgId: the same in every attempt
  requisition_id   TEXT    NOT NULL REFERENCES requisitions (id),
  kind             TEXT    NOT NULL CHECK (kind IN ('N', 'M', 'A', 'C')),
  bytes            BLOB    NOT NULL CHECK (length(bytes) > 0),  -- the finished message: never rendered again
  sha256           BLOB    NOT NULL CHECK (length(sha256) = 32),
  receiver_her     TEXT    NOT NULL,                            -- HER-id of the service
  provider         TEXT    NOT NULL,                            -- the connection it goes by
  version          TEXT    NOT NULL CHECK (version IN ('1.5', '1.6')),
  priority         TEXT    NOT NULL CHECK (priority IN ('urgent', 'routine')),
  receipt_hours    INTEGER NOT NULL CHECK (receipt_hours BETWEEN 1 AND 96), -- the receiver's promise
  replaces         TEXT,                                        -- message that this one corrects
  state            TEXT    NOT NULL CHECK (state IN ('queued', 'sending', 'delivered', 'accepted', 'accepted_with_errors', 'rejected', 'withdrawn', 'needs_attention')),
  reason           TEXT,
  waiting          TEXT    NOT NULL DEFAULT 'not_tried',        -- why it is still queued
  attempts         INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  next_attempt_at  INTEGER NOT NULL,
  may_have_arrived INTEGER NOT NULL DEFAULT 0 CHECK (may_have_arrived IN (0, 1)),
  created_at       INTEGER NOT NULL,
  silent_since     INTEGER NOT NULL,                            -- the receipt alarm counts from here: when it was made, or asked to be sent again
  delivered_at     INTEGER,                                     -- first proof that the line took it
  settled_at       INTEGER,                                     -- first application receipt
  resolved_at      INTEGER,                                     -- a person dealt with it
  resolved_by      TEXT,
  resolved_act     TEXT,
  CHECK ((state = 'needs_attention') = (reason IS NOT NULL)),
  CHECK (state NOT IN ('delivered', 'accepted', 'accepted_with_errors', 'rejected') OR delivered_at IS NOT NULL),
  CHECK (state NOT IN ('accepted', 'accepted_with_errors', 'rejected') OR settled_at IS NOT NULL),
  CHECK (state <> 'sending' OR attempts > 0),
  CHECK ((resolved_at IS NULL) = (resolved_by IS NULL) AND (resolved_at IS NULL) = (resolved_act IS NULL))
) STRICT;
CREATE INDEX outbox_waiting ON outbox (provider, priority DESC, sequence) WHERE state = 'queued';
CREATE INDEX outbox_by_requisition ON outbox (requisition_id, sequence);
CREATE INDEX outbox_silent ON outbox (created_at) WHERE state = 'delivered';
CREATE INDEX outbox_needs_you ON outbox (sequence) WHERE state IN ('rejected', 'accepted_with_errors', 'needs_attention') AND resolved_at IS NULL;
CREATE TRIGGER outbox_frozen BEFORE UPDATE OF message_id, requisition_id, kind, bytes, sha256, receiver_her, provider, version, receipt_hours, replaces, created_at
  ON outbox BEGIN SELECT RAISE(ABORT, 'a queued message is frozen'); END;
CREATE TRIGGER outbox_kept BEFORE DELETE ON outbox BEGIN SELECT RAISE(ABORT, 'a queued message is never deleted'); END;

CREATE TABLE attempts (
  id         INTEGER PRIMARY KEY,
  message_id TEXT    NOT NULL REFERENCES outbox (message_id),
  number     INTEGER NOT NULL CHECK (number >= 1),
  started_at INTEGER NOT NULL,            -- durable before the first byte is sent
  ended_at   INTEGER,
  outcome    TEXT,
  status     INTEGER,                     -- HTTP status
  detail     TEXT,                        -- the gateway's own words
  receipt_id TEXT,                        -- transport receipt
  duplicate  INTEGER,                     -- the gateway had it already
  UNIQUE (message_id, number),
  CHECK ((ended_at IS NULL) = (outcome IS NULL)),
  CHECK (outcome IS NOT 'receipt' OR receipt_id IS NOT NULL)
) STRICT;
CREATE INDEX attempts_open ON attempts (message_id) WHERE ended_at IS NULL;

CREATE TABLE receipts (
  id          INTEGER PRIMARY KEY,
  provider    TEXT    NOT NULL,
  message_id  TEXT REFERENCES outbox (message_id), -- the entry it speaks of; NULL where this store does not know it
  named_id    TEXT    NOT NULL,            -- the message that it names
  verdict     TEXT    NOT NULL CHECK (verdict IN ('accepted', 'rejected', 'accepted_with_errors', 'unreadable')),
  faults      TEXT    NOT NULL DEFAULT '[]' CHECK (json_valid(faults)), -- codes of list 8221 with the receiver's text
  raw         TEXT    NOT NULL,            -- the document as it came
  digest      BLOB    NOT NULL CHECK (length(digest) = 32),
  received_at INTEGER NOT NULL,            -- by the gateway's clock
  taken_at    INTEGER NOT NULL,            -- by ours
  times       INTEGER NOT NULL DEFAULT 1 CHECK (times >= 1), -- how often it came
  UNIQUE (provider, named_id, digest)
) STRICT;
CREATE INDEX receipts_by_message ON receipts (message_id);

CREATE TABLE events (
  id             INTEGER PRIMARY KEY,
  provider       TEXT    NOT NULL,
  cursor         TEXT    NOT NULL,
  message_id     TEXT,
  requisition_id TEXT REFERENCES requisitions (id), -- NULL where this store does not know it
  specimen       TEXT,
  type           TEXT    NOT NULL CHECK (type IN ('specimen-received', 'specimen-rejected', 'partly-answered', 'answered', 'cancelled-by-provider', 'expired')),
  at             INTEGER NOT NULL,
  text           TEXT,
  taken_at       INTEGER NOT NULL,
  resolved_at    INTEGER,
  resolved_by    TEXT,
  resolved_act   TEXT,
  UNIQUE (provider, cursor),
  CHECK ((resolved_at IS NULL) = (resolved_by IS NULL))
) STRICT;
CREATE INDEX events_by_requisition ON events (requisition_id, at);

CREATE TABLE cursors (
  provider   TEXT    NOT NULL,
  stream     TEXT    NOT NULL CHECK (stream IN ('receipts', 'events')),
  value      TEXT    NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (provider, stream)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  who     TEXT    NOT NULL,
  act     TEXT    NOT NULL,
  subject TEXT    NOT NULL,           -- id of what it was done to
  detail  TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is never deleted'); END;
CREATE TRIGGER audit_frozen BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is frozen'); END;

CREATE TABLE number_marks (
  station    TEXT    NOT NULL PRIMARY KEY,
  high_water INTEGER NOT NULL CHECK (high_water >= 0), -- numbers up to here may be in use; made durable before printing
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER number_marks_rise BEFORE UPDATE ON number_marks WHEN new.high_water < old.high_water
  BEGIN SELECT RAISE(ABORT, 'a number mark never falls'); END;

CREATE TABLE service_uses (
  provider TEXT    NOT NULL,
  service  TEXT    NOT NULL,
  uses     INTEGER NOT NULL CHECK (uses >= 1),
  used_at  INTEGER NOT NULL,
  PRIMARY KEY (provider, service)
) STRICT, WITHOUT ROWID;
";

/// Panels and favourites of the office. The favourites that version 1 kept as one setting were everybody's, so they are
/// shared ones now, in the order they had; the setting goes only where it was taken over.
const V2: &str = r"
CREATE TABLE panels (
  id         TEXT    NOT NULL PRIMARY KEY CHECK (length(id) = 36),
  owner      TEXT    NOT NULL DEFAULT '',  -- id of the person whose own it is; empty where the office shares it
  folded     TEXT    NOT NULL CHECK (length(folded) > 0), -- name, folded: one name once for each owner
  revision   INTEGER NOT NULL CHECK (revision >= 1),      -- counts saves: an edit of an old state is refused
  content    TEXT    NOT NULL CHECK (json_valid(content)), -- name, words, members; never anything of a patient
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  updated_by TEXT    NOT NULL DEFAULT '',  -- name, as on record at the time
  UNIQUE (owner, folded)
) STRICT, WITHOUT ROWID;

CREATE TABLE favourites (
  owner     TEXT    NOT NULL DEFAULT '',   -- as in panels
  provider  TEXT    NOT NULL CHECK (length(provider) > 0),
  service   TEXT    NOT NULL CHECK (length(service) > 0),
  name      TEXT    NOT NULL DEFAULT '',   -- when it was marked: what is shown if the catalogue drops it
  marked_at INTEGER NOT NULL,
  PRIMARY KEY (owner, provider, service)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO favourites (owner, provider, service, name, marked_at)
  SELECT '', substr(one.value, 1, instr(one.value, '/') - 1), substr(one.value, instr(one.value, '/') + 1), '', settings.changed_at + one.key
  FROM settings, json_each(settings.value) AS one
  WHERE settings.key = 'favourites' AND json_type(settings.value) = 'array' AND one.type = 'text'
    AND instr(one.value, '/') > 1 AND instr(one.value, '/') < length(one.value);
DELETE FROM settings WHERE key = 'favourites' AND json_type(value) = 'array';
";

const V3: &str = r"
CREATE TABLE watches (
  requisition_id TEXT    NOT NULL REFERENCES requisitions (id),
  problem        TEXT    NOT NULL CHECK (problem IN ('not_arrived', 'late_answer', 'waiting_too_long')),
  raised_at      INTEGER NOT NULL,
  resolved_at    INTEGER,                 -- a person dealt with it; a message that waits on is told of again
  resolved_by    TEXT,
  resolved_act   TEXT,
  PRIMARY KEY (requisition_id, problem),
  CHECK ((resolved_at IS NULL) = (resolved_by IS NULL) AND (resolved_at IS NULL) = (resolved_act IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX watches_open ON watches (raised_at) WHERE resolved_at IS NULL;

CREATE TABLE amendments (
  message_id TEXT    NOT NULL PRIMARY KEY REFERENCES outbox (message_id), -- the change or addition
  content    TEXT    NOT NULL CHECK (json_valid(content)),                -- the requisition as it is once the receiver accepts
  summary    TEXT    NOT NULL,
  urgency    TEXT    NOT NULL CHECK (urgency IN ('routine', 'urgent', 'cito')),
  applied_at INTEGER
) STRICT, WITHOUT ROWID;
";

/// Contents of attachments, and what decision support came to.
const V4: &str = r"
CREATE TABLE attachments (
  id       TEXT    NOT NULL PRIMARY KEY CHECK (length(id) = 36), -- named by drafts and requisitions
  content  BLOB    NOT NULL CHECK (length(content) > 0),
  added_at INTEGER NOT NULL
) STRICT;
CREATE TRIGGER attachments_frozen BEFORE UPDATE ON attachments BEGIN SELECT RAISE(ABORT, 'attachments are frozen'); END;

CREATE TABLE rules_shown (
  draft      TEXT    NOT NULL CHECK (length(draft) = 36), -- may be gone since
  line       INTEGER NOT NULL,                            -- 0 for the whole draft
  provider   TEXT    NOT NULL,                            -- empty for a rule of our own
  rule       TEXT    NOT NULL CHECK (length(rule) > 0),
  overridden TEXT,                                        -- the coded reason
  shown_at   INTEGER NOT NULL,                            -- first
  PRIMARY KEY (draft, line, provider, rule)
) STRICT, WITHOUT ROWID;
CREATE INDEX rules_shown_by_time ON rules_shown (shown_at);
";

/// Messages' bytes move beside their entries: whoever looks through the queue reads states, and not the pages that a patient's
/// message fills. Bytes are written first and entries second, so neither stands without the other. The indexes answer what
/// the dispatcher and the window ask again and again, from the index alone.
const V5: &str = r"
CREATE TABLE messages (
  message_id TEXT NOT NULL PRIMARY KEY REFERENCES outbox (message_id) DEFERRABLE INITIALLY DEFERRED,
  bytes      BLOB NOT NULL CHECK (length(bytes) > 0)            -- the finished message: never rendered again
) STRICT;
INSERT INTO messages (message_id, bytes) SELECT message_id, bytes FROM outbox ORDER BY sequence;

DROP TRIGGER outbox_frozen;
ALTER TABLE outbox ADD COLUMN size INTEGER NOT NULL DEFAULT 1 CHECK (size > 0); -- of the bytes
UPDATE outbox SET size = length(bytes);
ALTER TABLE outbox DROP COLUMN bytes;
CREATE TRIGGER outbox_frozen BEFORE UPDATE OF message_id, requisition_id, kind, size, sha256, receiver_her, provider, version, receipt_hours, replaces, created_at
  ON outbox BEGIN SELECT RAISE(ABORT, 'a queued message is frozen'); END;
CREATE TRIGGER outbox_with_bytes BEFORE INSERT ON outbox
  WHEN NOT EXISTS (SELECT 1 FROM messages AS m WHERE m.message_id = new.message_id AND length(m.bytes) = new.size)
  BEGIN SELECT RAISE(ABORT, 'a message is queued with its bytes'); END;
CREATE TRIGGER messages_frozen BEFORE UPDATE ON messages BEGIN SELECT RAISE(ABORT, 'a queued message is frozen'); END;
CREATE TRIGGER messages_kept BEFORE DELETE ON messages BEGIN SELECT RAISE(ABORT, 'a queued message is never deleted'); END;

DROP INDEX outbox_waiting;
CREATE INDEX outbox_due ON outbox (provider, priority DESC, sequence, next_attempt_at) WHERE state = 'queued';
CREATE INDEX outbox_unsent ON outbox (provider, created_at, waiting, priority) WHERE state IN ('queued', 'sending');
CREATE INDEX events_open ON events (requisition_id, provider)
  WHERE resolved_at IS NULL AND type IN ('specimen-rejected', 'cancelled-by-provider', 'expired');
";

/// Stations belong to the providers that leased them. The one that was held before was everybody's, and nobody wrote down
/// whose: it waits under no provider until that is known.
const V6: &str = r"
CREATE TABLE stations (
  provider TEXT    NOT NULL PRIMARY KEY,                    -- who leased it or gave it on paper; empty where that is not known
  station  TEXT    NOT NULL CHECK (length(station) = 5),    -- as in number_marks; two providers may lease the same
  device   TEXT    NOT NULL CHECK (length(device) > 0),     -- print of the secret in the keyring of the machine it was leased to
  kept_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO stations (provider, station, device, kept_at)
  SELECT '', printf('%05d', json_extract(value, '$.station')), json_extract(value, '$.device'), changed_at
  FROM settings
  WHERE key = 'enrolment' AND json_type(value, '$.station') = 'integer' AND json_type(value, '$.device') = 'text'
    AND json_extract(value, '$.station') BETWEEN 1 AND 99999 AND length(json_extract(value, '$.device')) > 0;
DELETE FROM settings WHERE key = 'enrolment';
";

/// What the print spooler was given for the A4 printer: it may wait there for longer than the program runs.
const V7: &str = r"
CREATE TABLE paper_jobs (
  queue    TEXT    NOT NULL CHECK (length(queue) > 0),
  job      INTEGER NOT NULL,                             -- the spooler's number
  paper    TEXT    NOT NULL CHECK (length(paper) > 0),   -- what it is, as the window words it
  patient  TEXT,                                         -- name of whom a form is about
  asked_at INTEGER NOT NULL,
  taken_at INTEGER NOT NULL,
  PRIMARY KEY (queue, job)
) STRICT, WITHOUT ROWID;
";
