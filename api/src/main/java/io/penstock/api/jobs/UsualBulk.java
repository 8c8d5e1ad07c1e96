package io.penstock.api.jobs;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.penstock.api.security.Scope;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobOptionsJson;
import io.penstock.common.queue.PayloadCodec;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the jobs of a bulk call in one go, without a tree of each payload. Bodies that are wrong in any way, and some that are only
 * unusual, are left to the reader that says what is wrong.
 */
@ApplicationScoped
class UsualBulk {

    private static final Logger LOG = Logger.getLogger(UsualBulk.class);
    private static final String JOBS = "jobs";
    private static final String PAYLOAD = "payload";
    private static final String OPTIONS = "options";

    private final ObjectMapper mapper;
    private final ObjectReader options;
    private final PayloadCodec codec;
    private final InstantSource clock = InstantSource.system();

    @Inject
    UsualBulk(ObjectMapper mapper, PayloadCodec codec) {
        this.mapper = mapper;
        this.options = mapper.readerFor(JobOptionsJson.class).without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        this.codec = codec;
    }

    /**
     * The jobs; empty: the body is not for here.
     *
     * @param most so many jobs and no more are read
     */
    <P> Optional<List<JobEnqueuer.Item<P>>> read(JobType<P> type, byte[] body, Scope scope, int most) {
        try (JsonParser json = mapper.getFactory().createParser(body)) {
            Reading<P> reading = new Reading<>(json, type, scope);
            return Optional.of(reading.jobs(most));
        } catch (IOException | RuntimeException e) {
            LOG.debugf("a bulk call is read once more: %s", e);
            return Optional.empty();
        }
    }

    private final class Reading<P> {

        private final JsonParser json;
        private final JobType<P> type;
        private final Scope scope;
        private final JobOptions defaults;

        Reading(JsonParser json, JobType<P> type, Scope scope) {
            this.json = json;
            this.type = type;
            this.scope = scope;
            this.defaults = scope.within(type.queue(), JobOptions.DEFAULT);
        }

        List<JobEnqueuer.Item<P>> jobs(int most) throws IOException {
            List<JobEnqueuer.Item<P>> jobs = new ArrayList<>();
            require(json.nextToken() == JsonToken.START_OBJECT && JOBS.equals(json.nextFieldName()));
            require(json.nextToken() == JsonToken.START_ARRAY);
            while (json.nextToken() != JsonToken.END_ARRAY) {
                require(jobs.size() < most);
                jobs.add(job());
            }
            require(!jobs.isEmpty() && json.nextToken() == JsonToken.END_OBJECT && json.nextToken() == null);
            return jobs;
        }

        private JobEnqueuer.Item<P> job() throws IOException {
            require(json.currentToken() == JsonToken.START_OBJECT);
            @Nullable P payload = null;
            JobOptions given = defaults;
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                require(json.nextToken() == JsonToken.START_OBJECT);
                if (name.equals(PAYLOAD)) {
                    payload = codec.readUsual(json, type.payloadClass());
                } else {
                    require(name.equals(OPTIONS));
                    JobOptionsJson read = options.readValue(json);
                    given = scope.within(type.queue(), read.toJobOptions(clock));
                }
            }
            if (payload == null) {
                throw notUsual();
            }
            require(json.currentToken() == JsonToken.END_OBJECT);
            return new JobEnqueuer.Item<>(payload, given);
        }

        private void require(boolean usual) throws IOException {
            if (!usual) {
                throw notUsual();
            }
        }

        private JsonParseException notUsual() {
            return new JsonParseException(json, "not usual");
        }
    }
}
