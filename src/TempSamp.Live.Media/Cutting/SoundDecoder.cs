using FFmpeg.AutoGen;
using TempSamp.Live.Core;

namespace TempSamp.Live.Media;

/// <summary>Rate in hertz and number of channels of a sound.</summary>
internal readonly record struct SoundForm(int SampleRate, int Channels);

/// <summary>Decodes a sound track to planar floats at a rate and with channels that AAC takes. Damaged packets are left out.</summary>
internal sealed unsafe class SoundDecoder : IDisposable
{
    private const int UsualRate = 48_000, MostChannels = 8;
    private static readonly int[] s_rates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
    private static readonly int[] s_layouts = [1, 2, 3, 4, 5, 6, 8];

    private readonly PacketDecoder _decoder;
    private readonly FrameHandle _frame = FrameHandle.Alloc();
    private ResamplerHandle? _resampler;
    private (int Rate, int Format, int Channels) _from;

    /// <summary>Opens the decoder.</summary>
    /// <param name="format">The track.</param>
    /// <param name="form">What is to come out; null to go by the first block.</param>
    /// <exception cref="FFmpegException">This FFmpeg cannot decode the track.</exception>
    public SoundDecoder(TrackFormat format, SoundForm? form = null)
    {
        Form = form;
        _decoder = new PacketDecoder(format, context => context->thread_count = 1);
    }

    /// <summary>What comes out; known from the first block on.</summary>
    public SoundForm? Form { get; private set; }

    /// <summary>Packets that could not be decoded.</summary>
    public int Damaged => _decoder.Damaged;

    /// <summary>Decodes a packet, or with null what the decoder has held back.</summary>
    /// <param name="packet">The next packet.</param>
    /// <param name="hear">Gets one array a channel, and when its first sample is heard.</param>
    public void Decode(MediaPacket? packet, Action<float[][], MediaTime> hear)
    {
        if (packet is null) _decoder.End();
        else _decoder.Send(packet with { Dts = packet.Pts });
        while (_decoder.TryReceive(_frame))
        {
            var at = _frame.Pointer->best_effort_timestamp;
            if (at != ffmpeg.AV_NOPTS_VALUE) hear(Convert(_frame.Pointer), new(at));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _resampler?.Dispose();
        _frame.Dispose();
        _decoder.Dispose();
    }

    private float[][] Convert(AVFrame* frame)
    {
        var from = (frame->sample_rate, frame->format, frame->ch_layout.nb_channels);
        if (_resampler is null || from != _from) Open(frame, from);

        var (rate, channels) = Form!.Value;
        var most = ffmpeg.swr_get_out_samples(_resampler!.Pointer, frame->nb_samples);
        var block = new float[channels][];
        var pointers = stackalloc byte*[channels];
        using var room = FrameHandle.AllocSound(AVSampleFormat.AV_SAMPLE_FMT_FLTP, channels, rate, Math.Max(1, most));
        for (var channel = 0u; channel < channels; channel++) pointers[channel] = room.Pointer->extended_data[channel];
        var count = FFmpegException.Check(
            ffmpeg.swr_convert(_resampler.Pointer, pointers, most, frame->extended_data, frame->nb_samples), "swr_convert", $"{frame->nb_samples} samples");
        for (var channel = 0; channel < channels; channel++) block[channel] = new ReadOnlySpan<float>(pointers[channel], count).ToArray();
        return block;
    }

    // The first block decides what comes out; a source that changes is converted to it.
    private void Open(AVFrame* frame, (int Rate, int Format, int Channels) from)
    {
        Form ??= new(
            s_rates.Contains(from.Rate) ? from.Rate : UsualRate,
            from.Channels <= MostChannels && s_layouts.Contains(from.Channels) ? from.Channels : 2);
        _resampler?.Dispose();
        _resampler = ResamplerHandle.Open(frame, Form.Value.Channels, Form.Value.SampleRate);
        _from = from;
    }
}
