package io.penstock.worker.observe;

import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobListener;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/** Says in the log what an operator may have to act on, one line each; ordinary ends are DEBUG. */
@ApplicationScoped
public class JobLog implements JobListener {

    private static final Logger LOG = Logger.getLogger("io.penstock.jobs");

    @Override
    public void on(JobEvent event) {
        if (event instanceof JobEvent.Died e) {
            LOG.warnf(
                    "job %s (%s, queue %s) is dead: %s",
                    e.job().id(), e.job().type(), e.queue(), firstLine(e.reason()));
        } else if (event instanceof JobEvent.AttemptFailed e) {
            LOG.infof(
                    "job %s (%s, queue %s) failed attempt %d of %d, again in %d ms: %s",
                    e.job().id(),
                    e.job().type(),
                    e.queue(),
                    e.job().attempt(),
                    e.job().maxAttempts(),
                    e.delay().toMillis(),
                    firstLine(e.error()));
        } else if (event instanceof JobEvent.Expired e) {
            LOG.infof(
                    "job %s (%s, queue %s) was not started by %s and is dropped",
                    e.job().id(), e.job().type(), e.queue(), e.job().expiresAt());
        } else if (event instanceof JobEvent.Cancelled e) {
            LOG.infof(
                    "job %s (%s, queue %s) was called off after %d ms and %s",
                    e.job().id(),
                    e.job().type(),
                    e.queue(),
                    e.ran().toMillis(),
                    e.acknowledged() ? "stopped" : "had to be cut off");
        } else if (event instanceof JobEvent.Snoozed e) {
            LOG.debugf(
                    "job %s (%s, queue %s) put off for %d ms: %s",
                    e.job().id(), e.job().type(), e.queue(), e.delay().toMillis(), firstLine(e.why()));
        } else if (event instanceof JobEvent.Completed e) {
            LOG.debugf(
                    "job %s (%s, queue %s) completed in %d ms",
                    e.job().id(), e.job().type(), e.queue(), e.ran().toMillis());
        }
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
