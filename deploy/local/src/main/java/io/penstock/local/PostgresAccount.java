package io.penstock.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * As whom PostgreSQL runs. It refuses root, so root starts it in a user namespace of its own, where it is nobody; where
 * the system allows no such namespace (many containers), as the account nobody.
 */
enum PostgresAccount {
    /** The caller is no superuser. */
    CALLER("", false),
    /** Files stay the caller's, and so reachable wherever they are. */
    USER_NAMESPACE("unshare --user", false),
    /** Files must belong to nobody, in directories open to everyone. */
    NOBODY("setpriv --reuid=65534 --regid=65534 --clear-groups", true);

    private static final int NOBODY_ID = 65_534;

    private final String prefix;
    private final boolean ownsFiles;

    PostgresAccount(String prefix, boolean ownsFiles) {
        this.prefix = prefix;
        this.ownsFiles = ownsFiles;
    }

    static PostgresAccount choose() {
        if (!prints("id -u", "0")) {
            return CALLER;
        }
        for (PostgresAccount account : List.of(USER_NAMESPACE, NOBODY)) {
            if (prints(account.prefix + " id -u", String.valueOf(NOBODY_ID))) {
                return account;
            }
        }
        throw new LaunchException("PostgreSQL does not run as root, and there is neither a user namespace (unshare)"
                + " nor setpriv; start as another user, or set DATABASE_URL to a PostgreSQL of your own");
    }

    /** Words to put in front of a command. */
    List<String> prefix() {
        return prefix.isEmpty() ? List.of() : List.of(prefix.split(" "));
    }

    /** Whether its files must lie in a temporary directory of their own instead of the run's, which may be private. */
    boolean ownsFiles() {
        return ownsFiles;
    }

    /** Hands a file or directory over. */
    void own(Path path) throws IOException {
        if (ownsFiles) {
            Files.setAttribute(path, "unix:uid", NOBODY_ID);
        }
    }

    private static boolean prints(String command, String expected) {
        try {
            Process process = new ProcessBuilder("sh", "-c", command + " 2>/dev/null").start();
            String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
            return process.waitFor(5, TimeUnit.SECONDS) && printed.strip().equals(expected);
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
