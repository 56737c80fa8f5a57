using Microsoft.DurableTask;
using Orchestrator.Domain.Commands;

namespace Orchestrator.Functions.Commands;

/// <summary>What the runs of commands, and the runs that they begin, have in common.</summary>
internal static class CommandCalls
{
    /// <summary>A command was taken from its queue, so nobody else would repeat it: hours of trouble are sat out.</summary>
    public static TaskOptions Insisted { get; } = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: 100, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromMinutes(5)));

    extension(TaskOrchestrationContext context)
    {
        /// <summary>Tells the command that began this run how it ended; nothing when no command did.</summary>
        public void TellEnd(string? command, Enum phase, string? reason)
        {
            if (command is not null)
            {
                context.SendEvent(command, CommandEnd.EventName, new CommandEnd(phase.ToString(), reason));
            }
        }
    }
}
