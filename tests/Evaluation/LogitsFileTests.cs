using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Evaluation.Tests;

/// <summary>Logits for other programs to compare with.</summary>
public sealed class LogitsFileTests : TensorTest
{
    [Test]
    public void Write_OfTwoSequences_HoldsTheirLogits()
    {
        using var model = new Gpt2(new Gpt2Config { NumLayers = 1, EmbeddingSize = 8, NumHeads = 2, VocabularySize = 5, NumPositions = 6 }, new Generator(1));
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            LogitsFile.Write(path, model, [[1, 2, 3], [4]]);

            using var file = SafetensorsFile.Open(path);
            using var noGrad = no_grad();
            model.eval();
            var expected = model.forward(tensor(new long[,] { { 1, 2, 3 } }));
            Assert.That(file.Tensors.Select(entry => (entry.Name, entry.ShapeText)), Is.EqualTo(new[] { ("0", "[3, 5]"), ("1", "[1, 5]") }));
            Assert.That((file.Read("0") - expected[0]).abs().max().item<float>(), Is.LessThanOrEqualTo(1e-6f));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void Write_OfAStudentWhoseWeightsMove_IsAtTheTemperature()
    {
        using var teacher = new Gpt2(new Gpt2Config { NumLayers = 1, EmbeddingSize = 8, NumHeads = 2, VocabularySize = 5, NumPositions = 6 }, new Generator(1));
        using var student = Gpt2Student.From(teacher, TemperatureConditioning.Weights, (0.5, 1), new() { OutputTemperatures = [new(0.5, 0.5), new(1, 1)] });
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            LogitsFile.Write(path, student, [[1, 2, 3]], 0.5);

            using var file = SafetensorsFile.Open(path);
            using var noGrad = no_grad();
            teacher.eval();
            var expected = teacher.forward(tensor(new long[,] { { 1, 2, 3 } }))[0] * 2;
            Assert.That((file.Read("0") - expected).abs().max().item<float>(), Is.LessThanOrEqualTo(1e-6f));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
