package io.penstock.common.queue.redis;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Makes a test class a contract of the queue: each of its tests runs on each {@link Ground}. A new feature's contract is
 * one class with this annotation that extends {@link QueueContract}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ParameterizedClass(name = "{0}")
@EnumSource(Topology.class)
@interface OnEveryTopology {}
