package io.penstock.common.queue.redis;

import io.vertx.redis.client.Response;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Reads what XREADGROUP answers, in either protocol version. */
final class Entries {

    private Entries() {}

    /** When Redis made the entry: the first part of its id is epoch ms. */
    static Instant timeOf(String entryId) {
        return Instant.ofEpochMilli(Long.parseLong(entryId, 0, entryId.indexOf('-'), 10));
    }

    /**
     * Visits the entries stream by stream, in the order of {@code keys}.
     *
     * @param reply a map from key to entries (RESP3), a list of pairs of key and entries (RESP2), or null for nothing
     */
    static void forEach(@Nullable Response reply, List<String> keys, BiConsumer<Integer, Response> visitor) {
        if (reply == null) {
            return;
        }
        for (int k = 0; k < keys.size(); k++) {
            Response entries = ofStream(reply, keys.get(k));
            if (entries != null) {
                for (Response entry : entries) {
                    visitor.accept(k, entry);
                }
            }
        }
    }

    /** Whether the reply of a read has entries of one of the streams. */
    static boolean anyOf(Response reply, List<String> keys) {
        return keys.stream().anyMatch(key -> {
            Response entries = ofStream(reply, key);
            return entries != null && entries.size() > 0;
        });
    }

    /** A whole hash, whichever protocol version answered. */
    static Map<String, String> pairs(Response reply) {
        Map<String, String> pairs = new HashMap<>();
        if (reply.isMap()) {
            reply.getKeys().forEach(key -> pairs.put(key, reply.get(key).toString()));
        } else {
            for (int i = 0; i + 1 < reply.size(); i += 2) {
                pairs.put(reply.get(i).toString(), reply.get(i + 1).toString());
            }
        }
        return pairs;
    }

    private static @Nullable Response ofStream(Response reply, String key) {
        if (reply.isMap()) {
            return reply.get(key);
        }
        for (Response pair : reply) {
            if (pair.get(0).toString().equals(key)) {
                return pair.get(1);
            }
        }
        return null;
    }
}
