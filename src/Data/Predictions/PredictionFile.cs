using Lhts.Data.DuckDb;
using Lhts.Data.Parquet;

namespace Lhts.Data.Predictions;

/// <summary>Logits of a classifier with what came, from a Parquet or CSV file.</summary>
/// <param name="Rows">Logits of each prediction, all of one length of 2 or more.</param>
/// <param name="Labels">What came, from 0.</param>
public sealed record PredictionFile(IReadOnlyList<float[]> Rows, IReadOnlyList<long> Labels)
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">A file that ends in .parquet or .csv (with a line of names).</param>
    /// <param name="labelColumn">The column of labels, whole numbers.</param>
    /// <param name="logitsColumn">The column of lists of logits; where there is none of this name, every column but the label is one logit.</param>
    /// <exception cref="InvalidDataException">It cannot be read, lacks a column or has no rows; or a row has NULL, too few logits or a label beyond
    /// them.</exception>
    public static PredictionFile Read(string path, string labelColumn, string logitsColumn)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"'{path}' is not there.", path);
        using var database = DuckDbDatabase.Open(new DuckDbOptions());
        using var connection = database.Connect();
        try
        {
            var source = SourceOf(path);
            var columns = Columns(connection, source);
            if (!columns.Contains(labelColumn, StringComparer.Ordinal)) throw Lacks(path, labelColumn, columns);
            string[] logits = columns.Contains(logitsColumn, StringComparer.Ordinal) ? [logitsColumn] : [.. columns.Where(column => column != labelColumn)];
            var list = logits is [var single] && single == logitsColumn
                ? DuckDbConnection.Identifier(single)
                : $"[{string.Join(", ", logits.Select(column => $"CAST({DuckDbConnection.Identifier(column)} AS FLOAT)"))}]";
            var sql = $"SELECT CAST({DuckDbConnection.Identifier(labelColumn)} AS BIGINT), CAST({list} AS FLOAT[]) FROM {source}";
            using var reader = connection.Query(sql);
            return Read(path, reader);
        }
        catch (DuckDbException error)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {error.FirstLine}");
        }
    }

    private static PredictionFile Read(string path, DuckDbReader reader)
    {
        var (rows, labels) = (new List<float[]>(), new List<long>());
        while (reader.NextChunk())
        {
            var (ofLabels, ofLogits) = (reader.Column(0), reader.FloatLists(1));
            for (var row = 0; row < reader.NumRows; row++)
            {
                if (ofLabels.IsNull(row) || ofLogits.IsNull(row) || ofLogits.HasNulls(row)) throw Bad("holds NULL");
                var (label, logits) = (ofLabels.Int64(row), ofLogits.Values(row).ToArray());
                if (logits.Length < 2 || (rows.Count > 0 && logits.Length != rows[0].Length))
                {
                    throw Bad($"has {logits.Length} logits, but must have {(rows.Count > 0 ? $"{rows[0].Length} as the first" : "2 or more")}");
                }

                if (label < 0 || label >= logits.Length) throw Bad($"has the label {label}, but must have one of 0 to {logits.Length - 1}");
                rows.Add(logits);
                labels.Add(label);
            }
        }

        return rows.Count > 0 ? new PredictionFile(rows, labels) : throw new InvalidDataException($"'{path}' has no rows.");

        InvalidDataException Bad(string what) => new($"'{path}' row {rows.Count} (counted from 0) {what}.");
    }

    private static List<string> Columns(DuckDbConnection connection, string source)
    {
        using var reader = connection.Query($"DESCRIBE SELECT * FROM {source}");
        var names = new List<string>();
        while (reader.NextChunk())
        {
            for (var row = 0; row < reader.NumRows; row++) names.Add(reader.Column(0).Text(row));
        }

        return names;
    }

    private static string SourceOf(string path)
    {
        var literal = DuckDbConnection.Literal(FileGlob.Escape(path));
        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".PARQUET" => $"read_parquet({literal})",
            ".CSV" or ".TSV" => $"read_csv({literal}, header = true)",
            _ => throw new InvalidDataException($"'{path}' is neither Parquet nor CSV: its name must end in .parquet, .csv or .tsv."),
        };
    }

    private static InvalidDataException Lacks(string path, string column, IEnumerable<string> columns) =>
        new($"'{path}' has no column '{column}'. It has {string.Join(", ", columns)}.");
}
