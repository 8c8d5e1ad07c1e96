/** What is wrong, since when and what to do; what the queues did lately; and both as a live feed. */
@NullMarked
package io.penstock.api.overview;

import org.jspecify.annotations.NullMarked;
