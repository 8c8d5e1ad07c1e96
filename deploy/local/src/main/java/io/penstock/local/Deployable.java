package io.penstock.local;

import io.penstock.local.ChildProcess.Command;
import io.penstock.local.ChildProcess.StopSignal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The programs of Penstock, each with the JVM options that it is shipped with. */
enum Deployable {
    API("api"),
    WORKER("worker"),
    SCHEDULER("scheduler");

    /** A worker finishes or hands back what it has in hand; longer than its own limit for that. */
    private static final Duration GRACE = Duration.ofSeconds(20);

    /**
     * Variable that names a directory: each process then writes there what it learned, as an AOT cache for JDK 25 and newer
     * ({@code worker.aot}). Images are built so.
     */
    private static final String TRAINING = "PENSTOCK_AOT_TRAINING";

    /** Writing what was learned takes more memory than running. */
    private static final List<String> MEMORY_TO_WRITE = List.of("-Xmx512m", "-XX:MaxMetaspaceSize=512m");

    /** And is part of the end of a process. */
    private static final Duration WRITTEN = Duration.ofMinutes(2);

    private final String module;

    Deployable(String module) {
        this.module = module;
    }

    /**
     * How to start it.
     *
     * @param environment settings besides address and port
     * @param temporary where it may leave temporary files
     */
    Command command(Installation installation, String name, int port, Map<String, String> environment, Path temporary) {
        Map<String, String> all = new HashMap<>(environment);
        // More arenas of the C library would only keep memory that nobody uses.
        all.put("MALLOC_ARENA_MAX", "2");
        // People read these logs.
        all.put("PENSTOCK_LOG_JSON", System.getenv().getOrDefault("PENSTOCK_LOG_JSON", "false"));
        all.put("QUARKUS_HTTP_HOST", "127.0.0.1");
        all.put("QUARKUS_HTTP_PORT", String.valueOf(port));
        String training = System.getenv(TRAINING);
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + installation.jvmOptions(module),
                "-Djava.io.tmpdir=" + temporary));
        if (training != null) {
            words.addAll(MEMORY_TO_WRITE);
            words.add("-XX:AOTCacheOutput=" + Path.of(training, module + ".aot"));
        } else {
            // Starting fast matters more here than running fast.
            words.add("-XX:TieredStopAtLevel=1");
            ClassArchive archive = installation.classArchive(module);
            if (ClassArchive.isBeingMade()) {
                words.addAll(MEMORY_TO_WRITE);
                // What it leaves out is no matter for the log.
                words.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive.file(), "-Xlog:disable"));
            } else if (archive.fits()) {
                words.add("-XX:SharedArchiveFile=" + archive.file());
            }
        }
        words.addAll(List.of("-jar", installation.jar(module).toString()));
        boolean writes = training != null || ClassArchive.isBeingMade();
        return new Command(name, words, all, StopSignal.TERM, writes ? WRITTEN : GRACE);
    }
}
