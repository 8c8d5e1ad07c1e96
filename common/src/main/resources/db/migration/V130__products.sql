-- Product monitoring: who tracks what, what the marketplace said of it and when, what moved, and who was told.

-- Those who track products. They are not the users of the console.
CREATE TABLE product_user (
    id                     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email                  text        NOT NULL UNIQUE,
    name                   text,
    plan                   text        NOT NULL DEFAULT 'basic' CHECK (plan IN ('basic', 'premium', 'enterprise')),
    -- When the user last did something; it makes updates more urgent for a day.
    last_active_at         timestamptz,
    -- Thresholds, in per cent, and in stars for the rating.
    price_change_percent   double precision NOT NULL DEFAULT 10 CHECK (price_change_percent > 0),
    rank_change_percent    double precision NOT NULL DEFAULT 30 CHECK (rank_change_percent > 0),
    rating_change          double precision NOT NULL DEFAULT 0.3 CHECK (rating_change > 0),
    review_surge_percent   double precision NOT NULL DEFAULT 20 CHECK (review_surge_percent > 0),
    buy_box_alerts         boolean     NOT NULL DEFAULT true,
    -- How the user is told.
    email_on               boolean     NOT NULL DEFAULT true,
    webhook_url            text,
    webhook_secret         text,
    -- immediate: each by itself; else gathered into one message.
    digest                 text        NOT NULL DEFAULT 'immediate' CHECK (digest IN ('immediate', 'hourly', 'daily', 'weekly')),
    last_digest_at         timestamptz,
    -- Whoever has it may stop the mails: part of the link at their end.
    unsubscribe_token      text        NOT NULL UNIQUE DEFAULT replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
    unsubscribed_at        timestamptz,
    created_at             timestamptz NOT NULL DEFAULT now(),
    updated_at             timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX product_user_by_digest ON product_user (digest, id) WHERE digest <> 'immediate';

-- A product of a marketplace as it was last read: one row, however many track it.
CREATE TABLE product_item (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    marketplace    text        NOT NULL,
    asin           text        NOT NULL,
    title          text,
    brand          text,
    description    text,
    image_urls     jsonb       NOT NULL DEFAULT '[]',
    features       jsonb       NOT NULL DEFAULT '[]',
    categories     jsonb       NOT NULL DEFAULT '[]',
    -- [{"rank":73,"category":"Electronics"}], the widest category first
    ranks          jsonb       NOT NULL DEFAULT '[]',
    price          numeric(14, 2),
    list_price     numeric(14, 2),
    currency       text,
    -- That of the widest category.
    rank           integer,
    rank_category  text,
    rating         numeric(3, 2),
    review_count   integer,
    -- Who sells it in the buy box.
    buy_box        text,
    fulfilled_by   text,
    availability   text,
    prime          boolean,
    deal           boolean,
    -- Fields of the latest answer that made no sense, and are null because of it.
    unreadable     text[]      NOT NULL DEFAULT '{}',
    -- new: never read. ok. missing: the marketplace does not know it, or the answer did not have it. blocked: a page for robots.
    status         text        NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'ok', 'missing', 'blocked')),
    -- How often in a row a page for robots came instead.
    blocked_times  integer     NOT NULL DEFAULT 0,
    -- When the values above were read.
    fetched_at     timestamptz,
    -- When the marketplace last gave an answer, of whatever kind: what freshness counts from.
    checked_at     timestamptz,
    -- The job that is reading it now, and how long others leave it to that.
    claimed_by     text,
    claimed_until  timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    UNIQUE (marketplace, asin)
) WITH (fillfactor = 80);

CREATE TABLE product_tracked (
    id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id              bigint      NOT NULL REFERENCES product_user ON DELETE CASCADE,
    item_id              bigint      NOT NULL REFERENCES product_item,
    frequency            text        NOT NULL DEFAULT 'daily' CHECK (frequency IN ('hourly', 'six_hourly', 'daily')),
    -- Null: the user's.
    price_change_percent double precision CHECK (price_change_percent > 0),
    rank_change_percent  double precision CHECK (rank_change_percent > 0),
    active               boolean     NOT NULL DEFAULT true,
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, item_id)
);
CREATE INDEX product_tracked_by_item ON product_tracked (item_id, frequency) WHERE active;

