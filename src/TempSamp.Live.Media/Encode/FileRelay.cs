using System.Globalization;
using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Reads a file's best video and audio packets, over and over if wanted, and writes them unchanged to an RTMP connection on one timeline.</summary>
internal sealed unsafe class FileRelay : IDisposable
{
    private static readonly AVRational Ticks = new() { num = 1, den = (int)MediaTime.TicksPerSecond };

    private readonly string _path;
    private readonly MuxerHandle _muxer;
    private readonly Dictionary<int, int> _tracks;
    private readonly int _video;
    private readonly int _loops;
    private readonly PacketHandle _packet = PacketHandle.Alloc();
    private FileInputHandle _input;
    private int _loop = 1;
    private int _stream;
    private long? _first;
    private long _last;
    private long _offset;

    private FileRelay(string path, FileInputHandle input, MuxerHandle muxer, Dictionary<int, int> tracks, int video, int loops) =>
        (_path, _input, _muxer, _tracks, _video, _loops) = (path, input, muxer, tracks, video, loops);

    /// <summary>Opens the file, connects, and announces the tracks.</summary>
    public static FileRelay Open(string path, string url, string target, RtmpPublishOptions options, CancellationToken cancel)
    {
        FileInputHandle? input = null;
        MuxerHandle? muxer = null;
        try
        {
            input = FileInputHandle.Open(path);
            if (input.BestStream(AVMediaType.AVMEDIA_TYPE_VIDEO) is not { } video)
            {
                throw new FFmpegException(ffmpeg.AVERROR_STREAM_NOT_FOUND, "av_find_best_stream", $"the video of '{path}'");
            }
            var timeout = ((long)options.Timeout.TotalMicroseconds).ToString(CultureInfo.InvariantCulture);
            muxer = MuxerHandle.Open(url, target, "flv", cancel, new KeyValuePair<string, string>("rw_timeout", timeout));
            var tracks = new Dictionary<int, int> { [video] = AddTrack(input, muxer, video) };
            if (input.BestStream(AVMediaType.AVMEDIA_TYPE_AUDIO) is { } audio)
            {
                tracks[audio] = AddTrack(input, muxer, audio);
            }
            muxer.WriteHeader(new KeyValuePair<string, string>("flvflags", "no_duration_filesize"));
            return new FileRelay(path, input, muxer, tracks, video, options.Loops);
        }
        catch
        {
            muxer?.Dispose();
            input?.Dispose();
            throw;
        }
    }

    /// <summary>Decoding time of the packet read last, from the first packet of all.</summary>
    public MediaTime At { get; private set; }

    /// <summary>End of what was read.</summary>
    public MediaTime End => new(_offset + _last - (_first ?? 0));

    /// <summary>Whether the packet read last is video.</summary>
    public bool IsVideo => _stream == _video;

    /// <summary>Reads the next packet; false after the last loop.</summary>
    public bool TryNext()
    {
        while (true)
        {
            if (!_input.TryRead(_packet))
            {
                if (_loop == _loops || _first is null)
                {
                    return false;
                }
                Rewind();
            }
            else if (_tracks.ContainsKey(_packet.Pointer->stream_index))
            {
                Place();
                return true;
            }
        }
    }

    /// <summary>Sends the packet that was read last.</summary>
    public void Send() => _muxer.Write(_packet, _tracks[_stream], Ticks);

    /// <summary>Ends the publication.</summary>
    public void Finish() => _muxer.Finish();

    /// <inheritdoc/>
    public void Dispose()
    {
        _packet.Dispose();
        _muxer.Dispose();
        _input.Dispose();
    }

    private static int AddTrack(FileInputHandle input, MuxerHandle muxer, int stream) =>
        muxer.AddTrack(input.Pointer->streams[stream]->codecpar, new AVRational { num = 1, den = 1000 });

    private void Place()
    {
        var packet = _packet.Pointer;
        _stream = packet->stream_index;
        ffmpeg.av_packet_rescale_ts(packet, _input.Pointer->streams[_stream]->time_base, Ticks);
        _first ??= packet->dts;
        _last = Math.Max(_last, packet->dts + packet->duration);
        packet->dts += _offset;
        packet->pts += _offset;
        At = new MediaTime(packet->dts - _first.Value);
    }

    private void Rewind()
    {
        _input.Dispose();
        _input = FileInputHandle.Open(_path);
        _loop++;
        _offset += _last - _first!.Value;
    }
}
