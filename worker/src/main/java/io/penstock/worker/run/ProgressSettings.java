package io.penstock.worker.run;

import io.penstock.common.queue.JobLogLine;
import io.penstock.common.queue.JobOutput;
import io.penstock.common.queue.ProgressConfig;
import io.penstock.common.queue.ProgressStore;
import io.penstock.common.queue.ProgressUpdate;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;

/**
 * Where the words of running jobs go, and within which bounds.
 *
 * @param writeInterval the shortest time between two writes for one job
 * @param maxWaiting jobs whose words may wait to be written at once, for each line of a queue
 * @param maxLineLength characters
 */
public record ProgressSettings(ProgressStore progressStore, Duration writeInterval, int maxWaiting, int maxLineLength) {

    public static ProgressSettings of(ProgressStore progressStore, ProgressConfig config) {
        return new ProgressSettings(progressStore, config.writeInterval(), config.maxWaiting(), config.maxLineLength());
    }

    /** For workers whose jobs nobody listens to. */
    public static ProgressSettings none() {
        return new ProgressSettings(new Nowhere(), Duration.ofSeconds(1), 1, 1);
    }

    private static final class Nowhere implements ProgressStore {

        @Override
        public Uni<Void> write(String queue, int partition, List<ProgressUpdate> progressStore) {
            return Uni.createFrom().voidItem();
        }

        @Override
        public Uni<JobOutput> find(String jobId) {
            return Uni.createFrom().item(JobOutput.NOTHING);
        }

        @Override
        public Uni<List<JobLogLine>> lines(String jobId) {
            return Uni.createFrom().item(List.of());
        }
    }
}
