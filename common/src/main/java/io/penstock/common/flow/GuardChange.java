package io.penstock.common.flow;

/**
 * A guard of this process has begun to behave otherwise.
 *
 * @param to what holds from now on
 * @param why in words, for people
 */
public record GuardChange(String guard, Guard.Breaker from, Guard.Breaker to, String why) {}
