package io.penstock.common.flow;

/** The guards of this process, one per upstream. */
public interface Guards {

    /** The same guard for the same name. A name without settings of its own is treated as {@code database}. */
    Guard named(String upstream);
}
