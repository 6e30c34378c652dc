using System.Text;
using Lhts.Models.Safetensors;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests.Safetensors;

/// <summary>Writing and reading back.</summary>
public sealed class SafetensorsFileTests : TensorTest
{
    private TemporaryFolder folder = null!;

    [SetUp]
    public void SetUp() => folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => folder.Dispose();

    [TestCase(ScalarType.Float32)]
    [TestCase(ScalarType.Float64)]
    [TestCase(ScalarType.Float16)]
    [TestCase(ScalarType.BFloat16)]
    [TestCase(ScalarType.Int64)]
    [TestCase(ScalarType.Int32)]
    [TestCase(ScalarType.Int16)]
    [TestCase(ScalarType.Int8)]
    [TestCase(ScalarType.Byte)]
    [TestCase(ScalarType.Bool)]
    public void Read_OfWhatWasWritten_IsBitwiseEqual(ScalarType dtype)
    {
        var written = (arange(24, dtype: ScalarType.Float32) / 3).to(dtype).view(2, 3, 4);

        var read = RoundTrip(written);

        TensorAssert.AreSame(read, written);
    }

    [Test]
    public void Read_OfTransposedTensor_KeepsItsElements()
    {
        var written = arange(6, dtype: ScalarType.Float32).view(2, 3).transpose(0, 1);

        TensorAssert.AreSame(RoundTrip(written), written);
    }

    [TestCase(0L)]
    [TestCase(3L, 0L)]
    public void Read_OfEmptyTensor_KeepsItsShape(params long[] shape) =>
        Assert.That(RoundTrip(zeros(shape)).shape, Is.EqualTo(shape));

    [Test]
    public void Read_OfScalar_HasNoDimensions() =>
        Assert.That(RoundTrip(tensor(2.5f)).item<float>(), Is.EqualTo(2.5f));

