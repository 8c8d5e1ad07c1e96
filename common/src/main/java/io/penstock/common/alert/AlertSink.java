package io.penstock.common.alert;

import io.smallrye.mutiny.Uni;

/** A way to reach people. Every bean of this kind is found at start. */
public interface AlertSink {

    /** Its name in the table of notices, always the same. */
    String channel();

    /** Whether this deployment is set up to use it. */
    boolean isOn();

    /**
     * Sends one message. Fails, with nothing secret in the failure, where it was not taken; it is then tried again.
     * The same notices may come twice.
     */
    Uni<Void> send(AlertDigest digest);
}
