/** What the caches have done in the background. */
@NullMarked
package io.penstock.worker.cache;

import org.jspecify.annotations.NullMarked;
