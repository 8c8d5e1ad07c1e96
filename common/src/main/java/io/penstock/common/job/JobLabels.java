package io.penstock.common.job;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a job is filed under.
 *
 * @param group jobs of one group share its turn: groups take turns fairly, and only so many jobs of one run at once
 * @param tenant whose work it is; told to the handler and kept in the history
 * @param tags words to find the job by, at most {@link #MAX_TAGS}
 */
public record JobLabels(Optional<String> group, Optional<String> tenant, List<String> tags) {

    public static final int MAX_TAGS = 10;
    public static final JobLabels NONE = new JobLabels(Optional.empty(), Optional.empty(), List.of());

    /** No {@code ; , =} or control characters: labels travel in the job's header and never need escaping there. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._:@/+-]{1,100}");

    private static final String RULE = "must be 1 to 100 letters, digits, '.', '_', ':', '@', '/', '+' or '-'";

    public JobLabels {
        group.ifPresent(value -> check(value, "group"));
        tenant.ifPresent(value -> check(value, "tenant"));
        tags = List.copyOf(tags);
        if (tags.size() > MAX_TAGS) {
            throw new InvalidJobException("tags", "must be at most " + MAX_TAGS);
        }
        for (int i = 0; i < tags.size(); i++) {
            check(tags.get(i), "tags[" + i + "]");
        }
    }

    private static void check(String value, String field) {
        if (!WORD.matcher(value).matches()) {
            throw new InvalidJobException(field, RULE);
        }
    }
}
