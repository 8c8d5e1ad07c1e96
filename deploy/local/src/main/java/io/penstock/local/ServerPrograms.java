package io.penstock.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import redis.embedded.RedisExecProvider;

/**
 * The programs of the embedded servers. They travel in jars and are unpacked once, into a directory that later starts
 * use again. Unpacking goes to a directory aside which is then renamed, so that a copy of the launcher beside this one
 * never meets half of it.
 */
final class ServerPrograms {

    private static final String REDIS = "redis-server";

    private final Path directory;

    ServerPrograms(Path directory) {
        this.directory = directory;
    }

    /** The Redis server's executable. */
    Path redis() {
        String build = "redis-server-%s-%s-%s".formatted(RedisExecProvider.redisVersion, system(), architecture());
        URL packed = packed(build, "REDIS_URL");
        return unpackOnce(build, aside -> {
                    try (InputStream content = packed.openStream()) {
                        Files.copy(content, aside.resolve(REDIS));
                    }
                    makeExecutable(aside.resolve(REDIS));
                })
                .resolve(REDIS);
    }

    /** The directory that PostgreSQL is unpacked in: bin, lib, share. */
    Path postgres() {
        String architecture = architecture().equals("amd64") ? "x86_64" : "arm_64";
        URL packed = packed("postgres-%s-%s.txz".formatted(system(), architecture), "DATABASE_URL");
        return unpackOnce(jarName(packed), aside -> unpackTarXz(packed, aside));
    }

    private interface Unpacking {
        void into(Path aside) throws IOException;
    }

    private Path unpackOnce(String name, Unpacking unpacking) {
        Path unpacked = directory.resolve(name);
        if (Files.isDirectory(unpacked)) {
            return unpacked;
        }
        try {
            Files.createDirectories(directory);
            Path aside = Files.createTempDirectory(directory, ".unpacking-");
            try {
                unpacking.into(aside);
                moveUnlessThere(aside, unpacked);
            } finally {
                Directories.delete(aside);
            }
            return unpacked;
        } catch (IOException e) {
            throw new LaunchException("%s could not be unpacked: %s".formatted(name, e.getMessage()), e);
        }
    }

    private static void moveUnlessThere(Path aside, Path unpacked) throws IOException {
        Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("rwxr-xr-x"));
        try {
            Files.move(aside, unpacked, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(unpacked)) {
                throw e;
            }
        }
    }

    private static void unpackTarXz(URL packed, Path into) throws IOException {
        try (TarArchiveInputStream archive =
                new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(packed.openStream())))) {
            for (TarArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
                unpack(entry, archive, entry.resolveIn(into));
            }
        }
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path target) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(content, target);
        if ((entry.getMode() & 0111) != 0) {
            makeExecutable(target);
        }
    }

    private static void makeExecutable(Path program) throws IOException {
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static URL packed(String resource, String instead) {
        URL packed = ServerPrograms.class.getResource("/" + resource);
        if (packed == null) {
            throw new LaunchException("There is no embedded server for %s on %s; set %s to a server of your own"
                    .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), instead));
        }
        return packed;
    }

    /** Name and version of the jar that a resource is in. */
    private static String jarName(URL resource) {
        String path = resource.getPath();
        String jar = path.substring(0, path.lastIndexOf(".jar!"));
        return jar.substring(jar.lastIndexOf('/') + 1);
    }

    private static String system() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "darwin" : name;
    }

    private static String architecture() {
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> System.getProperty("os.arch");
        };
    }
}
