package io.penstock.api.security;

import java.util.List;
import java.util.Locale;

/** Tells secrets that somebody copied from a page, or typed to get on, from secrets. */
final class ExampleSecrets {

    /** In lower case, without anything but letters. */
    private static final List<String> GIVEAWAYS = List.of(
            "changeme",
            "changethis",
            "replaceme",
            "replacethis",
            "example",
            "placeholder",
            "yoursecret",
            "yourkey",
            "youradminkey",
            "mysecret",
            "password",
            "supersecret",
            "insertkey",
            "secrethere",
            "keyhere",
            "dummy",
            "letmein",
            "qwerty");

    /** A random text of 16 characters or more has more different ones than this. */
    private static final int FEWEST_DIFFERENT = 6;

    private ExampleSecrets() {}

    static boolean looksLikeOne(String value) {
        String letters = value.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
        return value.chars().distinct().count() < FEWEST_DIFFERENT
                || isCounting(value)
                || GIVEAWAYS.stream().anyMatch(letters::contains);
    }

    /** {@code 0123456789012345}, {@code abcdefghijklmnop}. */
    private static boolean isCounting(String value) {
        int steps = 0;
        for (int i = 1; i < value.length(); i++) {
            int step = value.charAt(i) - value.charAt(i - 1);
            if (step == 1 || step == -9) {
                steps++;
            }
        }
        return steps >= value.length() - 2;
    }
}
