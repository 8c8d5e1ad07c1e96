/** The outbox over HTTP: how far behind it is, and rows that were deadLetters. */
@NullMarked
package io.penstock.api.outbox;

import org.jspecify.annotations.NullMarked;
