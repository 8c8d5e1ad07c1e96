package io.penstock.common.queue.redis;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Makes a test class a contract of the queue: each of its tests runs on each {@link Topology}. A new feature's contract is
 * one class with this annotation that extends {@link QueueContract}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ParameterizedClass(name = "{0}")
@MethodSource("io.penstock.common.queue.redis.Topology#inThisBuild")
@interface OnEveryTopology {}
