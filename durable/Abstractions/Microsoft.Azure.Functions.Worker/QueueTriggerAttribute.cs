using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>A message of an Azure Storage queue sets the function off.</summary>
/// <param name="queueName">The queue.</param>
public sealed class QueueTriggerAttribute(string queueName) : TriggerBindingAttribute
{
    /// <summary>The queue.</summary>
    public string QueueName { get; } = queueName;

    /// <summary>The setting that says where the queue is; <c>null</c>: <c>AzureWebJobsStorage</c>.</summary>
    public string? Connection { get; set; }
}
