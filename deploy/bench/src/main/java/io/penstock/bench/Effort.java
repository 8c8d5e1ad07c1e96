package io.penstock.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** What a stretch of work cost: time on the wall, CPU time of Redis, CPU time of this process. */
record Effort(double wallMicros, double redisMicros, double clientMicros) {

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double MICROS_PER_SECOND = 1e6;

    /** The beginning of a stretch. */
    static final class Start {

        private final BenchRedis redis;
        private final double redisMicros;
        private final long clientNanos;
        private final long wallNanos;

        private Start(BenchRedis redis) {
            this.redis = redis;
            this.redisMicros = redis.cpuMicros();
            this.clientNanos = cpuNanosOfThisProcess();
            this.wallNanos = System.nanoTime();
        }

        Effort end() {
            double wall = (System.nanoTime() - wallNanos) / NANOS_PER_MICRO;
            double client = (cpuNanosOfThisProcess() - clientNanos) / NANOS_PER_MICRO;
            return new Effort(wall, redis.cpuMicros() - redisMicros, client);
        }
    }

    static Start start(BenchRedis redis) {
        return new Start(redis);
    }

    Effort plusClientNanos(long nanos) {
        return new Effort(wallMicros, redisMicros, clientMicros + nanos / NANOS_PER_MICRO);
    }

    /** What one of so many jobs cost. */
    Effort perJob(long jobs) {
        return new Effort(wallMicros / jobs, redisMicros / jobs, clientMicros / jobs);
    }

    /** How often it could be done again in a second. */
    double perSecond() {
        return MICROS_PER_SECOND / wallMicros;
    }

    Figures rate(Figures figures) {
        return figures.with(Field.JOBS_PER_SECOND, perJob(figures.jobs()).perSecond());
    }

    Figures cpu(Figures figures) {
        Effort one = perJob(figures.jobs());
        return figures.with(Field.REDIS_MICROS, one.redisMicros).with(Field.CLIENT_MICROS, one.clientMicros);
    }

    static long cpuNanosOfThisProcess() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
