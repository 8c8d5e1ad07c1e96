package io.penstock.common.history;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives equal names to errors that are the same but for the numbers, ids, times and quoted words in them. Made of the
 * exception's class, its message without those, and the topmost stack frame that is neither the JDK's nor a framework's;
 * line numbers are left out, because they change with every release. A pure function of the text, so that all workers
 * agree.
 *
 * <p>Error texts come from outside. So the expressions repeat no group in a way that recurses: a text of whatever form
 * takes time that grows with its length and no stack. (A repeated group of varying length does, unless it is possessive.)
 */
public final class ErrorFingerprint {

    /** Only so much of an error is looked at; no limit on stored errors may be lower, or workers would disagree. */
    public static final int LOOKED_AT = 4_096;

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{16}");

    private static final int MESSAGE = 1_000;
    private static final String FRAME = "\tat ";

    private static final Pattern ATTEMPT = Pattern.compile("^attempt \\d+ of \\d+: ");
    private static final Pattern CLASS = Pattern.compile("^((?:[A-Za-z_$][\\w$]*+\\.)++[\\w$]+)(?::|$)");
    private static final Pattern METHOD = Pattern.compile("[\\w$.<>]+");
    /** What containers and compilers add to names, different from build to build. */
    private static final Pattern GENERATED =
            Pattern.compile("_ClientProxy|_Subclass|\\$\\$Lambda.*?(?=\\.|$)|\\$\\$\\w+|[0-9]+");

    private static final List<String> LIBRARIES = List.of(
            "java.",
            "javax.",
            "jdk.",
            "sun.",
            "com.sun.",
            "jakarta.",
            "kotlin.",
            "scala.",
            "io.smallrye.",
            "io.vertx.",
            "io.netty.",
            "io.quarkus.",
            "io.micrometer.",
            "io.opentelemetry.",
            "org.jboss.",
            "org.hibernate.",
            "org.postgresql.",
            "com.fasterxml.",
            "com.ongres.",
            "org.eclipse.microprofile.",
            "io.penstock.worker.run.");

    /** One kind of detail, and that it was there. The order matters: the first ones hold what the later ones look for. */
    private record Detail(Pattern pattern, String sign) {

        String removedFrom(String text) {
            return pattern.matcher(text).replaceAll(Matcher.quoteReplacement(sign));
        }
    }

    private static final List<Detail> DETAILS = List.of(
            new Detail(Pattern.compile("\"[^\"\\n]*\"|`[^`\\n]*`|(?<!\\w)'[^'\\n]*'(?!\\w)"), "?"),
            new Detail(
                    Pattern.compile("\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(?::\\d\\d(?:[.,]\\d+)?)?"
                            + "(?:Z|[+-]\\d\\d:?\\d\\d)?(?:\\[[\\w/]+])?"),
                    "?"),
            new Detail(Pattern.compile("(?i)\\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\\b"), "?"),
            new Detail(Pattern.compile("(?i)\\b0x[0-9a-f]+\\b|@[0-9a-f]{4,16}\\b"), "?"),
            new Detail(Pattern.compile("(?i)\\b(?=[a-f]*[0-9])[0-9a-f]{8,}\\b"), "?"),
            new Detail(Pattern.compile("\\b(?=[\\w-]{0,64}[0-9])[\\w-]{20,}"), "?"),
            new Detail(Pattern.compile("(?<![\\w)\\]])[-+]?[0-9]+(?:[.,][0-9]++)*+|[0-9]+"), "?"),
            new Detail(Pattern.compile("\\?(?:[.,:~/-]?\\?)++"), "?"),
            new Detail(Pattern.compile("\\s+"), " "));

    private ErrorFingerprint() {}

    /**
     * The fingerprint of an error, 16 hexadecimal digits.
     *
     * @param error message first, stack trace after it, as the worker writes failures
     */
    public static String of(String error) {
        byte[] digest = sha256().digest(essence(error).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, 8);
    }

    /** Whether a text could be a fingerprint. */
    public static boolean isOne(String text) {
        return FORM.matcher(text).matches();
    }

    /** What is compared, in readable form. */
    static String essence(String error) {
        String text = error.length() <= LOOKED_AT ? error : error.substring(0, LOOKED_AT);
        String[] lines = ATTEMPT.matcher(text).replaceFirst("").split("\n");
        int frames = 0;
        while (frames < lines.length && !lines[frames].startsWith(FRAME)) {
            frames++;
        }
        boolean hasStack = frames < lines.length;
        // The message comes twice: alone, and behind the class at the head of the stack trace.
        int messageLines = hasStack ? Math.max(1, frames / 2) : lines.length;
        return String.join(
                "\n",
                hasStack ? className(lines, messageLines, frames) : "",
                message(lines, messageLines),
                hasStack ? ownMethod(lines, frames) : "");
    }

    private static String className(String[] lines, int expected, int end) {
        for (int line = Math.max(0, Math.min(expected, end - 1)); line < end; line++) {
            Matcher name = CLASS.matcher(lines[line].strip());
            if (name.find()) {
                return GENERATED.matcher(name.group(1)).replaceAll("");
            }
        }
        return "";
    }

    private static String message(String[] lines, int count) {
        StringBuilder message = new StringBuilder();
        for (int line = 0; line < Math.min(count, lines.length) && message.length() < MESSAGE; line++) {
            message.append(lines[line]).append(' ');
        }
        message.setLength(Math.min(message.length(), MESSAGE));
        String essence = message.toString();
        for (Detail detail : DETAILS) {
            essence = detail.removedFrom(essence);
        }
        return essence.strip();
    }

    private static String ownMethod(String[] lines, int from) {
        for (int line = from; line < lines.length; line++) {
            String method = methodOf(lines[line]);
            if (!method.isEmpty() && LIBRARIES.stream().noneMatch(method::startsWith)) {
                return GENERATED.matcher(method).replaceAll("");
            }
        }
        return "";
    }

    /** Class and method of a line of a stack trace, without loader and module; empty when it is none. */
    private static String methodOf(String line) {
        int end = line.indexOf('(');
        if (!line.startsWith(FRAME) || end < 0) {
            return "";
        }
        String method = line.substring(Math.max(FRAME.length(), line.lastIndexOf('/', end) + 1), end);
        return METHOD.matcher(method).matches() ? method : "";
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
