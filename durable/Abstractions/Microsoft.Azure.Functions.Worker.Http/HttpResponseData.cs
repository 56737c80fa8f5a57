using System.Net;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>The answer to a request. What comes before the body (status, headers) must be set before the body is written.</summary>
public abstract class HttpResponseData
{
    /// <summary>Of an invocation.</summary>
    /// <param name="functionContext">The invocation.</param>
    public HttpResponseData(FunctionContext functionContext) =>
        FunctionContext = functionContext ?? throw new ArgumentNullException(nameof(functionContext));

    /// <summary>The status; at first 200.</summary>
    public abstract HttpStatusCode StatusCode { get; set; }

    /// <summary>The headers.</summary>
    public abstract HttpHeadersCollection Headers { get; set; }

    /// <summary>Where the body is written.</summary>
    public abstract Stream Body { get; set; }

    /// <summary>The invocation.</summary>
    public FunctionContext FunctionContext { get; }

    /// <summary>The answer to a request.</summary>
    /// <param name="request">The request.</param>
    public static HttpResponseData CreateResponse(HttpRequestData request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.CreateResponse();
    }
}
