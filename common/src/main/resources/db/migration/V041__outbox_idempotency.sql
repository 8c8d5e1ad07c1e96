-- Enqueue calls with an idempotency key: which job the key stands for, until penstock.idempotency.retention has passed and
-- the outbox's cleaner deletes it.
CREATE TABLE job_outbox_key (
    key          text PRIMARY KEY,
    -- of all that was asked for; a repetition asks for the same
    fingerprint  text NOT NULL,
    job_id       text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE INDEX job_outbox_key_created ON job_outbox_key (created_at);

-- As before, and safe to repeat with an idempotency key: the repetition adds nothing and answers with the first job's id,
-- also when that job has ended. A key that stands for another request is refused (SQLSTATE 22023), as is one that is not
-- 1 to 255 visible ASCII characters. If two transactions use one key at once, the second waits for the first.
DROP FUNCTION penstock_enqueue(text, jsonb, jsonb, text);

CREATE FUNCTION penstock_enqueue(
    type text,
    payload jsonb DEFAULT '{}',
    options jsonb DEFAULT '{}',
    ordering_key text DEFAULT NULL,
    idempotency_key text DEFAULT NULL
) RETURNS text LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    new_id text := coalesce($3 ->> 'id', gen_random_uuid()::text);
    asked text;
    held record;
BEGIN
    IF $5 IS NOT NULL THEN
        IF $5 !~ '^[!-~]{1,255}$' THEN
            RAISE EXCEPTION 'idempotency_key: must be 1 to 255 visible ASCII characters without blanks'
                USING ERRCODE = '22023';
        END IF;
        asked := encode(sha256(convert_to(
            jsonb_build_array($5, $1, coalesce($2, '{}'), coalesce($3, '{}'), $4)::text, 'UTF8')), 'base64');
        -- The update changes nothing: it locks the row of an earlier call and returns it. xmax tells the two apart.
        INSERT INTO job_outbox_key AS k (key, fingerprint, job_id) VALUES ($5, asked, new_id)
            ON CONFLICT (key) DO UPDATE SET key = k.key
            RETURNING k.fingerprint, k.job_id, k.xmax = 0 AS added INTO held;
        IF held.fingerprint <> asked THEN
            RAISE EXCEPTION 'idempotency_key: was used before for another request' USING ERRCODE = '22023';
        END IF;
        IF NOT held.added THEN
            RETURN held.job_id;
        END IF;
    END IF;
    INSERT INTO job_outbox (job_id, type, payload, options, ordering_key)
    VALUES (new_id, $1, coalesce($2, '{}')::json, coalesce($3, '{}')::json, $4);
    RETURN new_id;
END
$$;
