using Lhts.Models.Safetensors;
using Lhts.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace Lhts.Models.Tests.Safetensors;

/// <summary>Files of this project, read back by a few lines of Python that know the format's page and nothing of this code.</summary>
public sealed class IndependentReaderTests : TensorTest
{
    private const string Reader = """
        import json, struct, sys
        data = open(sys.argv[1], 'rb').read()
        size = struct.unpack('<Q', data[:8])[0]
        header, body = json.loads(data[8:8 + size]), data[8 + size:]
        print(json.dumps(header.pop('__metadata__')))
        codes = {'F64': 'd', 'F32': 'f', 'I64': 'q', 'I32': 'i', 'U8': 'B', 'BOOL': '?', 'F16': 'e'}
        for name in sorted(header):
            entry = header[name]
            begin, end = entry['data_offsets']
            code = codes[entry['dtype']]
            print(name, entry['dtype'], entry['shape'], list(struct.unpack('<%d%s' % ((end - begin) // struct.calcsize(code), code), body[begin:end])))
        """;

    private const string Expected = """
        {"format": "pt"}
        a F32 [2, 2] [0.5, -1.0, 2.0, 3.25]
        b I64 [3] [1, -2, 9007199254740993]
        c BOOL [2] [True, False]
        d F16 [2] [1.5, -0.25]
        e F64 [] [0.1]
        """;

    [Test]
    public void Write_OfSeveralTypes_IsReadBackByPython()
    {
        if (FindPython() is not { } python)
        {
            Assert.Pass("python3 is not installed here: nothing to read the file with.");
            return;
        }

        using var folder = new TemporaryFolder();
        SafetensorsFile.Write(
            folder.PathOf("x"),
            [
                new("a", tensor(new[] { 0.5f, -1, 2, 3.25f }).view(2, 2)), new("b", tensor(new[] { 1, -2, 9007199254740993 })),
                new("c", tensor(new[] { true, false })), new("d", tensor(new[] { 1.5f, -0.25f }).to(ScalarType.Float16)), new("e", tensor(0.1)),
            ],
            new Dictionary<string, string> { ["format"] = "pt" });

        var (exitCode, output, errors) = CollectedProcess.Run(python, "-c", Reader, folder.PathOf("x"));

        Assert.That((exitCode, output.TrimEnd() + errors), Is.EqualTo((0, Expected.ReplaceLineEndings("\n").TrimEnd())));
    }

    private static string? FindPython() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "python3")).FirstOrDefault(File.Exists);
}
