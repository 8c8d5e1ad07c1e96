package io.penstock.worker.maintain;

import io.penstock.common.loop.Backoff;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.loop.PeriodicTask;
import io.penstock.common.queue.MaintenanceLeases;
import io.penstock.common.queue.MaintenanceLeases.Holder;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Which partitions this worker maintains: it renews the leases that it holds, and asks for those of others when their
 * holders give no sign of life any more. A worker that holds none hears of the others twice a second and asks nothing.
 *
 * <p>Where the leases cannot be asked for, everybody maintains: that costs more and does no harm.
 */
final class PartitionLeases {

    private static final Logger LOG = Logger.getLogger(PartitionLeases.class);

    /** Of which a holder that is gone leaves at most this much to wait for. */
    static final Duration LEASE = Duration.ofMillis(1_500);

    private static final Duration RENEWAL = Duration.ofMillis(500);
    /** A holder that was not heard of for so long is asked about: it missed one sign of life, and most of the next. */
    private static final Duration SILENT = Duration.ofSeconds(1);
    /** How often it is seen whether there is anything to ask; costs no call. */
    private static final Duration TICK = Duration.ofMillis(250);
    /** Without any answer for so long a worker maintains on its own. */
    private static final Duration ALONE_AFTER = Duration.ofSeconds(2);
    /** Even where the holder is heard of: it may have been asked to serve fewer queues. */
    private static final Duration ASK_ANYWAY = Duration.ofSeconds(30);
    /** A holder that does not hear itself for so long listens anew. */
    private static final Duration DEAF_AFTER = Duration.ofSeconds(2);
    /** Not all that wait ask in the same instant. */
    private static final int SPREAD_MS = 50;
    /** Not on an event loop, where nothing waits. */
    private static final Duration LEAVE = Duration.ofSeconds(1);

    private final MaintenanceLeases leases;
    private final String owner;
    private final EventLoopContext context;
    private final BooleanSupplier fit;
    private final Runnable onTaken;
    private final BiConsumer<String, Duration> onDue;
    private final Map<String, Place> places = new LinkedHashMap<>();
    /** When holders were last heard of. Confined to the event loop, as everything that is not volatile. */
    private final Map<String, Long> heard = new HashMap<>();

    private final PeriodicTask task;
    private final MaintenanceLeases.Listener listener = new Ear();
    private MaintenanceLeases.@Nullable Subscription subscription;
    private boolean hearsDue;
    private volatile boolean hears;
    private long listenedNanos;
    private long answeredNanos = System.nanoTime();
    /** The leases cannot be asked for. */
    private volatile boolean alone;

    private volatile boolean stopped;

    /** One partition. */
    private static final class Place {
        private final String name;
        private volatile boolean held;
        private volatile long heldUntilNanos;
        private String holder = "";
        private long askedNanos;
        /** When to ask unless its holder is heard of. */
        private long askNanos = System.nanoTime();

        Place(String name) {
            this.name = name;
        }

        boolean isHeld() {
            return held && System.nanoTime() - heldUntilNanos < 0;
        }
    }

    /**
     * @param fit whether this worker gets on with what it holds; leases are not renewed while it does not
     * @param onTaken called when leases were taken, on the event loop
     * @param onDue told of jobs that are due soon, by partition
     */
    PartitionLeases(
            MaintenanceLeases leases,
            String owner,
            Collection<String> partitions,
            EventLoopContext context,
            BooleanSupplier fit,
            Runnable onTaken,
            BiConsumer<String, Duration> onDue) {
        this.leases = leases;
        this.owner = owner;
        this.context = context;
        this.fit = fit;
        this.onTaken = onTaken;
        this.onDue = onDue;
        partitions.forEach(name -> places.put(name, new Place(name)));
        this.task = PeriodicTask.task(context, "agree on who maintains the queues", this::runOnce)
                .timeLimit(Duration.ofMinutes(1))
                .backoff(new Backoff(TICK, Duration.ofSeconds(1)))
                .exact()
                .onFailure(failure -> alone = System.nanoTime() - answeredNanos > ALONE_AFTER.toNanos())
                .build();
    }

    void start() {
        context.runOnContext(turn -> listen(false));
        task.start();
    }

    /** Whether this worker maintains a partition now. From any thread. */
    boolean holds(String partition) {
        Place place = places.get(partition);
        return place != null && (alone || place.isHeld());
    }

    /** Whether what is due soon is heard of. From any thread. */
    boolean hearsOfDue() {
        return hears;
    }

