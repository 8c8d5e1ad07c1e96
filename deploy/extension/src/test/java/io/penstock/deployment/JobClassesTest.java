package io.penstock.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import java.io.IOException;
import java.util.List;
import org.jboss.jandex.Index;
import org.jboss.jandex.IndexView;
import org.junit.jupiter.api.Test;

class JobClassesTest {

    /** A payload that a constant names. */
    static final class Named {}

    /** Beside the declaration: a result, say. */
    record Beside(int number) {}

    /** No record, and nothing names it. */
    static final class Other {}

    /** Declares the type. */
    static final class Jobs implements JobTypeSource {

        static final JobType<Named> NAMED = JobType.of("test.named", Named.class);

        @Override
        public List<JobType<?>> jobTypes() {
            return List.of(NAMED);
        }
    }

    @Test
    void findsPayloadsOfConstantsAndTheRecordsBesideADeclaration() throws IOException {
        assertThat(namesIn(Index.of(Jobs.class, Named.class, Beside.class, Other.class, JobTypeSource.class)))
                .containsExactlyInAnyOrder(Named.class.getName(), Beside.class.getName());
    }

    @Test
    void takesNoRecordsOfPackagesThatDeclareNothing() throws IOException {
        assertThat(namesIn(Index.of(Beside.class, Other.class))).isEmpty();
    }

    private static List<String> namesIn(IndexView index) {
        return new JobClasses(index)
                .find().stream().map(type -> type.name().toString()).toList();
    }
}
