# syntax=docker/dockerfile:1
# One build, one image per executable:  docker build --target collector -t freshet/collector .
# Targets: collector, stream-processor, profile-updater, scorer, server, and the tool freshet.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libcurl4-openssl-dev=7.88.* libhiredis-dev=0.14.* libhnswlib-dev=0.6.* libopenblas-dev=0.3.* librdkafka-dev=2.0.* \
        libxgboost-dev=1.7.* pkg-config=1.8.* zlib1g-dev=1:1.2.* \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# Dependencies first: their layer stays when only our sources change.
COPY Package.swift Package.resolve[d] ./
RUN swift package resolve --scratch-path /build
COPY Shared ./Shared
COPY Services ./Services
COPY Tests ./Tests
# Foundation's HTTP client, which only the tool uses, needs libcurl named when it is linked statically.
RUN swift build -c release --static-swift-stdlib --scratch-path /build \
        -Xlinker --strip-debug -Xlinker --as-needed -Xlinker -lcurl
WORKDIR /build/release
RUN install -D -t /out collector stream-processor profile-updater scorer server freshet

# What every executable needs at run time: the C libraries that it links, certificates for TLS to Kafka, and a health check
# that is a few lines of the shell that is there anyway.
FROM debian:bookworm-slim AS runtime
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Freshet" \
      org.opencontainers.image.description="Turns a stream of user events into recommendations that follow the user's last click" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates libhiredis0.14=0.14.* librdkafka1=2.0.* libstdc++6=12.* zlib1g=1:1.2.* \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 freshet \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/freshet --shell /usr/sbin/nologin freshet \
    && install -d -o 10001 -g 10001 -m 0750 /var/lib/freshet
COPY --chmod=0755 deploy/container/healthcheck /usr/local/bin/healthcheck
# A number, so that runAsNonRoot can be checked without reading /etc/passwd.
USER 10001:10001
WORKDIR /var/lib/freshet
ENV LOG_FORMAT=json ADMIN_HOST=0.0.0.0
STOPSIGNAL SIGTERM
# Alive, not ready: what waits for Kafka or Redis must not be restarted for it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["healthcheck", "live"]

# What trains or evaluates models needs linear algebra and boosted trees.
FROM runtime AS numeric-runtime
USER 0
RUN apt-get update \
    && apt-get install -y --no-install-recommends libopenblas0-pthread=0.3.* libxgboost0=1.7.* \
    && rm -rf /var/lib/apt/lists/*
USER 10001:10001

FROM runtime AS collector
COPY --from=build /out/collector /usr/local/bin/
ENV HTTP_HOST=0.0.0.0 HTTP_PORT=8080 ADMIN_PORT=9180 SPOOL_DIR=/var/lib/freshet/spool
VOLUME /var/lib/freshet
EXPOSE 8080 9180
ENTRYPOINT ["collector"]

FROM runtime AS stream-processor
COPY --from=build /out/stream-processor /usr/local/bin/
ENV ADMIN_PORT=9181
EXPOSE 9181
ENTRYPOINT ["stream-processor"]

FROM runtime AS profile-updater
COPY --from=build /out/profile-updater /usr/local/bin/
ENV ADMIN_PORT=9182
EXPOSE 9182
ENTRYPOINT ["profile-updater"]

FROM numeric-runtime AS scorer
COPY --from=build /out/scorer /usr/local/bin/
ENV ADMIN_PORT=9183 DATA_DIR=/var/lib/freshet/scorer
VOLUME /var/lib/freshet
EXPOSE 9183
ENTRYPOINT ["scorer"]

FROM runtime AS server
COPY --from=build /out/server /usr/local/bin/
ENV HTTP_HOST=0.0.0.0 HTTP_PORT=8081 ADMIN_PORT=9184
EXPOSE 8081 9184
ENTRYPOINT ["server"]

# The tool: creates topics, replays, inspects. It runs to its end, so there is nothing to check.
FROM numeric-runtime AS freshet
USER 0
RUN apt-get update \
    && apt-get install -y --no-install-recommends libcurl4=7.88.* \
    && rm -rf /var/lib/apt/lists/*
USER 10001:10001
COPY --from=build /out/freshet /usr/local/bin/
HEALTHCHECK NONE
ENTRYPOINT ["freshet"]