-- One reading of a product. Older months are dropped whole; the days below stay for longer.
CREATE TABLE product_reading (
    item_id      bigint      NOT NULL,
    taken_at     timestamptz NOT NULL,
    price        numeric(14, 2),
    rank         integer,
    rating       numeric(3, 2),
    review_count integer,
    buy_box      text,
    PRIMARY KEY (item_id, taken_at)
) PARTITION BY RANGE (taken_at);

-- The readings of one day together, written with each of them.
CREATE TABLE product_reading_day (
    item_id      bigint  NOT NULL,
    -- in UTC
    day          date    NOT NULL,
    readings     integer NOT NULL,
    price        numeric(14, 2),
    price_min    numeric(14, 2),
    price_max    numeric(14, 2),
    rank         integer,
    rank_min     integer,
    rank_max     integer,
    rating       numeric(3, 2),
    review_count integer,
    buy_box      text,
    -- The time of the values that have no _min or _max: the last of the day.
    taken_at     timestamptz NOT NULL,
    PRIMARY KEY (item_id, day)
) PARTITION BY RANGE (day);

-- What each metric of a tracked product is compared with, so that an event is told once.
CREATE TABLE product_watch (
    tracked_id  bigint NOT NULL REFERENCES product_tracked ON DELETE CASCADE,
    kind        text   NOT NULL CHECK (kind IN ('price', 'rank', 'rating', 'reviews', 'buy_box')),
    -- The normal value; of the buy box its seller. And since when it is.
    reference   text        NOT NULL,
    since       timestamptz NOT NULL,
    -- The value that was told of; null: nothing is out of the normal.
    told        text,
    told_at     timestamptz,
    PRIMARY KEY (tracked_id, kind)
);

