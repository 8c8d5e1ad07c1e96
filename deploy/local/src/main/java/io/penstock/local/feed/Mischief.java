package io.penstock.local.feed;

import java.time.Duration;

/** What the feed does to a request instead of, or before, answering it properly. */
public record Mischief(Kind kind, Duration delay) {

    /** How the request ends. */
    public enum Kind {
        /** The proper answer. */
        ANSWER,
        /** 429 with {@code Retry-After: 1}. */
        TOO_MANY_REQUESTS,
        /** 500 with a page of HTML. */
        SERVER_ERROR
    }

    public static final Mischief NONE = new Mischief(Kind.ANSWER, Duration.ZERO);
    static final Mischief TOO_MANY_REQUESTS = new Mischief(Kind.TOO_MANY_REQUESTS, Duration.ZERO);
    static final Mischief SERVER_ERROR = new Mischief(Kind.SERVER_ERROR, Duration.ZERO);
    static final Mischief SLOW = slow(Duration.ofSeconds(2));

    public static Mischief slow(Duration delay) {
        return new Mischief(Kind.ANSWER, delay);
    }

    /** Decides by page and by how often that page was asked for before. */
    @FunctionalInterface
    public interface Plan {

        /**
         * What happens to one request.
         *
         * @param request 1 for the first request for this page
         */
        Mischief on(int page, int request);

        static Plan none() {
            return (page, request) -> NONE;
        }

        /** A few pages go wrong when asked for the first time, the third, … so that asking again always helps. */
        static Plan sample() {
            return (page, request) -> request % 2 == 1 ? onFirstRequest(page) : NONE;
        }

        private static Mischief onFirstRequest(int page) {
            if (page % 9 == 4) {
                return SERVER_ERROR;
            }
            if (page % 10 == 7) {
                return TOO_MANY_REQUESTS;
            }
            return page % 8 == 3 ? SLOW : NONE;
        }
    }
}
