/** What operators do to many jobs at once: a filter that is frozen when it is given, and a job that works through it. */
@NullMarked
package io.penstock.common.operations;

import org.jspecify.annotations.NullMarked;
