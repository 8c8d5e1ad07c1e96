package io.penstock.common.schedule;

import java.time.Instant;

/**
 * An instant of a schedule that is to be claimed.
 *
 * @param skipped to be logged only, nothing is enqueued
 * @param missed how many instants before it, that passed unseen, it stands for
 */
public record Fire(String taskId, Instant scheduledFor, FireTrigger trigger, boolean skipped, int missed) {}
