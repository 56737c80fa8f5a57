using DurableTask.Core.Tracing;

namespace DurableTask.Core;

/// <summary>What may carry the trace that it belongs to.</summary>
public interface ISupportsDurableTraceContext
{
    /// <summary>The trace; <c>null</c> when there is none.</summary>
    DistributedTraceContext ParentTraceContext { get; set; }
}
