/**
 * The transactional outbox: jobs that exist exactly if a PostgreSQL transaction commits. Producers insert rows, relays
 * move them to the queue.
 */
@NullMarked
package io.penstock.common.outbox;

import org.jspecify.annotations.NullMarked;
