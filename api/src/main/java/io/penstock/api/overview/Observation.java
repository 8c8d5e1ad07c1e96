package io.penstock.api.overview;

import io.penstock.common.alert.Alert;
import io.penstock.common.figures.Mark;
import io.penstock.common.flow.GuardReport;
import io.penstock.common.history.HistorySearch;
import io.penstock.common.outbox.OutboxStatus;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.queue.StoreHealth;
import io.penstock.common.schedule.ScheduleHealth;
import io.penstock.common.workers.LiveWorker;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was found, from which problems are worked out. A part that could not be asked is empty and named in {@code unknown}.
 *
 * @param types job types of this deployment, and the queue of each
 */
record Observation(
        Instant at,
        List<QueueStatus> queues,
        List<LiveWorker> workers,
        Map<String, String> types,
        List<GuardReport> guards,
        List<String> unsafe,
        List<StoreHealth.Memory> memory,
        Records records,
        List<String> unknown) {

    /**
     * What PostgreSQL tells.
     *
     * @param failures of the last hour
     * @param marks of the last hour
     * @param since when problems were first seen, by id
     */
    record Records(
            Optional<ScheduleHealth.Late> late,
            List<ScheduleHealth.Failing> failing,
            OutboxStatus outbox,
            List<HistorySearch.Failures> failures,
            List<Alert> alerts,
            List<Mark> marks,
            Map<String, Instant> since) {

        static final Records NONE = new Records(
                Optional.empty(), List.of(), new OutboxStatus(0, 0, 0), List.of(), List.of(), List.of(), Map.of());
    }
}
