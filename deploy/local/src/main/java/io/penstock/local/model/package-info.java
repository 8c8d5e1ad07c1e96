/** A language model of ours: it speaks the wire format of chat completions, writes what a rule would, and fails as real ones do. */
@NullMarked
package io.penstock.local.model;

import org.jspecify.annotations.NullMarked;
