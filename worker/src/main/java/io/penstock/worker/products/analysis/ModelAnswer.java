package io.penstock.worker.products.analysis;

/**
 * What came back for what was asked.
 *
 * @param inputTokens as the service counted them; where it did not say, as they were estimated
 */
record ModelAnswer(String content, int inputTokens, int outputTokens) {}
