package io.penstock.common.queue.redis;

import io.penstock.common.job.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What travels with a job beside its payload: {@code 1;<type>;<key>=<value>;…}. Only what departs from the queue's
 * policy is written, so that a plain job's header is its type. Values never hold {@code ;}: types and ids are checked
 * at the door. Unknown keys are ignored, so that older workers can read newer headers.
 *
 * @param id explicit id, or the id of a job that left its first stream entry; null: the entry says it
 * @param failedAttempts {@code a}, attempts used up
 * @param maxAttempts {@code m}; 0: the queue's policy
 * @param stalls {@code s}, how often it lost its worker
 * @param timeout {@code t} in ms; empty: the queue's policy
 * @param retry {@code b} as kind,delay ms,cap ms,jitter; empty: the queue's policy
 * @param enqueuedAtMs {@code e} in epoch ms; 0: the entry id says it
 */
record JobHeader(
        String type,
        @Nullable String id,
        int failedAttempts,
        int maxAttempts,
        int stalls,
        Optional<Duration> timeout,
        Optional<RetryPolicy> retry,
        long enqueuedAtMs) {

    /** Of this format. A worker that meets another leaves the job alone. */
    static final char VERSION = '1';

    static JobHeader parse(String text) {
        if (text.length() < 3 || text.charAt(0) != VERSION || text.charAt(1) != ';') {
            throw new UnreadableJobException("job header of an unknown version: " + abbreviated(text));
        }
        int end = text.indexOf(';', 2);
        if (end < 0) {
            return new JobHeader(text.substring(2), null, 0, 0, 0, Optional.empty(), Optional.empty(), 0);
        }
        return parseFields(text.substring(2, end), text, end + 1);
    }

    private static JobHeader parseFields(String type, String text, int from) {
        String id = null;
        int failedAttempts = 0;
        int maxAttempts = 0;
        int stalls = 0;
        Optional<Duration> timeout = Optional.empty();
        Optional<RetryPolicy> retry = Optional.empty();
        long enqueuedAtMs = 0;
        int start = from;
        while (start < text.length()) {
            int next = text.indexOf(';', start);
            int end = next < 0 ? text.length() : next;
            if (end - start < 2 || text.charAt(start + 1) != '=') {
                throw new UnreadableJobException("malformed job header: " + abbreviated(text));
            }
            String value = text.substring(start + 2, end);
            switch (text.charAt(start)) {
                case 'i' -> id = value;
                case 'a' -> failedAttempts = Integer.parseInt(value);
                case 'm' -> maxAttempts = Integer.parseInt(value);
                case 's' -> stalls = Integer.parseInt(value);
                case 't' -> timeout = Optional.of(Duration.ofMillis(Long.parseLong(value)));
                case 'b' -> retry = Optional.of(parseRetry(value));
                case 'e' -> enqueuedAtMs = Long.parseLong(value);
                default -> {
                    // A newer producer's field that this version does not need.
                }
            }
            start = end + 1;
        }
        return new JobHeader(type, id, failedAttempts, maxAttempts, stalls, timeout, retry, enqueuedAtMs);
    }

    String encode() {
        if (isPlain()) {
            return VERSION + ";" + type;
        }
        StringBuilder text = new StringBuilder(96).append(VERSION).append(';').append(type);
        if (id != null) {
            text.append(";i=").append(id);
        }
        appendUnlessZero(text, 'a', failedAttempts);
        appendUnlessZero(text, 'm', maxAttempts);
        appendUnlessZero(text, 's', stalls);
        timeout.ifPresent(value -> text.append(";t=").append(value.toMillis()));
        retry.ifPresent(value -> text.append(";b=").append(encodeRetry(value)));
        appendUnlessZero(text, 'e', enqueuedAtMs);
        return text.toString();
    }

    private boolean isPlain() {
        return id == null
                && failedAttempts == 0
                && maxAttempts == 0
                && stalls == 0
                && timeout.isEmpty()
                && retry.isEmpty()
                && enqueuedAtMs == 0;
    }

    private static void appendUnlessZero(StringBuilder text, char key, long value) {
        if (value != 0) {
            text.append(';').append(key).append('=').append(value);
        }
    }

    private static String encodeRetry(RetryPolicy retry) {
        return retry.kind() + "," + retry.delay().toMillis() + "," + retry.cap().toMillis() + "," + retry.jitter();
    }

    private static RetryPolicy parseRetry(String value) {
        String[] parts = value.split(",", 4);
        if (parts.length < 4) {
            throw new UnreadableJobException("malformed retry policy: " + abbreviated(value));
        }
        return new RetryPolicy(
                RetryPolicy.Kind.valueOf(parts[0]),
                Duration.ofMillis(Long.parseLong(parts[1])),
                Duration.ofMillis(Long.parseLong(parts[2])),
                Double.parseDouble(parts[3]));
    }

    private static String abbreviated(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
