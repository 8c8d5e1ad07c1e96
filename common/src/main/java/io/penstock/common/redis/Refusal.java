package io.penstock.common.redis;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a server answers when it has not run a command because it is not, or not now, the one to run it. Nothing has
 * taken effect, so that the command may be repeated elsewhere or later.
 *
 * @param address host:port of the server to go to; without a host it is that of the server that answered; empty for
 *     {@link Kind#LATER}
 */
record Refusal(Kind kind, String address) {

    enum Kind {
        /** The slot belongs to another server from now on. */
        MOVED,
        /** The slot is on its way to another server: ask that one, this time. */
        ASK,
        /** A failover, the move of a slot or a restart is under way. */
        LATER
    }

    private static final Pattern REDIRECT = Pattern.compile("(MOVED|ASK) \\d+ (\\S*:\\d+).*");

    /**
     * CLUSTERDOWN: slots without a server. TRYAGAIN: some keys of the slot have moved, some not. READONLY, MASTERDOWN:
     * now a replica. UNBLOCKED: a blocking read was ended for one of these reasons. LOADING: reads its files after a start.
     * NOREPLICAS: a master that was left by its replicas, often because one of them has taken over.
     */
    private static final Pattern LATER =
            Pattern.compile("(CLUSTERDOWN|TRYAGAIN|READONLY|NOREPLICAS|MASTERDOWN|UNBLOCKED|LOADING)\\b.*");

    /** How the client tells which commands of a batch failed: a line for each. */
    static final Pattern IN_BATCH = Pattern.compile("ERR \\[\\d+] (.*)");

    /**
     * Null when the failure is something else, or when some commands of a batch were run: their answers are lost, so that
     * the batch cannot be mended.
     *
     * @param commands how many were sent together
     */
    static @Nullable Refusal of(Throwable failure, int commands) {
        String message = failure.getMessage();
        if (message == null || message.isEmpty()) {
            return null;
        }
        Refusal first = null;
        int refused = 0;
        for (String line : message.lines().toList()) {
            Matcher inBatch = IN_BATCH.matcher(line);
            Refusal refusal = ofLine(inBatch.matches() ? inBatch.group(1) : line);
            if (refusal == null) {
                return null;
            }
            first = first == null ? refusal : first;
            refused++;
        }
        return refused == commands ? first : null;
    }

    private static @Nullable Refusal ofLine(String line) {
        Matcher redirect = REDIRECT.matcher(line);
        if (redirect.matches()) {
            return new Refusal(Kind.valueOf(redirect.group(1)), redirect.group(2));
        }
        return LATER.matcher(line).matches() ? new Refusal(Kind.LATER, "") : null;
    }
}
