/**
 * Sessions and log-in links in Redis.
 *
 * <p>A hash per subject holds its sessions, so that they can be ended together and lie in one slot of a cluster: the digest of the token
 * is the field, {@code 1;<end, epoch ms>;<begin, epoch ms>;<role>;<credential>;<name>} the value. A link is a string that expires,
 * {@code 1;<subject>;<role>;<credential>;<name>}. The 1 is the version of the format. Names may hold anything, and come last.
 */
@NullMarked
package io.penstock.common.access.redis;

import org.jspecify.annotations.NullMarked;
