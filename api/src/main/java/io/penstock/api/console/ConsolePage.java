package io.penstock.api.console;

import java.util.List;

/**
 * A page that a workload adds to the console. Every bean of this type is an entry in the menu; its module is loaded when the
 * page is opened.
 *
 * <p>The module lies on the class path under {@code console/}, so that it is part of a native image, and exports a screen as
 * the console's own do: {@code title}, {@code load} and {@code draw}. It reads the workload's endpoints under {@code /api}
 * and imports what it needs of the console by relative paths ({@code ../../kit/…}).
 */
public interface ConsolePage {

    /** Sections of the menu, in their order. */
    enum Section {
        WORK,
        MACHINERY,
        RECORDS,
        WORKLOADS
    }

    /** The page's path: {@code /console/<id>}. Lower case letters, digits and '-'; must not be the name of another screen. */
    String id();

    /** What the menu calls it. */
    String title();

    /** Name of an icon of {@code icons.svg}. */
    default String icon() {
        return "overview";
    }

    default Section section() {
        return Section.WORKLOADS;
    }

    /** The module, relative to {@code console/}, such as {@code pages/offers/page.js}. */
    String module();

    /** Whatever else the module loads, relative to {@code console/}. */
    default List<String> assets() {
        return List.of();
    }
}
