using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Gives the function a client of the durable host.</summary>
public sealed class DurableClientAttribute : InputBindingAttribute
{
    /// <summary>The task hub; <c>null</c>: that of host.json. The embedded host has one.</summary>
    public string? TaskHub { get; set; }

    /// <summary>The setting that says where the task hub is; <c>null</c>: the app's own. The embedded host has one.</summary>
    public string? ConnectionName { get; set; }
}
