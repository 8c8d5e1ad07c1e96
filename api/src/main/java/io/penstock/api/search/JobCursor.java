package io.penstock.api.search;

import io.penstock.api.request.QueryParameters;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * Where a page of jobs ended: in which part of the list, and where there. Text without meaning to callers; one that was not
 * given out for this question, or was changed on the way, is refused.
 *
 * @param part number of the part, see {@link JobSearch}
 * @param place as the part words it; empty: its beginning
 */
record JobCursor(int part, String place) {

    private static final String VERSION = "1";
    private static final int MAX_LENGTH = 2_000;

    static final JobCursor START = new JobCursor(0, "");

    String encode(JobQuestion question) {
        String text = VERSION + " " + question.digest() + " " + part + " " + place;
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((sum(text) + " " + text).getBytes(StandardCharsets.UTF_8));
    }

    static JobCursor decode(String cursor, JobQuestion question, int parts) {
        if (cursor.length() > MAX_LENGTH) {
            throw notOurs();
        }
        try {
            String whole = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            String[] words = whole.split(" ", 5);
            if (words.length != 5
                    || !words[0].equals(sum(whole.substring(words[0].length() + 1)))
                    || !words[1].equals(VERSION)) {
                throw notOurs();
            }
            if (!words[2].equals(question.digest())) {
                throw QueryParameters.invalid(
                        "cursor",
                        "cursor: belongs to another question: ask with the same filters as for the page before");
            }
            int part = Integer.parseInt(words[3]);
            if (part < 0 || part >= parts) {
                throw notOurs();
            }
            return new JobCursor(part, words[4]);
        } catch (IllegalArgumentException e) {
            throw notOurs();
        }
    }

    /** For a place that cannot be read although its sum is right: it was made up. */
    static RuntimeException notOurs() {
        return QueryParameters.invalid("cursor", "cursor: must be the nextCursor of an answer");
    }

    private static String sum(String text) {
        CRC32C sum = new CRC32C();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }
}
