using Lhts.Models.Gpt;
using Lhts.Testing;
using Lhts.Trainer.Stages;
using static TorchSharp.torch;

namespace Lhts.Trainer.Tests.Stages;

public sealed class FrozenTeacherTests : TensorTest
{
    private string folder = null!;

    [SetUp]
    public void Make()
    {
        folder = Directory.CreateTempSubdirectory("lhts-").FullName;
        using var generator = new Generator(1);
        using var model = new Gpt2(new Gpt2Config { NumLayers = 1, NumHeads = 1, EmbeddingSize = 4, NumPositions = 4, VocabularySize = 5 }, generator);
        Gpt2Checkpoint.Save(model, PathOf("a"));
    }

    [TearDown]
    public void Remove() => Directory.Delete(folder, recursive: true);

    [Test]
    public void Fingerprint_OfACopy_IsTheSame()
    {
        Copy("b");
        File.WriteAllText(Path.Combine(PathOf("b"), "tokenizer.json"), "{}");
        foreach (var path in Directory.GetFiles(PathOf("b"))) File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        Assert.That(FrozenTeacher.FingerprintOf(PathOf("b")), Is.EqualTo(FrozenTeacher.FingerprintOf(PathOf("a"))));
    }

    [TestCase("model.safetensors")]
    [TestCase("config.json")]
    public void Fingerprint_WithOneOtherByte_Differs(string name)
    {
        Copy("b");
        using (var file = new FileStream(Path.Combine(PathOf("b"), name), FileMode.Open))
        {
            file.Seek(-3, SeekOrigin.End);
            var value = file.ReadByte();
            file.Seek(-3, SeekOrigin.End);
            file.WriteByte((byte)(value ^ 1));
        }

        Assert.That(FrozenTeacher.FingerprintOf(PathOf("b")), Is.Not.EqualTo(FrozenTeacher.FingerprintOf(PathOf("a"))));
    }

    [Test]
    public void Fingerprint_OfNoFolder_NamesIt() =>
        Assert.That(() => FrozenTeacher.FingerprintOf(PathOf("nowhere")), Throws.TypeOf<DirectoryNotFoundException>().With.Message.Contains(PathOf("nowhere")));

    private string PathOf(string name) => Path.Combine(folder, name);

    private void Copy(string name)
    {
        Directory.CreateDirectory(PathOf(name));
        foreach (var path in Directory.GetFiles(PathOf("a"))) File.Copy(path, Path.Combine(PathOf(name), Path.GetFileName(path)));
    }
}
