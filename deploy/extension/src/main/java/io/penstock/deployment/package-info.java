/**
 * What Quarkus does for Penstock while it builds an application: it finds the classes that jobs are made of, and keeps them, and
 * the files that Penstock reads, in native executables. Nobody registers anything by hand.
 */
@NullMarked
package io.penstock.deployment;

import org.jspecify.annotations.NullMarked;
