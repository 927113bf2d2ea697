-- The ledger. Nothing that is in it can be changed or removed, and what is added comes next: the database says so itself.
-- What entries are found by is read out of the leaf, so that the index cannot say otherwise than what was signed.

CREATE TABLE entry (
  position INTEGER PRIMARY KEY,
  leaf TEXT NOT NULL CHECK (length(CAST(leaf AS BLOB)) <= 65535),
  kind TEXT NOT NULL GENERATED ALWAYS AS (json_extract(leaf, '$.kind')) VIRTUAL,
  contract TEXT GENERATED ALWAYS AS (json_extract(leaf, '$.contract')) VIRTUAL,
  milestone TEXT GENERATED ALWAYS AS (json_extract(leaf, '$.milestone')) VIRTUAL,
  subject TEXT GENERATED ALWAYS AS (json_extract(leaf, '$.subject')) VIRTUAL,
  nonce TEXT GENERATED ALWAYS AS (json_extract(leaf, '$.nonce')) VIRTUAL,
  reason TEXT GENERATED ALWAYS AS (json_extract(leaf, '$.reasons[0]')) VIRTUAL,
  time TEXT GENERATED ALWAYS AS (json_extract(leaf, '$.time')) VIRTUAL,
  stored TEXT GENERATED ALWAYS AS (json_extract(leaf, '$.stored')) VIRTUAL
);

CREATE INDEX entry_by_contract ON entry (contract, kind, milestone);
CREATE INDEX entry_by_subject ON entry (subject, kind);
CREATE INDEX entry_by_nonce ON entry (nonce);
CREATE INDEX entry_by_kind ON entry (kind, reason);
CREATE INDEX entry_by_time ON entry (time);
CREATE UNIQUE INDEX one_release ON entry (contract, milestone) WHERE kind = 'release';
CREATE UNIQUE INDEX one_nonce ON entry (nonce) WHERE kind = 'release';

-- What an entry's `stored` is the digest of, byte for byte.
CREATE TABLE body (
  position INTEGER PRIMARY KEY,
  content BLOB NOT NULL
);

-- The compact range and the signed checkpoint at every size.
CREATE TABLE head (
  size INTEGER PRIMARY KEY,
  hashes BLOB NOT NULL,
  note BLOB NOT NULL
);

CREATE TRIGGER entry_is_next BEFORE INSERT ON entry WHEN NEW.position IS NOT (SELECT max(size) FROM head)
  BEGIN SELECT RAISE(ABORT, 'an entry comes after the last one that has a checkpoint'); END;
CREATE TRIGGER entry_is_released_once BEFORE INSERT ON entry WHEN NEW.kind = 'release' AND (
    EXISTS (SELECT 1 FROM entry WHERE kind = 'release' AND contract = NEW.contract AND milestone = NEW.milestone)
    OR EXISTS (SELECT 1 FROM entry WHERE kind = 'release' AND nonce = NEW.nonce))
  BEGIN SELECT RAISE(ABORT, 'released already'); END;
CREATE TRIGGER body_is_of_the_next BEFORE INSERT ON body WHEN NOT EXISTS (SELECT 1 FROM entry
    WHERE position = NEW.position AND stored IS NOT NULL AND position = (SELECT max(size) FROM head))
  BEGIN SELECT RAISE(ABORT, 'a body comes with its entry'); END;
CREATE TRIGGER head_is_next BEFORE INSERT ON head
  WHEN NEW.size IS NOT (SELECT coalesce(max(size) + 1, 0) FROM head)
    OR NEW.size IS NOT (SELECT coalesce(max(position) + 1, 0) FROM entry)
  BEGIN SELECT RAISE(ABORT, 'a checkpoint comes with its entry'); END;

CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER entry_remains BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER body_stays BEFORE UPDATE ON body BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER body_remains BEFORE DELETE ON body BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER head_stays BEFORE UPDATE ON head BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER head_remains BEFORE DELETE ON head BEGIN SELECT RAISE(ABORT, 'append-only'); END;
