package io.penstock.common.orders;

/**
 * The answer to a {@link HoldRequest}.
 *
 * @param created false: the request repeats an earlier one, whose order this is
 */
public record Hold(Order order, boolean created) {}
