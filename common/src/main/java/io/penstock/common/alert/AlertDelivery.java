package io.penstock.common.alert;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Sends pending notices, one message per channel and round. Safe in every process at once: a claimed notice is put off
 * for the others. What was not taken is tried again with growing pauses, up to ten minutes, until it is too old.
 */
@ApplicationScoped
public class AlertDelivery {

    /** Notices that one message stands for. */
    private static final int MOST = 5_000;

    private static final int FORGOTTEN_AT_ONCE = 5_000;
    private static final Logger LOG = Logger.getLogger(AlertDelivery.class);

    private final AlertStore store;
    private final List<AlertSink> sinks;
    private final Duration deadline;
    private final Duration giveUpAfter;
    private final Duration keep;

    @Inject
    public AlertDelivery(AlertStore store, @Any Instance<AlertSink> sinks, AlertConfig config) {
        this(store, sinks.stream().filter(AlertSink::isOn).toList(), config);
    }

    AlertDelivery(AlertStore store, List<AlertSink> sinks, AlertConfig config) {
        this.store = store;
        this.sinks = sinks;
        this.deadline = config.deadline();
        this.giveUpAfter = config.giveUpAfter();
        this.keep = config.keep();
    }

    /** Fails where PostgreSQL does; a channel that fails is logged and left for later. */
    public Uni<Void> runOnce() {
        return Multi.createFrom()
                .iterable(sinks)
                .onItem()
                .transformToUniAndConcatenate(this::deliver)
                .collect()
                .last()
                .replaceWithVoid();
    }

    /** Drops what is too old, a bounded piece. */
    Uni<Integer> forget() {
        return store.forget(keep, FORGOTTEN_AT_ONCE);
    }

    private Uni<Integer> deliver(AlertSink sink) {
        return store.claim(sink.channel(), MOST)
                .chain(notices -> notices.isEmpty()
                        ? Uni.createFrom().item(0)
                        : send(sink, notices).replaceWith(notices.size()));
    }

    private Uni<Void> send(AlertSink sink, List<AlertNotice> notices) {
        return Uni.createFrom()
                .deferred(() -> sink.send(AlertDigest.of(notices)))
                .ifNoItem()
                .after(deadline)
                .failWith(() -> new IllegalStateException("not taken within " + deadline.toMillis() + " ms"))
                .map(done -> true)
                .onFailure()
                .recoverWithUni(failure -> leaveForLater(sink, notices, failure))
                .chain(taken -> taken ? store.sent(notices) : Uni.createFrom().voidItem());
    }

    private Uni<Boolean> leaveForLater(AlertSink sink, List<AlertNotice> notices, Throwable failure) {
        String reason = String.valueOf(failure.getMessage());
        LOG.warnf("%d alert notices could not be sent by %s, tried again: %s", notices.size(), sink.channel(), reason);
        return store.failed(notices, reason, giveUpAfter).replaceWith(false);
    }
}
