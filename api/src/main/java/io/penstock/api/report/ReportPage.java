package io.penstock.api.report;

import io.penstock.common.monitor.SystemReport;
import io.penstock.common.report.PerformanceReport;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateExtension;
import io.quarkus.qute.TemplateInstance;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Reports as pages for people, which can be printed. */
final class ReportPage {

    /** The templates {@code templates/ReportPage/*.html}; Qute escapes what it is given. */
    @CheckedTemplate
    static final class Templates {

        private Templates() {}

        static native TemplateInstance report(PerformanceReport report);

        static native TemplateInstance system(SystemReport report);
    }

    private ReportPage() {}

    /** How numbers read on the page. */
    @TemplateExtension
    static final class Numbers {

        private static final DateTimeFormatter MINUTE =
                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

        private Numbers() {}

        static String percent(double share) {
            return String.format(Locale.ROOT, "%.1f %%", share * 100);
        }

        static String grouped(long number) {
            return String.format(Locale.ROOT, "%,d", number);
        }

        static String rounded(double number) {
            return String.format(Locale.ROOT, "%,.1f", number);
        }

        static String megabytes(long bytes) {
            return String.format(Locale.ROOT, "%,.1f MB", bytes / 1_048_576.0);
        }

        static String minute(Instant time) {
            return MINUTE.format(time);
        }
    }
}
