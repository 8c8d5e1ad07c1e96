package io.penstock.common.monitor;

import io.penstock.common.alert.Finding;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/** Asks every rule. One that fails costs its own findings only. */
@ApplicationScoped
public class AlertRules {

    private static final Logger LOG = Logger.getLogger(AlertRules.class);

    private final List<AlertRule> rules;

    @Inject
    AlertRules(@Any Instance<AlertRule> rules) {
        this(rules.stream().toList());
    }

    AlertRules(List<AlertRule> rules) {
        this.rules = rules;
    }

    public Uni<List<Finding>> judge() {
        return rules.isEmpty()
                ? Uni.createFrom().item(List.of())
                : Uni.join()
                        .all(rules.stream().map(AlertRules::ask).toList())
                        .andFailFast()
                        .map(all -> all.stream().flatMap(List::stream).toList());
    }

    private static Uni<List<Finding>> ask(AlertRule rule) {
        return Uni.createFrom()
                .deferred(rule::judge)
                .ifNoItem()
                .after(Duration.ofSeconds(AlertRule.LIMIT_SECONDS))
                .fail()
                .onFailure()
                .invoke(failure -> LOG.warnf(
                        "the alert rule %s could not be judged, next time is in a minute: %s", rule.name(), failure))
                .onFailure()
                .recoverWithItem(List.of());
    }
}
