/** Queues at a glance, pause and resume, and their gauges. */
@NullMarked
package io.penstock.api.queues;

import org.jspecify.annotations.NullMarked;
