/**
 * Caches in up to three tiers: memory (L1, Caffeine through quarkus-cache), Redis (L2), and the loader, usually
 * PostgreSQL (L3).
 *
 * <pre>
 * get ──► L1 ──► L2: GET ──► lock-cache-load ──► loader ──► fill-cache (refused where the entry was invalidated meanwhile)
 *         ▲                       │ held by another process: look again until it has filled
 *         └── one future per key: however many callers, one load
 * set, invalidate ──► L2 and the channel of invalidations in one write ──► L1 of every other process
 * </pre>
 *
 * <p>Stored values begin with the version of their form ({@link io.penstock.common.cache.ValueEnvelope}); what a process cannot read is
 * a miss. No failure of the cache fails a caller: it is counted, and the loader is asked.
 */
@NullMarked
package io.penstock.common.cache;

import org.jspecify.annotations.NullMarked;
