using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>The property that holds the HTTP answer, in a result that has other outputs too.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = false)]
public sealed class HttpResultAttribute : OutputBindingAttribute
{
    /// <summary>Makes the attribute.</summary>
    public HttpResultAttribute()
    {
    }
}
