using Microsoft.AspNetCore.Http;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>The request of an invocation.</summary>
public static class FunctionContextExtensions
{
    /// <summary>Where hosts put the request among the values that parts of the invocation share.</summary>
    internal const string HttpContextKey = "HttpRequestContext";

    /// <summary>The request and its answer.</summary>
    /// <param name="context">The invocation.</param>
    /// <returns>They, or <c>null</c> when no HTTP request set the function off.</returns>
    public static HttpContext? GetHttpContext(this FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Items.TryGetValue(HttpContextKey, out var http) ? http as HttpContext : null;
    }
}
