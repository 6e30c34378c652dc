using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lhts.Data.DuckDb;

/// <summary>
/// A table function of columns of one type whose rows C# produces while DuckDB asks for them, so that a COPY streams
/// any number of rows through a bounded memory. It has no parameters and one thread.
/// </summary>
internal sealed unsafe partial class ColumnTable : IDisposable
{
    private readonly IReadOnlyList<string> _columns;
    private readonly ColumnType _type;
    private readonly Func<nint[], int> _fill;
    private GCHandle _self;

    private ColumnTable(IReadOnlyList<string> columns, ColumnType type, Func<nint[], int> fill)
    {
        (_columns, _type, _fill) = (columns, type, fill);
        _self = GCHandle.Alloc(this);
    }

    /// <summary>What <c>fill</c> threw in the last query over this table; DuckDB carries only a text across.</summary>
    public Exception? Error { get; private set; }

    /// <summary>
    /// Makes <c>SELECT columns FROM name()</c> possible. <paramref name="fill"/> writes the next rows into the columns' vectors and returns
    /// their number, 0 at the end. The table must outlive the queries over it.
    /// </summary>
    public static ColumnTable Register(ConnectionHandle connection, string name, IReadOnlyList<string> columns, ColumnType type, Func<nint[], int> fill)
    {
        var table = new ColumnTable(columns, type, fill);
        var function = duckdb_create_table_function();
        try
        {
            duckdb_table_function_set_name(function, name);
            duckdb_table_function_set_extra_info(function, GCHandle.ToIntPtr(table._self), 0);
            duckdb_table_function_set_bind(function, &Bind);
            duckdb_table_function_set_init(function, &Init);
            duckdb_table_function_set_function(function, &Produce);
            if (duckdb_register_table_function(connection, function) == 0) return table;
            table.Dispose();
            throw new DuckDbException($"DuckDB refused the table function '{name}'.");
        }
        finally
        {
            duckdb_destroy_table_function(ref function);
        }
    }

    public void Dispose()
    {
        if (_self.IsAllocated) _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Bind(nint info)
    {
        var table = (ColumnTable)GCHandle.FromIntPtr(duckdb_bind_get_extra_info(info)).Target!;
        var type = duckdb_create_logical_type((int)(table._type == ColumnType.FloatList ? ColumnType.Float : table._type));
        if (table._type == ColumnType.FloatList)
        {
            var element = type;
            type = duckdb_create_list_type(element);
            duckdb_destroy_logical_type(ref element);
        }

        foreach (var column in table._columns) duckdb_bind_add_result_column(info, column, type);
        duckdb_destroy_logical_type(ref type);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Init(nint info)
    {
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Produce(nint info, nint chunk)
    {
        var table = (ColumnTable)GCHandle.FromIntPtr(duckdb_function_get_extra_info(info)).Target!;
        try
        {
            var vectors = new nint[table._columns.Count];
            for (var i = 0; i < vectors.Length; i++) vectors[i] = duckdb_data_chunk_get_vector(chunk, (ulong)i);
            duckdb_data_chunk_set_size(chunk, (ulong)table._fill(vectors));
        }
        catch (Exception error)
        {
            // Nothing may be thrown through native frames.
            table.Error = error;
            duckdb_function_set_error(info, error.Message);
        }
    }

    [LibraryImport("duckdb")]
    private static partial nint duckdb_create_table_function();

    [LibraryImport("duckdb")]
    private static partial void duckdb_destroy_table_function(ref nint function);

    [LibraryImport("duckdb", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void duckdb_table_function_set_name(nint function, string name);

    [LibraryImport("duckdb")]
    private static partial void duckdb_table_function_set_extra_info(nint function, nint extra, nint destroy);

    [LibraryImport("duckdb")]
    private static partial void duckdb_table_function_set_bind(nint function, delegate* unmanaged[Cdecl]<nint, void> bind);

    [LibraryImport("duckdb")]
    private static partial void duckdb_table_function_set_init(nint function, delegate* unmanaged[Cdecl]<nint, void> init);

    [LibraryImport("duckdb")]
    private static partial void duckdb_table_function_set_function(nint function, delegate* unmanaged[Cdecl]<nint, nint, void> produce);

    [LibraryImport("duckdb")]
    private static partial int duckdb_register_table_function(ConnectionHandle connection, nint function);

    [LibraryImport("duckdb")]
    private static partial nint duckdb_create_logical_type(int type);

    [LibraryImport("duckdb")]
    private static partial nint duckdb_create_list_type(nint element);

    [LibraryImport("duckdb")]
    private static partial void duckdb_destroy_logical_type(ref nint type);

    [LibraryImport("duckdb", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void duckdb_bind_add_result_column(nint info, string name, nint type);

    [LibraryImport("duckdb")]
    private static partial nint duckdb_bind_get_extra_info(nint info);

    [LibraryImport("duckdb")]
    private static partial nint duckdb_function_get_extra_info(nint info);

    [LibraryImport("duckdb", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void duckdb_function_set_error(nint info, string error);

    [LibraryImport("duckdb")]
    private static partial nint duckdb_data_chunk_get_vector(nint chunk, ulong column);

    [LibraryImport("duckdb")]
    private static partial void duckdb_data_chunk_set_size(nint chunk, ulong size);
}
