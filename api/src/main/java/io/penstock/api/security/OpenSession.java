package io.penstock.api.security;

import io.penstock.common.access.Session;

/** The session that a request came with. */
record OpenSession(SessionToken token, Session session) {}
