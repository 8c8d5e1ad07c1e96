-- Who changed what, from what to what, when, from where and with what outcome. A partition holds one day (UTC); what is too old goes with
-- its day.
CREATE TABLE audit_log (
    at         timestamptz NOT NULL,
    id         uuid        NOT NULL,
    format     smallint    NOT NULL,
    actor_id   text COLLATE "C" NOT NULL,
    actor      text        NOT NULL,
    -- user, key, link, token, environment.
    actor_kind text COLLATE "C" NOT NULL,
    role       text COLLATE "C",
    -- The resource and what was done to it, such as queues.pause.
    action     text COLLATE "C" NOT NULL,
    target     text COLLATE "C",
    -- done, denied, refused, failed.
    outcome    text COLLATE "C" NOT NULL,
    status     smallint    NOT NULL,
    before     jsonb,
    after      jsonb,
    address    text        NOT NULL,
    user_agent text,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);

CREATE INDEX audit_log_by_actor ON audit_log (actor_id, at);
CREATE INDEX audit_log_by_name ON audit_log (actor, at);
CREATE INDEX audit_log_by_action ON audit_log (action, at);
CREATE INDEX audit_log_by_target ON audit_log (target, at) WHERE target IS NOT NULL;

-- Rows are added, and days are dropped. Nothing else happens to them, whatever a program asks for.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_log takes no %', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
