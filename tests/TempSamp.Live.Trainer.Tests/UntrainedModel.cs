using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer.Tests;

/// <summary>A small model that has learnt nothing, to begin runs from.</summary>
internal static class UntrainedModel
{
    /// <summary>Writes one into a folder.</summary>
    public static void Save(string directory)
    {
        TorchRuntime.Ensure();
        MiniModel.Prepare(directory);
        using var model = QwenModel.Create(QwenConfig.Load(directory), seed: 1);
        model.Save(directory);
    }
}
