package io.penstock.common.orders;

/** A concert as lists show it. */
public record Concert(long id, String name, String venue) {}
