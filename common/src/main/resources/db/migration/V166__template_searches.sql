-- Pages of templates are found by key: both columns of an order run the same way, so that a page begins where the last one ended without
-- reading what is before it. The primary key and the name are orders already.
DROP INDEX course_template_updated;
DROP INDEX course_template_created;
DROP INDEX course_template_popular;
DROP INDEX course_template_active_used;
CREATE INDEX course_template_updated ON course_template (tenant, updated_at, id);
CREATE INDEX course_template_created ON course_template (tenant, created_at, id);
CREATE INDEX course_template_popular ON course_template (tenant, favourites, usage_count, id);
CREATE INDEX course_template_used ON course_template (tenant, usage_count, id);
CREATE INDEX course_template_last_used ON course_template (tenant, (coalesce(last_used_at, '-infinity')), id);
-- What is used most of all tenants, for warming up a cache.
CREATE INDEX course_template_most_used ON course_template (usage_count DESC) WHERE status = 'active' AND usage_count > 0;
CREATE INDEX course_template_favourite_of ON course_template_favourite (tenant, person, template_id);
-- Words of one tenant. An index on words alone finds those of all tenants, and most of what it finds is thrown away.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS btree_gin;
    CREATE INDEX course_template_words_of_tenant ON course_template
        USING gin (tenant, (name || ' ' || coalesce(description, '')) gin_trgm_ops);
    CREATE INDEX course_template_tag_words ON course_template_tag USING gin (tenant, name gin_trgm_ops);
    DROP INDEX IF EXISTS course_template_words;
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'words of templates are found by reading (%)', SQLERRM;
END $$;
