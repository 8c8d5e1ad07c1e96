package io.penstock.common.health;

import io.penstock.common.redis.RedisSafety;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Says at start, and in the readiness details, what about the Redis server is unsafe. Unsafe is not unready: the
 * operator may know what they do. Readiness goes down when Redis does not answer.
 */
@Readiness
@ApplicationScoped
public class RedisSafetyCheck implements AsyncHealthCheck {

    private static final Logger LOG = Logger.getLogger(RedisSafetyCheck.class);

    private final RedisSafety safety;

    @Inject
    public RedisSafetyCheck(RedisSafety safety) {
        this.safety = safety;
    }

    void tellAtStart(@Observes StartupEvent event) {
        safety.findings()
                .subscribe()
                .with(
                        findings -> findings.forEach(finding -> LOG.warnf("unsafe Redis: %s", finding)),
                        failure -> LOG.warnf("Redis cannot be checked: %s", failure.getMessage()));
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return safety.findings()
                .map(findings -> response(true, findings))
                .onFailure()
                .recoverWithItem(failure -> response(false, List.of("Redis does not answer")));
    }

    private static HealthCheckResponse response(boolean up, List<String> findings) {
        return HealthCheckResponse.named("Redis keeps jobs")
                .status(up)
                .withData("unsafe", String.join("; ", findings))
                .build();
    }
}
