package io.penstock.common.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one job has said since its last report.
 *
 * @param progress the latest; null: none since
 * @param lines in the order they were written, at most {@link #MAX_LINES}
 */
public record ProgressUpdate(String jobId, @Nullable JobProgress progress, List<JobLogLine> lines) {

    public static final int MAX_LINES = 200;
}
