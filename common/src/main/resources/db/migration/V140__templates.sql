-- Course templates of many tenants, derived from one another. Every key of another table holds the tenant, so that no row of one tenant
-- can refer to a row of another.

CREATE TABLE course_category (
    tenant text COLLATE "C" NOT NULL,
    id     uuid NOT NULL,
    name   text NOT NULL,
    -- #rrggbb
    colour text,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, name)
);

CREATE TABLE course_template (
    tenant             text COLLATE "C" NOT NULL,
    id                 uuid NOT NULL,
    kind               text COLLATE "C" NOT NULL CHECK (kind IN ('base', 'specialized', 'custom')),
    parent_id          uuid,
    -- 0: it has no parent
    depth              smallint NOT NULL DEFAULT 0 CHECK (depth BETWEEN 0 AND 9),
    name               text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    description        text,
    category_id        uuid,
    -- What is null is inherited.
    duration_minutes   integer CHECK (duration_minutes > 0),
    min_participants   integer CHECK (min_participants >= 0),
    max_participants   integer CHECK (max_participants > 0),
    price              numeric(12, 2) CHECK (price >= 0),
    skill_level        text COLLATE "C" CHECK (skill_level IN ('beginner', 'intermediate', 'advanced', 'expert')),
    -- How the properties of the parent and its own become one: override, merge, extend, selective.
    inherit            text COLLATE "C" NOT NULL DEFAULT 'merge' CHECK (inherit IN ('override', 'merge', 'extend', 'selective')),
    -- Of selective: the keys that it takes from the parent.
    inherited_keys     text[] NOT NULL DEFAULT '{}',
    dynamic_properties jsonb NOT NULL DEFAULT '{}',
    -- A JSON Schema for the properties.
    validation_rules   jsonb NOT NULL DEFAULT '{}',
    ui_configuration   jsonb NOT NULL DEFAULT '{}',
    usage_count        bigint NOT NULL DEFAULT 0,
    last_used_at       timestamptz,
    favourites         bigint NOT NULL DEFAULT 0,
    status             text COLLATE "C" NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'active', 'archived', 'deprecated')),
    is_public          boolean NOT NULL DEFAULT false,
    is_system          boolean NOT NULL DEFAULT false,
    -- Grows with every change, and never goes back.
    version            bigint NOT NULL DEFAULT 1,
    previous_version   bigint,
    created_by         text NOT NULL,
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_by         text NOT NULL,
    updated_at         timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, name, status),
    FOREIGN KEY (tenant, parent_id) REFERENCES course_template (tenant, id),
    FOREIGN KEY (tenant, category_id) REFERENCES course_category (tenant, id),
    CHECK (min_participants <= max_participants),
    CHECK ((parent_id IS NULL) = (depth = 0)),
    CHECK (parent_id <> id)
);
CREATE INDEX course_template_children ON course_template (tenant, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX course_template_updated ON course_template (tenant, updated_at DESC, id);
CREATE INDEX course_template_created ON course_template (tenant, created_at DESC, id);
CREATE INDEX course_template_active_name ON course_template (tenant, name, id) WHERE status = 'active';
CREATE INDEX course_template_active_used ON course_template (tenant, usage_count DESC, id) WHERE status = 'active';
CREATE INDEX course_template_popular ON course_template (tenant, favourites DESC, usage_count DESC, id);
CREATE INDEX course_template_category ON course_template (tenant, category_id) WHERE category_id IS NOT NULL;
-- Words are found through trigrams where the server has them (the history's migration asked for them). Without them the look-up reads
-- the rows of the tenant; the index can be added later by the statement below.
DO $$
BEGIN
    CREATE INDEX course_template_words ON course_template
        USING gin ((name || ' ' || coalesce(description, '')) gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'words of templates are found by reading (%)', SQLERRM;
END $$;
CREATE INDEX course_template_properties ON course_template USING gin (dynamic_properties jsonb_path_ops);

CREATE TABLE course_template_tag (
    tenant      text COLLATE "C" NOT NULL,
    template_id uuid NOT NULL,
    name        text NOT NULL,
    value       text NOT NULL DEFAULT '',
    type        text COLLATE "C" NOT NULL DEFAULT 'label',
    PRIMARY KEY (tenant, template_id, name, value),
    FOREIGN KEY (tenant, template_id) REFERENCES course_template (tenant, id) ON DELETE CASCADE
);
CREATE INDEX course_template_tag_names ON course_template_tag (tenant, name, template_id);

CREATE TABLE course_template_favourite (
    tenant      text COLLATE "C" NOT NULL,
    template_id uuid NOT NULL,
    person      text NOT NULL,
    since       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, template_id, person),
    FOREIGN KEY (tenant, template_id) REFERENCES course_template (tenant, id) ON DELETE CASCADE
);

CREATE TABLE course (
    tenant           text COLLATE "C" NOT NULL,
    id               uuid NOT NULL,
    template_id      uuid NOT NULL,
    template_version bigint NOT NULL,
    name             text NOT NULL,
    status           text COLLATE "C" NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'running', 'over', 'cancelled')),
    created_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, template_id) REFERENCES course_template (tenant, id)
);
CREATE INDEX course_of_template ON course (tenant, template_id, status);

