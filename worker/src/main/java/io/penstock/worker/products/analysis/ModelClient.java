package io.penstock.worker.products.analysis;

import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.common.flow.Guard;
import io.penstock.common.flow.GuardForce;
import io.penstock.common.flow.GuardForces;
import io.penstock.common.flow.Guards;
import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.products.ModelSpending;
import io.penstock.common.products.ModelSpending.Reservation;
import io.penstock.common.products.ModelSpending.Used;
import io.penstock.worker.products.analysis.UselessAnswerException.Fault;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.buffer.Buffer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Has the language model write an analysis: within the day's budget, behind the guard {@code openai}, and metered. Fails with {@link
 * NoModelException} where rules have to write instead, and with {@link SnoozeException} where the job only comes too early: the limit of calls
 * is used up, or the service said "later".
 */
@ApplicationScoped
class ModelClient {

    private static final Logger LOG = Logger.getLogger(ModelClient.class);

    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
    private static final int COST_SCALE = 6;
    /** No text has more tokens than a third of its bytes, near enough; Chinese has one for three of them. */
    private static final int BYTES_PER_TOKEN = 3;

    /** Answers that show that the service does not do its work. That a model refuses, or writes at length, is not its fault. */
    private static final Set<Fault> OF_THE_SERVICE = Set.of(Fault.NO_JSON, Fault.OTHER_FORM, Fault.TOO_LARGE);

    private record Answered(Written written, int inputTokens, int outputTokens) {}

    private final ModelConnection connection;
    private final AnswerReader reader;
    private final ModelSpending spending;
    private final ModelConfig config;
    private final Guard guard;
    private final GuardForces forces;
    private final MeterRegistry meters;
    private final InstantSource clock = InstantSource.system();

    @Inject
    ModelClient(
            ModelConnection connection,
            AnswerReader reader,
            ModelSpending spending,
            ModelConfig config,
            Guards guards,
            GuardForces forces,
            MeterRegistry meters) {
        this.connection = connection;
        this.reader = reader;
        this.spending = spending;
        this.config = config;
        this.guard = guards.named(ModelConnection.UPSTREAM);
        this.forces = forces;
        this.meters = meters;
    }

    /** @param jobId who pays */
    Uni<ModelReport> write(Prompt prompt, String jobId) {
        return Uni.createFrom().deferred(() -> {
            requireModel();
            Buffer request = Buffer.buffer(prompt.request(config).encode());
            int input = request.length() / BYTES_PER_TOKEN + 1;
            return spending.reserve(cost(input, config.answerTokens()), config.budgetPerDay())
                    .map(room -> room.orElseThrow(
                            () -> new NoModelException("today's budget for the language model is spent")))
                    .chain(room -> paid(request, input, room).map(answered -> report(answered, jobId)));
        });
    }

    private void requireModel() {
        if (config.url().isEmpty() && config.key().isEmpty()) {
            throw new NoModelException("no language model is configured");
        }
        if (config.budgetPerDay().signum() <= 0) {
            throw new NoModelException("the language model has no budget");
        }
        if (guard.breaker() == Guard.Breaker.OPEN) {
            throw breakerOpen();
        }
    }

