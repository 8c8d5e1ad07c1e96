package io.penstock.common.batch;

/** Starts runners again whose jobs are gone, and forgets batches that ended long ago. */
public record BatchKeep() {}
