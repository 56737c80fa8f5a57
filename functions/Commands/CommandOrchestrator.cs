using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Activities.Events;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Commands;

namespace Orchestrator.Functions.Commands;

/// <summary>Carries out one command, of the queue or of another run, once, and publishes what it came to and how the run ended that it began.</summary>
public static class CommandOrchestrator
{
    /// <summary>How long a run may keep its command waiting; longer than any deadline of a canary.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromDays(8);

    private static readonly TimeSpan FirstLook = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    [Function(nameof(CommandOrchestrator))]
    public static async Task<CommandResult> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, CommandStart start)
    {
        // 1. It takes effect: what it begins bears this instance's id and so begins once; a decision leaves with the turn that knows of it.
        var result = await context.ApplyCommandAsync(start.Command);
        if (result.Message is { } message)
        {
            context.SendEvent(message.InstanceId, CanaryDecision.EventName, message.Decision);
        }

        // 2. Whoever sent it hears what it came to.
        context.SetCustomStatus(new CommandStatus(result.Outcome, result.Reason));
        await PublishAsync(CommandEvents.Applied(context, start, result));
        if (!result.IsBegun)
        {
            return result;
        }

        // 3. And, when it is over, how it ended.
        var end = await EndAsync(context, start.Command);
        context.SetCustomStatus(new CommandStatus(result.Outcome, end.Reason, end.Phase));
        await PublishAsync(CommandEvents.Ended(context, start, end));
        return result with { End = end };

        Task PublishAsync(OutgoingEvent told) => start.IsInner ? Task.CompletedTask : context.PublishEventAsync(told);
    }

    // A run tells its end; one that broke or was terminated cannot, and is looked at now and then.
    private static async Task<CommandEnd> EndAsync(TaskOrchestrationContext context, Command command)
    {
        var told = context.WaitForExternalEvent<CommandEnd>(CommandEnd.EventName);
        var until = context.CurrentUtcDateTime + Patience;
        for (var pause = FirstLook; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            using var awake = new CancellationTokenSource();
            var timer = context.CreateTimer(pause, awake.Token);
            if (await Task.WhenAny(told, timer) == told)
            {
                awake.Cancel();
                return await told;
            }

            if (await context.FindCommandEndAsync(command) is { } end)
            {
                return end;
            }

            if (context.CurrentUtcDateTime > until)
            {
                return new("Unknown", $"the run did not end within {Patience.TotalDays} days: look at it with `orc instances stuck`");
            }
        }
    }
}
