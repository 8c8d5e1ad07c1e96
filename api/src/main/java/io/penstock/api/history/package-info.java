/** Answers about jobs that have ended, from PostgreSQL. */
@NullMarked
package io.penstock.api.history;

import org.jspecify.annotations.NullMarked;
