package io.penstock.local;

import io.penstock.local.LocalApi.SweepProgress;
import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows a sweep going on: as a bar on a terminal, as a line now and then elsewhere. */
interface SweepDisplay extends AutoCloseable {

    void show(SweepProgress progress);

    @Override
    void close();

    static SweepDisplay on(PrintStream out, boolean terminal, int pages) {
        return terminal ? new Bar(out, pages) : new Lines(out);
    }

    /** Redraws one line. */
    final class Bar implements SweepDisplay {

        private static final int REDRAW_MILLIS = 200;

        private final ProgressBar bar;

        Bar(PrintStream out, int pages) {
            this.bar = new ProgressBarBuilder()
                    .setTaskName("Sweep")
                    .setUnit(" pages", 1)
                    .setInitialMax(pages)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(REDRAW_MILLIS)
                    .setConsumer(new ConsoleProgressBarConsumer(out))
                    .build();
        }

        @Override
        public void show(SweepProgress progress) {
            bar.maxHint(progress.pagesExpected());
            bar.stepTo(progress.pagesDone());
            bar.setExtraMessage(String.format(Locale.ROOT, " %,d offers", progress.offersStored()));
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    /** A line for each quarter, and the last. */
    final class Lines implements SweepDisplay {

        private static final int LINES = 4;

        private final PrintStream out;
        private int shown = -1;

        Lines(PrintStream out) {
            this.out = out;
        }

        @Override
        public void show(SweepProgress progress) {
            int part = LINES * progress.pagesDone() / Math.max(1, progress.pagesExpected());
            if (part > shown) {
                shown = part;
                out.printf(
                        Locale.ROOT,
                        "Sweep: %d of %d pages, %,d offers%n",
                        progress.pagesDone(),
                        progress.pagesExpected(),
                        progress.offersStored());
            }
        }

        @Override
        public void close() {
            // Each line is complete.
        }
    }
}
