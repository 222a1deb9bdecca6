using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer.Tests;

/// <summary>A small untrained model with two windows of random features and two questions each.</summary>
public sealed class GroupFixture : IDisposable
{
    public const int Pairs = 3;
    private readonly string _folder = Directory.CreateTempSubdirectory("groups").FullName;

    public GroupFixture()
    {
        TorchRuntime.Ensure();
        MiniModel.Prepare(_folder);
        Tokenizer = ChatTokenizer.Load(_folder);
        Profile = GroundingProfile.Load(_folder);
        Model = QwenModel.Create(QwenConfig.Load(_folder), seed: 3);
        Prompt = new(Tokenizer, Profile, Model.Config);
        End = Tokenizer.TokenId(ChatTokens.TurnEnd);
        random.manual_seed(5);
        Features = randn(2, Pairs * Prompt.TokensPerPair, Model.Config.Text.HiddenSize).DetachFromDisposeScope();
        var builder = new GroupBuilder(Tokenizer, Profile, End, new());
        Questions = [
            [builder.Ask(Question("a goal is scored"), false), builder.Ask(Question("红牌"), false)],
            [builder.Ask(Question("the host shows the product"), false), builder.Ask(Question("a corner kick"), false)],
        ];
    }

    public ChatTokenizer Tokenizer { get; }
    public GroundingProfile Profile { get; }
    public QwenModel Model { get; }
    public SharedPrompt Prompt { get; }
    public int End { get; }
    public Tensor Features { get; }
    public PolicyQuestion[][] Questions { get; }

    public static Question Question(string text) => new(text, text, false, new AnswerSpan(0.5, 2));

    public Completion Says(string text) => new([.. Tokenizer.Encode(text), End], text, false);

    /// <summary>[N, D] states of the packed groups.</summary>
    public Tensor States(PackedGroups packed)
    {
        using var scope = NewDisposeScope();
        var hidden = Model.Language.Forward(PackedForward.Embed(Model, packed.InputIds, packed.VideoStart, Features), packed.PositionIds, packed.Mask);
        return hidden.flatten(0, 1).index_select(0, tensor(packed.Sources)).MoveToOuterDisposeScope();
    }

    /// <summary>[1, S, V] scores of a prompt and what follows, run alone and causally with the model's own positions.</summary>
    public Tensor Alone(int window, IEnumerable<int> behindVideo)
    {
        using var scope = NewDisposeScope();
        int[] ids = [.. Prompt.Ids(Pairs), .. behindVideo];
        var grid = new PatchGrid(Pairs, Profile.FrameHeight / 14, Profile.FrameWidth / 14);
        var positions = new MultimodalPositions(Model.Config).Of([ids], null, [], [grid]);
        var embeds = PackedForward.Embed(Model, tensor(Array.ConvertAll(ids, i => (long)i), [1, ids.Length]), Prompt.VideoStart, Features.narrow(0, window, 1));
        return Model.Logits(Model.Language.Forward(embeds, tensor(positions.Ids, [3, 1, ids.Length]))).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        Model.Dispose();
        Features.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
