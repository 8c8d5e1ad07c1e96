package io.penstock.local.marketplace;

/** What a call of the scraper meets with instead of a proper answer. */
public enum ScraperFault {
    NONE,
    /** 500 with a page of HTML. */
    SERVER_ERROR,
    /** 429 with {@code Retry-After: 2}. */
    TOO_MANY_REQUESTS,
    /** The proper answer, after two seconds. */
    SLOW,
    /** Half of the proper answer, as if the connection had been cut: it is no JSON. */
    TRUNCATED,
    /** The page for robots, as HTML, instead of JSON. */
    CAPTCHA;

    /** Decides by how many calls there were before. */
    @FunctionalInterface
    public interface Plan {

        /**
         * What happens to one call.
         *
         * @param call 0 for the first
         */
        ScraperFault on(int call);

        static Plan none() {
            return call -> NONE;
        }

        /** About a third goes wrong, each way. The first calls are answered, so that there is something to see. */
        static Plan sample() {
            return call -> switch (call % 16) {
                case 5 -> SERVER_ERROR;
                case 7 -> SLOW;
                case 9 -> TOO_MANY_REQUESTS;
                case 11 -> TRUNCATED;
                case 14 -> CAPTCHA;
                default -> NONE;
            };
        }
    }
}
