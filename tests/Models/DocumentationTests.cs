using System.Text.Json;
using Lhts.Models.Gpt;
using Lhts.Models.Safetensors;
using Lhts.Testing;

namespace Lhts.Models.Tests;

/// <summary>docs/models.md says what the code does.</summary>
public sealed class DocumentationTests
{
    private static readonly string Page = File.ReadAllText(Repository.PathOf("docs", "models.md"));

    [Test]
    public void ConditioningTable_ListsEveryValue([Values] TemperatureConditioning conditioning) =>
        Assert.That(Page, Does.Contain($"| `{JsonSerializer.Serialize(conditioning).Trim('"')}`"));

    [Test]
    public void Types_AreThoseThatAreRead() => Assert.That(Page.ReplaceLineEndings(" "), Does.Contain($"Types: {SafetensorsDtype.Names}."));

    [Test]
    public void Names_AreThoseOfTheCode() =>
        Assert.That(Page, Does.Contain($"`{Gpt2Tensors.Temperature}`").And.Contain($"`{Gpt2Tensors.OutputLayer}`").And.Contain($"`{Gpt2Tensors.Prefix}`")
            .And.Contain($"`{Gpt2Tensors.LogScale}`").And.Contain($"`{Gpt2Tensors.PathPrefix}`"));
}
