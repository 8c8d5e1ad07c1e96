package io.penstock.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of one run: {@code logs}, {@code mails} and {@code data}. The data goes when the run ends; logs and mails
 * stay, those of the last {@value #KEPT} runs. A lock tells a run that goes on from one that was killed, whose data the
 * next start removes.
 */
final class RunDirectory implements AutoCloseable {

    private static final int KEPT = 10;
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS");
    private static final String LOCK = "running";
    private static final String DATA = "data";
    private static final String ASIDE = ".new-";

    /** Never opened again by this process: closing any file of a lock gives up the lock. */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    /** By this process: two of one millisecond have names of their own. */
    private static final AtomicInteger MADE = new AtomicInteger();

    private final Path directory;
    private final FileLock lock;

    private RunDirectory(Path directory, FileLock lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /** @param runs where all runs have their directories */
    static RunDirectory create(Path runs) {
        try {
            Files.createDirectories(runs);
            removeRemains(runs);
            // Gets its name when it is locked: a copy that starts now must not take it for one that is over.
            Path aside = Files.createTempDirectory(runs, ASIDE);
            FileLock lock = Objects.requireNonNull(lock(aside), "a new directory is locked by nobody else");
            for (String part : List.of("logs", "mails", DATA)) {
                Files.createDirectory(aside.resolve(part));
            }
            int earlier = MADE.getAndIncrement();
            String name = NAME.format(LocalDateTime.now(ZoneId.systemDefault())) + "-"
                    + ProcessHandle.current().pid() + (earlier == 0 ? "" : "-" + earlier);
            Path run = runs.resolve(name);
            OURS.add(absolute(run));
            return new RunDirectory(Files.move(aside, run), lock);
        } catch (IOException e) {
            throw new LaunchException("No directory for the run: " + e, e);
        }
    }

    Path logs() {
        return directory.resolve("logs");
    }

    Path log(String process) {
        return logs().resolve(process + ".log");
    }

    Path mails() {
        return directory.resolve("mails");
    }

    Path data(String process) {
        return directory.resolve(DATA).resolve(process);
    }

    Path createData(String process) {
        try {
            return Files.createDirectory(data(process));
        } catch (IOException e) {
            throw new LaunchException("No data directory for %s: %s".formatted(process, e), e);
        }
    }

    /** A file that nobody but the caller may read, and that goes with the data. */
    Path createSecret(String name, String text) {
        try {
            Path file = Files.createFile(
                    directory.resolve(DATA).resolve(name),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return Files.writeString(file, text + "\n");
        } catch (IOException e) {
            throw new LaunchException("No file for %s: %s".formatted(name, e), e);
        }
    }

    @Override
    public void close() {
        try {
            Directories.delete(directory.resolve(DATA));
            lock.acquiredBy().close();
            Files.deleteIfExists(directory.resolve(LOCK));
            OURS.remove(absolute(directory));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void removeRemains(Path runs) throws IOException {
        List<Path> newestFirst;
        try (Stream<Path> found = Files.list(runs)) {
            newestFirst = found.filter(run -> !run.getFileName().toString().startsWith(ASIDE))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
        for (int age = 0; age < newestFirst.size(); age++) {
            Path run = newestFirst.get(age);
            if (isOver(run)) {
                Directories.delete(age < KEPT ? run.resolve(DATA) : run);
            }
        }
    }

    private static Path absolute(Path run) {
        return run.toAbsolutePath().normalize();
    }

    private static boolean isOver(Path run) throws IOException {
        if (OURS.contains(absolute(run))) {
            return false;
        }
        if (!Files.exists(run.resolve(LOCK))) {
            return true;
        }
        FileLock lock = lock(run);
        if (lock == null) {
            return false;
        }
        lock.acquiredBy().close();
        return true;
    }

    /** Null: another run holds it. */
    private static @Nullable FileLock lock(Path run) throws IOException {
        FileChannel file = FileChannel.open(run.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = tryLock(file);
        if (lock == null) {
            file.close();
        }
        return lock;
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException heldInThisProcess) {
            return null;
        }
    }
}
