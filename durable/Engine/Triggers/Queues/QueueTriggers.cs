using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Triggers.Queues;

/// <summary>Runs the queue functions of the app.</summary>
internal sealed partial class QueueTriggers(
    FunctionCatalog catalog,
    HostJson hostJson,
    FunctionSettings settings,
    IServiceProvider services,
    TimeProvider time,
    ILogger<QueueTriggers> logger)
    : TriggerListeners<QueueFunction>(catalog.Queues, settings)
{
    protected override Task ListenAsync(QueueFunction function, CancellationToken stopping)
    {
        var clients = services.GetRequiredService<QueueClients>();
        if (clients.WhyNone(function.Trigger.Connection) is { } reason)
        {
            NotServed(logger, function.Name, reason);
            return Task.CompletedTask;
        }

        var name = Settings.Resolve(function.Trigger.QueueName);
        var runner = new MethodRunner(function.Method, hostJson.FunctionTimeout, services);
        var listener = new QueueListener(
            function.Name,
            clients.Open(name, function.Trigger.Connection),
            clients.OpenPoison(name, function.Trigger.Connection),
            (message, cancellation) => runner.RunAsync(function.Reader.Read(message), cancellation),
            hostJson.Queues,
            time,
            logger);
        return Task.Run(() => listener.ListenAsync(stopping), CancellationToken.None);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue function {Function} takes no messages: {Reason}")]
    private static partial void NotServed(ILogger logger, string function, string reason);
}
