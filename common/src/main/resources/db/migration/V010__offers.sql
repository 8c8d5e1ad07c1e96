-- Offers: what the feed said last, what it said before, and the sweeps that asked it.

CREATE TABLE offers (
    offer_id                    text PRIMARY KEY,
    name                        text,
    status                      text        NOT NULL,
    country                     text,
    country_name                text,
    carrier                     text,
    vertical                    text,
    flow                        text,
    model                       text,
    payout                      numeric(14, 4),
    currency                    text,
    daily_cap                   bigint,
    daily_cap_unlimited         boolean     NOT NULL,
    filled_cap                  bigint,
    filled_cap_unlimited        boolean     NOT NULL,
    traffic_type                text,
    time_frame                  text,
    traffic_restrictions        text,
    landing_page                text,
    thumbnails                  text,
    offer_url                   text,
    -- Seconds before fetched_at; null: no conversion known.
    last_conversion_seconds     integer,
    last_converted_at           timestamptz,
    -- What the update before this one said: alerts compare the two.
    previous_status             text,
    previous_conversion_seconds integer,
    first_seen_at               timestamptz NOT NULL,
    fetched_at                  timestamptz NOT NULL,
    -- When a sweep (not a read of the conversion list) stored it last.
    swept_at                    timestamptz
);
CREATE INDEX offers_by_conversion ON offers (last_converted_at DESC NULLS LAST, offer_id);
CREATE INDEX offers_swept ON offers (swept_at) WHERE last_conversion_seconds IS NOT NULL;

CREATE TABLE offer_snapshots (
    offer_id                text        NOT NULL,
    taken_at                timestamptz NOT NULL,
    status                  text        NOT NULL,
    payout                  numeric(14, 4),
    daily_cap               bigint,
    daily_cap_unlimited     boolean     NOT NULL,
    filled_cap              bigint,
    filled_cap_unlimited    boolean     NOT NULL,
    last_conversion_seconds integer,
    PRIMARY KEY (offer_id, taken_at)
);
-- Rows arrive in the order of time, so that a block-range index finds the old ones at next to no cost.
CREATE INDEX offer_snapshots_by_age ON offer_snapshots USING brin (taken_at);

-- Offers whose conversions are watched closely.
CREATE TABLE conversion_list (
    offer_id   text PRIMARY KEY,
    added_at   timestamptz NOT NULL DEFAULT now(),
    -- The job that looked at the entry last: a job that goes on after a pause skips what it has seen.
    checked_by text
);

-- When the list was last brought up to date with what sweeps found.
CREATE TABLE conversion_merges (
    one_row   boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    merged_up_to timestamptz NOT NULL
);

CREATE TABLE offer_alerts (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    offer_id    text        NOT NULL,
    offer_name  text,
    kind        text        NOT NULL,
    before_value text,
    after_value text,
    raised_at   timestamptz NOT NULL,
    state       text        NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'SENT', 'UNADDRESSED')),
    -- A sender has until then to send it; after that another one may.
    claimed_until timestamptz,
    sent_at     timestamptz
);
CREATE INDEX offer_alerts_pending ON offer_alerts (id) WHERE state = 'PENDING';
CREATE INDEX offer_alerts_by_offer ON offer_alerts (offer_id, raised_at);
CREATE INDEX offer_alerts_by_age ON offer_alerts (raised_at);

-- The latest alert per offer and kind: what decides that no second one is raised within the hour.
CREATE TABLE offer_alert_latest (
    offer_id  text        NOT NULL,
    kind      text        NOT NULL,
    raised_at timestamptz NOT NULL,
    PRIMARY KEY (offer_id, kind)
);

CREATE TABLE sweeps (
    id          text PRIMARY KEY,
    status      text        NOT NULL,
    from_page   integer     NOT NULL,
    to_page     integer     NOT NULL,
    concurrency integer     NOT NULL,
    -- The feed's last page as it said during this sweep.
    total_pages integer,
    started_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sweeps_by_age ON sweeps (started_at);

CREATE TABLE sweep_chunks (
    sweep_id      text    NOT NULL REFERENCES sweeps ON DELETE CASCADE,
    from_page     integer NOT NULL,
    to_page       integer NOT NULL,
    job_id        text    NOT NULL,
    -- The sweep whose job reads these pages: this one, or an earlier one that was reading them already.
    read_by_sweep text    NOT NULL,
    state         text    NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'DONE', 'DEAD')),
    dead_reason   text,
    finished_at   timestamptz,
    PRIMARY KEY (sweep_id, from_page)
);
CREATE INDEX sweep_chunks_by_reader ON sweep_chunks (read_by_sweep, from_page);

CREATE TABLE sweep_pages (
    sweep_id      text    NOT NULL REFERENCES sweeps ON DELETE CASCADE,
    page          integer NOT NULL,
    -- Null: tried, but it has not arrived.
    done_at       timestamptz,
    offers_stored integer NOT NULL DEFAULT 0,
    skipped       jsonb   NOT NULL DEFAULT '{}',
    failures      integer NOT NULL DEFAULT 0,
    last_failure  text,
    PRIMARY KEY (sweep_id, page)
);

-- The next page of the scheduled round.
CREATE TABLE sweep_cursor (
    one_row   boolean PRIMARY KEY DEFAULT true CHECK (one_row),
    next_page integer NOT NULL
);
INSERT INTO sweep_cursor (next_page) VALUES (1);

-- Which pages each planning job took: a job that runs again takes the same ones.
CREATE TABLE sweep_plans (
    job_id     text PRIMARY KEY,
    from_page  integer     NOT NULL,
    to_page    integer     NOT NULL,
    planned_at timestamptz NOT NULL DEFAULT now()
);
