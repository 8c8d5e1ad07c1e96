package io.penstock.common.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.testing.RedisFixture;
import java.util.List;
import java.util.regex.Pattern;

/** Looks for keys without an expiry beyond the documented ones, which would stay for ever. */
final class LeakedKeys {

    /**
     * What may stay: per queue partition a bounded number of keys, which Redis removes when they are empty, but for the
     * streams with their groups, the counters in {@code meta}, and the limits.
     */
    private static final Pattern DOCUMENTED = Pattern.compile("queue:\\{[a-z][a-z0-9._-]*:\\d+}:"
            + "(ready:\\d+|limited:\\d+|scheduled|jobs|dead|completed|retained(:before)?|meta|unique|groups|backlog|paused-groups|cancels|outgoing|awaited|unreported"
            + "|freed|limit|accepted)|limit:\\{.*}|queues:limits");

    private LeakedKeys() {}

    static void check(RedisFixture redis) {
        List<String> undocumented = redis.keys().stream()
                .filter(key -> !DOCUMENTED.matcher(key).matches())
                .filter(key -> redis.run("PTTL", key).toLong() == -1)
                .toList();
        assertThat(undocumented).as("undocumented keys without an expiry").isEmpty();
    }
}
