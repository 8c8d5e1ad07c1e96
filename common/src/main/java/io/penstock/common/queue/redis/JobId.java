package io.penstock.common.queue.redis;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How ids say where a job is, so that a look-up needs no index. A plain job's id is
 * {@code <queue>~<partition>~<stream number>~<entry id>}, that of a job with a record from the start
 * {@code <queue>~<partition>~<random>}. An
 * explicit id holds no {@code ~} and says nothing: it is looked for in every queue.
 */
final class JobId {

    private static final Pattern PLAIN =
            Pattern.compile("([a-z][a-z0-9._-]*)~(\\d{1,5})~(\\d{1,2})~(\\d{1,20}-\\d{1,20})");
    private static final Pattern RANDOM = Pattern.compile("([a-z][a-z0-9._-]*)~(\\d{1,5})~[0-9a-f]{32}");

    private static final Pattern EXPLICIT = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    private JobId() {}

    /** Where an id says that its job is. {@code stream} is -1 and {@code entry} empty for a random one. */
    record Place(String queue, int partition, int stream, String entry) {}

    static String plain(Streams streams, int stream, String entry) {
        return prefix(streams, stream) + entry;
    }

    /** What precedes the entry id in a plain job's id. */
    static String prefix(Streams streams, int stream) {
        return streams.queue() + "~" + streams.partition() + "~" + stream + "~";
    }

    static String random(String queue, int partition) {
        return of(queue, partition, UUID.randomUUID().toString().replace("-", ""));
    }

    /** @param digits 32 hexadecimal ones */
    static String of(String queue, int partition, String digits) {
        return queue + "~" + partition + "~" + digits;
    }

    /** True for what a caller may have named a job. */
    static boolean isExplicit(String id) {
        return EXPLICIT.matcher(id).matches();
    }

    /** Empty for an explicit id, or anything else. */
    static Optional<Place> place(String id) {
        Matcher plain = PLAIN.matcher(id);
        if (plain.matches()) {
            return Optional.of(new Place(
                    plain.group(1),
                    Integer.parseInt(plain.group(2)),
                    Integer.parseInt(plain.group(3)),
                    plain.group(4)));
        }
        Matcher random = RANDOM.matcher(id);
        if (random.matches()) {
            return Optional.of(new Place(random.group(1), Integer.parseInt(random.group(2)), -1, ""));
        }
        return Optional.empty();
    }

    /** The partition an explicit id belongs to. The hash must never change: the same id has to meet itself. */
    static int partitionOf(String explicitId, int partitions) {
        return Math.floorMod(explicitId.hashCode(), partitions);
    }
}
