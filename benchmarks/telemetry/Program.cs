using System.Globalization;
using Lhts.Telemetry;
using Lhts.Telemetry.Benchmarks;
using Lhts.Telemetry.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// Run with: dotnet run -c Release --project benchmarks/telemetry -- [metrics.jsonl of a run]
var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
builder.Services.AddLhtsTelemetry(new TelemetryOptions { Port = 0, RunName = "benchmark" });
using var host = builder.Build();
await host.StartAsync();
var address = new Uri(host.Services.GetRequiredService<TelemetryServer>().Address!, "metrics");
using var recorder = new StepRecording(host.Services.GetRequiredService<TrainingMeter>(), host.Services.GetRequiredService<RunHealth>());

Console.WriteLine($"{"what one step of the student pays for",-58}{"microseconds",12}");
var meters = Measurement.Best(recorder.RecordMeters);
Print("instruments, with 16 temperatures, health", meters);
var scraped = await Scraping.WhileAsync(address, () => Measurement.Best(recorder.RecordMeters));
Print("the same while /metrics is read without a pause", scraped);
var line = Measurement.Best(recorder.AppendLine);
Print("line of metrics.jsonl", line);
var sums = Measurement.Best(WeightSumming.Of(numSequences: 64, length: 256), rounds: 5, perRound: 20);
Print("weights by temperature, a micro-batch of 64 x 256", sums);
Console.WriteLine();
Print("one answer of /metrics, on another thread", await Scraping.TimeAsync(address));

if (args is [var path])
{
    var step = RunSteps.MedianOfStudent(path);
    var share = (meters + line + sums).TotalSeconds / step.TotalSeconds;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"share of the median step of {path}, {step.TotalMilliseconds:0.0} ms: {share:0.00%}"));
}

await host.StopAsync();

static void Print(string what, TimeSpan time) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-58}{time.TotalMicroseconds,12:0.0}"));
