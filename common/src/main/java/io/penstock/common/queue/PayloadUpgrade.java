package io.penstock.common.queue;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.job.JobType;

/**
 * Brings payloads that older producers wrote into a job type's present form. Any bean of this kind is found at start;
 * a type has at most one.
 *
 * <p>Needed when {@link JobType#version(int)} was raised. A change that needs no upgrade needs no new version: unknown
 * fields are ignored when a stored payload is read, missing ones are null or zero.
 */
public interface PayloadUpgrade {

    JobType<?> type();

    /**
     * The payload in the present form. Must not change anything else: the job may be read several times. An exception
     * makes the job dead, with its message as reason.
     *
     * @param fromVersion which form the payload has, 1 or more, below the type's version
     * @param payload a copy that may be changed
     */
    JsonNode upgrade(int fromVersion, JsonNode payload);
}
