package io.penstock.api.report;

import io.penstock.common.health.HealthProbe;
import io.quarkus.qute.Engine;
import io.quarkus.qute.Template;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Asks the template engine, which lives in this program alone, to write a line. */
@ApplicationScoped
class TemplateEngineProbe implements HealthProbe {

    private static final String LINE = "<{word}>";

    private final Template template;

    @Inject
    TemplateEngineProbe(Engine engine) {
        this.template = engine.parse(LINE);
    }

    @Override
    public String name() {
        return "template-engine";
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public Optional<Duration> answerWithin() {
        return Optional.of(Duration.ofSeconds(1));
    }

    @Override
    public int tries() {
        return 2;
    }

    @Override
    public Uni<List<String>> check() {
        return template.data("word", "well")
                .createUni()
                .map(text -> text.equals("<well>") ? List.of() : List.of("it writes something else than it was given"));
    }
}
