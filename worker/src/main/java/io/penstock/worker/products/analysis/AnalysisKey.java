package io.penstock.worker.products.analysis;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * What is asked of the model.
 *
 * @param id of the group or of the tracked product: all that the key of the cache is made of
 * @param jobId the job that asks, which pays where nothing is cached
 */
@RegisterForReflection
record AnalysisKey(long id, String jobId) {}
