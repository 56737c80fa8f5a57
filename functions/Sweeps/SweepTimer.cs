using DurableTask.Core.Exceptions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Orchestrator.Domain.Requests;
using Orchestrator.Domain.Sweeps;

namespace Orchestrator.Functions.Sweeps;

/// <summary>Every five minutes: which tenants have drifted, which instances are stuck, which ended runs may go. See the instance <c>sweep</c>.</summary>
public sealed partial class SweepTimer(TimeProvider time, SweepOptions options, ILogger<SweepTimer> logger)
{
    /// <summary>The instance of the sweeps, the last of which it is.</summary>
    public const string Instance = "sweep";

    [Function("Sweep")]
    public async Task RunAsync(
        [TimerTrigger("0 */5 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        if (timer.IsPastDue)
        {
            LogLate();
        }

        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(SweepOrchestrator),
                new SweepStart(time.GetUtcNow().UtcDateTime, options.Retention),
                new StartOrchestrationOptions { InstanceId = Instance },
                cancellationToken);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            // The last one is not over yet: what it does now is what this one would do.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "No sweep was made while the host was away: one is made now")]
    private partial void LogLate();
}

/// <summary>What the app's configuration says of sweeps.</summary>
/// <param name="Retention">How long ended runs are kept that are no longer needed.</param>
public sealed record SweepOptions(TimeSpan Retention)
{
    private const string Setting = "Orchestrator:Retention";

    /// <summary>Reads them; nothing said is the default, 30 days.</summary>
    /// <exception cref="InvalidOperationException">The setting is no duration.</exception>
    public static SweepOptions From(IConfiguration configuration) => configuration[Setting] switch
    {
        null or "" => new(SweepStart.DefaultRetention),
        var text when Duration.Parse(text) is { } retention && retention > TimeSpan.Zero => new(retention),
        var text => throw new InvalidOperationException($"Orchestrator__Retention is '{text}': expected {Duration.Forms}."),
    };
}
