package io.penstock.api.request;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.queue.StrictMapper;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;

/** Every body of a request is read as strictly as payloads and options are. */
@Singleton
public class StrictJson implements ObjectMapperCustomizer {

    @Override
    public void customize(ObjectMapper mapper) {
        StrictMapper.make(mapper);
    }
}