    private Uni<Duration> runOnce() {
        long now = System.nanoTime();
        List<Place> asked = new ArrayList<>();
        boolean holdsAny = false;
        for (Place place : places.values()) {
            holdsAny |= place.isHeld();
            if (isToAsk(place, now)) {
                asked.add(place);
            }
        }
        listenAsNeeded(holdsAny, now);
        if (asked.isEmpty()) {
            return Uni.createFrom().item(TICK);
        }
        List<String> names = asked.stream().map(place -> place.name).toList();
        return leases.hold(owner, names, LEASE)
                .ifNoItem()
                .after(ALONE_AFTER)
                .fail()
                .emitOn(command -> context.runOnContext(turn -> command.run()))
                .map(holders -> {
                    answered(asked, holders, now);
                    return TICK;
                });
    }

    private boolean isToAsk(Place place, long now) {
        if (place.isHeld()) {
            return now - place.askedNanos >= RENEWAL.toNanos() && fit.getAsBoolean();
        }
        long sign = heard.getOrDefault(place.holder, place.askedNanos);
        boolean heardSince = sign - place.askedNanos > 0;
        return heardSince
                ? now - sign > SILENT.toNanos() || now - place.askedNanos > ASK_ANYWAY.toNanos()
                : now - place.askNanos >= 0;
    }

    private void answered(List<Place> asked, Map<String, Holder> holders, long sentNanos) {
        long now = System.nanoTime();
        answeredNanos = now;
        alone = false;
        boolean taken = false;
        for (Place place : asked) {
            Holder holder = holders.get(place.name);
            if (holder == null) {
                continue;
            }
            place.askedNanos = sentNanos;
            place.holder = holder.owner();
            boolean ours = holder.left().isZero();
            taken |= ours && !place.isHeld();
            place.heldUntilNanos = sentNanos + LEASE.toNanos();
            place.held = ours;
            place.askNanos = now
                    + holder.left()
                            .plusMillis(1 + ThreadLocalRandom.current().nextInt(SPREAD_MS))
                            .toNanos();
        }
        if (taken) {
            LOG.debugf(
                    "maintains %d of %d partitions",
                    places.values().stream().filter(Place::isHeld).count(), places.size());
            onTaken.run();
        }
    }

    /** Only who holds leases wants to hear of what is due: it may be much. */
    private void listenAsNeeded(boolean holdsAny, long now) {
        if (holdsAny != hearsDue) {
            listen(holdsAny);
            return;
        }
        Long own = heard.get(owner);
        boolean deaf = hearsDue
                && now - listenedNanos > DEAF_AFTER.toNanos()
                && (own == null || now - own > DEAF_AFTER.toNanos());
        hears = hearsDue && own != null && !deaf;
        if (deaf) {
            listen(true);
        }
    }

    private void listen(boolean due) {
        if (subscription != null) {
            subscription.close();
        }
        hearsDue = due;
        hears = false;
        listenedNanos = System.nanoTime();
        heard.remove(owner);
        subscription = stopped ? null : leases.listen(due, listener);
    }

    /** Gives up what is held, so that others take it over at once. */
    void stop() {
        stopped = true;
        task.stop();
        List<String> held = places.values().stream()
                .filter(Place::isHeld)
                .map(place -> place.name)
                .toList();
        places.values().forEach(place -> place.held = false);
        context.runOnContext(turn -> {
            if (subscription != null) {
                subscription.close();
                subscription = null;
            }
        });
        if (!held.isEmpty()) {
            var left = leases.leave(owner, held).onFailure().recoverWithNull().subscribeAsCompletionStage();
            if (EventLoopContext.currentLoop() == null) {
                left.completeOnTimeout(null, LEAVE.toMillis(), TimeUnit.MILLISECONDS)
                        .join();
            }
        }
    }

    private final class Ear implements MaintenanceLeases.Listener {

        @Override
        public void beat(String holder) {
            context.runOnContext(turn -> heard.put(holder, System.nanoTime()));
        }

        @Override
        public void gone(String holder) {
            context.runOnContext(turn -> {
                heard.remove(holder);
                Duration spread = Duration.ofMillis(ThreadLocalRandom.current().nextInt(SPREAD_MS));
                for (Place place : places.values()) {
                    if (place.holder.equals(holder)) {
                        place.askNanos = System.nanoTime();
                    }
                }
                task.runWithin(spread);
            });
        }

        @Override
        public void dueWithin(String partition, Duration time) {
            onDue.accept(partition, time);
        }
    }
}
