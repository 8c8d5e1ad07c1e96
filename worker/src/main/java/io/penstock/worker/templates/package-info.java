/** Carries out bulk operations on course templates. */
@NullMarked
package io.penstock.worker.templates;

import org.jspecify.annotations.NullMarked;
