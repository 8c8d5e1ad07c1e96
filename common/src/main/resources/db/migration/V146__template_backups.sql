-- What templates were before a bulk update: the way back. A backup is made in the transaction that changes its template.
CREATE TABLE course_template_backup (
    tenant      text COLLATE "C" NOT NULL,
    -- the batch that changed them
    batch_id    uuid NOT NULL,
    template_id uuid NOT NULL,
    -- of the template as it is kept here, and as the batch left it
    version     bigint NOT NULL,
    new_version bigint NOT NULL,
    -- the row, and its tags, as they were stored
    content     jsonb NOT NULL,
    tags        jsonb NOT NULL,
    made_at     timestamptz NOT NULL DEFAULT now(),
    -- the batch that brought it back
    restored_by uuid,
    PRIMARY KEY (tenant, batch_id, template_id)
);
CREATE INDEX course_template_backup_age ON course_template_backup (made_at);
