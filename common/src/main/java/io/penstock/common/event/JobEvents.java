package io.penstock.common.event;

import java.util.List;
import org.jboss.logging.Logger;

/** Tells every listener; one that fails is logged and does not keep the others from hearing. */
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
            } catch (RuntimeException e) {
                LOG.errorf(e, "listener %s failed on %s", listener.getClass().getSimpleName(), event.queue());
            }
        }
    }
}
