using System.Globalization;
using Lhts.Models.Safetensors;
using Lhts.Testing;
using TorchSharp;

namespace Lhts.Objectives.Tests.Reference;

/// <summary>One setting of the released code's runs: temperature, horizon and KL weight.</summary>
public sealed record ReferenceCase(double Temperature, long Horizon, double Beta)
{
    private static readonly SafetensorsFile File = SafetensorsFile.Open(Repository.PathOf("tests", "Objectives", "Data", "reference.safetensors"));

    /// <summary>The settings whose weights and gradients are in the file.</summary>
    public static IEnumerable<ReferenceCase> WithWeights() => All([0.5, 0.9, 1.5]);

    /// <summary>The settings whose losses are in the file.</summary>
    public static IEnumerable<ReferenceCase> WithLosses() => All([0.5, 0.8, 0.9, 1.0, 1.5]);

    internal LhtsOptions Options => new() { Horizon = Horizon, Clip = 3, Baseline = BaselineKind.IndexToken, Beta = Beta };

    internal torch.Tensor this[int batch, string field] => Read(string.Create(
        CultureInfo.InvariantCulture, $"T{Temperature:0.0}.c{Horizon}.b{(Beta == 0 ? "0.0" : "0.05")}.batch{batch}.{field}"));

    internal static torch.Tensor Read(string name) => File.Read(name);

    internal ObjectiveBatch Batch(int batch) => new(
        Read($"batch{batch}.input_ids").narrow(1, 1, 31),
        Read($"batch{batch}.loss_mask").to(torch.ScalarType.Bool),
        torch.full(4, Temperature, dtype: torch.ScalarType.Float64));

    internal static torch.Tensor Logits(int batch, string model) => Read($"batch{batch}.{model}_logits").narrow(1, 0, 31);

    internal static TeacherSignal Teacher(int batch) => new(Read($"batch{batch}.teacher_logp"), Logits(batch, "teacher"));

    private static IEnumerable<ReferenceCase> All(double[] temperatures) =>
        from temperature in temperatures
        from horizon in new long[] { 1, 8, 1000 }
        from beta in new[] { 0, 0.05 }
        select new ReferenceCase(temperature, horizon, beta);
}
