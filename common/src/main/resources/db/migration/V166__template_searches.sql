-- Pages of templates are found by key: both columns of an order run the same way, so that a page begins where the last one ended without
-- reading what is before it. The primary key and the name are orders already.
DROP INDEX course_template_updated;
DROP INDEX course_template_created;
DROP INDEX course_template_popular;
DROP INDEX course_template_active_used;
CREATE INDEX course_template_updated ON course_template (tenant, updated_at, id);
CREATE INDEX course_template_created ON course_template (tenant, created_at, id);
CREATE INDEX course_template_popular ON course_template (tenant, favourites, usage_count, id);
CREATE INDEX course_template_active_used ON course_template (tenant, usage_count, id) WHERE status = 'active';
CREATE INDEX course_template_last_used ON course_template (tenant, (coalesce(last_used_at, '-infinity')), id);
-- What is used most of all tenants, for warming up a cache.
CREATE INDEX course_template_most_used ON course_template (usage_count DESC) WHERE status = 'active' AND usage_count > 0;
CREATE INDEX course_template_favourite_of ON course_template_favourite (tenant, person, template_id);