CREATE TABLE product_anomaly (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tracked_id     bigint      NOT NULL REFERENCES product_tracked ON DELETE CASCADE,
    user_id        bigint      NOT NULL REFERENCES product_user ON DELETE CASCADE,
    item_id        bigint      NOT NULL REFERENCES product_item,
    kind           text        NOT NULL CHECK (kind IN ('price', 'rank', 'rating', 'reviews', 'buy_box')),
    before_value   text        NOT NULL,
    after_value    text        NOT NULL,
    -- Null where it is no number.
    change_percent double precision,
    -- The threshold that was passed; null for the buy box.
    threshold      double precision,
    -- When the reading was taken that showed it.
    seen_at        timestamptz NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX product_anomaly_by_item ON product_anomaly (item_id, seen_at);
CREATE INDEX product_anomaly_by_user ON product_anomaly (user_id, id);
CREATE INDEX product_anomaly_by_tracked ON product_anomaly (tracked_id);
CREATE INDEX product_anomaly_by_age ON product_anomaly (created_at);

-- A main product and those it is compared with.
CREATE TABLE product_group (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    bigint      NOT NULL REFERENCES product_user ON DELETE CASCADE,
    name       text        NOT NULL,
    -- The product of the user that is compared.
    tracked_id bigint      NOT NULL REFERENCES product_tracked ON DELETE CASCADE,
    active     boolean     NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (user_id, name)
);
CREATE INDEX product_group_by_tracked ON product_group (tracked_id);

-- 3 to 5 of each group.
CREATE TABLE product_group_member (
    group_id bigint  NOT NULL REFERENCES product_group ON DELETE CASCADE,
    item_id  bigint  NOT NULL REFERENCES product_item,
    position integer NOT NULL CHECK (position BETWEEN 1 AND 5),
    PRIMARY KEY (group_id, item_id),
    UNIQUE (group_id, position)
);
CREATE INDEX product_group_member_by_item ON product_group_member (item_id);

-- What an analysis found.
CREATE TABLE product_report (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind           text        NOT NULL CHECK (kind IN ('competitor', 'optimization', 'trend')),
    user_id        bigint REFERENCES product_user ON DELETE CASCADE,
    -- The group of a comparison, the tracked product of an optimisation; both null for a trend.
    group_id       bigint REFERENCES product_group ON DELETE CASCADE,
    tracked_id     bigint REFERENCES product_tracked ON DELETE CASCADE,
    -- model or rules
    written_by     text        NOT NULL CHECK (written_by IN ('model', 'rules')),
    -- Why it was not the model; null where it was.
    rules_because  text,
    model          text,
    prompt_version text,
    input_tokens   integer     NOT NULL DEFAULT 0,
    output_tokens  integer     NOT NULL DEFAULT 0,
    cost           numeric(12, 6) NOT NULL DEFAULT 0,
    summary        text        NOT NULL,
    body           jsonb       NOT NULL,
    -- The job that wrote it: it writes one, however often it runs.
    job_id         text        UNIQUE,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX product_report_by_group ON product_report (group_id, id) WHERE group_id IS NOT NULL;
CREATE INDEX product_report_by_tracked ON product_report (tracked_id, id) WHERE tracked_id IS NOT NULL;
CREATE INDEX product_report_by_user ON product_report (user_id, id);
CREATE INDEX product_report_by_kind ON product_report (kind, id);
CREATE INDEX product_report_by_age ON product_report (created_at);

CREATE TABLE product_suggestion (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    report_id  bigint  NOT NULL REFERENCES product_report ON DELETE CASCADE,
    tracked_id bigint REFERENCES product_tracked ON DELETE CASCADE,
    kind       text    NOT NULL CHECK (kind IN ('title', 'price', 'description', 'images', 'keywords')),
    suggestion text    NOT NULL,
    reason     text    NOT NULL,
    impact     text    NOT NULL CHECK (impact IN ('low', 'medium', 'high')),
    position   integer NOT NULL
);
CREATE INDEX product_suggestion_by_report ON product_suggestion (report_id, position);
CREATE INDEX product_suggestion_by_tracked ON product_suggestion (tracked_id) WHERE tracked_id IS NOT NULL;

-- What a user is told. The row is written in the transaction that is the reason for it.
CREATE TABLE product_notification (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id       bigint      NOT NULL REFERENCES product_user ON DELETE CASCADE,
    -- What it is about, such as anomaly:17: there is no second one.
    about         text        NOT NULL UNIQUE,
    kind          text        NOT NULL CHECK (kind IN ('anomaly', 'report', 'system', 'digest')),
    anomaly_id    bigint REFERENCES product_anomaly ON DELETE SET NULL,
    report_id     bigint REFERENCES product_report ON DELETE SET NULL,
    subject       text        NOT NULL,
    body          text        NOT NULL,
    -- pending: to be sent at once. digest: waits for the user's digest. sent; off: the user wants none; refused: nobody takes it.
    state         text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'digest', 'sent', 'off', 'refused')),
    -- The digest that told of it.
    digest_id     bigint REFERENCES product_notification ON DELETE SET NULL,
    -- Of each way of its own: null: to be done; else when, or why not.
    mail_sent_at    timestamptz,
    mail_failure    text,
    webhook_sent_at timestamptz,
    webhook_failure text,
    -- A sender has until then to send it; after that another one may.
    claimed_until timestamptz,
    read_at       timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    ended_at      timestamptz
);
CREATE INDEX product_notification_by_user ON product_notification (user_id, id);
CREATE INDEX product_notification_for_digest ON product_notification (user_id, id) WHERE state = 'digest';
CREATE INDEX product_notification_pending ON product_notification (id) WHERE state = 'pending';
CREATE INDEX product_notification_by_anomaly ON product_notification (anomaly_id) WHERE anomaly_id IS NOT NULL;
CREATE INDEX product_notification_by_report ON product_notification (report_id) WHERE report_id IS NOT NULL;
CREATE INDEX product_notification_by_digest ON product_notification (digest_id) WHERE digest_id IS NOT NULL;
CREATE INDEX product_notification_by_age ON product_notification (created_at);

-- What was spent on the language model, by day (UTC).
CREATE TABLE product_model_spending (
    day           date    PRIMARY KEY,
    calls         integer NOT NULL DEFAULT 0,
    input_tokens  bigint  NOT NULL DEFAULT 0,
    output_tokens bigint  NOT NULL DEFAULT 0,
    cost          numeric(14, 6) NOT NULL DEFAULT 0
);

-- A run of the scraper that was started and is asked after until it has ended.
CREATE TABLE product_scrape_run (
    run_id     text        PRIMARY KEY,
    dataset_id text        NOT NULL,
    item_ids   bigint[]    NOT NULL,
    state      text        NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'failed')),
    -- How it ended, in the scraper's words, or why it was given up.
    said       text,
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at   timestamptz
);
CREATE INDEX product_scrape_run_by_age ON product_scrape_run (started_at);
