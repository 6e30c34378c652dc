using Lhts.Telemetry;
using Lhts.Telemetry.Progress;
using Lhts.Launching;
using Lhts.Trainer.Recipes;
using Lhts.Trainer.Stages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lhts.Trainer.Hosting;

/// <summary>The generic host around a run: signals, telemetry, the worker.</summary>
public static class TrainingHost
{
    // Of a worker: its agent knows why it is to stop, and how long that may take.
    private static readonly TimeSpan LongestStop = TimeSpan.FromMinutes(10);

    /// <summary>Runs a recipe to its end or until it is stopped.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Recipe recipe, RunStart start, CancellationToken cancellation)
    {
        PhaseGate.OfThisProcess?.Start();
        Console.SetOut(new PatientWriter(Console.Out));
        Console.SetError(new PatientWriter(Console.Error));
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "lhts" });
        builder.Logging.AddProgressConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter("Lhts.Telemetry", LogLevel.Information);
        var options = RunLaunch.Of(recipe);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = RankEnvironment.HasAgent ? LongestStop : options.StopTimeout);
        var environment = RankEnvironment.Read();
        builder.Services.AddLhtsTelemetry(OptionsOf(recipe, environment));
        builder.Services.AddSingleton(provider => environment.Rank == 0
            ? ProgressReporters.ForConsole(provider.GetRequiredService<TimeProvider>())
            : ProgressReporters.None);
        builder.Services.AddSingleton(environment);
        builder.Services.AddSingleton<Reporting>();
        builder.Services.AddSingleton(recipe);
        builder.Services.AddSingleton(start);
        builder.Services.AddSingleton<RunOutcome>();
        builder.Services.AddSingleton<IHostLifetime, StopLifetime>();
        builder.Services.AddHostedService<TrainingWorker>();

        using var host = builder.Build();
        var outcome = host.Services.GetRequiredService<RunOutcome>(); // RunAsync disposes the services
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        var isLeader = environment.Rank == 0 && !RankEnvironment.HasAgent;
        using var request = isLeader ? StopRequest.Watch(options.RunFolder!, TimeProvider.System, lifetime.StopApplication) : null;
        await host.RunAsync(cancellation);
        return outcome.ExitCode;
    }

    internal static TelemetryOptions OptionsOf(Recipe recipe, RankEnvironment environment) => new()
    {
        Port = recipe.Telemetry.Port is > 0 and var port ? port + environment.LocalRank : recipe.Telemetry.Port,
        Address = recipe.Telemetry.Address,
        RunName = recipe.Name,
        Rank = environment.Rank,
        OtlpEndpoint = recipe.Telemetry.OtlpEndpoint is { } endpoint ? new Uri(endpoint) : null,
        Health = new HealthOptions { MaxStepAge = TimeSpan.FromSeconds(recipe.Telemetry.MaxStepAge) },
    };
}
