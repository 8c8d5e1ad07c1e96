package io.penstock.common.queue;

import org.jspecify.annotations.Nullable;

/**
 * The store of the queues did not answer in time, refused the call or has no room. {@link #fate} tells what is known of
 * the call, and with that whether repeating it can do it twice.
 */
public final class QueueUnavailableException extends RuntimeException {

    /** What became of a call that failed. */
    public enum Fate {
        /** The store said no. Nothing has taken effect. */
        REFUSED,
        /** The call never left this process. Nothing has taken effect. */
        NOT_SENT,
        /** The call left and no answer came back, or only parts of it took effect. Repeat it under an id of its own. */
        UNKNOWN
    }

    private final Fate fate;
    private final boolean lasting;

    /** One that may pass. */
    public QueueUnavailableException(String message, Fate fate, @Nullable Throwable cause) {
        this(message, fate, cause, false);
    }

    /** @param lasting see {@link #isLasting} */
    public QueueUnavailableException(String message, Fate fate, @Nullable Throwable cause, boolean lasting) {
        super(message, cause);
        this.fate = fate;
        this.lasting = lasting;
    }

    public Fate fate() {
        return fate;
    }

    /** True when the store is known not to have done anything. */
    public boolean hasNoEffect() {
        return fate != Fate.UNKNOWN;
    }

    /** True when a failure is the store's own word, which it gives to every process alike. */
    public static boolean isRefusal(Throwable failure) {
        return failure instanceof QueueUnavailableException e && e.fate == Fate.REFUSED;
    }

    /**
     * True when a call failed for a reason that time does not cure: an argument that cannot be stored, a mistake of the
     * program, data or an answer of the wrong type. Repeating it is of no use, whereas an outage or a want of memory passes.
     */
    public static boolean isLasting(Throwable failure) {
        return failure instanceof QueueUnavailableException e ? e.lasting : !(failure instanceof OutOfMemoryError);
    }
}
