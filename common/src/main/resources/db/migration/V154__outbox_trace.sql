-- Where in a trace a job was asked for, as the text of W3C's traceparent. Relays of older releases hand the row over without.
ALTER TABLE job_outbox ADD COLUMN trace text;
