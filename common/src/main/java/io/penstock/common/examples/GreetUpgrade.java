package io.penstock.common.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.common.job.JobType;
import io.penstock.common.queue.PayloadUpgrade;
import jakarta.enterprise.context.ApplicationScoped;

/** Brings {@code {"name":"Ada Lovelace"}} into the form of {@link Greet}. */
@ApplicationScoped
public class GreetUpgrade implements PayloadUpgrade {

    @Override
    public JobType<?> type() {
        return ExampleJobs.GREET;
    }

    @Override
    public JsonNode upgrade(int fromVersion, JsonNode payload) {
        String[] words = payload.path("name").asText().strip().split("\\s+", 2);
        ObjectNode now = ((ObjectNode) payload).removeAll();
        return now.put("given", words[0]).put("family", words.length > 1 ? words[1] : "");
    }
}
