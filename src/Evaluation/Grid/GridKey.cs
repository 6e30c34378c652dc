using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Lhts.Evaluation.Grid;

/// <summary>A cell's place: which model, at which temperatures.</summary>
/// <param name="LongHorizonTemperature">The student's temperature; null for the teacher.</param>
/// <param name="MyopicTemperature">The temperature of each token's draw.</param>
public readonly record struct GridKey(double? LongHorizonTemperature, double MyopicTemperature)
{
    /// <summary>The model that draws.</summary>
    [JsonIgnore]
    public SampleSource Source => LongHorizonTemperature is null ? SampleSource.Teacher : SampleSource.Student;

    /// <summary>A name for files: teacher-0.5 or student-0.1-0.5, the long-horizon temperature first.</summary>
    [JsonIgnore]
    public string Name => LongHorizonTemperature is { } value
        ? string.Create(CultureInfo.InvariantCulture, $"student-{value}-{MyopicTemperature}")
        : string.Create(CultureInfo.InvariantCulture, $"teacher-{MyopicTemperature}");

    /// <summary>
    /// A seed of the cell's own, so that cells are independent draws and a cell is the same whatever others are measured with it.
    /// </summary>
    /// <param name="seed">Of the grid.</param>
    public ulong SeedFrom(ulong seed) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}/{Name}"))));
}
