-- What is wrong right now, and who still has to be told that it began or ended.

CREATE TABLE alert (
    -- what it is about, such as queue/cleanup/waiting
    subject      text PRIMARY KEY,
    severity     text NOT NULL CHECK (severity IN ('warning', 'critical')),
    state        text NOT NULL CHECK (state IN ('raised', 'recovered')),
    summary      text NOT NULL,
    raised_at    timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    times_raised bigint NOT NULL DEFAULT 1
);

CREATE INDEX alert_by_change ON alert (changed_at);
CREATE INDEX alert_open ON alert (subject) WHERE state = 'raised';

-- One row per change of state and channel: the outbox of the alerts.
CREATE TABLE alert_notice (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel    text NOT NULL,
    subject    text NOT NULL,
    severity   text NOT NULL,
    state      text NOT NULL,
    summary    text NOT NULL,
    noticed_at timestamptz NOT NULL,
    step       text NOT NULL DEFAULT 'pending' CHECK (step IN ('pending', 'sent', 'given_up')),
    attempts   integer NOT NULL DEFAULT 0,
    -- when it may be tried (again); whoever tries puts it off first
    due_at     timestamptz NOT NULL,
    last_error text
);

CREATE INDEX alert_notice_pending ON alert_notice (channel, due_at) WHERE step = 'pending';
CREATE INDEX alert_notice_age ON alert_notice (noticed_at);
