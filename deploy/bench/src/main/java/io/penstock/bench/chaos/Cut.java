package io.penstock.bench.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Random;

/** Connections are reset: those of each server with an even chance, of at least one. */
final class Cut implements Fault {

    private final List<ProxiedRedis> servers;
    private final Random random;
    private final Duration pause;

    Cut(List<ProxiedRedis> servers, Random random, Duration pause) {
        this.servers = List.copyOf(servers);
        this.random = random;
        this.pause = pause;
    }

    @Override
    public String kind() {
        return "cut connections";
    }

    @Override
    public Duration pause() {
        return pause;
    }

    @Override
    public boolean isPossible() {
        return servers.stream().anyMatch(ProxiedRedis::isUp);
    }

    @Override
    public void strike(FaultLog log) {
        long from = System.currentTimeMillis();
        ProxiedRedis one = servers.get(random.nextInt(servers.size()));
        servers.stream()
                .filter(server -> server.equals(one) || random.nextBoolean())
                .forEach(server -> server.cut(random));
        log.onAll(kind(), from, System.currentTimeMillis());
    }
}
