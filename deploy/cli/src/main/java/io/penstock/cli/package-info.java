/** The command line: a thin layer over the HTTP API, which decides everything. */
@NullMarked
package io.penstock.cli;

import org.jspecify.annotations.NullMarked;
