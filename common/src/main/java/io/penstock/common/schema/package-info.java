/** The tables of PostgreSQL as a process needs them: looked at when it starts, and brought up to date where they are not. */
@NullMarked
package io.penstock.common.schema;

import org.jspecify.annotations.NullMarked;
