-- What operators have decided about guards.

CREATE TABLE guard_force (
    guard      text PRIMARY KEY,
    -- none: the guard decides for itself
    state      text NOT NULL CHECK (state IN ('none', 'open', 'closed')),
    -- processes forget what their breaker has learned before this
    reset_at   timestamptz NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    reason     text NOT NULL
);
