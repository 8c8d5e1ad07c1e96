package io.penstock.common.schedule;

import java.util.Locale;

/** What happens to instants that passed while no scheduler ran. */
public enum MisfirePolicy {
    /** The latest one is fired and stands for all of them. */
    FIRE_ONCE,
    /** The latest ones are fired, each on its own, up to the limit of the deployment. */
    FIRE_ALL,
    /** None of them is fired. */
    SKIP;

    /** As the API and the table write it. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Fails with {@link InvalidScheduleException}. */
    public static MisfirePolicy ofCode(String code) {
        for (MisfirePolicy policy : values()) {
            if (policy.code().equals(code)) {
                return policy;
            }
        }
        throw new InvalidScheduleException("misfirePolicy", 0, "must be fire_once, fire_all or skip");
    }
}
