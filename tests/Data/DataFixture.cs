using System.Text;
using Lhts.Data.DuckDb;
using Lhts.Data.Parquet;

namespace Lhts.Data.Tests;

/// <summary>A test with a folder of its own, and ways to put Parquet files into it.</summary>
public abstract class DataFixture
{
    private const string Null = "\u0001null";

    protected string Folder { get; private set; } = "";

    [SetUp]
    public void MakeFolder() => Folder = Directory.CreateTempSubdirectory("lhts-data-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(Folder, recursive: true);

    protected string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Writes a file with exactly these row groups.</summary>
    protected string WriteParquet(string name, params string?[][] rowGroups)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var next = 0;
        using var database = DuckDbDatabase.Open(new DuckDbOptions { NumThreads = 1 });
        using var connection = database.Connect();
        using var table = connection.AddTextTable("rows", chunk =>
        {
            if (next == rowGroups.Length) return 0;
            var group = rowGroups[next++];
            for (var row = 0; row < group.Length; row++) chunk.Set(row, Encoding.UTF8.GetBytes(group[row] ?? Null));
            return group.Length;
        });
        connection.Execute(
            $"COPY (SELECT nullif(text, ?) AS text FROM rows()) TO {DuckDbConnection.Literal(path)} (FORMAT parquet, ROW_GROUP_SIZE 1)", Null);
        return path;
    }

    /// <summary>Writes a file with a prompt and an answer in each row, one row group.</summary>
    protected string WritePrompts(string name, params (string? Prompt, string? Text)[] rows)
    {
        static string Value(string? text) => text is null ? "NULL::VARCHAR" : DuckDbConnection.Literal(text);
        return WriteQuery(
            name, $"SELECT * FROM (VALUES {string.Join(", ", rows.Select(row => $"({Value(row.Prompt)}, {Value(row.Text)})"))}) AS rows(question, answer)");
    }

    protected DataSet OpenPrompts(string name = "") =>
        DataSet.Open(new DataOptions { Path = PathOf(name), TextColumn = "answer", PromptColumn = "question" });

    /// <summary>Writes what a query gives.</summary>
    protected string WriteQuery(string name, string sql, string options = "FORMAT parquet")
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions());
        using var connection = database.Connect();
        connection.Execute($"COPY ({sql}) TO {DuckDbConnection.Literal(PathOf(name))} ({options})");
        return PathOf(name);
    }

    protected DataSet Open(string name = "", string textColumn = "text", long blockBytes = 16 << 20) =>
        DataSet.Open(new DataOptions { Path = PathOf(name), TextColumn = textColumn, BlockBytes = blockBytes });

    protected static List<string> TextsOf(DataSet data) =>
        [.. data.ReadTexts().Select(text => Encoding.UTF8.GetString(text.Span))];
}
