package io.penstock.worker.observe;

import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobListener;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.worker.run.JobLogContext;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logging.Logger;

/**
 * Says in the log what an operator may have to act on, one line each; ordinary ends are DEBUG. Each line carries its job in
 * the MDC as well.
 */
@ApplicationScoped
public class JobLog implements JobListener {

    private static final Logger LOG = Logger.getLogger("io.penstock.jobs");

    @Override
    public void on(JobEvent event) {
        if (event instanceof JobEvent.Died e) {
            describe(Logger.Level.WARN, e.queue(), e.job(), () -> died(e));
        } else if (event instanceof JobEvent.AttemptFailed e) {
            describe(Logger.Level.INFO, e.queue(), e.job(), () -> failed(e));
        } else if (event instanceof JobEvent.Expired e) {
            describe(Logger.Level.INFO, e.queue(), e.job(), () -> expired(e));
        } else if (event instanceof JobEvent.Cancelled e) {
            describe(Logger.Level.INFO, e.queue(), e.job(), () -> cancelled(e));
        } else if (event instanceof JobEvent.Snoozed e) {
            describe(Logger.Level.DEBUG, e.queue(), e.job(), () -> snoozed(e));
        } else if (event instanceof JobEvent.Completed e) {
            describe(Logger.Level.DEBUG, e.queue(), e.job(), () -> completed(e));
        }
    }

    /** What nobody writes must cost nothing: this is on the way of every job. */
    private static void describe(Logger.Level level, String queue, ClaimedJob job, Runnable line) {
        if (LOG.isEnabled(level)) {
            JobLogContext.during(queue, job, line);
        }
    }

    private static void died(JobEvent.Died e) {
        LOG.warnf("job %s (%s, queue %s) is dead: %s", e.job().id(), e.job().type(), e.queue(), firstLine(e.reason()));
    }

    private static void failed(JobEvent.AttemptFailed e) {
        LOG.infof(
                "job %s (%s, queue %s) failed attempt %d of %d, again in %d ms: %s",
                e.job().id(),
                e.job().type(),
                e.queue(),
                e.job().attempt(),
                e.job().maxAttempts(),
                e.delay().toMillis(),
                firstLine(e.error()));
    }

    private static void expired(JobEvent.Expired e) {
        LOG.infof(
                "job %s (%s, queue %s) was not started by %s and is dropped",
                e.job().id(), e.job().type(), e.queue(), e.job().expiresAt());
    }

    private static void cancelled(JobEvent.Cancelled e) {
        LOG.infof(
                "job %s (%s, queue %s) was called off after %d ms and %s",
                e.job().id(),
                e.job().type(),
                e.queue(),
                e.ran().toMillis(),
                e.acknowledged() ? "stopped" : "had to be cut off");
    }

    private static void snoozed(JobEvent.Snoozed e) {
        LOG.debugf(
                "job %s (%s, queue %s) put off for %d ms: %s",
                e.job().id(), e.job().type(), e.queue(), e.delay().toMillis(), firstLine(e.why()));
    }

    private static void completed(JobEvent.Completed e) {
        LOG.debugf(
                "job %s (%s, queue %s) completed in %d ms",
                e.job().id(), e.job().type(), e.queue(), e.ran().toMillis());
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}
