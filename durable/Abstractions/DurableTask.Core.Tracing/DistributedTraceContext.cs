namespace DurableTask.Core.Tracing;

/// <summary>The trace that an event belongs to (W3C Trace Context).</summary>
/// <param name="traceParent">The <c>traceparent</c>.</param>
/// <param name="traceState">The <c>tracestate</c>.</param>
public class DistributedTraceContext(string traceParent, string? traceState = default)
{
    /// <summary>The <c>traceparent</c>.</summary>
    public string TraceParent { get; set; } = traceParent;

    /// <summary>The <c>tracestate</c>.</summary>
    public string? TraceState { get; set; } = traceState;
}
