package io.penstock.local;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where this copy of Penstock lies, and what is where in it. */
record Installation(Path home) {

    private static final String HOME_PROPERTY = "penstock.home";

    static Installation current() {
        String home = System.getProperty(HOME_PROPERTY);
        if (home == null) {
            throw new LaunchException("Start the launcher with deploy/local/up");
        }
        return new Installation(Path.of(home).toAbsolutePath());
    }

    Path leash() {
        return home.resolve("deploy/local/leash");
    }

    /** What the launcher keeps between runs: the servers' unpacked programs, the logs of the last runs. */
    Path keep() {
        return home.resolve(".penstock");
    }

    /** The JVM options of a deployable, a file as {@code java @file} reads it. */
    Path jvmOptions(String deployable) {
        return home.resolve("deploy/jvm").resolve(deployable);
    }

    ClassArchive classArchive(String deployable) {
        return new ClassArchive(jar(deployable));
    }

    /** The program of a deployable: api, worker or scheduler. */
    Path jar(String deployable) {
        Path jar = home.resolve(deployable).resolve("target/quarkus-app/quarkus-run.jar");
        if (!Files.isRegularFile(jar)) {
            throw new LaunchException(jar + " is missing: build with ./mvnw -DskipTests package");
        }
        return jar;
    }
}
