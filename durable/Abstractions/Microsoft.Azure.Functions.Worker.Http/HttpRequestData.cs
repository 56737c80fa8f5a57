using System.Collections.Specialized;
using System.Security.Claims;
using System.Web;

namespace Microsoft.Azure.Functions.Worker.Http;

/// <summary>The request that set a function off.</summary>
public abstract class HttpRequestData
{
    private NameValueCollection? query;

    /// <summary>Of an invocation.</summary>
    /// <param name="functionContext">The invocation.</param>
    public HttpRequestData(FunctionContext functionContext) =>
        FunctionContext = functionContext ?? throw new ArgumentNullException(nameof(functionContext));

    /// <summary>The body, which is read once.</summary>
    public abstract Stream Body { get; }

    /// <summary>The headers.</summary>
    public abstract HttpHeadersCollection Headers { get; }

    /// <summary>What was asked for, as the caller sees it.</summary>
    public abstract Uri Url { get; }

    /// <summary>Who asks.</summary>
    public abstract IEnumerable<ClaimsIdentity> Identities { get; }

    /// <summary>The verb.</summary>
    public abstract string Method { get; }

    /// <summary>The invocation.</summary>
    public FunctionContext FunctionContext { get; }

    /// <summary>The query of <see cref="Url"/>.</summary>
    public virtual NameValueCollection Query => query ??= HttpUtility.ParseQueryString(Url.Query);

    /// <summary>The answer, to be filled and returned.</summary>
    public abstract HttpResponseData CreateResponse();
}
