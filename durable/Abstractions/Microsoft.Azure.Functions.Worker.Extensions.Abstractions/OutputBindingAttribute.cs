namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

/// <summary>Binds a result to an output.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
public abstract class OutputBindingAttribute : BindingAttribute
{
    /// <summary>Makes the attribute.</summary>
    public OutputBindingAttribute()
    {
    }
}
