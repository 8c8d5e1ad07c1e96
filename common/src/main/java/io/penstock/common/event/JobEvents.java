package io.penstock.common.event;

import io.penstock.common.job.FailureText;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Tells every listener. One that throws, whatever it throws, is logged and keeps neither the others from hearing nor the
 * caller from going on.
 */
public final class JobEvents {

    private static final Logger LOG = Logger.getLogger(JobEvents.class);

    private final List<JobListener> listeners;

    public JobEvents(List<JobListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    public void fire(JobEvent event) {
        for (JobListener listener : listeners) {
            try {
                listener.on(event);
            } catch (Throwable e) {
                LOG.errorf(
                        "listener %s failed on %s: %s",
                        listener.getClass().getSimpleName(), event.queue(), FailureText.withStack(e));
            }
        }
    }
}
