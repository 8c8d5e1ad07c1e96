package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The place of a product among the best sellers of a category.
 *
 * @param rank 1 is the best
 */
@RegisterForReflection
public record CategoryRank(int rank, String category) {}
