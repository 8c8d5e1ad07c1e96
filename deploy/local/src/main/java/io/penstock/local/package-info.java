/**
 * The local launcher: everything Penstock needs on one machine, started by one command and gone after Ctrl-C.
 *
 * <p>{@link io.penstock.local.Launcher} reads the command line; {@link io.penstock.local.LocalRun} tells the story of a
 * run. Every process hangs on a {@linkplain io.penstock.local.ChildProcess leash} that ends it when the launcher ends,
 * however that happens.
 */
@NullMarked
package io.penstock.local;

import org.jspecify.annotations.NullMarked;
