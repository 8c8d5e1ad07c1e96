package io.penstock.api.search;

import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobBrowser;
import io.penstock.common.queue.JobBrowser.Found;
import io.penstock.common.queue.JobBrowser.Page;
import io.penstock.common.queue.JobBrowser.Shelf;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.PayloadSecrets;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes through one shelf of all partitions that are meant, merged by time where the shelf has an order by time, else
 * partition by partition. A place in it is {@code <ms>/<queue>~<partition>/<place in the partition>}: every partition can tell
 * from it alone where to go on, so that nothing has to be remembered between pages.
 */
@ApplicationScoped
class LiveSearch {

    /** Partitions that are asked at once. */
    private static final int AT_ONCE = 8;

    private final JobBrowser browser;
    private final QueuePolicies policies;
    private final PayloadSecrets secrets;

    @Inject
    LiveSearch(JobBrowser browser, QueuePolicies policies, PayloadSecrets secrets) {
        this.browser = browser;
        this.policies = policies;
        this.secrets = secrets;
    }

    /** One partition of a queue; in the order of their names. */
    private record Section(String queue, int partition) implements Comparable<Section> {

        @Override
        public int compareTo(Section other) {
            int byName = queue.compareTo(other.queue);
            return byName != 0 ? byName : Integer.compare(partition, other.partition);
        }

        static Section parse(String text) {
            int tilde = text.lastIndexOf('~');
            return new Section(text.substring(0, tilde), Integer.parseInt(text.substring(tilde + 1)));
        }

        @Override
        public String toString() {
            return queue + "~" + partition;
        }
    }

    /** @param rest place in the section; empty: at the beginning of the time */
    private record Place(long ms, Section section, String rest) {

        /** Fails with what a cursor fails with that was made up. */
        static @Nullable Place parse(String text) {
            if (text.isEmpty()) {
                return null;
            }
            try {
                String[] parts = text.split("/", 3);
                return new Place(Long.parseLong(parts[0]), Section.parse(parts[1]), parts[2]);
            } catch (RuntimeException e) {
                throw JobCursor.notOurs();
            }
        }

        @Override
        public String toString() {
            return ms + "/" + section + "/" + rest;
        }
    }

    /** What one section had. */
    private record Read(Section section, List<Found> jobs, int examined, String next) {}

    /**
     * Some jobs of a shelf, in order.
     *
     * @param jobs those that are meant, with the place behind each
     * @param examined how many were looked at
     * @param next where to go on; empty: there are no more
     */
    record Slice(List<Placed> jobs, int examined, String next) {}

    /** A job that is meant, and the place behind it. */
    record Placed(Found found, String place) {}

    /**
     * Looks once at each partition.
     *
     * @param state only jobs in this state; null: in any that the shelf has
     * @param place where to begin
     * @param most jobs of each partition to look at
     */
    Uni<Slice> slice(JobQuestion question, Shelf shelf, @Nullable ListState state, String place, int most) {
        Place from = Place.parse(place);
        List<Section> sections = sections(question);
        if (sections.isEmpty()) {
            return Uni.createFrom().item(new Slice(List.of(), 0, ""));
        }
        return shelf.isByTime()
                ? merged(question, shelf, state, sections, from, most)
                : oneByOne(question, shelf, state, sections, from, most);
    }

    private List<Section> sections(JobQuestion question) {
        List<Section> sections = new ArrayList<>();
        for (QueuePolicy policy : policies.all()) {
            if (question.queue().map(policy.queue()::equals).orElse(true)) {
                for (int partition = 0; partition < policy.partitions(); partition++) {
                    sections.add(new Section(policy.queue(), partition));
                }
            }
        }
        sections.sort(Comparator.naturalOrder());
        return sections;
    }

    private Uni<Slice> merged(
            JobQuestion question,
            Shelf shelf,
            @Nullable ListState state,
            List<Section> sections,
            @Nullable Place from,
            int most) {
        List<Uni<Read>> reads = sections.stream()
                .map(section -> read(question, shelf, section, start(question, shelf, section, from), most))
                .toList();
        return Uni.join()
                .all(reads)
                .usingConcurrencyOf(AT_ONCE)
                .andFailFast()
                .map(all -> merge(question, shelf, state, all));
    }

    /** Where a section goes on: of the jobs of the place's very time, those of earlier sections have been. */
    private static String start(JobQuestion question, Shelf shelf, Section section, @Nullable Place from) {
        if (from == null) {
            // The end of the time asked for is not part of it.
            String beginning = question.beginning(shelf);
            return shelf.isLatestFirst() && !beginning.isEmpty()
                    ? Long.toString(Long.parseLong(beginning) - 1)
                    : beginning;
        }
        int order = section.compareTo(from.section());
        if (order == 0) {
            return from.rest();
        }
        long after = order < 0 ? (shelf.isLatestFirst() ? from.ms() - 1 : from.ms() + 1) : from.ms();
        return Long.toString(after);
    }

