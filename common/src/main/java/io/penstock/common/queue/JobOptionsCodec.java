package io.penstock.common.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;

/** Options of a job to JSON and back. What it reads is what the HTTP API reads, and as strictly. */
@ApplicationScoped
public class JobOptionsCodec {

    private final ObjectMapper mapper;

    @Inject
    public JobOptionsCodec(ObjectMapper mapper) {
        this.mapper = StrictMapper.of(mapper);
    }

    public String write(JobOptions options) {
        try {
            return mapper.writeValueAsString(JobOptionsJson.of(options));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("options can always be written", e);
        }
    }

    /**
     * Reads and checks.
     *
     * @param clock what an absolute time is measured against
     * @throws InvalidJobException naming the field, such as {@code options.priority}
     */
    public JobOptions read(String json, InstantSource clock) {
        try {
            JobOptionsJson options = mapper.readValue(json, JobOptionsJson.class);
            return options == null ? JobOptions.DEFAULT : options.toJobOptions(clock);
        } catch (JsonProcessingException e) {
            JsonFault fault = JsonFault.of(e);
            throw new InvalidJobException("options" + fault.path(), fault.reason());
        }
    }
}
