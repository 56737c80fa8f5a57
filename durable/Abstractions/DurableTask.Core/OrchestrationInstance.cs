using System.Runtime.Serialization;

namespace DurableTask.Core;

/// <summary>One execution of an instance, in histories.</summary>
public class OrchestrationInstance : IExtensibleDataObject
{
    /// <summary>The id of the instance.</summary>
    public string InstanceId { get; set; } = null!;

    /// <summary>The id of the execution; continue-as-new begins another.</summary>
    public string ExecutionId { get; set; } = null!;

    /// <summary>What a serializer found and did not know.</summary>
#nullable disable annotations
    public ExtensionDataObject ExtensionData { get; set; }
#nullable restore annotations

    /// <summary>Instance and execution on one line.</summary>
    /// <returns>The line.</returns>
    public override string ToString() => $"[InstanceId: {InstanceId}, ExecutionId: {ExecutionId}]";
}
