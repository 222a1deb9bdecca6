using TempSamp.Live.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Model.Tests;

public class TrainingGoldenTests
{
    [Fact]
    public void Loss_and_gradients_are_those_of_the_reference() => Assert.All(GoldenTensors.Cases("grad"), golden =>
    {
        using var scope = NewDisposeScope();
        using var model = QwenModel.Load(golden.ModelFolder, ScalarType.Float32);
        var loss = Loss(golden, model);
        loss.backward();

        var gradients = model.named_parameters().Where(p => p.parameter.grad is not null).ToDictionary(p => p.name, p => p.parameter.grad!);
        Assert.Null(golden.Difference("out.loss", loss.reshape(1)));
        foreach (var name in golden.Tensors.Names.Where(n => n.StartsWith("out.grad.", StringComparison.Ordinal)))
            Assert.Null(golden.Difference(name, gradients[name["out.grad.".Length..]]));
        foreach (var norm in golden.Params.GetProperty("grad_norms").EnumerateObject())
            AssertNear(norm.Value.GetDouble(), gradients[norm.Name].norm().item<float>(), norm.Name);
        AssertNear(golden.Params.GetProperty("total_grad_norm").GetDouble(), Math.Sqrt(gradients.Values.Sum(g => Math.Pow(g.norm().item<float>(), 2))), "all parameters");
    });

    [Fact]
    public void A_gradient_of_another_loss_is_noticed() => Assert.All(GoldenTensors.Cases("grad"), golden =>
    {
        using var scope = NewDisposeScope();
        using var model = QwenModel.Load(golden.ModelFolder, ScalarType.Float32);
        (Loss(golden, model) * 1.01).backward();
        Assert.NotNull(golden.Difference("out.grad.model.norm.weight", model.named_parameters().First(p => p.name == "model.norm.weight").parameter.grad!));
    });

    [Fact]
    public void Six_steps_of_AdamW_are_those_of_the_reference() => Assert.All(GoldenTensors.Cases("train"), golden =>
    {
        using var model = QwenModel.Load(golden.ModelFolder, ScalarType.Float32);
        double Setting(string name) => golden.Params.GetProperty(name).GetDouble();
        var betas = golden.Params.GetProperty("betas").EnumerateArray().Select(b => b.GetDouble()).ToArray();
        using var optimizer = optim.AdamW(model.parameters(), Setting("lr"), betas[0], betas[1], Setting("eps"), Setting("weight_decay"));
        var (losses, norms) = (golden.Tensors.Doubles("out.losses"), golden.Tensors.Doubles("out.grad_norms"));
        for (var step = 0; step < losses.Length; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = Loss(golden, model);
            loss.backward();
            AssertTolerance(golden, losses[step], loss.item<float>());
            AssertTolerance(golden, norms[step], nn.utils.clip_grad_norm_(model.parameters(), Setting("clip_grad_norm")));
            optimizer.step();
        }

        using var rest = NewDisposeScope();
        var parameters = model.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        foreach (var name in golden.Tensors.Names.Where(n => n.StartsWith("out.param.", StringComparison.Ordinal)))
            Assert.True(golden.Difference(name, parameters[name["out.param.".Length..]]) is null, name);
    });

    [Fact]
    public void An_adapter_changes_scores_and_gets_gradients_as_in_the_reference() => Assert.All(GoldenTensors.Cases("lora"), golden =>
    {
        using var scope = NewDisposeScope();
        using var model = QwenModel.Load(golden.ModelFolder, ScalarType.Float32);
        foreach (var parameter in model.parameters()) parameter.requires_grad_(false);
        using var adapter = LoraAdapter.Load(model, Path.Combine(SharedData.Golden!, golden.Params.GetProperty("adapter").GetString()!));
        var logits = model.Logits(golden.HiddenStates(model));
        var loss = Loss(golden, model);
        loss.backward();

        var tokens = golden.Longs("in.attention_mask").to(ScalarType.Bool).unsqueeze(-1);
        Assert.Null(golden.Difference("out.logits", logits, tokens));
        Assert.Null(golden.Difference("out.loss", loss.reshape(1)));
        foreach (var name in golden.Tensors.Names.Where(n => n.StartsWith("out.grad.", StringComparison.Ordinal)))
            Assert.Null(golden.Difference(name, adapter.Parameters[name["out.grad.".Length..]].grad!));

        adapter.Dispose();
        Assert.NotNull(golden.Difference("out.logits", model.Logits(golden.HiddenStates(model)), tokens));
    });

    // Mean of -w·log p over the labelled tokens; w is 1 where the case gives no weights.
    private static Tensor Loss(GoldenCase golden, QwenModel model)
    {
        var labelled = golden.Longs("in.labels").ne(-100);
        var scored = LogProbabilities.Of(model, golden.HiddenStates(model), golden.Longs("in.input_ids"), labelled);
        var weighted = golden.Tensors.Has("in.token_weights") ? scored.Tokens * golden.Floats("in.token_weights").narrow(1, 1, scored.Tokens.shape[1]) : scored.Tokens;
        return -weighted.sum() / labelled.narrow(1, 1, scored.Tokens.shape[1]).sum();
    }

    private static void AssertNear(double expected, double actual, string what) =>
        Assert.True(Math.Abs(expected - actual) <= 2e-5 + 1e-3 * expected, $"{what}: gradient norm {actual}, wanted {expected}");

    private static void AssertTolerance(GoldenCase golden, double expected, double actual) =>
        Assert.True(Math.Abs(expected - actual) <= golden.Tolerance("abs") + golden.Tolerance("rel") * Math.Abs(expected), $"{golden.Id}: {actual}, wanted {expected}");
}
