-- A call that makes a batch may be repeated under the same key: the batch of the first one is the answer, for as long as batches are kept.
CREATE TABLE batch_keys (
    key         text COLLATE "C" PRIMARY KEY,
    -- of all that was asked for: a repetition asks for the same
    fingerprint text        NOT NULL,
    batch_id    uuid        NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX batch_keys_age ON batch_keys (created_at);
