package io.penstock.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a JVM keeps of the classes of a program, so that its next start need not read and check them again: that takes two thirds of a start. Made by {@link
 * ClassArchives}; without one a program starts as well.
 *
 * @param program its jar
 */
record ClassArchive(Path program) {

    /** System property: programs that end write their archives. */
    static final String MAKE = "penstock.class-archives.make";

    static boolean isBeingMade() {
        return Boolean.getBoolean(MAKE);
    }

    /** Of this JVM alone: another one would refuse it. */
    Path file() {
        return program.resolveSibling("classes-" + System.getProperty("java.vm.version") + ".jsa");
    }

    /** Whether it was made from the program that is there now. */
    boolean fits() {
        try {
            return Files.isRegularFile(file())
                    && Files.getLastModifiedTime(file()).compareTo(Files.getLastModifiedTime(program)) >= 0;
        } catch (IOException e) {
            return false;
        }
    }
}
