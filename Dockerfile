# syntax=docker/dockerfile:1
# One build, one image per executable: docker build --target collector .
FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends librdkafka-dev=2.0.* libhiredis-dev=0.14.* zlib1g-dev=1:1.2.* libopenblas-dev=0.3.* libhnswlib-dev=0.6.* pkg-config=1.8.* \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift ./
COPY Shared ./Shared
COPY Services ./Services
COPY Tests ./Tests
RUN swift build -c release --static-swift-stdlib --scratch-path /build
WORKDIR /build/release
RUN install -D -t /out collector stream-processor profile-updater scorer server freshet

FROM debian:bookworm-slim AS runtime
RUN apt-get update \
    && apt-get install -y --no-install-recommends librdkafka1=2.0.* libhiredis0.14=0.14.* zlib1g=1:1.2.* ca-certificates curl=7.88.* \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home freshet \
    && install -d -o freshet /var/lib/freshet
USER 10001
ENV LOG_FORMAT=json ADMIN_HOST=0.0.0.0

# What trains or evaluates models needs linear algebra.
FROM runtime AS numeric-runtime
USER 0
RUN apt-get update \
    && apt-get install -y --no-install-recommends libopenblas0-pthread=0.3.* \
    && rm -rf /var/lib/apt/lists/*
USER 10001

FROM runtime AS collector
COPY --from=build /out/collector /usr/local/bin/
ENV HTTP_HOST=0.0.0.0
EXPOSE 8080 9180
HEALTHCHECK --interval=10s --timeout=2s CMD ["curl", "-fsS", "http://127.0.0.1:9180/health/live"]
ENTRYPOINT ["collector"]

FROM runtime AS stream-processor
COPY --from=build /out/stream-processor /usr/local/bin/
EXPOSE 9181
HEALTHCHECK --interval=10s --timeout=2s CMD ["curl", "-fsS", "http://127.0.0.1:9181/health/live"]
ENTRYPOINT ["stream-processor"]

FROM runtime AS profile-updater
COPY --from=build /out/profile-updater /usr/local/bin/
EXPOSE 9182
HEALTHCHECK --interval=10s --timeout=2s CMD ["curl", "-fsS", "http://127.0.0.1:9182/health/live"]
ENTRYPOINT ["profile-updater"]

FROM numeric-runtime AS scorer
COPY --from=build /out/scorer /usr/local/bin/
ENV DATA_DIR=/var/lib/freshet
VOLUME /var/lib/freshet
EXPOSE 9183
HEALTHCHECK --interval=10s --timeout=2s CMD ["curl", "-fsS", "http://127.0.0.1:9183/health/live"]
ENTRYPOINT ["scorer"]

FROM runtime AS server
COPY --from=build /out/server /usr/local/bin/
ENV HTTP_HOST=0.0.0.0
EXPOSE 8081 9184
HEALTHCHECK --interval=10s --timeout=2s CMD ["curl", "-fsS", "http://127.0.0.1:9184/health/live"]
ENTRYPOINT ["server"]

FROM numeric-runtime AS freshet
COPY --from=build /out/freshet /usr/local/bin/
ENTRYPOINT ["freshet"]