    private Uni<Read> read(JobQuestion question, Shelf shelf, Section section, String start, int most) {
        return page(question, shelf, section, start, most)
                .map(page -> new Read(section, page.jobs(), page.examined(), page.next()));
    }

    /** What a payload holds of secrets is neither shown nor found. */
    private Uni<Page> page(JobQuestion question, Shelf shelf, Section section, String start, int most) {
        return browser.page(
                        section.queue(),
                        section.partition(),
                        shelf,
                        start,
                        Math.min(most, JobBrowser.MOST),
                        question.needsPayload() || question.withPayload())
                .map(page -> new Page(page.jobs().stream().map(this::masked).toList(), page.examined(), page.next()));
    }

    private Found masked(Found found) {
        return secrets.areIn(found.job().type())
                ? new Found(masked(found.job(), secrets), found.atMs(), found.place(), found.leaseAgeMs())
                : found;
    }

    static JobView masked(JobView job, PayloadSecrets secrets) {
        return job.withPayload(secrets.masked(job.type(), job.payload()));
    }

    private Slice merge(JobQuestion question, Shelf shelf, @Nullable ListState state, List<Read> reads) {
        Comparator<Place> order = Comparator.<Place>comparingLong(
                        place -> shelf.isLatestFirst() ? -place.ms() : place.ms())
                .thenComparing(Place::section);
        int examined = 0;
        Place frontier = null;
        List<Place> places = new ArrayList<>();
        List<Found> found = new ArrayList<>();
        for (Read read : reads) {
            examined += read.examined();
            if (!read.next().isEmpty()) {
                Place reached = new Place(timeOf(read.next()), read.section(), read.next());
                if (!question.isBeyond(shelf, reached.ms())
                        && (frontier == null || order.compare(reached, frontier) < 0)) {
                    frontier = reached;
                }
            }
            for (Found job : read.jobs()) {
                places.add(new Place(job.atMs(), read.section(), job.place()));
                found.add(job);
            }
        }
        List<Integer> inOrder = new ArrayList<>(places.size());
        for (int i = 0; i < places.size(); i++) {
            inOrder.add(i);
        }
        // Stable: jobs of one section and time stay in the order of the section.
        inOrder.sort(Comparator.comparing(places::get, order));
        List<Placed> meant = new ArrayList<>();
        for (int i : inOrder) {
            Place place = places.get(i);
            if (frontier != null && order.compare(place, frontier) > 0) {
                break;
            }
            if (isMeant(question, shelf, state, found.get(i))) {
                meant.add(new Placed(found.get(i), place.toString()));
            }
        }
        return new Slice(meant, examined, frontier == null ? "" : frontier.toString());
    }

    /** A place of a shelf by time begins with the time. */
    private static long timeOf(String place) {
        int end = 0;
        while (end < place.length() && Character.isDigit(place.charAt(end))) {
            end++;
        }
        return Long.parseLong(place, 0, end, 10);
    }

    private Uni<Slice> oneByOne(
            JobQuestion question,
            Shelf shelf,
            @Nullable ListState state,
            List<Section> sections,
            @Nullable Place from,
            int most) {
        Section section = from == null
                ? sections.get(0)
                : sections.stream()
                        .filter(one -> one.compareTo(from.section()) >= 0)
                        .findFirst()
                        .orElse(null);
        if (section == null) {
            return Uni.createFrom().item(new Slice(List.of(), 0, ""));
        }
        boolean inside = from != null && from.section().equals(section);
        String rest = from != null && inside ? from.rest() : "";
        int slash = rest.indexOf('+');
        boolean counted = shelf == Shelf.AWAITING_CHILDREN && slash >= 0;
        String start = counted ? rest.substring(slash + 1) : rest;
        int skip = counted ? Integer.parseInt(rest.substring(0, slash)) : 0;
        return page(question, shelf, section, start, most).map(page -> {
            List<Placed> meant = new ArrayList<>();
            for (int i = skip; i < page.jobs().size(); i++) {
                Found job = page.jobs().get(i);
                if (isMeant(question, shelf, state, job)) {
                    // Where there is no order, a place is the step that was read and how many of it were seen.
                    String behind = shelf == Shelf.AWAITING_CHILDREN ? (i + 1) + "+" + start : job.place();
                    meant.add(new Placed(job, new Place(0, section, behind).toString()));
                }
            }
            return new Slice(meant, page.examined(), next(sections, section, page));
        });
    }

    private static String next(List<Section> sections, Section section, Page page) {
        if (!page.next().isEmpty()) {
            return new Place(0, section, page.next()).toString();
        }
        int following = sections.indexOf(section) + 1;
        return following < sections.size() ? new Place(0, sections.get(following), "").toString() : "";
    }

    private static boolean isMeant(JobQuestion question, Shelf shelf, @Nullable ListState state, Found job) {
        JobState is = job.job().state();
        return (state == null || state.isOf(is))
                && question.matches(
                        job.job(),
                        shelf.isByTime()
                                ? Instant.ofEpochMilli(job.atMs())
                                : job.job().enqueuedAt());
    }
}
