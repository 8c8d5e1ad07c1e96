package io.penstock.common.job;

/** No workload of this deployment declares the job type. */
public final class UnknownJobTypeException extends IllegalArgumentException {

    public UnknownJobTypeException(String type) {
        this(type, "");
    }

    private UnknownJobTypeException(String type, String hint) {
        super("unknown job type '" + type + "'" + hint);
    }

    /** The type exists as a constant that was forgotten in the list of its source. */
    public static UnknownJobTypeException notListed(String type) {
        return new UnknownJobTypeException(type, ": no JobTypeSource lists it");
    }

    /** The type belongs to a workload that this deployment leaves out. */
    public static UnknownJobTypeException switchedOff(String type) {
        return new UnknownJobTypeException(type, ": its workload is switched off");
    }
}
