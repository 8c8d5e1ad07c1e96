package io.penstock.worker.run;

import io.penstock.common.queue.JobLine;
import io.penstock.common.queue.JobReport;
import io.penstock.common.queue.JobReports;
import io.penstock.common.queue.JobSaid;
import io.penstock.common.queue.ReportConfig;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;

/**
 * Where the words of running jobs go, and within which bounds.
 *
 * @param writeEvery the shortest time between two writes for one job
 * @param maxWaiting jobs whose words may wait to be written at once, for each line of a queue
 * @param maxLineLength characters
 */
public record Reporting(JobReports reports, Duration writeEvery, int maxWaiting, int maxLineLength) {

    public static Reporting of(JobReports reports, ReportConfig config) {
        return new Reporting(reports, config.writeEvery(), config.maxWaiting(), config.maxLineLength());
    }

    /** For workers whose jobs nobody listens to. */
    public static Reporting none() {
        return new Reporting(new Nowhere(), Duration.ofSeconds(1), 1, 1);
    }

    private static final class Nowhere implements JobReports {

        @Override
        public Uni<Void> write(String queue, int partition, List<JobReport> reports) {
            return Uni.createFrom().voidItem();
        }

        @Override
        public Uni<JobSaid> find(String jobId) {
            return Uni.createFrom().item(JobSaid.NOTHING);
        }

        @Override
        public Uni<List<JobLine>> lines(String jobId) {
            return Uni.createFrom().item(List.of());
        }
    }
}
