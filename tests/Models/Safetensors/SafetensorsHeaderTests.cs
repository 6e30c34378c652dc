using System.Text;
using Lhts.Models.Safetensors;

namespace Lhts.Models.Tests.Safetensors;

/// <summary>What a header may not say, and how it is refused.</summary>
public sealed class SafetensorsHeaderTests
{
    [TestCase("[]", 0, "does not begin with '{'")]
    [TestCase("", 0, "does not begin with '{'")]
    [TestCase("{", 0, "not valid JSON")]
    [TestCase("{} x", 0, "not valid JSON")]
    [TestCase("{\"a\":1}", 0, "tensor 'a' is not an object")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "tensor 'a' needs dtype, shape and data_offsets")]
    [TestCase("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4, "dtype 'F8_E4M3', which is not supported")]
    [TestCase("{\"a\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "a dtype that is not a string")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "a shape with an entry that is not a whole number")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, "a shape with an entry that is not a whole number")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}", 4, "a shape with an entry that is not a whole number")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}}", 4, "too large for any file")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4, "data_offsets of more than 2 numbers")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, "data_offsets [4, 0]; two numbers, begin and end in this order")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "data_offsets [0]; two numbers")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "of type F32 and shape [2] has 4 bytes where 8 are needed")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}", 6, "begins at byte 2, which is not a multiple of its element size 4")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 3, "ends at byte 4, but the file holds 3 bytes")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "begins at byte 4 and leaves a gap after the header")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 8, "the tensors end at byte 4, but the file holds 8 bytes")]
    [TestCase("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}", 4,
        "tensor 'b' begins at byte 2 and overlaps tensor 'a', which ends at byte 4")]
    [TestCase("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]}}", 3,
        "tensor 'b' begins at byte 2 and leaves a gap after tensor 'a'")]
    [TestCase("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2,
        "names 'a' twice")]
    [TestCase("{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 1, "tensor 'a' has 'dtype' twice")]
    [TestCase("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"x\":0}}", 1, "tensor 'a' has an unknown key 'x'")]
    [TestCase("{\"__metadata__\":{\"a\":1}}", 0, "metadata 'a' that is not a string")]
    [TestCase("{\"__metadata__\":[]}", 0, "'__metadata__' that is not an object")]
    [TestCase("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, "names metadata 'a' twice")]
    [TestCase("{\"a\":{\"dtype\":\"F32\",\"shape\":[[[[1]]]],\"data_offsets\":[0,4]}}", 4, "'x.safetensors'")]
    public void Parse_MalformedHeader_NamesFileAndFault(string json, int dataLength, string fault)
    {
        var exception = Assert.Throws<InvalidDataException>(() => SafetensorsHeader.Parse("x.safetensors", Encoding.UTF8.GetBytes(json), dataLength));

        Assert.That(exception!.Message, Does.StartWith("'x.safetensors': ").And.Contain(fault));
    }

    [Test]
    public void Parse_TextThatIsNotUtf8_IsRefused()
    {
        byte[] json = [.. "{\"a"u8, 0xFF, .. "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"u8];

        var exception = Assert.Throws<InvalidDataException>(() => SafetensorsHeader.Parse("x", json, 0));

        Assert.That(exception!.Message, Does.Contain("not valid"));
    }

    [Test]
    public void Parse_TooManyDimensions_IsRefused()
    {
        var json = $"{{\"a\":{{\"dtype\":\"U8\",\"shape\":[{string.Join(',', Enumerable.Repeat(1, 33))}],\"data_offsets\":[0,1]}}}}";

        var exception = Assert.Throws<InvalidDataException>(() => SafetensorsHeader.Parse("x", Encoding.UTF8.GetBytes(json), 1));

        Assert.That(exception!.Message, Does.Contain("a shape of more than 32 numbers"));
    }

    [Test]
    public void Parse_ValidHeader_GivesTensorsInOrderOfTheirBytes()
    {
        const string Json = "{\"b\":{\"dtype\":\"F16\",\"shape\":[2,1],\"data_offsets\":[8,12]},\"__metadata__\":{\"format\":\"pt\"},"
            + "\"none\":{\"dtype\":\"F32\",\"shape\":[3,0],\"data_offsets\":[8,8]},\"a\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]}}  ";

        var header = SafetensorsHeader.Parse("x", Encoding.UTF8.GetBytes(Json), 12);

        Assert.That(header.Entries.Select(entry => (entry.Name, entry.ShapeText, entry.Start, entry.End)), Is.EqualTo(new[]
        {
            ("a", "[]", 0L, 8L), ("none", "[3, 0]", 8L, 8L), ("b", "[2, 1]", 8L, 12L),
        }));
        Assert.That(header.Metadata, Is.EqualTo(new Dictionary<string, string> { ["format"] = "pt" }));
        Assert.That(header.DataStart, Is.EqualTo(8 + Json.Length));
    }

    [Test]
    public void Read_HeaderLongerThanFile_IsRefusedWithoutAllocatingIt()
    {
        byte[] file = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, (byte)'{', (byte)'}'];

        var exception = Assert.Throws<InvalidDataException>(
            () => SafetensorsHeader.Read("x", file.Length, (offset, destination) => file.AsSpan((int)offset, destination.Length).CopyTo(destination)));

        Assert.That(exception!.Message, Does.Contain("header length 9223372036854775807 exceeds 2 (the file has 10 bytes"));
    }

    [Test]
    public void Read_FileOfSevenBytes_IsRefused()
    {
        var exception = Assert.Throws<InvalidDataException>(() => SafetensorsHeader.Read("x", 7, (_, _) => Assert.Fail("nothing is to be read")));

        Assert.That(exception!.Message, Does.Contain("7 bytes are too few"));
    }
}
