using System.Text;
using System.Text.Json;
using Lhts.Models.Gpt;

namespace Lhts.Models.Tests.Gpt;

/// <summary>Reading, checking and writing config.json.</summary>
public sealed class Gpt2ConfigTests
{
    [Test]
    public void Read_ReferenceConfig_GivesItsSizes()
    {
        var config = Gpt2ConfigFile.Read(Reference.PathOf(Reference.Config));

        Assert.That((config.NumLayers, config.EmbeddingSize, config.NumHeads, config.VocabularySize, config.NumPositions), Is.EqualTo((2, 32, 2, 97, 32)));
        Assert.That((config.FeedForwardSize, config.HeadSize, config.EndOfText), Is.EqualTo((128, 16, (int?)96)));
        Assert.That(config.TemperatureConditioning, Is.EqualTo(TemperatureConditioning.None));
    }

    [Test]
    public void Write_ThenRead_KeepsEveryKey()
    {
        using var folder = new TemporaryFolder();
        var config = Parse("""{"n_layer": 3, "task_specific_params": {"a": [1]}, "model_type": "gpt2", "summary_type": "cls_index"}""") with
        {
            TemperatureConditioning = TemperatureConditioning.EveryPosition,
        };

        Gpt2ConfigFile.Write(folder.PathOf("config.json"), config);

        var read = Gpt2ConfigFile.Read(folder.PathOf("config.json"));
        Assert.That(read with { OtherKeys = null }, Is.EqualTo(config with { OtherKeys = null }));
        Assert.That(read.OtherKeys!["task_specific_params"].GetRawText().Replace("\n", "").Replace(" ", ""), Is.EqualTo("""{"a":[1]}"""));
        using var json = JsonDocument.Parse(File.ReadAllText(folder.PathOf("config.json")));
        Assert.That(json.RootElement.GetProperty("architectures")[0].GetString(), Is.EqualTo("GPT2LMHeadModel"));
        Assert.That(json.RootElement.GetProperty("lhts_temperature_conditioning").GetString(), Is.EqualTo("every_position"));
    }

    [Test]
    public void Parse_ManyFaults_ListsAllOfThem()
    {
        const string Json = """
            {"model_type": "llama", "n_layer": 0, "n_embd": 10, "n_head": 3, "vocab_size": -5, "n_positions": 2000000000, "n_inner": 0,
             "resid_pdrop": 1.0, "embd_pdrop": -0.1, "layer_norm_epsilon": 0, "initializer_range": -1, "eos_token_id": 7, "activation_function": "relu",
             "scale_attn_weights": false, "scale_attn_by_inverse_layer_idx": true, "tie_word_embeddings": false}
            """;

        var exception = Assert.Throws<InvalidDataException>(() => Parse(Json));

        string[] faults =
        [
            "n_layer is 0; it must be from 1 to 1000", "vocab_size is -5", "n_positions is 2000000000; it must be from 1 to 100000000", "n_inner is 0",
            "n_embd 10 is not a multiple of n_head 3", "resid_pdrop is 1; it must be at least 0 and below 1", "embd_pdrop is -0.1", "layer_norm_epsilon is 0",
            "initializer_range is -1", "eos_token_id is 7", "model_type is \"llama\"; only \"gpt2\"", "activation_function is 'relu'",
            "scale_attn_weights is false",
            "scale_attn_by_inverse_layer_idx is true", "tie_word_embeddings is false",
        ];
        foreach (var fault in faults) Assert.That(exception!.Message, Does.Contain(fault));
        Assert.That(exception!.Message.Split('\n'), Has.Length.EqualTo(faults.Length + 1));
    }

    [TestCase("null", "holds null")]
    [TestCase("[]", "not a GPT-2 configuration")]
    [TestCase("{\"n_layer\": \"two\"}", "$.n_layer")]
    [TestCase("{\"n_layer\": 1, \"n_layer\": 2}", "n_layer")]
    [TestCase("{\"n_layer\": 1e99}", "$.n_layer")]
    [TestCase("{\"lhts_temperature_conditioning\": \"loud\"}", "$.lhts_temperature_conditioning")]
    [TestCase("{", "not a GPT-2 configuration")]
    [TestCase("{\"model_type\": \"\\ud800\"}", "not a GPT-2 configuration")]
    public void Parse_NotAConfiguration_NamesThePlace(string json, string fault)
    {
        var exception = Assert.Throws<InvalidDataException>(() => Parse(json));

        Assert.That(exception!.Message, Does.StartWith("'config.json': ").And.Contain(fault));
    }

    [Test]
    public void Faults_OfDefaults_AreNone() => Assert.That(Gpt2ConfigCheck.Faults(new Gpt2Config()), Is.Empty);

    private static Gpt2Config Parse(string json) => Gpt2ConfigFile.Parse("config.json", Encoding.UTF8.GetBytes(json));
}
