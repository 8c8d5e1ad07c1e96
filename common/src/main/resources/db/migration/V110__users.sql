-- People who log in by name and password, or by a link that is good once.
CREATE TABLE users (
    id             uuid        PRIMARY KEY,
    -- In lower case; what one logs in with.
    name           text COLLATE "C" NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9._@-]{1,64}$'),
    display_name   text CHECK (char_length(display_name) BETWEEN 1 AND 100),
    role           text        NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    -- bcrypt, as the modular crypt format writes it; null: logs in by links only.
    password_hash  text,
    disabled       boolean     NOT NULL DEFAULT false,
    -- Grows with whatever ends the user's sessions: role, password, disabled.
    version        bigint      NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now(),
    last_log_in_at timestamptz
);

-- What a key reaches; null: everything. A pattern may end in *.
ALTER TABLE api_keys ADD COLUMN queues text[];
ALTER TABLE api_keys ADD COLUMN tenant text CHECK (char_length(tenant) BETWEEN 1 AND 100);
