package io.penstock.common.access.redis;

import io.penstock.common.testing.RedisFixture;
import org.junit.jupiter.api.Tag;

/** The same on three masters. */
@Tag("slow")
class RedisSessionsOnClusterTest extends RedisSessionsTest {

    @Override
    RedisFixture fixture() {
        return RedisFixture.ofCluster();
    }
}
