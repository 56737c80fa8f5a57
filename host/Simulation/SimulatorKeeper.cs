using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Host.Input;

namespace Orchestrator.Host.Simulation;

/// <summary>Starts the simulated cluster again when it dies.</summary>
internal sealed partial class SimulatorKeeper(SimulatorProcess simulator, string dataDirectory, ILogger<SimulatorKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (SimulatorRecord.IsRunning(dataDirectory))
            {
                continue;
            }

            Died(log, simulator.LogPath);
            try
            {
                await simulator.EnsureAsync(stoppingToken);
                Back(log);
            }
            catch (InputException e)
            {
                StaysAway(log, e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The simulated cluster has ended; starting it again. Its log is {Log}")]
    private static partial void Died(ILogger logger, string log);

    [LoggerMessage(Level = LogLevel.Information, Message = "The simulated cluster is back")]
    private static partial void Back(ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Reason}")]
    private static partial void StaysAway(ILogger logger, string reason);
}
