/**
 * The queues on Redis Streams. Stored formats, each starting with its version digit:
 *
 * <ul>
 *   <li>stream entry: fields {@code h} ({@link io.penstock.common.queue.redis.JobHeader}) and {@code p} (payload, JSON)
 *       Fields of a header that a reader does not know are passed over
 *   <li>job record, a field of the {@code :jobs} hash: {@code 1<state>;<stream number>;<entry id>}, and for jobs that
 *       are in no stream three more lines: header, reason, payload. States: r ready, s scheduled, f retry scheduled,
 *       d dead
 *   <li>index of retained records, where a queue keeps many: two hashes, {@code :retained} and {@code :retained:before},
 *       fields job id, values id of the entry of the {@code :completed} stream that holds the record
 *   <li>completed record: {@link io.penstock.common.queue.redis.CompletedRecord}, a line a job
 * </ul>
 */
@NullMarked
package io.penstock.common.queue.redis;

import org.jspecify.annotations.NullMarked;
