package io.penstock.common.offers;

import java.util.List;

/**
 * What became of a {@link SweepRequest}.
 *
 * @param batchId the sweep to watch: a new one, or the one that reads these pages already
 * @param jobIds the jobs of all chunks asked for, in the order of their pages
 * @param added how many of them were not there before; 0: all of it was waiting or running already
 */
public record SweepStart(String batchId, List<String> jobIds, int added) {}
