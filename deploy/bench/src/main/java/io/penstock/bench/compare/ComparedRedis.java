package io.penstock.bench.compare;

import io.penstock.bench.AppendOnlyFile;
import io.penstock.bench.BenchException;
import io.penstock.bench.BenchRedis;
import io.penstock.bench.EmbeddedRedis;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one Redis that all sides are measured on: started for it, or given. */
final class ComparedRedis implements AutoCloseable {

    private static final String NEVER_EVICT = "noeviction";
    private static final List<String> KEYS_OF_PEERS = List.of("bull:penstock-bench:*", "bq:penstock-bench:*");

    private final @Nullable EmbeddedRedis own;
    private final String url;
    private final boolean mayFlush;
    private final BenchRedis client;

    private ComparedRedis(@Nullable EmbeddedRedis own, String url, boolean mayFlush) {
        this.own = own;
        this.url = url;
        this.mayFlush = mayFlush;
        this.client = new BenchRedis(url);
    }

    static ComparedRedis started(AppendOnlyFile file) {
        EmbeddedRedis own = new EmbeddedRedis(file);
        return new ComparedRedis(own, own.url(), true);
    }

    /** Fails with {@link BenchException} when it holds anything that must not be deleted, or could evict jobs. */
    static ComparedRedis given(String url, boolean mayFlush) {
        ComparedRedis given = new ComparedRedis(null, url, mayFlush);
        try {
            given.requireFit();
            return given;
        } catch (BenchException e) {
            given.close();
            throw e;
        }
    }

    private void requireFit() {
        long keys = client.size();
        if (keys > 0 && !mayFlush) {
            throw new BenchException("the Redis database holds " + keys
                    + " keys; give an empty one, or --flush to delete everything in this one");
        }
        String policy = client.told("memory", "maxmemory_policy");
        if (!policy.equals(NEVER_EVICT)) {
            throw new BenchException("maxmemory-policy of this Redis is " + policy + "; BullMQ and Penstock need "
                    + NEVER_EVICT + ", or it may throw jobs away");
        }
    }

    String url() {
        return url;
    }

    /** With its allocator, which shows how it was built: without jemalloc the same commands are much dearer. */
    String version() {
        return client.told("server", "redis_version") + " with " + client.told("memory", "mem_allocator");
    }

    /** In words. */
    String persistence() {
        if (client.told("persistence", "aof_enabled").equals("0")) {
            return AppendOnlyFile.OFF.description();
        }
        String sync = client.setting("appendfsync");
        return "append-only file, appendfsync " + (sync == null ? "unknown" : sync);
    }

    /**
     * Makes it the same for the next turn as it was for the last: empty, and with an empty append-only file. A given Redis
     * is left to the programs, each of which removes what it has written, unless it may be flushed.
     */
    void prepareForTurn() {
        if (mayFlush) {
            client.flush();
        }
        if (own != null && !client.told("persistence", "aof_enabled").equals("0")) {
            client.rewriteAppendOnlyFile();
        }
    }

    /** For a program that ended in mid-run: the peers' do not clean up then. Says so when it cannot. */
    void removeWhatPeersLeft() {
        if (own != null) {
            return;
        }
        try {
            KEYS_OF_PEERS.forEach(client::removeMatching);
        } catch (BenchException e) {
            System.err.println("could not clean up: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        client.close();
        if (own != null) {
            own.close();
        }
    }
}
