package io.penstock.common.orders;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** A concert as lists show it. */
@RegisterForReflection
public record Concert(long id, String name, String venue) {}
