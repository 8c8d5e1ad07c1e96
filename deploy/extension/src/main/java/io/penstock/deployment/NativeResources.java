package io.penstock.deployment;

import java.util.List;

/** The files that a native executable takes along, because something opens them by name when it runs. */
final class NativeResources {

    /** The scripts, the migrations, and the files of the console with the library that it draws with. */
    static final List<String> GLOBS = List.of(
            "redis/*.lua",
            "redis/parts/*.lua",
            "db/migration/*.sql",
            "console/**",
            "META-INF/resources/_static/lit-html/**/*.js");

    private NativeResources() {}
}
