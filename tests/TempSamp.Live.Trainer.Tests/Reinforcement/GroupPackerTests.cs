using TempSamp.Live.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer.Tests;

public sealed class GroupPackerTests(GroupFixture fixture) : IClassFixture<GroupFixture>
{
    private const double Tolerance = 2e-4;      // float32 log-probabilities over two orders of summation

    private List<List<PolicyGroup>> Groups() =>
    [
        [new(fixture.Questions[0][0], [fixture.Says("<answer>00.5 to 02.0</answer>"), fixture.Says("no")]), new(fixture.Questions[0][1], [fixture.Says("yes"), fixture.Says("<answer>01.0 to 01.5</answer>")])],
        [new(fixture.Questions[1][0], [fixture.Says("一"), fixture.Says("to to to")]), new(fixture.Questions[1][1], [fixture.Says("<answer>"), fixture.Says("02.5")])],
    ];

    [Fact]
    public void Each_completion_scores_as_if_its_prompt_were_read_for_it_alone()
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var rows = Groups();
        using var packed = new GroupPacker(fixture.Prompt, fixture.End).Pack(rows, GroupFixture.Pairs);

        var together = new PolicyGradient(fixture.Model).LogProbabilitiesOf(fixture.States(packed), packed.Targets).data<float>().ToArray();

        var alone = new List<float>();
        for (var window = 0; window < rows.Count; window++)
            foreach (var group in rows[window])
                foreach (var completion in group.Completions)
                {
                    var scores = fixture.Alone(window, group.Question.Prompt.Concat(completion.Tokens))[0].log_softmax(-1);
                    var first = scores.shape[0] - completion.Tokens.Length - 1;
                    for (var i = 0; i < completion.Tokens.Length; i++) alone.Add(scores[first + i, completion.Tokens[i]].item<float>());
                }
        Assert.Equal(alone.Count, together.Length);
        Assert.All(alone.Zip(together), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, Tolerance));
    }

    [Fact]
    public void The_token_that_ends_the_turn_is_learnt()
    {
        using var packed = new GroupPacker(fixture.Prompt, fixture.End).Pack(Groups(), GroupFixture.Pairs);

        var last = packed.Owners.Index().GroupBy(o => o.Item).Select(tokens => packed.Targets[tokens.Last().Index]);

        Assert.All(last, id => Assert.Equal(fixture.End, id));
    }

    [Fact]
    public void The_annotation_is_written_in_the_servings_format_and_ends_the_turn()
    {
        var builder = new GroupBuilder(fixture.Tokenizer, fixture.Profile, fixture.End, new());

        var truth = builder.Annotation(new([], new AnswerSpan(0.5, 2)), thought: null);

        Assert.Equal("<answer>00.5 to 02.0</answer>", truth.Text);
        Assert.Equal(fixture.End, truth.Tokens[^1]);
        Assert.True(truth.IsAnnotation);
    }
}
