namespace TempSamp.Live.Media;

/// <summary>Writes pictures and sound into a video file: MP4 with its index in front, FLV or MPEG-TS by the file name's extension.</summary>
/// <remarks>
/// Pictures and samples may come in any order and amount; each starts at time 0 and the container interleaves them by time.
/// Encoding is single-threaded, so the same input gives the same bytes. Not safe for use from several threads at once.
/// </remarks>
public sealed class VideoFileWriter : IDisposable
{
    private readonly MuxerHandle _muxer;
    private readonly PictureEncoder _pictures;
    private readonly SoundEncoder? _sound;
    private bool _finished;

    private VideoFileWriter(MuxerHandle muxer, PictureEncoder pictures, SoundEncoder? sound) =>
        (_muxer, _pictures, _sound) = (muxer, pictures, sound);

    /// <summary>Creates the file, overwriting one that is there.</summary>
    /// <param name="path">Ends in <c>.mp4</c>, <c>.flv</c> or <c>.ts</c>.</param>
    /// <param name="options">Size, rates and quality.</param>
    /// <exception cref="ArgumentException">An option is out of its bounds.</exception>
    /// <exception cref="FFmpegException">The file cannot be created, or the encoders refuse the options.</exception>
    public static VideoFileWriter Create(string path, VideoFileOptions options)
    {
        Validate(options);
        var muxer = MuxerHandle.Open($"file:{path}", $"'{path}'");
        PictureEncoder? pictures = null;
        SoundEncoder? sound = null;
        try
        {
            pictures = PictureEncoder.Open(options, muxer);
            sound = options.SampleRate > 0 ? SoundEncoder.Open(options, muxer) : null;
            muxer.WriteHeader(path.EndsWith(".mp4", StringComparison.OrdinalIgnoreCase) ? [new("movflags", "+faststart")] : []);
            return new VideoFileWriter(muxer, pictures, sound);
        }
        catch
        {
            sound?.Dispose();
            pictures?.Dispose();
            muxer.Dispose();
            throw;
        }
    }

    /// <summary>Encodes the next picture.</summary>
    /// <param name="rgb24">Row-major RGB24, <c>Height * Width * 3</c> bytes.</param>
    public void WriteFrame(ReadOnlySpan<byte> rgb24)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        _pictures.Write(rgb24);
    }

    /// <summary>Encodes the next samples.</summary>
    /// <param name="samples">16-bit, channels interleaved.</param>
    /// <exception cref="InvalidOperationException">The options declared no sound.</exception>
    public void WriteSamples(ReadOnlySpan<short> samples)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        Sound.Write(samples);
    }

    /// <summary>Encodes the next samples.</summary>
    /// <param name="samples">-1 to 1, channels interleaved.</param>
    /// <exception cref="InvalidOperationException">The options declared no sound.</exception>
    public void WriteSamples(ReadOnlySpan<float> samples)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        Sound.Write(samples);
    }

    /// <summary>Encodes what is left and completes the file. Nothing can be written afterwards.</summary>
    /// <exception cref="FFmpegException">The file cannot be completed, for instance because the disk is full.</exception>
    public void Finish()
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        _finished = true;
        _pictures.Finish();
        _sound?.Finish();
        _muxer.Finish();
    }

    /// <summary>Frees the encoders and closes the file; without <see cref="Finish"/> it stays incomplete.</summary>
    public void Dispose()
    {
        _finished = true;
        _sound?.Dispose();
        _pictures.Dispose();
        _muxer.Dispose();
    }

    private SoundEncoder Sound => _sound ?? throw new InvalidOperationException("the file was created without sound: set VideoFileOptions.SampleRate");

    private static void Validate(VideoFileOptions options)
    {
        if (options.Width <= 0 || options.Height <= 0 || options.Width % 2 != 0 || options.Height % 2 != 0)
        {
            throw new ArgumentException($"a picture of {options.Width}x{options.Height} cannot be encoded: both sides have to be positive and even", nameof(options));
        }
        if (options.FrameRate is not { Numerator: > 0, Denominator: > 0 })
        {
            throw new ArgumentException($"{options.FrameRate.Numerator}/{options.FrameRate.Denominator} is no frame rate", nameof(options));
        }
        if (options.SampleRate > 0 && options.Channels is not (1 or 2))
        {
            throw new ArgumentException($"{options.Channels} channels of sound are not supported: 1 or 2 are", nameof(options));
        }
    }
}
