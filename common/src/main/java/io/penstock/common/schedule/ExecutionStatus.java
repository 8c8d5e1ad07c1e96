package io.penstock.common.schedule;

import java.util.Locale;

/** What became of an instant. */
public enum ExecutionStatus {
    /** Its job has not ended, or is not enqueued yet. */
    RUNNING,
    COMPLETED,
    /** Its job is dead, or could not be made from the definition. */
    FAILED,
    /** Its job is dead because its last attempt took too long. */
    TIMEOUT,
    /** No job: a policy said so. */
    SKIPPED;

    /** As the API and the table write it. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
