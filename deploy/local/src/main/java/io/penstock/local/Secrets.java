package io.penstock.local;

import java.security.SecureRandom;
import java.util.Base64;

/** The keys of one run. They reach the processes by environment and are worth nothing afterwards. */
record Secrets(String adminKey, String cronSecret, String databasePassword, String feedToken) {

    private static final int BYTES = 24;

    static Secrets forRun(Options options) {
        SecureRandom random = new SecureRandom();
        return new Secrets(
                options.setting("PENSTOCK_ADMIN_KEY", random(random)),
                options.setting("CRON_SECRET", random(random)),
                random(random),
                random(random));
    }

    private static String random(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return "Secrets[…]";
    }
}
