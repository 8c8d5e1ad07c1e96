package io.penstock.bench;

/** What can be measured, in the order in which it is printed. The names are what other programs read. */
enum Field {
    BACKLOG("backlog", "backlog", 1),
    PARTITIONS("partitions", "partitions", 1),
    WORKERS("workers", "workers", 1),
    QUEUES("queues", "queues", 1),
    /** Commands that Redis ran in a second, those of scripts included, for each partition of each queue. */
    COMMANDS_PER_PARTITION("commandsPerPartition", "commands/part.", 1000),
    /** What one more worker adds to them for each of its queues. */
    COMMANDS_GROWTH("commandsPerWorkerAndQueue", "per worker, q.", 1000),
    /** Percent of a core. */
    REDIS_SHARE("redisPercent", "Redis %", 100),
    WORKER_SHARE("workerPercent", "worker %", 1000),
    REDIS_CONNECTIONS("redisConnections", "connections", 1),
    JOBS_PER_SECOND("jobsPerSecond", "jobs/s", 1),
    /** That all of them took together. */
    SECONDS("seconds", "seconds", 100),
    /** The same without others in the queue that are put off again and again. */
    ALONE_PER_SECOND("aloneJobsPerSecond", "alone jobs/s", 1),
    BESIDE_RATIO("besideToAlone", "beside/alone", 1000),
    /** How often a job was put off meanwhile. */
    PUT_OFF("putOff", "put off", 1),
    /** Rows of items alone, see {@link BatchItems}. */
    BARE_PER_SECOND("barePerSecond", "bare rows/s", 1),
    /** Items of batches to rows alone. */
    RATIO("ratio", "ratio", 1000),
    /** CPU time of the Redis server, user and system. */
    REDIS_MICROS("redisMicrosPerJob", "Redis µs/job", 100),
    /** CPU time of the measuring JVMs, garbage collection and compilation included. */
    CLIENT_MICROS("clientMicrosPerJob", "client µs/job", 100),
    /** CPU time of the PostgreSQL server, with all of its processes. */
    POSTGRES_MICROS("postgresMicrosPerJob", "PostgreSQL µs/job", 100),
    BARE_POSTGRES_MICROS("barePostgresMicrosPerRow", "bare PostgreSQL µs", 100),
    BARE_CLIENT_MICROS("bareClientMicrosPerRow", "bare client µs", 100),
    /** CPU time of rows alone to that of items of batches, clients and servers: a ratio that what else the machine does changes little. */
    CPU_RATIO("cpuRatio", "CPU ratio", 1000),
    ENQUEUED_PER_SECOND("enqueuedPerSecond", "enqueued/s", 1),
    ENQUEUE_REDIS_MICROS("enqueueRedisMicrosPerJob", "Redis µs/enq.", 100),
    ENQUEUE_CLIENT_MICROS("enqueueClientMicrosPerJob", "client µs/enq.", 100),
    RATE("ratePerSecond", "asked jobs/s", 1),
    /** What a calibration found; absent where the rate was given. */
    MAXIMUM("maximumPerSecond", "most jobs/s", 1),
    P50("p50Ms", "p50 ms", 1000),
    P99("p99Ms", "p99 ms", 1000),
    P999("p999Ms", "p99.9 ms", 1000),
    MOST("maxMs", "max ms", 1000),
    PROMOTED_P99("promotedLateP99Ms", "promoted p99", 10),
    PROMOTED_MOST("promotedLateMaxMs", "promoted max", 10),
    RESCUED_MOST("rescuedLateMaxMs", "rescued max", 10),
    CANCELLED_MOST("cancelledMaxMs", "cancelled max", 10),
    FENCED_MOST("fencedLateMaxMs", "fenced max", 10),
    BYTES("bytesPerQueuedJob", "bytes/job", 10),
    GC_COUNT("gcCount", "pauses", 1),
    GC_TOTAL("gcTotalMs", "pauses ms", 1),
    GC_MOST("gcMaxMs", "max pause ms", 1),
    RSS_FIRST("rssFirstMb", "RSS first MB", 10),
    RSS_MOST("rssMostMb", "RSS most MB", 10),
    RSS_LAST("rssLastMb", "RSS last MB", 10),
    API_RSS_FIRST("apiRssFirstMb", "API RSS first", 10),
    API_RSS_MOST("apiRssMostMb", "API RSS most", 10),
    API_RSS_LAST("apiRssLastMb", "API RSS last", 10),
    HEAP_FIRST("heapFirstMb", "heap first MB", 10),
    HEAP_LAST("heapLastMb", "heap last MB", 10),
    REDIS_FIRST("redisFirstMb", "Redis first MB", 10),
    REDIS_MOST("redisMostMb", "Redis most MB", 10),
    REDIS_LAST("redisLastMb", "Redis last MB", 10);

    private final String label;
    private final String heading;
    private final int fraction;

    /** @param fraction values are rounded to one part in so many */
    Field(String label, String heading, int fraction) {
        this.label = label;
        this.heading = heading;
        this.fraction = fraction;
    }

    String label() {
        return label;
    }

    String heading() {
        return heading;
    }

    double rounded(double value) {
        return (double) Math.round(value * fraction) / fraction;
    }
}
