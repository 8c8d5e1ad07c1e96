/** Shows the board of workers that this process lives and what it has done, and takes up what operators order. */
@NullMarked
package io.penstock.worker.heartbeat;

import org.jspecify.annotations.NullMarked;
