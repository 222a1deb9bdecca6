using System.Text.Json.Nodes;
using TempSamp.Live.Model;

namespace TempSamp.Live.Trainer.Tests;

public sealed class ModelTokensTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tokens").FullName;

    public ModelTokensTests() => MiniModel.Prepare(_folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Edit(string file, Action<JsonObject> change)
    {
        var path = Path.Combine(_folder, file);
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    [Fact]
    public void A_whole_model_passes() => ModelTokens.Check(_folder);

    [Fact]
    public void A_tokenizer_without_a_token_is_named_with_it()
    {
        Edit("tokenizer.json", json => json["added_tokens"] = new JsonArray([.. json["added_tokens"]!.AsArray().Where(t => t!["content"]!.GetValue<string>() != ChatTokens.VisionStart).Select(t => t!.DeepClone())]));

        Assert.Contains(ChatTokens.VisionStart, Assert.Throws<TrainerException>(() => ModelTokens.Check(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_and_tokenizer_of_different_models_are_refused()
    {
        Edit("config.json", json => json["video_token_id"] = 5);

        Assert.Contains("of different models", Assert.Throws<TrainerException>(() => ModelTokens.Check(_folder)).Message, StringComparison.Ordinal);
    }
}
