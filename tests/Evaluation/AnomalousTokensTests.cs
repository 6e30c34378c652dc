using Lhts.Models.Gpt;
using Lhts.Testing;
using static TorchSharp.torch;

namespace Lhts.Evaluation.Tests;

public sealed class AnomalousTokensTests : TensorTest
{
    [Test]
    public void Nearest_OfAnEmbeddingWithTwoTokensAtItsMean_FindsThem()
    {
        using var model = Model();
        using (NewDisposeScope())
        using (no_grad())
        {
            var mean = model.TokenEmbedding.mean([0]);
            model.TokenEmbedding.select(0, 5).copy_(mean);
            model.TokenEmbedding.select(0, 9).copy_(mean * 0.9);
        }

        var nearest = new AnomalousTokens(model, token => [0, token, 1]).Nearest(numTokens: 20, count: 3);

        Assert.That(nearest.Take(2).Select(found => found.Token), Is.EquivalentTo(new[] { 5, 9 }));
        Assert.That(nearest.Select(found => found.Distance), Is.Ordered);
    }

    [Test]
    public void Rank_OfEachToken_IsThatOfTheModelAlone()
    {
        using var model = Model();
        model.eval();
        int[] Prompt(int token) => token % 2 == 0 ? [0, token, 1] : [0, 3, token, 1, 1];

        foreach (var found in new AnomalousTokens(model, Prompt).AtRandom(numTokens: 20, count: 20, seed: 1))
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            var prompt = Prompt(found.Token);
            var logits = model.forward(tensor(Array.ConvertAll(prompt, token => (long)token)).unsqueeze(0))[0, prompt.Length - 1].data<float>().ToArray();
            Assert.That(found.Rank, Is.EqualTo(1 + logits.Count(value => value > logits[found.Token])));
            Assert.That(found.LogProb, Is.EqualTo(logits[found.Token] - Math.Log(logits.Sum(value => Math.Exp(value)))).Within(1e-4));
            Assert.That(found.IsRepeated, Is.EqualTo(found.Rank == 1));
        }
    }

    private static Gpt2 Model() => new(
        new Gpt2Config { NumLayers = 1, EmbeddingSize = 16, NumHeads = 2, VocabularySize = 22, NumPositions = 16, InitializerRange = 0.4 }, new Generator(4));
}
