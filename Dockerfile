# The daemon with everything it needs: FFmpeg 7.1 of Debian 13, libtorch (CPU), the bundled model and broadcast.
#
#   docker build -t tempsamp-live .
#   docker run --rm -v "$PWD/data:/data" tempsamp-live demo --once --out /data
#   docker run -p 1935:1935 -v "$PWD/my-streams.json:/etc/tempsamp-live/streams.json:ro" -v "$PWD/data:/data" tempsamp-live
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/TempSamp.Live.Host/TempSamp.Live.Host.csproj -c Release --self-contained -o /app

FROM debian:trixie-slim
COPY deploy/install-native.sh /tmp/install-native.sh
RUN bash /tmp/install-native.sh \
    && apt-get install -y -qq --no-install-recommends ca-certificates tzdata \
    && rm -rf /var/lib/apt/lists/* /tmp/install-native.sh \
    && useradd --system --uid 10001 --create-home --home-dir /data tempsamp
COPY --from=build /app /opt/tempsamp-live
ENV DOTNET_RUNNING_IN_CONTAINER=true
USER tempsamp
WORKDIR /data
VOLUME /data
EXPOSE 1935
ENTRYPOINT ["/opt/tempsamp-live/tempsamp-live"]
CMD ["run"]
