package io.penstock.common.testing;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A real object store: S3Proxy over a directory, in a process of its own, whose requests must be signed. */
public final class ObjectStoreServer implements AutoCloseable {

    public static final String ACCESS_KEY = "shop-key";
    public static final String SECRET_KEY = "shop-secret/with+signs=";

    private static final Path JAR = Path.of("target/object-store/s3proxy.jar");

    private final int port;
    private final Path root;
    private final Process process;

    public ObjectStoreServer() {
        this(EmbeddedServers.freePort());
    }

    /** The module's build has put the program at {@code target/object-store}. */
    public ObjectStoreServer(int port) {
        this.port = port;
        try {
            root = Files.createTempDirectory("object-store");
            Path settings = Files.writeString(
                    Files.createTempFile("object-store", ".properties"),
                    String.join(
                            "\n",
                            "s3proxy.endpoint=http://127.0.0.1:" + port,
                            "s3proxy.authorization=aws-v4",
                            "s3proxy.identity=" + ACCESS_KEY,
                            "s3proxy.credential=" + SECRET_KEY,
                            "jclouds.provider=filesystem",
                            "jclouds.filesystem.basedir=" + root));
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx96m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-jar",
                            JAR.toString(),
                            "--properties",
                            settings.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(
                            root.resolveSibling(root.getFileName() + ".log").toFile())
                    .start();
        } catch (IOException e) {
            throw new IllegalStateException("the object store does not start", e);
        }
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(this::answers);
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException(
                    "the object store has ended with " + process.exitValue() + ", see " + root + ".log");
        }
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Puts an object where the store finds it. */
    public void put(String bucket, String key) {
        try {
            Path file = root.resolve(bucket).resolve(key);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "a picture");
        } catch (IOException e) {
            throw new IllegalStateException(key + " cannot be written", e);
        }
    }

    public void makeBucket(String bucket) {
        try {
            Files.createDirectories(root.resolve(bucket));
        } catch (IOException e) {
            throw new IllegalStateException(bucket + " cannot be made", e);
        }
    }

    /** Keys of all objects of a bucket, in order. */
    public List<String> keys(String bucket) {
        Path directory = root.resolve(bucket);
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(bucket + " cannot be read", e);
        }
    }

    public void dropBucket(String bucket) {
        try (Stream<Path> files = Files.walk(root.resolve(bucket))) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new IllegalStateException(bucket + " cannot be removed", e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
