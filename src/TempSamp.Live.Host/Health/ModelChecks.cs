using Microsoft.Extensions.Configuration;
using TempSamp.Live.Grounding;
using TempSamp.Live.Model;

namespace TempSamp.Live.Host;

/// <summary>Checks of the model folder that read its configuration and the heads of its weights, not the weights themselves.</summary>
internal static class ModelChecks
{
    /// <summary>Configuration, profile and tokenizer load, and the weight files are whole.</summary>
    public static Finding Folder(IConfiguration configuration)
    {
        const string name = "model";
        string folder;
        try
        {
            folder = GroundingModel.Locate(Settings.Get<GroundingOptions>(configuration).ModelDirectory);
        }
        catch (ModelException e)
        {
            return Finding.Of(DoctorFaults.ModelMissing, e.Message);
        }
        try
        {
            var network = QwenConfig.Load(folder);
            var profile = GroundingProfile.Load(folder);
            var tokenizer = ChatTokenizer.Load(folder);
            using var checkpoint = Checkpoint.Open(folder);
            return Finding.Good(name, $"{folder}: {network.Text.Layers} layers of {network.Text.HiddenSize}, {tokenizer.Size} tokens, frames {profile.FrameWidth}x{profile.FrameHeight}, window {profile.WindowSeconds} s every {profile.HopSeconds} s");
        }
        catch (Exception e) when (e is ModelException or IOException or UnauthorizedAccessException)
        {
            return Finding.Of(DoctorFaults.ModelDamaged, e.Message);
        }
    }
}
