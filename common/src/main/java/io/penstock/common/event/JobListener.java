package io.penstock.common.event;

/** Hears of job events. Any bean of this kind is found. Called on the claim loop: must not block and do no I/O. */
public interface JobListener {

    void on(JobEvent event);
}
