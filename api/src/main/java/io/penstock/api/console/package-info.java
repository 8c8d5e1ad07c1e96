/**
 * The console: the pages that operators look at.
 *
 * <p>The server sends one page without data in it (the shell) and the assets: style sheets, icons and ES modules. The
 * modules draw everything in the browser from what the HTTP API answers, with the rights of whoever is logged in; there is
 * no other way from the console to the data. So the shell and the assets are open to everybody.
 *
 * <p>A workload adds a page from its own package: a bean that implements {@link io.penstock.api.console.ConsolePage} for the
 * entry in the menu, an ES module that draws it, and its own endpoints. See {@code deploy/docs/console.md}.
 */
@NullMarked
package io.penstock.api.console;

import org.jspecify.annotations.NullMarked;
