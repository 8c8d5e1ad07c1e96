package io.penstock.common.queue.redis;

import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobEndNotifications;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisSubscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Hears what the scripts publish when a job ends that keeps its result: one letter for how, then the job's id. */
public final class RedisJobEndNotifications implements JobEndNotifications, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(RedisJobEndNotifications.class);

    private final Function<RedisSubscription.Listener, RedisSubscription> subscriptions;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private @Nullable RedisSubscription subscription;

    /** @param subscriptions opens a subscription to {@link RedisKeys#ENDED_PATTERN} */
    public RedisJobEndNotifications(Function<RedisSubscription.Listener, RedisSubscription> subscriptions) {
        this.subscriptions = subscriptions;
    }

    @Override
    public synchronized void listen(Listener listener) {
        listeners.add(listener);
        if (subscription == null) {
            subscription = subscriptions.apply(new RedisSubscription.Listener() {
                @Override
                public void heard(String message) {
                    tell(message);
                }

                @Override
                public void connected() {
                    listeners.forEach(Listener::mayHaveMissed);
                }
            });
        }
    }

    private void tell(String message) {
        if (message.length() < 2) {
            return;
        }
        try {
            JobState how = RedisProgressStore.stateOf(message.substring(0, 1));
            String jobId = message.substring(1);
            listeners.forEach(listener -> listener.ended(jobId, how));
        } catch (UnreadableJobException e) {
            LOG.debugf("a newer version's message is ignored: %s", e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        if (subscription != null) {
            subscription.close();
        }
    }
}
