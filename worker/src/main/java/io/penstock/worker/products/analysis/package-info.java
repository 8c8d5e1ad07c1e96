/**
 * Analyses of products: what a language model, or the rules where there is none, makes of what was read. {@link
 * io.penstock.worker.products.analysis.ModelClient} pays for answers, {@link io.penstock.worker.products.analysis.AnswerReader} decides
 * what of an answer is taken, {@link io.penstock.worker.products.analysis.RuleWriter} writes without a model.
 */
@NullMarked
package io.penstock.worker.products.analysis;

import org.jspecify.annotations.NullMarked;
