package io.penstock.common.monitor;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What the timers of HTTP requests of this process counted since the last look. Requests that wait on purpose are left out. */
final class AnswerTimes {

    /** Paths that are told of; the slowest come first. */
    private static final int MOST = 20;

    private final MeterRegistry meters;
    private Map<String, Total> before = new HashMap<>();

    private record Total(long answers, double millis) {

        Total plus(Total other) {
            return new Total(answers + other.answers, millis + other.millis);
        }
    }

    AnswerTimes(MeterRegistry meters) {
        this.meters = meters;
    }

    List<AnswerSample> take() {
        Map<String, Total> now = new HashMap<>();
        for (Timer timer : meters.find("http.server.requests").timers()) {
            String uri = timer.getId().getTag("uri");
            if (uri != null && !waitsOnPurpose(uri)) {
                now.merge(uri, new Total(timer.count(), timer.totalTime(TimeUnit.MILLISECONDS)), Total::plus);
            }
        }
        List<AnswerSample> since = new ArrayList<>();
        now.forEach((uri, total) -> {
            Total last = before.getOrDefault(uri, new Total(0, 0));
            if (total.answers() > last.answers()) {
                since.add(new AnswerSample(
                        uri,
                        total.answers() - last.answers(),
                        Math.round(Math.max(0, total.millis() - last.millis()))));
            }
        });
        before = now;
        since.sort(Comparator.comparingDouble((AnswerSample sample) -> -(double) sample.millis() / sample.answers()));
        return since.size() <= MOST ? since : since.subList(0, MOST);
    }

    /** Feeds of events last as long as somebody listens; results are waited for. */
    static boolean waitsOnPurpose(String uri) {
        return uri.endsWith("/events") || uri.endsWith("/result") || uri.endsWith("/run");
    }
}
