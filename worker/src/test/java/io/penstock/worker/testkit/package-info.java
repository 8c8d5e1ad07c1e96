/**
 * For tests of handlers, and of what runs them.
 *
 * <ul>
 *   <li>{@link io.penstock.worker.testkit.HandlerRun} runs one handler inline, without a queue or a container
 *   <li>{@link io.penstock.worker.testkit.TestQueues} works jobs off on a Redis of its own, travels in time, and knows
 *       what was enqueued
 *   <li>{@link io.penstock.worker.testkit.TestWorker} is a worker over any queue, for tests of the engine itself
 * </ul>
 */
@NullMarked
package io.penstock.worker.testkit;

import org.jspecify.annotations.NullMarked;
