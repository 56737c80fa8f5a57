namespace Microsoft.Azure.Functions.Worker;

/// <summary>One invocation of a function.</summary>
public abstract class FunctionContext
{
    /// <summary>The id of the invocation.</summary>
    public abstract string InvocationId { get; }

    /// <summary>The id of the function.</summary>
    public abstract string FunctionId { get; }

    /// <summary>What the trigger says of the invocation.</summary>
    public abstract BindingContext BindingContext { get; }

    /// <summary>The services of the invocation's scope.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    /// <summary>The function.</summary>
    public abstract FunctionDefinition FunctionDefinition { get; }

    /// <summary>Values that parts of the invocation share.</summary>
    public abstract IDictionary<object, object> Items { get; set; }

    /// <summary>Cancelled when the host stops or the function's time is over.</summary>
    public virtual CancellationToken CancellationToken { get; }
}
