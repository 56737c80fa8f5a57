using System.Runtime.Serialization;

namespace DurableTask.Core;

/// <summary>Who called a sub-orchestration, in histories.</summary>
public class ParentInstance : IExtensibleDataObject
{
    /// <summary>The name of the calling orchestrator.</summary>
    public string Name = null!;

    /// <summary>The calling execution.</summary>
    public OrchestrationInstance OrchestrationInstance = null!;

    /// <summary>The number of the call in it.</summary>
    public int TaskScheduleId;

    /// <summary>The version of the calling orchestrator.</summary>
    public string Version = null!;

    /// <summary>What a serializer found and did not know.</summary>
#nullable disable annotations
    public ExtensionDataObject ExtensionData { get; set; }
#nullable restore annotations
}