    [Test]
    public void Write_InAnotherOrder_GivesTheSameBytes()
    {
        var (a, b, c) = (ones(3), zeros(2, 2), tensor(new long[] { 7 }));
        SafetensorsFile.Write(folder.PathOf("1"), [new("a", a), new("b", b), new("c", c)], new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" });
        SafetensorsFile.Write(folder.PathOf("2"), [new("c", c), new("b", b), new("a", a)], new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" });

        Assert.That(File.ReadAllBytes(folder.PathOf("1")), Is.EqualTo(File.ReadAllBytes(folder.PathOf("2"))));
    }

    [Test]
    public void Write_OfOneTensor_HasTheBytesOfTheFormat()
    {
        SafetensorsFile.Write(folder.PathOf("x"), [new("w", tensor(new[] { 1f, -2f }))], new Dictionary<string, string> { ["format"] = "pt" });

        const string Header = """{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";
        var padded = Encoding.UTF8.GetBytes(Header.PadRight((Header.Length + 7) / 8 * 8));
        byte[] expected = [.. BitConverter.GetBytes((ulong)padded.Length), .. padded, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0];
        Assert.That(File.ReadAllBytes(folder.PathOf("x")), Is.EqualTo(expected));
    }

    [Test]
    public void Open_OfReferenceFile_ReadsNamesAndMetadata()
    {
        using var file = SafetensorsFile.Open(Reference.PathOf("tiny.teacher.safetensors"));

        Assert.That(file.Metadata["format"], Is.EqualTo("pt"));
        Assert.That(file.Tensors, Has.Count.EqualTo(28));
        Assert.That(file["transformer.wte.weight"].Shape, Is.EqualTo(new[] { 97, 32 }));
        Assert.That(file.Contains("lm_head.weight"), Is.False);
    }

    [TestCase("b", "has no tensor 'b'")]
    [TestCase("a", "tensor 'a' has shape [3], but [2] is needed")]
    public void ReadInto_WhatDoesNotFit_IsRefused(string name, string fault)
    {
        SafetensorsFile.Write(folder.PathOf("x"), [new("a", ones(3))]);
        using var file = SafetensorsFile.Open(folder.PathOf("x"));

        var exception = Assert.Throws<InvalidDataException>(() => file.ReadInto(name, zeros(2)));

        Assert.That(exception!.Message, Does.Contain(fault).And.StartWith($"'{folder.PathOf("x")}'"));
    }

    [TestCase(ScalarType.Float16, ScalarType.Float32, true)]
    [TestCase(ScalarType.BFloat16, ScalarType.Float32, true)]
    [TestCase(ScalarType.Float32, ScalarType.Float64, true)]
    [TestCase(ScalarType.Float32, ScalarType.Float16, false)]
    [TestCase(ScalarType.Float64, ScalarType.Float32, false)]
    [TestCase(ScalarType.Int64, ScalarType.Float32, false)]
    [TestCase(ScalarType.Float16, ScalarType.BFloat16, false)]
    public void ReadInto_AnotherType_WidensOnly(ScalarType from, ScalarType to, bool isAllowed)
    {
        var source = tensor(new[] { 0.5f, -1.25f, 3f }).to(from);
        SafetensorsFile.Write(folder.PathOf("x"), [new("a", source)]);
        using var file = SafetensorsFile.Open(folder.PathOf("x"));
        var target = zeros([3], to);

        if (isAllowed)
        {
            file.ReadInto("a", target);
            TensorAssert.AreSame(target, source.to(to));
        }
        else
        {
            Assert.That(() => file.ReadInto("a", target), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("cannot hold exactly"));
        }
    }

    [Test]
    public void ReadInto_ColumnsOfATensor_WritesThroughTheView()
    {
        SafetensorsFile.Write(folder.PathOf("x"), [new("a", arange(6, dtype: ScalarType.Float32).view(3, 2))]);
        using var file = SafetensorsFile.Open(folder.PathOf("x"));
        var target = zeros(3, 4);

        file.ReadInto("a", target.narrow(1, 1, 2));

        Assert.That(target.data<float>().ToArray(), Is.EqualTo(new float[] { 0, 0, 1, 0, 0, 2, 3, 0, 0, 4, 5, 0 }));
    }

    [Test]
    public void Read_BooleanThatIsNeitherZeroNorOne_IsRefused()
    {
        WriteRaw("""{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}""", [1, 2]);
        using var file = SafetensorsFile.Open(folder.PathOf("raw"));

        var exception = Assert.Throws<InvalidDataException>(() => file.Read("a"));

        Assert.That(exception!.Message, Does.Contain("holds the byte 2; only 0 and 1"));
    }

    [Test]
    public void Read_OfFileCutShortAfterOpening_IsRefused()
    {
        SafetensorsFile.Write(folder.PathOf("x"), [new("a", ones(1000))]);
        using var file = SafetensorsFile.Open(folder.PathOf("x"));
        using (var stream = new FileStream(folder.PathOf("x"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) stream.SetLength(100);

        var exception = Assert.Throws<InvalidDataException>(() => file.Read("a"));

        Assert.That(exception!.Message, Does.Contain("cut short"));
    }

    [TestCase("a", "Two tensors are called 'a'")]
    [TestCase("__metadata__", "which the format reserves")]
    public void Write_UnusableName_IsRefusedAndLeavesNothing(string name, string fault)
    {
        var exception = Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(folder.PathOf("x"), [new("a", ones(1)), new(name, ones(1))]));

        Assert.That(exception!.Message, Does.Contain(fault));
        Assert.That(Directory.GetFiles(folder.Root), Is.Empty);
    }

    [Test]
    public void ContentEquals_ComparesBytes()
    {
        SafetensorsFile.Write(folder.PathOf("x"), [new("a", ones(3)), new("b", ones(3)), new("c", zeros(3)), new("d", ones(1, 3))]);
        using var file = SafetensorsFile.Open(folder.PathOf("x"));

        Assert.That(new[] { "b", "c", "d" }.Select(name => file.ContentEquals("a", file, name)), Is.EqualTo(new[] { true, false, false }));
    }

    private Tensor RoundTrip(Tensor written)
    {
        SafetensorsFile.Write(folder.PathOf("x"), [new("a", written)]);
        using var file = SafetensorsFile.Open(folder.PathOf("x"));
        return file.Read("a");
    }

    private void WriteRaw(string header, byte[] data) =>
        File.WriteAllBytes(folder.PathOf("raw"), [.. BitConverter.GetBytes((ulong)header.Length), .. Encoding.UTF8.GetBytes(header), .. data]);
}
