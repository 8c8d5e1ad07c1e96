package io.penstock.local.model;

/** What a call of the model meets with instead of a proper answer. */
public enum ModelFault {
    NONE,
    /** 500 with a page of HTML. */
    SERVER_ERROR,
    /** 429 with {@code Retry-After: 2}. */
    TOO_MANY_REQUESTS,
    /** The proper answer, after three seconds. */
    SLOW,
    /** A proper envelope around half of the answer, as of a model that has come to the end of its tokens and does not say so. */
    TRUNCATED,
    /** Half of the envelope, as if the connection had been cut. */
    CUT,
    /** Words instead of JSON. */
    CHATTY;

    /** Decides by how many calls there were before. */
    @FunctionalInterface
    public interface Plan {

        /**
         * What goes wrong with a call.
         *
         * @param call 0 for the first
         */
        ModelFault on(int call);

        static Plan none() {
            return call -> NONE;
        }

        /** About a quarter goes wrong, each way. The first calls are answered, so that there is something to see. */
        static Plan sample() {
            return call -> switch (call % 24) {
                case 4 -> TRUNCATED;
                case 8 -> TOO_MANY_REQUESTS;
                case 11 -> SLOW;
                case 14 -> CHATTY;
                case 18 -> SERVER_ERROR;
                case 22 -> CUT;
                default -> NONE;
            };
        }
    }
}
