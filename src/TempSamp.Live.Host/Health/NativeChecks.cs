using Microsoft.Extensions.Configuration;
using TempSamp.Live.Grounding;
using TempSamp.Live.Media;
using TempSamp.Live.Model;
using TorchSharp;

namespace TempSamp.Live.Host;

/// <summary>Checks of what is not managed code.</summary>
internal static class NativeChecks
{
    /// <summary>FFmpeg's libraries load and are those that the bindings describe.</summary>
    public static Finding FFmpeg(IConfiguration configuration)
    {
        const string name = "ffmpeg";
        try
        {
            FFmpegLibraries.Ensure(Settings.Get<IngestOptions>(configuration).FFmpegPath);
            return Finding.Good(name, string.Join(", ", FFmpegLibraries.Versions()));
        }
        catch (FFmpegLibraryException e)
        {
            return Finding.Of(DoctorFaults.FFmpegMissing, e.Message);
        }
    }

    /// <summary>libtorch loads and computes.</summary>
    public static Finding Torch(IConfiguration configuration)
    {
        const string name = "libtorch";
        try
        {
            TorchRuntime.Ensure(Settings.Get<TorchOptions>(configuration).LibraryPath);
            using var scope = torch.NewDisposeScope();
            var sum = torch.ones(3).sum().item<float>();
            return Finding.Good(name, $"from {TorchRuntime.LoadedFrom}, {torch.get_num_threads()} threads, 1 + 1 + 1 = {sum}");
        }
        catch (ModelException e)
        {
            return Finding.Of(DoctorFaults.TorchMissing, e.Message);
        }
    }

    /// <summary>Whether models run on a GPU. None is a failure only where one is wanted: the bundled model wants none.</summary>
    public static Finding Gpu(IConfiguration configuration, Finding torchFound)
    {
        const string name = "gpu";
        if (torchFound.State == FindingState.Failed) return new(name, FindingState.Note, "not looked for: libtorch does not load");
        var device = Settings.Get<GroundingOptions>(configuration).Device;
        if (device.StartsWith("cuda", StringComparison.Ordinal) && !torch.cuda.is_available()) return Finding.Of(DoctorFaults.GpuMissing, $"Grounding:Device is {device}, and libtorch can use no GPU");
        return torch.cuda.is_available()
            ? Finding.Good(name, $"{torch.cuda.device_count()} CUDA devices")
            : new(name, FindingState.Note, "none that libtorch can use; models run on the CPU, which is enough for the bundled one",
                File.Exists("/dev/nvidiactl") ? "there is an NVIDIA driver: build with -p:TorchBackend=cuda, or set Torch:LibraryPath to a CUDA libtorch" : null);
    }
}
