using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>Where clips and events go. Section <c>Delivery</c>.</summary>
public sealed record DeliveryOptions
{
    /// <summary>
    /// Folder of the embedded store and journal: <c>clips/STREAM/CLIP.mp4</c> with <c>.jpg</c> and <c>.json</c>, <c>events.jsonl</c>, and <c>spool</c> for clips in the making.
    /// Made when absent; one daemon a folder. Default <c>data</c>.
    /// </summary>
    public string Directory { get; init; } = "data";
}

/// <summary>Checks <see cref="DeliveryOptions"/>.</summary>
public sealed class DeliveryOptionsValidator : IValidateOptions<DeliveryOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Directory)) return ValidateOptionsResult.Fail("Delivery:Directory: (empty) -> clips and events need a folder -> name one, such as 'data'");
        return File.Exists(options.Directory)
            ? ValidateOptionsResult.Fail($"Delivery:Directory: {options.Directory} -> it is a file -> name a folder")
            : ValidateOptionsResult.Success;
    }
}
