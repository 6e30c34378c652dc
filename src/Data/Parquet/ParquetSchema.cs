namespace Lhts.Data.Parquet;

/// <summary>An element of a Parquet schema; the elements of a file are its tree in preorder.</summary>
internal readonly record struct SchemaElement(string Name, string PhysicalType, string Annotation, int NumChildren);

/// <summary>Finds the columns of text and prompts among a file's columns.</summary>
internal static class ParquetSchema
{
    private const string RowNumberColumn = "file_row_number"; // DuckDB's, in the queries of BlockReader

    /// <exception cref="InvalidDataException">The column is missing or holds no text.</exception>
    public static void CheckColumn(string file, IReadOnlyList<SchemaElement> elements, string what, string name)
    {
        var columns = TopLevel(elements);
        var index = columns.FindIndex(column => column.Name == name);
        if (index < 0)
        {
            throw new InvalidDataException(
                $"'{file}' has no column '{name}'. Its columns are {string.Join(", ", columns.Select(column => column.Name))}: set the {what} column to one "
                + "of them.");
        }

        CheckNames(file, columns, name);
        CheckType(file, columns, what, columns[index]);
    }

    private static void CheckNames(string file, List<SchemaElement> columns, string textColumn)
    {
        if (columns.Any(column => column.Name.Equals(RowNumberColumn, StringComparison.OrdinalIgnoreCase)))
        {
            throw new InvalidDataException($"'{file}' has a column '{RowNumberColumn}', a name that reading needs for itself. Rename or drop it.");
        }

        var twin = columns.FindIndex(column => column.Name != textColumn && string.Equals(column.Name, textColumn, StringComparison.OrdinalIgnoreCase));
        if (twin >= 0)
        {
            // DuckDB does not tell them apart and would read the first.
            throw new InvalidDataException(
                $"'{file}' has the columns '{textColumn}' and '{columns[twin].Name}', which differ only in case. Rename or drop one of them.");
        }
    }

    private static void CheckType(string file, List<SchemaElement> columns, string what, SchemaElement found)
    {
        if (found is { NumChildren: 0, PhysicalType: "BYTE_ARRAY" } && !found.Annotation.Contains("Decimal", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var type = found.NumChildren > 0 ? "nested" : found.PhysicalType;
        var texts = columns.Where(column => column is { NumChildren: 0, PhysicalType: "BYTE_ARRAY" }).Select(column => column.Name).ToList();
        var remedy = texts.Count == 0
            ? "The file has no column of strings."
            : $"Columns of strings are {string.Join(", ", texts)}: set the {what} column to one of them.";
        throw new InvalidDataException($"The column '{found.Name}' of '{file}' is of type {type}, not of strings. {remedy}");
    }

    private static List<SchemaElement> TopLevel(IReadOnlyList<SchemaElement> elements)
    {
        var columns = new List<SchemaElement>();
        for (var i = 1; i < elements.Count; i = End(elements, i)) columns.Add(elements[i]);
        return columns;
    }

    private static int End(IReadOnlyList<SchemaElement> elements, int start)
    {
        var end = start + 1;
        for (var pending = elements[start].NumChildren; pending > 0 && end < elements.Count; pending--, end++) pending += elements[end].NumChildren;
        return end;
    }
}
