package io.penstock.bench.chaos;

import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Servers that hold the same data: a master and its replicas. Looks at all of them several times a second, so that it is
 * known of each replica until when it surely has everything that was acknowledged. If it takes over, no more can be lost
 * than what came later: that, and not what a setting would allow, is what the account excuses.
 *
 * <p>A fault that makes a replica take over {@linkplain #claim claims} the group beforehand. A takeover that nobody
 * claimed is remembered for the account.
 */
final class ReplicaGroup implements AutoCloseable {

    private static final long LOOK_MS = 100;
    /** A replica that has everything was seen so at most this long ago. */
    private static final long FRESH_MS = 1_000;

    private static final Duration TO_SETTLE = Duration.ofSeconds(40);
    private static final Duration TO_BE_IN_STEP = Duration.ofSeconds(50);

    private final List<ProxiedRedis> servers;
    private final Service service;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "look-at-replicas");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<ProxiedRedis, Role> roles = new HashMap<>();
    private final Map<ProxiedRedis, Long> hadAllMs = new HashMap<>();
    private final Map<ProxiedRedis, Long> lastLookMs = new HashMap<>();
    private final List<Takeover> unclaimed = new ArrayList<>();
    private ProxiedRedis master;
    private boolean claimed;
    private @Nullable Takeover open;
    private @Nullable Takeover settled;

    /** What the servers are there for. */
    interface Service {
        /** Whether clients are led to a server that has taken over, and it accepts what they write. */
        boolean isAt(ProxiedRedis successor);

        /** Of the queue, which this master serves now. */
        Set<Integer> partitionsOf(ProxiedRedis master);
    }

    private enum Role {
        MASTER,
        REPLICA
    }

    /**
     * What a server says of itself.
     *
     * @param history which writes its offset counts
     */
    private record State(Role role, String history, long offset, boolean linked) {

        boolean hasAllOf(State master) {
            return role == Role.REPLICA && linked && history.equals(master.history) && offset >= master.offset;
        }
    }

    /**
     * Starts to look.
     *
     * @param servers the first is the master; the group closes all
     */
    ReplicaGroup(List<ProxiedRedis> servers, Service service) {
        this.servers = List.copyOf(servers);
        this.service = service;
        this.master = servers.get(0);
        Future<?> unused = looks.scheduleWithFixedDelay(this::look, 0, LOOK_MS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            lookAtAll();
            settleIfSo();
        } catch (NotAnsweredException e) {
            // The next look will tell.
        } catch (RuntimeException e) {
            // An executor would keep that to itself, and never look again.
            System.err.println("the replicas could not be looked at: " + e);
        }
    }

    private void lookAtAll() {
        ProxiedRedis seen = master();
        long askedMs = System.currentTimeMillis();
        Optional<State> ofMaster = state(seen);
        for (ProxiedRedis server : servers) {
            if (!server.equals(seen)) {
                state(server).ifPresent(state -> saw(server, state, ofMaster, askedMs));
            }
        }
    }

    private static Optional<State> state(ProxiedRedis server) {
        if (!server.isUp()) {
            return Optional.empty();
        }
        try {
            String info = server.ask("INFO", "replication").toString();
            boolean isMaster = ProxiedRedis.field(info, "role").equals("master");
            return Optional.of(new State(
                    isMaster ? Role.MASTER : Role.REPLICA,
                    ProxiedRedis.field(info, "master_replid"),
                    Long.parseLong(ProxiedRedis.field(info, isMaster ? "master_repl_offset" : "slave_repl_offset")),
                    ProxiedRedis.field(info, "master_link_status").equals("up")));
        } catch (NotAnsweredException e) {
            return Optional.empty();
        }
    }

    private synchronized void saw(ProxiedRedis server, State state, Optional<State> ofMaster, long askedMs) {
        Role before = roles.put(server, state.role());
        if (state.role() == Role.MASTER && before == Role.REPLICA) {
            // One that was a master before it was killed begins as one, which is no takeover.
            open = new Takeover(
                    lastLookMs.getOrDefault(server, askedMs), hadAllMs.getOrDefault(server, 0L), 0, Set.of());
            master = server;
            hadAllMs.clear();
        } else if (ofMaster.filter(state::hasAllOf).isPresent()) {
            hadAllMs.put(server, askedMs);
        }
        lastLookMs.put(server, askedMs);
        notifyAll();
    }

    private void settleIfSo() {
        Takeover took;
        ProxiedRedis successor;
        synchronized (this) {
            took = open;
            successor = master;
        }
        if (took != null && service.isAt(successor)) {
            settled(took.settled(System.currentTimeMillis(), service.partitionsOf(successor)));
        }
    }

    private synchronized void settled(Takeover took) {
        open = null;
        if (claimed) {
            settled = took;
        } else {
            unclaimed.add(took);
        }
        notifyAll();
    }

    synchronized ProxiedRedis master() {
        return master;
    }

    List<ProxiedRedis> servers() {
        return servers;
    }

    List<ProxiedRedis> running() {
        return servers.stream().filter(ProxiedRedis::isUp).toList();
    }

    /** True when nothing is under way and each replica was seen with everything just now. */
    synchronized boolean isInStep() {
        return !claimed && open == null && haveAllSince(System.currentTimeMillis() - FRESH_MS);
    }

    private synchronized boolean haveAllSince(long ms) {
        return servers.stream()
                .filter(server -> !server.equals(master))
                .allMatch(server -> hadAllMs.getOrDefault(server, 0L) >= ms);
    }

    /** False when another fault is at work here, or a takeover is under way. Else until {@link #release}. */
    synchronized boolean claim() {
        if (claimed || open != null) {
            return false;
        }
        settled = null;
        claimed = true;
        return true;
    }

    synchronized void release() {
        claimed = false;
    }

    /** Waits until the takeover that the claiming fault caused is over and done; fails if it takes too long. */
    synchronized Takeover awaitTakeover() {
        await(() -> settled != null, TO_SETTLE, "no replica has taken over");
        return Objects.requireNonNull(settled);
    }

    /** Waits until every server is there and each replica has everything up to now; fails if it takes too long. */
    synchronized void awaitInStep() {
        long now = System.currentTimeMillis();
        await(() -> haveAllSince(now), TO_BE_IN_STEP, "the replicas are not in step");
    }

    private synchronized void await(BooleanSupplier condition, Duration most, String otherwise) {
        long end = System.nanoTime() + most.toNanos();
        while (!condition.getAsBoolean()) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new ChaosException(otherwise + " after " + most.toSeconds() + " s");
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ChaosException("interrupted");
            }
        }
    }

    /** Takeovers that no fault of the run brought about. */
    synchronized List<Takeover> unclaimed() {
        return List.copyOf(unclaimed);
    }

    /** Whether a server accepts a write; one that changes nothing. */
    static boolean acceptsWrites(ProxiedRedis server, String key) {
        try {
            Response answer = server.ask("DEL", key);
            return answer.toInteger() == 0;
        } catch (NotAnsweredException refused) {
            return false;
        }
    }

    @Override
    public void close() {
        looks.shutdownNow();
        servers.forEach(ProxiedRedis::kill);
        servers.forEach(ProxiedRedis::close);
    }
}
