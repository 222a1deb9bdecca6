using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TempSamp.Live.Core;
using TempSamp.Live.Model;
using TempSamp.Live.Testing;
using TorchSharp;

namespace TempSamp.Live.Grounding.Tests;

public class GroundingServicesTests
{
    [Fact]
    public void A_model_folder_becomes_a_finder_with_its_profile_and_digest()
    {
        if (SharedData.Golden is null) Assert.Skip(SharedData.Missing("golden"));
        var folder = Directory.CreateTempSubdirectory("model").FullName;
        foreach (var file in Directory.GetFiles(GoldenManifest.ModelFolder(GoldenManifest.Models[0]))) File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(file)), File.ReadAllBytes(file));
        new GroundingProfile(PromptStyle.Short, 84, 56, 16, 4, new(1, 2)).Save(folder);

        var services = new ServiceCollection().AddLogging().AddGrounding();
        services.AddSingleton(Options.Create(new GroundingOptions { ModelDirectory = folder, HopSeconds = 2, Threads = 1 }));
        var revision = ModelDigest.Of(folder);
        using (var provider = services.BuildServiceProvider())
        {
            var finder = provider.GetRequiredService<IMomentFinder>();
            Assert.Equal(new WindowProfile(84, 56, TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(2)), finder.Profile);
            Assert.Equal(Path.GetFileName(folder), finder.Model.Id);
            Assert.Equal(16, revision.Length);
            Assert.Equal(revision, finder.Model.Revision);
        }
        using (var weights = File.OpenWrite(Path.Combine(folder, "model.safetensors")))
        {
            weights.Position = weights.Length / (1 << 20) * (1 << 20) + 64;
            weights.WriteByte(0xAA);
        }
        Assert.NotEqual(revision, ModelDigest.Of(folder));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_bundled_model_can_be_asked()
    {
        var folder = Path.Combine(SharedData.Repository!, new GroundingOptions().ModelDirectory);
        if (!Directory.Exists(folder)) Assert.Skip("No model is bundled with this checkout.");
        using var scope = torch.NewDisposeScope();
        using var model = GroundingModel.Load(new() { ModelDirectory = folder });
        using var windows = model.Engine.Open(SearchPace.Live(16, 2, 2), ["a goal is scored"]);
        var black = new float[model.PairGrid.Patches * model.Frames.PatchLength];
        windows.Push([new(0, black), new(1, black)]);
        var answer = Assert.Single(Assert.Single(model.Engine.Run([new(windows, ["a goal is scored"])])).Answers);
        Assert.NotNull(answer.Span);
        Assert.InRange(answer.Presence, 0, 1);
    }

    [Fact]
    public void A_missing_folder_and_a_missing_GPU_are_errors_with_their_fix()
    {
        Assert.Contains("Set Grounding:ModelDirectory", Assert.Throws<ModelException>(() => GroundingModel.Load(new() { ModelDirectory = "/nowhere/at/all" })).Message);
        if (torch.cuda.is_available()) Assert.Skip("This machine has a GPU.");
        if (SharedData.Golden is null) Assert.Skip(SharedData.Missing("golden"));
        var error = Assert.Throws<ModelException>(() => GroundingModel.Load(new() { ModelDirectory = GoldenManifest.ModelFolder(GoldenManifest.Models[0]), Device = "cuda" }));
        Assert.Contains("finds no GPU", error.Message);
    }

    [Fact]
    public void Every_wrong_setting_is_named()
    {
        var result = new GroundingOptionsValidator().Validate(null, new() { ModelDirectory = "", Device = "tpu", Precision = (Precision)9, HopSeconds = 8, WindowSeconds = 4, Phases = 65, Threads = -1 });
        Assert.Equal(["ModelDirectory", "Device", "Precision", "WindowSeconds", "Phases", "Threads"], result.Failures!.Select(f => f.Split(':')[1]));
        Assert.True(new GroundingOptionsValidator().Validate(null, new()).Succeeded);
    }
}
