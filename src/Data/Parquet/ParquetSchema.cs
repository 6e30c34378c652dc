namespace Lhts.Data.Parquet;

/// <summary>An element of a Parquet schema; the elements of a file are its tree in preorder.</summary>
internal readonly record struct SchemaElement(string Name, string PhysicalType, string Annotation, int NumChildren);

/// <summary>Finds the text column among a file's columns.</summary>
internal static class ParquetSchema
{
    /// <exception cref="InvalidDataException">The column is missing or holds no text.</exception>
    public static void CheckTextColumn(string file, IReadOnlyList<SchemaElement> elements, string textColumn)
    {
        var columns = TopLevel(elements);
        var index = columns.FindIndex(column => column.Name == textColumn);
        if (index < 0)
        {
            throw new InvalidDataException(
                $"'{file}' has no column '{textColumn}'. Its columns are {string.Join(", ", columns.Select(column => column.Name))}: set the text column to one of them.");
        }

        var found = columns[index];
        if (found is { NumChildren: 0, PhysicalType: "BYTE_ARRAY" } && !found.Annotation.Contains("Decimal", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        var type = found.NumChildren > 0 ? "nested" : found.PhysicalType;
        var texts = columns.Where(column => column is { NumChildren: 0, PhysicalType: "BYTE_ARRAY" }).Select(column => column.Name).ToList();
        var remedy = texts.Count == 0 ? "The file has no column of strings." : $"Columns of strings are {string.Join(", ", texts)}: set the text column to one of them.";
        throw new InvalidDataException($"The column '{textColumn}' of '{file}' is of type {type}, not of strings. {remedy}");
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
