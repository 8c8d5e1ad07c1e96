/** What a worker tells about itself: metrics, health, logs. Listeners and probes; nothing here does work. */
@NullMarked
package io.penstock.worker.observe;

import org.jspecify.annotations.NullMarked;
