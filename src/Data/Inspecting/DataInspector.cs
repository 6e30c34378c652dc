using System.Text;
using Lhts.Data.Order;
using Lhts.Data.Parquet;
using Lhts.Data.Tokenizers;

namespace Lhts.Data.Inspecting;

/// <summary>Reads a data set once, in bounded memory, and says what is in it.</summary>
public sealed class DataInspector
{
    private readonly DataSet _data;
    private readonly ITokenizer? _tokenizer;
    private readonly InspectOptions _options;
    private readonly HashSet<long> _sampled;
    private readonly List<SampleDocument> _samples = [];
    private readonly LengthStatistics _bytes = new();
    private readonly LengthStatistics _tokens = new();
    private readonly List<int> _ids = [];
    private long _nulls;
    private long _empty;

    private DataInspector(DataSet data, ITokenizer? tokenizer, InspectOptions options)
    {
        (_data, _tokenizer, _options) = (data, tokenizer, options);
        _sampled = Choose(data, options);
    }

    // Spread evenly over the shuffled order.
    private static HashSet<long> Choose(DataSet data, InspectOptions options)
    {
        var order = new DocumentOrder(data.Blocks.Select(block => block.NumRows), new OrderOptions { Seed = options.Seed, WindowBlocks = 1 });
        var step = data.NumDocuments / Math.Max(1, Math.Min(options.NumSamples, data.NumDocuments));
        var places = Enumerable.Range(0, (int)Math.Min(options.NumSamples, data.NumDocuments)).Select(i => order.Locate(i * step));
        return [.. places.Select(place => data.Blocks[place.Block].FirstDocument + place.Row)];
    }

    /// <summary>Reads everything.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="tokenizer">Counts tokens; null to count bytes only.</param>
    /// <param name="options">Samples.</param>
    /// <param name="progress">Told the documents read, after each block.</param>
    /// <param name="cancellation">Stops between documents.</param>
    /// <exception cref="InvalidDataException">A file is damaged, or the tokenizer cannot encode a document.</exception>
    public static DataReport Inspect(
        DataSet data, ITokenizer? tokenizer = null, InspectOptions? options = null, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        var inspector = new DataInspector(data, tokenizer, options ?? new InspectOptions());
        using var reader = data.OpenReader();
        foreach (var block in data.Blocks)
        {
            inspector.Add(reader.Read(block, cancellation), cancellation);
            progress?.Report(block.FirstDocument + block.NumRows);
        }

        return inspector.Report();
    }

    private void Add(TextBlock text, CancellationToken cancellation)
    {
        for (var row = 0; row < text.NumRows; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            var document = text.Block.FirstDocument + row;
            var utf8 = text.Text(row).Span;
            if (text.Kind(row) == RowKind.Null) _nulls++;
            else if (utf8.IsEmpty) _empty++;
            else Add(document, utf8);
            if (_sampled.Contains(document)) _samples.Add(new SampleDocument(_data.Describe(document), utf8.Length, Beginning(utf8)));
        }
    }

    private void Add(long document, ReadOnlySpan<byte> utf8)
    {
        _bytes.Add(utf8.Length);
        if (_tokenizer is null) return;
        _ids.Clear();
        try
        {
            _tokenizer.Encode(utf8, _ids);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{_data.Describe(document)}: {error.Message}");
        }

        _tokens.Add(_ids.Count);
    }

    private string Beginning(ReadOnlySpan<byte> utf8)
    {
        var text = new StringBuilder();
        var numCharacters = 0;
        foreach (var rune in Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 4 * _options.SampleCharacters)]).EnumerateRunes())
        {
            if (numCharacters++ == _options.SampleCharacters) return text.Append('…').ToString();
            // A terminal must not obey a document.
            if (Rune.IsControl(rune) && rune.Value != '\n')
            {
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}");
            }
            else text.Append(rune.ToString());
        }

        return text.ToString();
    }

    private DataReport Report()
    {
        var rows = new LengthStatistics();
        foreach (var group in _data.Manifest.Shards.SelectMany(shard => shard.RowGroups)) rows.Add(group.NumRows);
        return new DataReport
        {
            NumShards = _data.Manifest.Shards.Length,
            RowGroupRows = rows,
            FileBytes = _data.Manifest.Shards.Sum(shard => shard.NumBytes),
            NullDocuments = _nulls,
            EmptyDocuments = _empty,
            Bytes = _bytes,
            Tokens = _tokenizer is null ? null : _tokens,
            Samples = _samples,
        };
    }
}

/// <summary>What to look at in a data set.</summary>
public sealed record InspectOptions
{
    /// <summary>Documents to show; default 3.</summary>
    public int NumSamples { get; init; } = 3;

    /// <summary>Another seed shows others; default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>Characters of each sample that are shown; default 300.</summary>
    public int SampleCharacters { get; init; } = 300;
}
