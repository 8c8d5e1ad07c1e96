package io.penstock.common.cache;

import java.util.Map;

/**
 * What the servers of the shared tier say, all masters together.
 *
 * @param keys of everything in them, whoever put it there
 * @param usedBytes memory in use
 * @param maxBytes memory they may use; 0: no bound is set
 * @param evicted keys thrown out for want of memory since the servers started
 * @param hits of all reads since the servers started, by whomever
 * @param sampled how many keys were looked at
 * @param byNamespace of the sampled keys, how many begin with {@code product:}, {@code user:}, {@code analysis:}, {@code system:},
 *     {@code temp:} and with anything else ({@code other})
 */
public record RemoteFigures(
        long keys,
        long usedBytes,
        long maxBytes,
        long evicted,
        long expired,
        long hits,
        long misses,
        int sampled,
        Map<String, Integer> byNamespace) {}