CREATE TABLE course_schedule (
    tenant    text COLLATE "C" NOT NULL,
    id        uuid NOT NULL,
    course_id uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at   timestamptz NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, course_id) REFERENCES course (tenant, id),
    CHECK (starts_at < ends_at)
);
CREATE INDEX course_schedule_of_course ON course_schedule (tenant, course_id, starts_at);

-- Each use of a template: what was changed of it, of which version it was, and how it went.
CREATE TABLE course_template_use (
    tenant           text COLLATE "C" NOT NULL,
    id               uuid NOT NULL,
    template_id      uuid NOT NULL,
    template_version bigint NOT NULL,
    type             text COLLATE "C" NOT NULL,
    customisations   jsonb NOT NULL DEFAULT '{}',
    outcome          text,
    person           text NOT NULL,
    used_at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, template_id) REFERENCES course_template (tenant, id) ON DELETE CASCADE
);
CREATE INDEX course_template_use_times ON course_template_use (tenant, template_id, used_at DESC);

-- What a template was in each version, as a row of course_template with its tags: {"row": {...}, "tags": [...]}.
CREATE TABLE course_template_version (
    tenant      text COLLATE "C" NOT NULL,
    template_id uuid NOT NULL,
    version     bigint NOT NULL,
    content     jsonb NOT NULL,
    PRIMARY KEY (tenant, template_id, version),
    FOREIGN KEY (tenant, template_id) REFERENCES course_template (tenant, id) ON DELETE CASCADE
);

-- Who did what. Without foreign key: what was deleted stays in it.
CREATE TABLE course_template_audit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant      text COLLATE "C" NOT NULL,
    template_id uuid NOT NULL,
    action      text COLLATE "C" NOT NULL,
    person      text NOT NULL,
    version     bigint,
    detail      jsonb NOT NULL DEFAULT '{}',
    at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX course_template_audit_of ON course_template_audit (tenant, template_id, id DESC);
CREATE INDEX course_template_audit_age ON course_template_audit (at);

-- Whoever changes a version leaves what was there before: without it nobody could tell what two sides changed.
CREATE FUNCTION keep_course_template_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO course_template_version (tenant, template_id, version, content)
    VALUES (OLD.tenant, OLD.id, OLD.version, jsonb_build_object('row', to_jsonb(OLD), 'tags', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'value', t.value, 'type', t.type) ORDER BY t.name, t.value), '[]')
        FROM course_template_tag t WHERE t.tenant = OLD.tenant AND t.template_id = OLD.id)))
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER course_template_keeps_versions AFTER UPDATE ON course_template
    FOR EACH ROW WHEN (OLD.version <> NEW.version) EXECUTE FUNCTION keep_course_template_version();
