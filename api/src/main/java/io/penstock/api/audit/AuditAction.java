package io.penstock.api.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a call does, in the words of its address: the resource, and the last word of the path or, where there is none, what the method
 * means. {@code POST /api/queues/orders/pause} is {@code queues.pause} of {@code orders}, {@code POST /api/keys} is {@code keys.create}.
 *
 * @param target the values in the path, joined by a slash; null: there are none
 */
record AuditAction(String name, @Nullable String target) {

    private static final String ROOT = "api";

    /**
     * The action of a call.
     *
     * @param path as it was asked for, decoded
     * @param values those in the path, in any order
     */
    static AuditAction of(String method, String path, Collection<String> values) {
        List<String> left = new ArrayList<>(values);
        List<String> words = new ArrayList<>();
        List<String> targets = new ArrayList<>();
        for (String segment : Arrays.asList(path.split("/"))) {
            // The resource itself is never a value, whatever the values are.
            if (!words.isEmpty() && left.remove(segment)) {
                targets.add(segment);
            } else if (!segment.isEmpty() && !(words.isEmpty() && segment.equals(ROOT))) {
                words.add(segment);
            }
        }
        boolean namesWhatIsDone = words.size() > 1 && isVerb(method, words.get(words.size() - 1), targets);
        if (!namesWhatIsDone) {
            words.add(verbOf(method));
        }
        return new AuditAction(String.join(".", words), targets.isEmpty() ? null : String.join("/", targets));
    }

    /** The last word of a path names a thing where it is made or deleted, and what is done to a thing elsewhere. */
    private static boolean isVerb(String method, String last, List<String> targets) {
        return !method.equals("DELETE") && !last.endsWith("s") && (!targets.isEmpty() || method.equals("POST"));
    }

    private static String verbOf(String method) {
        return switch (method) {
            case "POST" -> "create";
            case "PUT", "PATCH" -> "change";
            case "DELETE" -> "delete";
            default -> "read";
        };
    }
}
