package io.penstock.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process has in the machine's memory, in MB (2^20 bytes), as the kernel tells it. Linux only. */
record ResidentMemory(double now, double most) {

    private static final double KB_PER_MB = 1024;

    /** @param most the highest it has ever been, also between two looks */
    ResidentMemory {}

    static ResidentMemory of(long pid) {
        try {
            String status = Files.readString(Path.of("/proc/" + pid + "/status"));
            return new ResidentMemory(megabytes(status, "VmRSS:"), megabytes(status, "VmHWM:"));
        } catch (IOException e) {
            throw new BenchException("the memory of process " + pid + " cannot be read: " + e.getMessage());
        }
    }

    private static double megabytes(String status, String field) {
        return status.lines()
                        .filter(line -> line.startsWith(field))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                        .findFirst()
                        .orElseThrow(() -> new BenchException("the kernel does not tell " + field))
                / KB_PER_MB;
    }
}
