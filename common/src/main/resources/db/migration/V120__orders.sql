-- The ticket shop: what is sold, what is held, and the mails about it.

-- A file in the object store that the shop knows of. Whoever refers to it says so with a foreign key: what is referred to
-- cannot be removed.
CREATE TABLE shop_file (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    object_key  text        NOT NULL UNIQUE,
    uploaded_at timestamptz NOT NULL DEFAULT now(),
    -- When nothing was found to refer to it; removed after a grace period, unless something refers to it again.
    marked_at   timestamptz
);
CREATE INDEX shop_file_marked ON shop_file (marked_at) WHERE marked_at IS NOT NULL;

-- Files whose row is gone and whose object is still to be deleted.
CREATE TABLE shop_file_removal (
    object_key text PRIMARY KEY,
    since      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE shop_user (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email      text        NOT NULL UNIQUE,
    avatar_id  bigint REFERENCES shop_file,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX shop_user_avatar ON shop_user (avatar_id) WHERE avatar_id IS NOT NULL;

CREATE TABLE shop_concert (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text        NOT NULL,
    venue      text        NOT NULL,
    poster_id  bigint REFERENCES shop_file,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX shop_concert_poster ON shop_concert (poster_id) WHERE poster_id IS NOT NULL;

-- One evening of a concert.
CREATE TABLE shop_session (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    concert_id bigint      NOT NULL REFERENCES shop_concert,
    starts_at  timestamptz NOT NULL
);
CREATE INDEX shop_session_by_concert ON shop_session (concert_id, starts_at);
CREATE INDEX shop_session_by_start ON shop_session (starts_at);

-- Whoever changes tickets of a type holds the lock of its row.
CREATE TABLE shop_ticket_type (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id  bigint  NOT NULL REFERENCES shop_session,
    name        text    NOT NULL,
    price_cents bigint  NOT NULL CHECK (price_cents >= 0),
    currency    text    NOT NULL,
    capacity    integer NOT NULL CHECK (capacity > 0),
    available   integer NOT NULL,
    CHECK (available BETWEEN 0 AND capacity)
) WITH (fillfactor = 50);
CREATE INDEX shop_ticket_type_by_session ON shop_ticket_type (session_id);

CREATE TABLE shop_order (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id        bigint      NOT NULL REFERENCES shop_user,
    ticket_type_id bigint      NOT NULL REFERENCES shop_ticket_type,
    quantity       integer     NOT NULL CHECK (quantity > 0),
    amount_cents   bigint      NOT NULL,
    currency       text        NOT NULL,
    state          text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'paid', 'expired', 'cancelled')),
    -- Digest of the idempotency key of the hold; null: it had none.
    request_key    text UNIQUE,
    -- Reference of the payment; null: not paid.
    payment        text,
    created_at     timestamptz NOT NULL DEFAULT now(),
    expires_at     timestamptz NOT NULL,
    -- When it left 'pending'.
    ended_at       timestamptz
);
CREATE INDEX shop_order_due ON shop_order (expires_at, id) WHERE state = 'pending';
CREATE INDEX shop_order_by_state ON shop_order (state, id) WHERE state <> 'pending';
CREATE INDEX shop_order_by_user ON shop_order (user_id);
CREATE INDEX shop_order_paid ON shop_order (ticket_type_id, user_id) WHERE state = 'paid';

CREATE TABLE shop_ticket (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_type_id bigint NOT NULL REFERENCES shop_ticket_type,
    state          text   NOT NULL DEFAULT 'available' CHECK (state IN ('available', 'held', 'sold')),
    order_id       bigint REFERENCES shop_order,
    CHECK ((state = 'available') = (order_id IS NULL))
);
CREATE INDEX shop_ticket_available ON shop_ticket (ticket_type_id, id) WHERE state = 'available';
CREATE INDEX shop_ticket_by_order ON shop_ticket (order_id) WHERE order_id IS NOT NULL;

-- Mails that are to be sent once each. The row is written in the transaction that is the reason for the mail.
CREATE TABLE shop_mail (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- What the mail is about, such as expired:<order>: there is no second one.
    about         text        NOT NULL UNIQUE,
    recipient     text        NOT NULL,
    subject       text        NOT NULL,
    body          text        NOT NULL,
    state         text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'refused')),
    -- A sender has until then to send it; after that another one may.
    claimed_until timestamptz,
    -- Why the mail server does not take it, or did not the last time.
    failure       text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    ended_at      timestamptz
);
CREATE INDEX shop_mail_pending ON shop_mail (id) WHERE state = 'pending';
CREATE INDEX shop_mail_by_age ON shop_mail (created_at);

CREATE TABLE shop_support_session (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id   bigint REFERENCES shop_user,
    opened_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz
);
CREATE INDEX shop_support_session_closed ON shop_support_session (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX shop_support_session_by_user ON shop_support_session (user_id);
