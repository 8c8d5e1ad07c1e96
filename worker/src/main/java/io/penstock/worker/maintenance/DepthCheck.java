package io.penstock.worker.maintenance;

import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import io.penstock.common.queue.QueueStatus;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Says of a queue whether it is too full. Pure. Between the bound and a tenth below it nothing is said, so that a queue
 * that hovers around its bound raises one alert and not one a minute.
 */
final class DepthCheck {

    private static final int TENTH = 10;

    private final long maxWaiting;
    private final long maxFailed;

    DepthCheck(MaintenanceConfig.QueueMonitor config, String queue) {
        Optional<MaintenanceConfig.Depth> own =
                Optional.ofNullable(config.queue().get(queue));
        maxWaiting =
                own.map(depth -> depth.maxWaiting().orElse(config.maxWaiting())).orElse(config.maxWaiting());
        maxFailed =
                own.map(depth -> depth.maxFailed().orElse(config.maxFailed())).orElse(config.maxFailed());
    }

    Stream<Finding> of(QueueStatus status) {
        return Stream.of(
                        judge(status.queue(), "waiting", status.waiting(), maxWaiting),
                        judge(status.queue(), "failed", status.dead(), maxFailed))
                .flatMap(Optional::stream);
    }

    private static Optional<Finding> judge(String queue, String state, long jobs, long most) {
        String subject = "queue/" + queue + "/" + state;
        String text = "queue " + queue + " has " + jobs + " " + state + " jobs, the bound is " + most;
        if (jobs > most) {
            return Optional.of(Finding.wrong(subject, Severity.WARNING, text));
        }
        return jobs <= most - most / TENTH ? Optional.of(Finding.well(subject, text)) : Optional.empty();
    }
}
