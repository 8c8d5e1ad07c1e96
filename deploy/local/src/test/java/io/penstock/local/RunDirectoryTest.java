package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {

    @TempDir
    Path runs;

    /** Ends with 1 where the file is locked: within one process every lock is in the way of every other. */
    static final class Asks {

        private Asks() {}

        public static void main(String[] args) throws IOException {
            try (FileChannel file = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
                System.exit(file.tryLock() == null ? 1 : 0);
            }
        }
    }

    private static int ask(Path file) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Asks.class.getName(),
                        file.toString())
                .start()
                .waitFor();
    }

    @Test
    void aSecondRunOfTheSameProcessLeavesTheFirstItsDataAndItsLock() throws Exception {
        try (RunDirectory first = RunDirectory.create(runs)) {
            Path data = first.createData("postgres");
            Path lock = data.getParent().resolveSibling("running");
            try (RunDirectory second = RunDirectory.create(runs)) {
                assertThat(data).isDirectory();
                assertThat(second.logs()).isNotEqualTo(first.logs());
                assertThat(lock).exists();
                assertThat(ask(lock)).isEqualTo(1);
            }
        }
    }
}
