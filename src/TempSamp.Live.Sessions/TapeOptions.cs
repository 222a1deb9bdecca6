using Microsoft.Extensions.Options;
using TempSamp.Live.Core;

namespace TempSamp.Live.Sessions;

/// <summary>How much of each stream is kept to cut from, and where. Section <c>Tape</c>.</summary>
public sealed record TapeOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Tape";

    /// <summary>How far back clips can be cut. Default 10 minutes, from 10 s to 6 hours.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Most encoded bytes of each stream in memory. With a spill folder older ones are read from there; without one they are gone. Default 128 MiB, from 1 MiB.
    /// </summary>
    public long MemoryBytes { get; init; } = 128L << 20;

    /// <summary>
    /// Folder that every closed group of pictures is written to, which survives the program. Null, the default, is the folder <c>tape</c> in the daemon's
    /// <c>Delivery:Directory</c>; empty keeps the tape in memory only. One daemon a folder.
    /// </summary>
    public string? SpillDirectory { get; init; }

    /// <summary>Most bytes of each stream on disk. Default 2 GiB, from 16 MiB.</summary>
    public long DiskBytes { get; init; } = 2L << 30;

    /// <summary>The bounds of one stream's tape.</summary>
    public TapeBounds Bounds => new(Length, MemoryBytes, SpillDirectory is { Length: > 0 } folder ? folder : null, DiskBytes);
}

/// <summary>Collects every fault of <see cref="TapeOptions"/>, each with its bound.</summary>
public sealed class TapeOptionsValidator : IValidateOptions<TapeOptions>
{
    private const long LeastMemory = 1L << 20, LeastDisk = 16L << 20;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, TapeOptions options)
    {
        var faults = new List<string>();
        void Check(bool isGood, string key, object value, string bound)
        {
            if (!isGood) faults.Add($"{TapeOptions.Section}:{key}: {value} -> out of bounds -> use {bound}");
        }

        Check(options.Length >= TimeSpan.FromSeconds(10) && options.Length <= TimeSpan.FromHours(6), nameof(options.Length), options.Length, "00:00:10 to 06:00:00");
        Check(options.MemoryBytes >= LeastMemory, nameof(options.MemoryBytes), options.MemoryBytes, $"{LeastMemory} or more");
        Check(options.DiskBytes >= LeastDisk, nameof(options.DiskBytes), options.DiskBytes, $"{LeastDisk} or more");
        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }
}
