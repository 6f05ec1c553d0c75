# The image of `make image`, built from source by `docker build .` or `podman build .`: the same files, run the same way.
# What the build needs is pinned here by its digest; Bun and Debian's C library are pinned where `make image` finds them.
FROM --platform=$BUILDPLATFORM docker.io/library/node:24.21.0-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe AS build
WORKDIR /hello
COPY tools tools
COPY package.json bun.lock bunfig.toml ./
RUN tools/bun/bun install --frozen-lockfile --no-summary
COPY tsconfig.json LICENSE ./
COPY service service
ARG TARGETARCH
# What `hello --version` and the label say, such as SOURCE_COMMIT="$(git rev-parse HEAD)".
ARG SOURCE_COMMIT=unknown
# As for `make image`: see docs/image.md.
ARG ALLOW_NEWER DEBIAN_MIRROR DEBIAN_SNAPSHOT
RUN tools/bun/bun service/image/build.ts build/image "$TARGETARCH"

FROM scratch
ARG TARGETARCH
ARG SOURCE_COMMIT=unknown
LABEL org.opencontainers.image.title=hello \
  org.opencontainers.image.description="A greeting service" \
  org.opencontainers.image.version=0.1.0 \
  org.opencontainers.image.revision=$SOURCE_COMMIT \
  org.opencontainers.image.licenses=Apache-2.0
COPY --from=build /hello/build/image/root-${TARGETARCH}/ /
COPY --from=build --chown=65532:65532 /hello/build/image/data/ /data/
USER 65532:65532
EXPOSE 8000/tcp 9000/tcp
ENV HOST=0.0.0.0 MANAGEMENT_HOST=0.0.0.0 DATABASE_URL=sqlite:////data/hello.db NODE_ENV=production NODE_USE_SYSTEM_CA=1
VOLUME ["/data"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s --retries=3 CMD ["/hello", "healthcheck"]
ENTRYPOINT ["/hello"]
CMD ["serve"]
