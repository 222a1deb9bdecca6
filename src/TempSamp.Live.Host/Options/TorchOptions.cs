namespace TempSamp.Live.Host;

/// <summary>Section <c>Torch</c>: where libtorch comes from.</summary>
internal sealed record TorchOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Torch";

    /// <summary>Folder that holds libtorch_cpu.so, such as the <c>torch/lib</c> of an installed PyTorch 2.10. Empty: the one that the program was built with. Default empty.</summary>
    public string LibraryPath { get; init; } = "";
}
