package io.penstock.worker.offers;

/**
 * An optional field that did not parse; the offer is stored without it.
 *
 * @param sample what the feed said, cut short, on one line
 */
record UnreadableField(String offerId, String field, String sample) {

    private static final int MAX_SAMPLE = 40;

    static UnreadableField of(String offerId, String field, String text) {
        String line = text.replaceAll("[\\p{Cntrl}\\p{Cs}]+", " ").strip();
        return new UnreadableField(
                offerId, field, line.length() <= MAX_SAMPLE ? line : line.substring(0, MAX_SAMPLE) + "…");
    }
}
