package io.penstock.common.alert;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Where findings are reported, as often as they are made: only a change of state is logged and told. Sending is not part
 * of it, so that neither a mail server nor a webhook matters to whoever reports.
 */
@ApplicationScoped
public class Alerts {

    /** Changes of one report that get a line of their own. */
    private static final int MOST_LOGGED = 10;

    private static final Logger LOG = Logger.getLogger(Alerts.class);

    private final AlertStore store;
    private final List<String> channels;

    @Inject
    public Alerts(AlertStore store, @Any Instance<AlertSink> sinks) {
        this(
                store,
                sinks.stream().filter(AlertSink::isOn).map(AlertSink::channel).toList());
    }

    Alerts(AlertStore store, List<String> channels) {
        this.store = store;
        this.channels = channels;
    }

    /**
     * Compares findings with what is known and tells of changes.
     *
     * @return the subjects whose state changed by this very call; fails while PostgreSQL cannot be reached
     */
    public Uni<Set<String>> report(Collection<Finding> findings) {
        return store.apply(findings, channels).invoke(changed -> log(findings, changed));
    }

    /** An outage that concerns a thousand schedules must not become a thousand lines. */
    private static void log(Collection<Finding> findings, Set<String> changed) {
        findings.stream()
                .filter(finding -> changed.contains(finding.subject()))
                .limit(MOST_LOGGED)
                .forEach(Alerts::log);
        if (changed.size() > MOST_LOGGED) {
            LOG.warnf("and %d more alerts were raised or have recovered", changed.size() - MOST_LOGGED);
        }
    }

    private static void log(Finding finding) {
        if (finding.wrong()) {
            LOG.warnf("alert %s (%s): %s", finding.subject(), finding.severity().code(), finding.summary());
        } else {
            LOG.infof("alert %s has recovered: %s", finding.subject(), finding.summary());
        }
    }
}
