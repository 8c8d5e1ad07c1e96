package io.penstock.common.queue;

import org.jspecify.annotations.Nullable;

/**
 * The store of the queues did not answer in time, refused the call or has no room. {@link #effect} tells what is known of
 * the call, and with that whether repeating it can do it twice.
 */
public final class QueueUnavailableException extends RuntimeException {

    /** What became of a call that failed. */
    public enum Effect {
        /** The store said no. Nothing has taken effect. */
        REFUSED,
        /** The call never left this process. Nothing has taken effect. */
        NOT_SENT,
        /** The call left and no answer came back, or only parts of it took effect. Repeat it under an id of its own. */
        UNKNOWN
    }

    private final Effect effect;
    private final boolean lasting;

    /** One that may pass. */
    public QueueUnavailableException(String message, Effect effect, @Nullable Throwable cause) {
        this(message, effect, cause, false);
    }

    /** @param lasting see {@link #isLasting} */
    public QueueUnavailableException(String message, Effect effect, @Nullable Throwable cause, boolean lasting) {
        super(message, cause);
        this.effect = effect;
        this.lasting = lasting;
    }

    public Effect effect() {
        return effect;
    }

    /** True when the store is known not to have done anything. */
    public boolean hasNoEffect() {
        return effect != Effect.UNKNOWN;
    }

    /** True when a failure is the store's own word, which it gives to every process alike. */
    public static boolean isRefusal(Throwable failure) {
        return failure instanceof QueueUnavailableException e && e.effect == Effect.REFUSED;
    }

    /**
     * True when a call failed for a reason that time does not cure: an argument that cannot be stored, a mistake of the
     * program, data or an answer of the wrong type. Repeating it is of no use, whereas an outage or a want of memory passes.
     */
    public static boolean isLasting(Throwable failure) {
        return failure instanceof QueueUnavailableException e ? e.lasting : !(failure instanceof OutOfMemoryError);
    }
}
