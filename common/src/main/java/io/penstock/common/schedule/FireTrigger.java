package io.penstock.common.schedule;

/** Why an instant was fired. */
public enum FireTrigger {
    CRON("cron"),
    MANUAL("manual"),
    RETRY("retry"),
    /** It passed while no scheduler ran. */
    CATCH_UP("catch-up");

    private final String code;

    FireTrigger(String code) {
        this.code = code;
    }

    /** As the API and the table write it. */
    public String code() {
        return code;
    }

    public static FireTrigger ofCode(String code) {
        for (FireTrigger trigger : values()) {
            if (trigger.code.equals(code)) {
                return trigger;
            }
        }
        throw new IllegalArgumentException("unknown trigger '" + code + "'");
    }
}
