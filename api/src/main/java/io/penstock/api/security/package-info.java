/**
 * Who may do what. A caller shows a key; the key has a role; each resource method names the roles it is for.
 *
 * <p>Roles grow: a viewer reads, an operator also acts on jobs and queues, an admin also manages keys. The cron secret
 * stands apart: it may trigger, and nothing else.
 */
@NullMarked
package io.penstock.api.security;

import org.jspecify.annotations.NullMarked;
