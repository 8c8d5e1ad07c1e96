package io.penstock.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What processes have written. */
final class Logs {

    private Logs() {}

    /** Empty before there is anything. */
    static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }
}
