package io.penstock.common.job;

/** No workload of this deployment declares the job type. */
public final class UnknownJobTypeException extends IllegalArgumentException {

    public UnknownJobTypeException(String type) {
        super("unknown job type '" + type + "'");
    }
}
