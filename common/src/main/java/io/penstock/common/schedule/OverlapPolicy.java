package io.penstock.common.schedule;

import java.util.Locale;

/** What happens when a schedule is due while the job of its previous instant has not ended. */
public enum OverlapPolicy {
    /** The instant is logged as skipped. */
    SKIP,
    /** The instant is held until the previous job has ended. */
    QUEUE,
    /** The job is enqueued all the same. */
    ALLOW;

    /** As the API and the table write it. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Fails with {@link InvalidScheduleException}. */
    public static OverlapPolicy ofCode(String code) {
        for (OverlapPolicy policy : values()) {
            if (policy.code().equals(code)) {
                return policy;
            }
        }
        throw new InvalidScheduleException("overlapPolicy", 0, "must be skip, queue or allow");
    }
}
