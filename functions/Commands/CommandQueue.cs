using Azure.Storage.Queues.Models;
using DurableTask.Core.Exceptions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Orchestrator.Domain;
using Orchestrator.Domain.Commands;
using Orchestrator.Functions.Canaries;
using Orchestrator.Functions.Meshes;
using Orchestrator.Functions.Tenants;

namespace Orchestrator.Functions.Commands;

/// <summary>
/// Takes commands from <c>orchestrator-commands</c>. Each becomes an instance whose id follows from its source and id, so that it takes effect once,
/// however often it is delivered. What can never succeed goes to <c>orchestrator-commands-poison</c> at once, with its problems.
/// </summary>
public sealed partial class CommandQueue(TenantCommands tenants, MeshCommands meshes, CanaryCommands canaries, TimeProvider time, ILogger<CommandQueue> logger)
{
    [Function("ReceiveCommand")]
    [QueueOutput("orchestrator-commands-poison")]
    public async Task<string?> ReceiveAsync(
        [QueueTrigger("orchestrator-commands")] QueueMessage message, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var parsed = CommandMessage.Read(message.MessageText, now.UtcDateTime);
        var problems = parsed.IsValid ? Check(parsed.Value.Command) : parsed.Problems;
        if (problems.Count > 0)
        {
            LogPoisoned(message.MessageId, problems.Count, problems[0].Pointer, problems[0].Code);
            return PoisonedMessage.Wrap(message.MessageId, message.MessageText, problems, now);
        }

        var start = parsed.Value!;
        var instance = CommandNames.Instance(start.Source, start.Id);
        if (await client.GetInstanceAsync(instance, cancellationToken) is null && await BeginAsync(client, instance, start, cancellationToken))
        {
            return null;
        }

        LogDuplicate(message.MessageId, instance);
        return null;
    }

    private IReadOnlyList<Problem> Check(Command command) => command switch
    {
        Command.OnboardTenant { Spec: var spec } => InData(tenants.Check(spec)),
        Command.StartCanary { Spec: var spec } => InData(canaries.Check(spec)),
        Command.EnsureMesh { Spec.Cluster: var cluster } when !meshes.Knows(cluster) => [new("/subject", "unknown", meshes.Unknown(cluster))],
        _ => [],
    };

    private static IReadOnlyList<Problem> InData(IReadOnlyList<Problem> problems) =>
        [.. problems.Select(problem => problem with { Pointer = "/data" + problem.Pointer })];

    private static async Task<bool> BeginAsync(DurableTaskClient client, string instance, CommandStart start, CancellationToken cancellationToken)
    {
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(
                nameof(CommandOrchestrator),
                start,
                new StartOrchestrationOptions(instance).WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]),
                cancellationToken);
            return true;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Message {MessageId} is a duplicate: {Instance} is known already")]
    private partial void LogDuplicate(string messageId, string instance);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message {MessageId} is poison with {Count} problems, the first at '{Pointer}': {Code}")]
    private partial void LogPoisoned(string messageId, int count, string pointer, string code);
}
