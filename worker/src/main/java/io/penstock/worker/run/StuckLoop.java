package io.penstock.worker.run;

import java.time.Duration;

/**
 * A part of this worker that gets nowhere.
 *
 * @param where which part; the same each time
 * @param what what it fails to do, for people
 * @param since for how long
 * @param mayBeRedis true where it would look the same if Redis were away
 */
public record StuckLoop(String where, String what, Duration since, boolean mayBeRedis) {}
