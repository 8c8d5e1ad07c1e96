package io.penstock.common.flow;

import io.penstock.common.alert.Alerts;
import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import org.jboss.logging.Logger;

/** An open breaker is an alert until it closes, in whichever process that is first. */
@ApplicationScoped
class GuardAlerts implements GuardListener {

    private static final Logger LOG = Logger.getLogger(GuardAlerts.class);

    private final Alerts alerts;

    @Inject
    GuardAlerts(Alerts alerts) {
        this.alerts = alerts;
    }

    @Override
    public void changed(GuardChange change) {
        String subject = "flow/" + change.guard() + "/breaker";
        String text = "the breaker of " + change.guard() + " is "
                + (change.to() == Guard.Breaker.OPEN ? "open" : "closed") + ": " + change.why();
        if (change.to() == Guard.Breaker.HALF_OPEN) {
            return;
        }
        Finding finding = change.to() == Guard.Breaker.OPEN
                ? Finding.wrong(subject, Severity.WARNING, text)
                : Finding.well(subject, text);
        alerts.report(List.of(finding))
                .subscribe()
                .with(told -> {}, failure -> LOG.warnf("nobody is told that %s: %s", text, failure.getMessage()));
    }
}
