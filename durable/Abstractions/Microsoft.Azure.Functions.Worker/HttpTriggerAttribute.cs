using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>An HTTP request sets the function off.</summary>
public sealed class HttpTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>Any method, with a function key.</summary>
    public HttpTriggerAttribute()
        : this(AuthorizationLevel.Function)
    {
    }

    /// <summary>Some methods, with a function key.</summary>
    /// <param name="methods">The methods.</param>
    public HttpTriggerAttribute(params string[] methods)
        : this(AuthorizationLevel.Function, methods)
    {
    }

    /// <summary>Any method.</summary>
    /// <param name="authLevel">Which key a caller needs.</param>
    public HttpTriggerAttribute(AuthorizationLevel authLevel) => AuthLevel = authLevel;

    /// <summary>Some methods.</summary>
    /// <param name="authLevel">Which key a caller needs.</param>
    /// <param name="methods">The methods.</param>
    public HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods)
        : this(authLevel) => Methods = methods;

    /// <summary>The route below the prefix of host.json; <c>null</c>: the name of the function.</summary>
    public string? Route { get; set; }

    /// <summary>The methods; <c>null</c>: any.</summary>
    public string[]? Methods { get; }

    /// <summary>Which key a caller needs.</summary>
    public AuthorizationLevel AuthLevel { get; }
}