    private Uni<Answered> paid(Buffer request, int input, Reservation room) {
        return guard.call(() -> connection
                        .ask(request, input)
                        .map(body -> answered(body, input))
                        .onFailure(UselessAnswerException.class)
                        .transform(failure -> blamed(failure)))
                .call(answered -> settle(room, answered.inputTokens(), answered.outputTokens(), 0))
                .invoke(() -> count("ok"))
                .onFailure(failure -> failure.getCause() instanceof UselessAnswerException)
                .transform(failure -> Objects.requireNonNull(failure.getCause()))
                .onFailure(UselessAnswerException.class)
                .recoverWithUni(failure -> ofNoUse(failure, room))
                .onFailure(NoCreditException.class)
                .call(() -> spending.release(room).invoke(() -> count("rejected")))
                .onFailure(NoCreditException.class)
                .transform(failure -> new NoModelException(NoCreditException.WORDS))
                .onFailure(SnoozeException.class)
                .call(() -> spending.release(room).invoke(() -> count("put_off")))
                .onFailure(SnoozeException.class)
                .recoverWithUni(failure -> breakerIsOpen()
                        .chain(open -> Uni.createFrom().<Answered>failure(open ? breakerOpen() : failure)))
                .onFailure(UnrecoverableJobException.class)
                .call(failure -> spending.release(room).invoke(() -> {
                    count("rejected");
                    LOG.warnf("The language model takes no requests of ours: %s. Rules write the analyses", failure);
                }))
                .onFailure(UnrecoverableJobException.class)
                .transform(failure -> new NoModelException("the language model rejected the request"))
                .onFailure(UpstreamFaultException.class)
                // Whether it was charged nobody knows: the reservation stands.
                .call(() ->
                        spending.settle(room, new Used(0, 0, room.cost(), 1)).invoke(() -> count("fault")))
                .onFailure(UpstreamFaultException.class)
                .transform(failure ->
                        new NoModelException("the language model was asked, but failed: " + failure.getMessage()));
    }

    private Answered answered(byte[] body, int input) {
        ModelAnswer answer = reader.envelope(body, input);
        return new Answered(reader.written(answer), answer.inputTokens(), output(answer.outputTokens()));
    }

    /** Inside of the guard, so that answers of no use open the breaker as errors do. */
    private static RuntimeException blamed(UselessAnswerException useless) {
        return OF_THE_SERVICE.contains(useless.fault())
                ? new UpstreamFaultException(useless.fault().words(), useless)
                : useless;
    }

    /** It must be paid for all the same. */
    private Uni<Answered> ofNoUse(UselessAnswerException useless, Reservation room) {
        count(useless.fault().code());
        return settle(room, useless.inputTokens(), output(useless.outputTokens()), 1)
                .chain(() -> Uni.createFrom()
                        .failure(new NoModelException("the language model was asked, but "
                                + useless.fault().words())));
    }

    /** Where the service does not count: the most there can be. */
    private int output(int counted) {
        return counted < 0 ? config.answerTokens() : counted;
    }

    private Uni<Void> settle(Reservation room, int input, int output, int failures) {
        BigDecimal cost = cost(input, output);
        meters.counter("penstock.products.model.tokens", "direction", "input").increment(input);
        meters.counter("penstock.products.model.tokens", "direction", "output").increment(output);
        meters.counter("penstock.products.model.cost").increment(cost.doubleValue());
        return spending.settle(room, new Used(input, output, cost, failures));
    }

    private void count(String outcome) {
        meters.counter("penstock.products.model.calls", "outcome", outcome).increment();
    }

    private BigDecimal cost(int input, int output) {
        return config.inputPrice()
                .multiply(BigDecimal.valueOf(input))
                .add(config.outputPrice().multiply(BigDecimal.valueOf(output)))
                .divide(MILLION, COST_SCALE, RoundingMode.CEILING);
    }

    private ModelReport report(Answered answered, String jobId) {
        return new ModelReport(
                answered.written(),
                config.model(),
                Prompt.version(),
                answered.inputTokens(),
                answered.outputTokens(),
                cost(answered.inputTokens(), answered.outputTokens()),
                jobId,
                clock.instant());
    }

    /** By itself, or by an operator's will. */
    private Uni<Boolean> breakerIsOpen() {
        return guard.breaker() != Guard.Breaker.CLOSED
                ? Uni.createFrom().item(true)
                : forces.all().map(all -> all.stream()
                        .anyMatch(force ->
                                force.guard().equals(guard.upstream()) && force.state() == GuardForce.State.OPEN));
    }

    private static NoModelException breakerOpen() {
        return new NoModelException("the breaker of the language model is open");
    }
}
