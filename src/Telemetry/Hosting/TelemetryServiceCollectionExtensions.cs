using Lhts.Telemetry.Hosting;
using Lhts.Telemetry.Prometheus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Lhts.Telemetry;

/// <summary>Registers telemetry with a host.</summary>
public static class TelemetryServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="TrainingMeter"/> and <see cref="RunHealth"/>, which the training loop reports to, and what carries their figures out
    /// of the process as the options say. An endpoint that cannot be opened is logged as a warning and does not stop the host.
    /// </summary>
    public static IServiceCollection AddLhtsTelemetry(this IServiceCollection services, TelemetryOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(provider => new TrainingMeter(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<RunHealth>(), isLeader: options.Rank is null or 0));
        services.AddSingleton(provider => new RunHealth(provider.GetRequiredService<TimeProvider>(), options.Health));
        services.AddSingleton(_ => new PrometheusExporter(MetricsProvider.ConstantLabels(options)));
        services.AddSingleton(provider => MetricsProvider.Build(options, provider.GetRequiredService<PrometheusExporter>()));
        services.AddSingleton<TelemetryServer>();
        services.AddHostedService(provider => provider.GetRequiredService<TelemetryServer>());
        return services;
    }
}
