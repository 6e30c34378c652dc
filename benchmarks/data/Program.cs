using Lhts.Data.Benchmarks;

// Run with: dotnet run -c Release --project benchmarks/data -- [megabytes] [folder of a tokenizer]
var megabytes = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 100;
var folder = Directory.CreateTempSubdirectory("lhts-data-benchmark-").FullName;
try
{
    using var corpus = Corpus.Make(folder, megabytes);
    var tokenizer = Corpus.Tokenizer(corpus, args.Length > 1 ? args[1] : null);
    Console.WriteLine(
        $"{corpus.Manifest.NumDocuments} documents, {corpus.Blocks.Count} blocks, {Environment.ProcessorCount} processors, vocabulary "
        + $"{tokenizer.VocabularySize}");
    Console.WriteLine();
    Console.WriteLine($"{"stage",-44}{"MB/s",9}{"Mtokens/s",12}");
    foreach (var measurement in Measurements.All(corpus, tokenizer)) Console.WriteLine(await measurement.RunAsync());
}
finally
{
    Directory.Delete(folder, recursive: true);
}
