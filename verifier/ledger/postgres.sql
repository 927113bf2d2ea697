-- The ledger on PostgreSQL, in a schema of its own: what schema.sql says for SQLite, in its words. Nothing that is in it can be
-- changed or removed, and what is added comes next. A second release of a milestone or nonce is refused by the unique indexes.

CREATE TABLE {schema}.entry (
  position bigint PRIMARY KEY,
  leaf text NOT NULL CHECK (octet_length(leaf) <= 65535),
  kind text NOT NULL GENERATED ALWAYS AS (leaf::jsonb ->> 'kind') STORED,
  contract text GENERATED ALWAYS AS (leaf::jsonb ->> 'contract') STORED,
  milestone text GENERATED ALWAYS AS (leaf::jsonb ->> 'milestone') STORED,
  subject text GENERATED ALWAYS AS (leaf::jsonb ->> 'subject') STORED,
  nonce text GENERATED ALWAYS AS (leaf::jsonb ->> 'nonce') STORED,
  reason text GENERATED ALWAYS AS (leaf::jsonb #>> '{reasons,0}') STORED,
  "time" text GENERATED ALWAYS AS (leaf::jsonb ->> 'time') STORED,
  stored text GENERATED ALWAYS AS (leaf::jsonb ->> 'stored') STORED
);
CREATE INDEX entry_by_contract ON {schema}.entry (contract, kind, milestone);
CREATE INDEX entry_by_subject ON {schema}.entry (subject, kind);
CREATE INDEX entry_by_nonce ON {schema}.entry (nonce);
CREATE INDEX entry_by_kind ON {schema}.entry (kind, reason);
CREATE INDEX entry_by_time ON {schema}.entry ("time" COLLATE "C");
CREATE UNIQUE INDEX one_release ON {schema}.entry (contract, milestone) WHERE kind = 'release';
CREATE UNIQUE INDEX one_nonce ON {schema}.entry (nonce) WHERE kind = 'release';

-- What an entry's `stored` is the digest of, byte for byte.
CREATE TABLE {schema}.body (position bigint PRIMARY KEY, content bytea NOT NULL);

-- The compact range and the signed checkpoint at every size.
CREATE TABLE {schema}.head (size bigint PRIMARY KEY, hashes bytea NOT NULL, note bytea NOT NULL);

CREATE FUNCTION {schema}.entry_is_next() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema} AS $$
BEGIN
  IF NEW.position IS DISTINCT FROM (SELECT max(size) FROM head) THEN
    RAISE EXCEPTION 'an entry comes after the last one that has a checkpoint' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION {schema}.body_is_of_the_next() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema} AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM entry WHERE position = NEW.position AND stored IS NOT NULL
                 AND position = (SELECT max(size) FROM head)) THEN
    RAISE EXCEPTION 'a body comes with its entry' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION {schema}.head_is_next() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema} AS $$
BEGIN
  IF NEW.size IS DISTINCT FROM (SELECT coalesce(max(size) + 1, 0) FROM head)
     OR NEW.size IS DISTINCT FROM (SELECT coalesce(max(position) + 1, 0) FROM entry) THEN
    RAISE EXCEPTION 'a checkpoint comes with its entry' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION {schema}.stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER entry_is_next BEFORE INSERT ON {schema}.entry FOR EACH ROW EXECUTE FUNCTION {schema}.entry_is_next();
CREATE TRIGGER body_is_of_the_next BEFORE INSERT ON {schema}.body FOR EACH ROW EXECUTE FUNCTION {schema}.body_is_of_the_next();
CREATE TRIGGER head_is_next BEFORE INSERT ON {schema}.head FOR EACH ROW EXECUTE FUNCTION {schema}.head_is_next();
CREATE TRIGGER entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.entry EXECUTE FUNCTION {schema}.stays();
CREATE TRIGGER body_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.body EXECUTE FUNCTION {schema}.stays();
CREATE TRIGGER head_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {schema}.head EXECUTE FUNCTION {schema}.stays();
