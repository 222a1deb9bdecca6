using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer.Tests;

public sealed class PolicyGradientTests(GroupFixture fixture) : IClassFixture<GroupFixture>
{
    private List<List<PolicyGroup>> Groups(params string[] texts) => [.. fixture.Questions.Select(row => new List<PolicyGroup> { new(row[0], [.. texts.Select(fixture.Says)]) })];

    private Dictionary<string, Tensor> Gradients(List<List<PolicyGroup>> rows, Func<int, float> advantageOf, int chunk, LossAverage average = LossAverage.Sequence)
    {
        foreach (var parameter in fixture.Model.parameters()) parameter.grad = null;
        using var scope = NewDisposeScope();
        using var packed = new GroupPacker(fixture.Prompt, fixture.End).Pack(rows, GroupFixture.Pairs);
        var advantages = Array.ConvertAll(packed.Owners, o => advantageOf(o));
        new PolicyGradient(fixture.Model, chunk).Backward(fixture.States(packed), packed.Targets, advantages, PolicyLoss.Weights(packed.Owners, average), null, 0);
        return fixture.Model.Language.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.clone().DetachFromDisposeScope());
    }

    private static void Near(Dictionary<string, Tensor> wanted, Dictionary<string, Tensor> found, double factor)
    {
        using var scope = NewDisposeScope();
        foreach (var (name, gradient) in wanted)
        {
            var scale = gradient.abs().max().item<float>();
            var off = (found[name] - gradient * factor).abs().max().item<float>();
            Assert.True(off <= 1e-4 * Math.Max(scale, 1e-3) * Math.Max(1, Math.Abs(factor)), $"{name}: off by {off} at {scale}");
        }
    }

    [Fact]
    public void The_annotations_gradient_is_its_advantage_times_that_of_supervised_training()
    {
        var supervised = Gradients(Groups("<answer>00.5 to 02.0</answer>"), _ => 1, chunk: 256);

        // Two groups of three with the annotation last: 1.1293 is its advantage in the worked group, and each solution counts a third.
        var mixed = Gradients(Groups("no", "<answer>", "<answer>00.5 to 02.0</answer>"), o => o % 3 == 2 ? 1.1293f : 0, chunk: 256);

        Near(supervised, mixed, 1.1293 / 3);
    }

    [Fact]
    public void Chunks_of_the_head_add_up_to_the_whole_gradient()
    {
        var rows = Groups("yes", "<answer>00.5 to 02.0</answer>");

        Near(Gradients(rows, o => o - 1.5f, chunk: 10_000), Gradients(rows, o => o - 1.5f, chunk: 3), 1);
    }

    [Fact]
    public void The_gradient_is_that_of_the_plain_loss_on_whole_score_tables()
    {
        var rows = Groups("yes", "<answer>00.5 to 02.0</answer>");
        var found = Gradients(rows, o => o - 1.5f, chunk: 7, LossAverage.Token);

        foreach (var parameter in fixture.Model.parameters()) parameter.grad = null;
        using var scope = NewDisposeScope();
        var (losses, count, owner) = (new List<Tensor>(), 0, 0);
        for (var window = 0; window < rows.Count; window++)
            foreach (var completion in rows[window][0].Completions)
            {
                var scores = fixture.Alone(window, rows[window][0].Question.Prompt.Concat(completion.Tokens))[0].log_softmax(-1);
                var first = scores.shape[0] - completion.Tokens.Length - 1;
                losses.AddRange(completion.Tokens.Select((t, i) => scores[first + i, t] * -(owner - 1.5f)));
                count += completion.Tokens.Length;
                owner++;
            }
        (stack(losses).sum() / count).backward();
        Near(fixture.Model.Language.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!), found, 1);
    }

    [Fact]
    public void Sequence_means_weigh_completions_alike_and_token_means_weigh_tokens_alike()
    {
        Assert.Equal([.25f, .25f, .5f], PolicyLoss.Weights([0, 0, 1], LossAverage.Sequence));
        Assert.All(PolicyLoss.Weights([0, 0, 1], LossAverage.Token), w => Assert.Equal(1f / 3, w));
    }

    [Fact]
    public void The_divergence_term_pulls_towards_the_reference_and_is_nothing_at_it()
    {
        using var scope = NewDisposeScope();
        var here = tensor(new[] { -1f, -2f }).requires_grad_();
        var same = PolicyLoss.Of(here, here.detach(), zeros(2), ones(2), beta: 0.04);
        Assert.Equal(0, same.item<float>(), 6);

        PolicyLoss.Of(here, tensor(new[] { -.5f, -2f }), zeros(2), ones(2), beta: 0.04).backward();
        var slope = here.grad!.data<float>().ToArray();
        Assert.Equal(0.04 * (1 - Math.Exp(.5)), slope[0], 5);       // d k3 / d lp = 1 - exp(ref - lp)
        Assert.Equal(0, slope[1], 6);
    }
}
