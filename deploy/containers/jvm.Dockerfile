# Images of api, worker and scheduler for the JVM, with an AOT cache: ready in less than half the time that they need without.
#
#   docker build -f deploy/containers/jvm.Dockerfile --target worker -t penstock-worker .        (likewise api, scheduler)
#
# The build runs all of Penstock once, on embedded servers, and keeps what the JVM learned. The cache fits only the very same
# JDK, so that both stages name one image; change JDK in both at once by the argument.
ARG JDK=docker.io/library/eclipse-temurin:25.0.1_8

FROM ${JDK}-jdk AS build
# PostgreSQL refuses to run as root.
RUN useradd --create-home --uid 1000 builder && install -d -o builder /opt/penstock
USER builder
WORKDIR /opt/penstock
COPY --chown=builder . .
RUN --mount=type=cache,target=/home/builder/.m2,uid=1000 \
    ./mvnw -B -q -DskipTests -pl api,worker,scheduler,deploy/local,deploy/cli -am package \
    && touch deploy/local/target/built
# Ended by Ctrl-C after a minute and a half, so that the scheduler has been seen at work as well.
RUN mkdir trained && { PENSTOCK_AOT_TRAINING=/opt/penstock/trained timeout -s INT 90 deploy/local/up || true; } \
    && test -s trained/api.aot && test -s trained/worker.aot && test -s trained/scheduler.aot

FROM ${JDK}-jre AS base
# Numbers, not names: Kubernetes can check "not root" only so.
USER 10001:10001
ENV MALLOC_ARENA_MAX=2 QUARKUS_HTTP_HOST=0.0.0.0
WORKDIR /opt/penstock

# Paths and times of the jars must be those of the training: hence the same directories, and COPY, which keeps times.
FROM base AS api
COPY --from=build /opt/penstock/api/target/quarkus-app api/target/quarkus-app
COPY --from=build /opt/penstock/trained/api.aot /opt/penstock/deploy/jvm/api ./
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /q/health/live HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["java", "@api", "-XX:AOTCache=api.aot", "-jar", "api/target/quarkus-app/quarkus-run.jar"]

FROM base AS worker
COPY --from=build /opt/penstock/worker/target/quarkus-app worker/target/quarkus-app
COPY --from=build /opt/penstock/trained/worker.aot /opt/penstock/deploy/jvm/worker ./
EXPOSE 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8081 && printf 'GET /q/health/live HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["java", "@worker", "-XX:AOTCache=worker.aot", "-jar", "worker/target/quarkus-app/quarkus-run.jar"]

FROM base AS scheduler
COPY --from=build /opt/penstock/scheduler/target/quarkus-app scheduler/target/quarkus-app
COPY --from=build /opt/penstock/trained/scheduler.aot /opt/penstock/deploy/jvm/scheduler ./
EXPOSE 8082
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8082 && printf 'GET /q/health/live HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["java", "@scheduler", "-XX:AOTCache=scheduler.aot", "-jar", "scheduler/target/quarkus-app/quarkus-run.jar"]
