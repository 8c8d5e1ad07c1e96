package io.penstock.common.cache;

import jakarta.validation.constraints.NotBlank;

/**
 * Payload of {@link CacheJobs#WRITE_BEHIND}. It carries the value itself: the cache may have evicted it by then.
 *
 * @param cache its name
 * @param key JSON of the key
 * @param value JSON of the value
 * @param writtenAt when it was put into the cache, in epoch microseconds: an older write never undoes a newer one
 */
public record WriteBehind(@NotBlank String cache, @NotBlank String key, @NotBlank String value, long writtenAt) {}
