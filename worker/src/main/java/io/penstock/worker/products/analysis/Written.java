package io.penstock.worker.products.analysis;

import io.penstock.common.products.NewReport;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * What an analysis says, whoever wrote it.
 *
 * @param summary one line
 * @param findings one line each
 */
@RegisterForReflection
record Written(String summary, List<String> findings, List<NewReport.Suggestion> suggestions) {}
