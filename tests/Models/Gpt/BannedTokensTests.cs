using Lhts.Models.Gpt;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests.Gpt;

/// <summary>Tokens that are never predicted.</summary>
public sealed class BannedTokensTests : TensorTest
{
    private Tensor tokens = null!;
    private Gpt2 model = null!;

    [SetUp]
    public void SetUp()
    {
        tokens = Reference.Read(Reference.Batches, "batch0.input_ids");
        model = Reference.Load("teacher");
    }

    [TearDown]
    public void TearDown() => model.Dispose();

    [Test]
    public void Logits_OfBannedTokens_AreFiniteAndGiveNoProbability()
    {
        using var noGrad = no_grad();
        var before = model.forward(tokens);

        model.BannedTokens = new HashSet<int> { 3, 96 };
        var logits = model.forward(tokens);

        Assert.That(logits.softmax(-1).select(2, 3).abs().max().item<float>(), Is.Zero);
        Assert.That(logits.log_softmax(-1).isfinite().all().item<bool>(), Is.True);
        TensorAssert.AreClose(logits.narrow(2, 4, 92), before.narrow(2, 4, 92), 1e-5);
        TensorAssert.AreClose(logits.select(2, 3) * 1e-9, full([4, 32], -1.0), 1e-6);
    }

    [Test]
    public void Logits_AfterABanIsLifted_AreThoseBeforeToTheBit()
    {
        using var noGrad = no_grad();
        var before = model.forward(tokens);
        model.BannedTokens = new HashSet<int> { 3 };
        model.forward(tokens);

        model.BannedTokens = new HashSet<int>();

        TensorAssert.AreSame(model.forward(tokens), before);
        Assert.That(model.Config.BannedTokens, Is.Null);
    }

    [Test]
    public void BannedTokens_AreKeptByFilesStudentsAndExports()
    {
        using var folder = new TemporaryFolder();
        model.BannedTokens = new HashSet<int> { 7, 3 };
        Gpt2Checkpoint.Save(model, folder.PathOf("m"));

        using var loaded = Gpt2Checkpoint.Load(folder.PathOf("m"));
        using var student = Gpt2Student.From(loaded, TemperatureConditioning.Weights, (0.7, 1));
        using var plain = Gpt2Student.AtTemperature(student, 0.7);

        foreach (var each in new[] { loaded, student, plain }) Assert.That(each.BannedTokens, Is.EquivalentTo(new[] { 3, 7 }));
        Assert.That(loaded.Config.BannedTokens, Is.EqualTo(new[] { 3, 7 }));
    }

    [TestCase(-1)]
    [TestCase(97)]
    public void BannedTokens_OutsideTheVocabulary_AreRefused(int token) =>
        Assert.That(() => model.BannedTokens = new HashSet<int> { token }, Throws.ArgumentException.With.Message.Contains($"holds {token}"));

    [Test]
    public void BannedTokens_ThatAreAll_AreRefused() =>
        Assert.That(() => model.BannedTokens = Enumerable.Range(0, 97).ToHashSet(), Throws.ArgumentException.With.Message.Contains("every token"));
}
