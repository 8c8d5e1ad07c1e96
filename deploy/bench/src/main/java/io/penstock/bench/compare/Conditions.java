package io.penstock.bench.compare;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;

/**
 * What the figures depend on.
 *
 * @param redis version and allocator
 * @param persistence how Redis keeps what it holds, in words
 * @param cores processors that all of them share
 * @param loadBefore load average of the last minute before the first round; negative where the system does not tell
 * @param versions of what takes part, by name
 * @param quick too few jobs for figures that mean anything
 * @param endedJobsRemoved peers remove ended jobs, which is not their default
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Conditions(
        String redis,
        String persistence,
        int cores,
        double loadBefore,
        int rounds,
        Map<String, String> versions,
        boolean quick,
        boolean endedJobsRemoved) {}
