using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>The result goes to an Azure Storage queue.</summary>
/// <param name="queueName">The queue.</param>
public sealed class QueueOutputAttribute(string queueName) : OutputBindingAttribute
{
    /// <summary>The queue.</summary>
    public string QueueName { get; } = queueName;

    /// <summary>The setting that says where the queue is; <c>null</c>: <c>AzureWebJobsStorage</c>.</summary>
    public string? Connection { get; set; }
}
