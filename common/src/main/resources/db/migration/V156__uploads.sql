-- Files that come through the API: the row is there before the object, so that whatever breaks off in between is known.

ALTER TABLE shop_file
    -- What the file may be used for; null: found in the store, nobody said.
    ADD COLUMN kind text CHECK (kind IN ('avatar', 'poster')),
    ADD COLUMN content_type text,
    ADD COLUMN size bigint CHECK (size > 0),
    -- When the store had taken the object; null: not known, nothing may refer to it.
    ADD COLUMN stored_at timestamptz;
