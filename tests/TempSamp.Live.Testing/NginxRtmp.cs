using System.Globalization;
using System.Net.Sockets;

namespace TempSamp.Live.Testing;

/// <summary>A real nginx with its RTMP module on free ports: takes one publisher per key, serves it over RTMP and as HLS.</summary>
public sealed class NginxRtmp : IAsyncDisposable
{
    private const string Module = "/usr/lib/nginx/modules/ngx_rtmp_module.so";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private ChildProcess _nginx;

    private NginxRtmp(string folder, ChildProcess nginx, int rtmpPort, int httpPort) =>
        (_folder, _nginx, RtmpPort, HttpPort) = (folder, nginx, rtmpPort, httpPort);

    /// <summary>Why it cannot run here; null when it can.</summary>
    public static string? WhyAbsent =>
        ChildProcess.Find("nginx") is null || !File.Exists(Module) ? "nginx with its RTMP module is not installed (bash deploy/install-native.sh --dev)" : null;

    /// <summary>Port of the RTMP side.</summary>
    public int RtmpPort { get; }

    /// <summary>Port of the HTTP side.</summary>
    public int HttpPort { get; }

    /// <summary>Where a stream is published to and pulled from.</summary>
    public string Rtmp(string key) => $"rtmp://127.0.0.1:{RtmpPort}/live/{key}";

    /// <summary>The stream's HLS playlist; it exists once the first segment is written.</summary>
    public string Hls(string key) => $"http://127.0.0.1:{HttpPort}/hls/{key}/index.m3u8";

    /// <summary>Folder whose files the HTTP side serves under <c>/files/</c>.</summary>
    public string Files => Path.Combine(_folder, "files");

    /// <summary>The address of a file in <see cref="Files"/>.</summary>
    public string Http(string file) => $"http://127.0.0.1:{HttpPort}/files/{file}";

    /// <summary>Starts the server and waits until it answers.</summary>
    /// <param name="keepsPlayers">Whether players stay connected while nobody publishes; else they are refused and sent away.</param>
    public static async Task<NginxRtmp> StartAsync(bool keepsPlayers = false)
    {
        var folder = Directory.CreateTempSubdirectory("tempsamp-nginx-").FullName;
        foreach (var sub in (string[])["logs", "hls", "files", "tmp"]) Directory.CreateDirectory(Path.Combine(folder, sub));
        var (rtmp, http) = (FreePort.Next(), FreePort.Next());
        var conf = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(conf, Configuration(folder, rtmp, http, keepsPlayers ? "on" : "off")).ConfigureAwait(false);
        var server = new NginxRtmp(folder, Run(folder), rtmp, http);
        await server.ListensAsync().ConfigureAwait(false);
        return server;
    }

    /// <summary>Kills the server; its ports stay its own.</summary>
    public ValueTask StopAsync() => _nginx.DisposeAsync();

    /// <summary>Starts a stopped server again.</summary>
    public Task StartAgainAsync()
    {
        _nginx = Run(_folder);
        return ListensAsync();
    }

    /// <summary>Publishes a file at the speed of its times, with the ffmpeg program; ends with the file or when disposed.</summary>
    public ChildProcess Publish(string file, string key) => FFmpegPublisher.Start(file, Rtmp(key));

    /// <summary>Waits until the stream can be pulled over RTMP.</summary>
    public Task RtmpReadyAsync(string key) => AnswerAsync($"a publisher of {key}", $"http://127.0.0.1:{HttpPort}/stat", text => text.Contains($"<name>{key}</name>", StringComparison.Ordinal) && text.Contains("<active/>", StringComparison.Ordinal));

    /// <summary>Waits until the stream's playlist is there.</summary>
    public Task HlsReadyAsync(string key) => AnswerAsync($"a playlist of {key}", Hls(key), text => text.Length > 0);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _nginx.DisposeAsync().ConfigureAwait(false);
        Directory.Delete(_folder, recursive: true);
    }

    private static ChildProcess Run(string folder) =>
        ChildProcess.Start(ChildProcess.Find("nginx")!, "-p", folder, "-c", Path.Combine(folder, "nginx.conf"), "-e", Path.Combine(folder, "logs/error.log"));

    private Task ListensAsync() => Until.TrueAsync("nginx listens", s_patience,
        async () => await IsOpenAsync(RtmpPort).ConfigureAwait(false) && await IsOpenAsync(HttpPort).ConfigureAwait(false), () => _nginx.Said);

    private static async Task AnswerAsync(string what, string url, Func<string, bool> holds)
    {
        using var http = new HttpClient();
        await Until.TrueAsync(what, s_patience, async () =>
        {
            using var answer = await http.GetAsync(new Uri(url)).ConfigureAwait(false);
            return answer.IsSuccessStatusCode && holds(await answer.Content.ReadAsStringAsync().ConfigureAwait(false));
        }).ConfigureAwait(false);
    }

    private static async Task<bool> IsOpenAsync(int port)
    {
        using var probe = new TcpClient();
        try
        {
            await probe.ConnectAsync("127.0.0.1", port).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Configuration(string folder, int rtmp, int http, string idle) => string.Create(CultureInfo.InvariantCulture, $$"""
        load_module {{Module}};
        daemon off; master_process off; worker_processes 1;
        pid {{folder}}/nginx.pid;
        events { worker_connections 64; }
        rtmp {
          server {
            listen 127.0.0.1:{{rtmp}};
            chunk_size 4096;
            application live {
              live on; wait_key on; idle_streams {{idle}}; drop_idle_publisher 10s;
              hls on; hls_path {{folder}}/hls; hls_fragment 1s; hls_playlist_length 20s; hls_nested on;
            }
          }
        }
        http {
          access_log off;
          client_body_temp_path {{folder}}/tmp; proxy_temp_path {{folder}}/tmp; fastcgi_temp_path {{folder}}/tmp; uwsgi_temp_path {{folder}}/tmp; scgi_temp_path {{folder}}/tmp;
          types { application/vnd.apple.mpegurl m3u8; video/mp2t ts; video/mp4 mp4; }
          server {
            listen 127.0.0.1:{{http}};
            location /hls { alias {{folder}}/hls; }
            location /files { alias {{folder}}/files; }
            location = /stat { rtmp_stat all; }
          }
        }
        """);
}
