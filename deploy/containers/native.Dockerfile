# Images of api, worker and scheduler as native executables: ready in 0.2 s, and with a third of the memory. See deploy/docs/native.md.
#
#   docker build -f deploy/containers/native.Dockerfile --build-arg MODULE=worker -t penstock-worker:native .
#
# The build takes some minutes and 6 GB of memory.
ARG MANDREL=quay.io/quarkus/ubi9-quarkus-mandrel-builder-image:jdk-25

FROM ${MANDREL} AS build
ARG MODULE=worker
WORKDIR /code
COPY --chown=quarkus:quarkus . .
RUN ./mvnw -B -q -DskipTests -Dquarkus.native.enabled=true -Dquarkus.package.jar.enabled=false -pl ${MODULE} -am package \
    && mkdir /code/out && cp ${MODULE}/target/*-runner /code/out/application

# Holds the C library and little else.
FROM quay.io/quarkus/quarkus-micro-image:2.0
USER 10001:10001
ENV MALLOC_ARENA_MAX=2 QUARKUS_HTTP_HOST=0.0.0.0
WORKDIR /opt/penstock
COPY --from=build /code/out/application application
EXPOSE 8080 8081 8082
# No shell tools for a HEALTHCHECK in here: let the platform ask /q/health/live.
# Without a bound the heap may take 80 % of the machine's memory.
ENTRYPOINT ["./application", "-Xmx88m"]
