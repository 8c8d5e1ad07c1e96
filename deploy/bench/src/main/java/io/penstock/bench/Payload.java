package io.penstock.bench;

import java.util.Random;

/** What the measured jobs carry: JSON of a given length with a text that does not compress. */
record Payload(int number, String text) {

    private static final int NUMBER = 1_000_000;
    private static final int AROUND_THE_TEXT = "{\"number\":1000000,\"text\":\"\"}".length();
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    static Payload ofJsonBytes(int bytes) {
        Random random = new Random(bytes);
        StringBuilder text = new StringBuilder();
        for (int i = AROUND_THE_TEXT; i < bytes; i++) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return new Payload(NUMBER, text.toString());
    }
}
