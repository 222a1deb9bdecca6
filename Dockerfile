# The daemon with everything it needs: FFmpeg 7.1 of Debian 13, libtorch, the bundled model and broadcast.
#
#   docker build -t tempsamp-live .
#   docker run --rm -v "$PWD/data:/data" tempsamp-live demo --once --out /data
#   docker run -p 1935:1935 -v "$PWD/my-streams.json:/etc/tempsamp-live/streams.json:ro" -v "$PWD/data:/data" tempsamp-live
#
# --build-arg TORCH_BACKEND=cuda builds it for NVIDIA GPUs. deploy/compose.yaml adds a broker and an S3 server.
# The images that it is built from have exact tags, so that the same source makes the same image; newer ones: --build-arg DOTNET_SDK=... and DEBIAN=...
ARG DOTNET_SDK=10.0.100
ARG DEBIAN=trixie-20250929-slim

FROM mcr.microsoft.com/dotnet/sdk:${DOTNET_SDK} AS build
ARG TORCH_BACKEND=cpu
WORKDIR /source
COPY . .
RUN dotnet publish src/TempSamp.Live.Host/TempSamp.Live.Host.csproj -c Release --self-contained -p:TorchBackend=${TORCH_BACKEND} -o /app

FROM debian:${DEBIAN}
COPY deploy/install-native.sh /tmp/install-native.sh
RUN bash /tmp/install-native.sh \
    && apt-get install -y -qq --no-install-recommends ca-certificates tzdata \
    && rm -rf /var/lib/apt/lists/* /tmp/install-native.sh \
    && useradd --system --uid 10001 --create-home --home-dir /data tempsamp
COPY --from=build /app /opt/tempsamp-live
COPY deploy/healthcheck.sh /opt/tempsamp-live/healthcheck.sh
ENV DOTNET_RUNNING_IN_CONTAINER=true TEMPSAMP_Delivery__Directory=/data
USER tempsamp
WORKDIR /data
VOLUME /data
EXPOSE 1935 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=5m --start-interval=2s CMD ["/opt/tempsamp-live/healthcheck.sh", "ready"]
ENTRYPOINT ["/opt/tempsamp-live/tempsamp-live"]
CMD ["run"]
