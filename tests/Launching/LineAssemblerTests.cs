using System.Text;
using Lhts.Launching.Processes;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace Lhts.Launching.Tests;

public sealed class LineAssemblerTests
{
    private static List<string> Lines(byte[] bytes, Func<int, int> piece)
    {
        var lines = new List<string>();
        var assembler = new LineAssembler(lines.Add);
        for (var at = 0; at < bytes.Length;)
        {
            var size = Math.Clamp(piece(at), 1, bytes.Length - at);
            assembler.Push(bytes.AsSpan(at, size));
            at += size;
        }

        assembler.Finish();
        return lines;
    }

    [Property]
    public bool Lines_InPiecesOfAnySize_AreThoseOfTheWhole(byte[] bytes, int[] sizes) =>
        Lines(bytes, at => sizes.Length == 0 ? 1 : sizes[at % sizes.Length] % 5).SequenceEqual(Lines(bytes, _ => bytes.Length));

    [Test]
    public void Lines_WithLettersAcrossPieces_AreWhole() =>
        Assert.That(Lines(Encoding.UTF8.GetBytes("grün\r\n\n€ 😀\nend"), _ => 1), Is.EqualTo(new[] { "grün", "", "€ 😀", "end" }));

    [Test]
    public void Line_WithoutEnd_IsCutSoThatMemoryIsBounded()
    {
        var text = new string('a', LineAssembler.MaxChars - 1) + "😀" + new string('b', 10);
        var lines = Lines(Encoding.UTF8.GetBytes(text), _ => 1000);
        Assert.That(lines.Select(line => line.Length), Is.EqualTo(new[] { LineAssembler.MaxChars + 1, 10 }), "no letter is cut in two");
        Assert.That(string.Concat(lines), Is.EqualTo(text));
    }
}
