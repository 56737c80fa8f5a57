using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>Runs an HTTP function for a request and writes its answer.</summary>
internal sealed partial class HttpInvoker(HttpFunction function, TimeSpan timeout, RateLimiter? limits, ILogger logger)
{
    private readonly HttpAnswer _answer = new(function.Method.ResultType);

    private string Name => function.Method.Definition.Name;

    internal async Task HandleAsync(HttpContext http)
    {
        if (limits is null)
        {
            await RunAsync(http);
            return;
        }

        using var lease = await limits.AcquireAsync(cancellationToken: http.RequestAborted);
        await (lease.IsAcquired ? RunAsync(http) : Busy(http));
    }

    private static Task Busy(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "1";
        return TypedResults.Problem(
            title: "The host is busy.",
            detail: "It holds as many requests as host.json allows (maxOutstandingRequests): try again in a moment.",
            statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(http);
    }

    private async Task RunAsync(HttpContext http)
    {
        using var deadline = new InvocationDeadline(Name, timeout, http.RequestServices, http.RequestAborted);
        var invocation = new Invocation(function.Method.Definition, http.RequestServices, deadline.Token) { Request = http.Request };
        try
        {
            var arguments = await function.Method.BindAsync(invocation);
            if (invocation.Problems.Count > 0)
            {
                await Refusal(invocation.Problems).ExecuteAsync(http);
                return;
            }

            await _answer.WriteAsync(http, await function.Method.RunAsync(invocation, arguments));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested || http.Response.HasStarted)
        {
            // Nobody reads the answer, or it is a stream that ends here.
        }
        catch (BadHttpRequestException e) when (!http.Response.HasStarted)
        {
            await TypedResults.Problem(e.Message, statusCode: e.StatusCode).ExecuteAsync(http);
        }
        catch (Exception e)
        {
            await FailAsync(http, invocation, e is OperationCanceledException cancelled ? deadline.Explain(cancelled) : e);
        }
    }

    private static IResult Refusal(List<ParameterProblem> problems) => TypedResults.Problem(
        title: "The request is not valid.",
        detail: string.Join(' ', problems.Select(problem => problem.Message)),
        statusCode: StatusCodes.Status400BadRequest,
        extensions: new Dictionary<string, object?> { ["errors"] = problems });

    private async Task FailAsync(HttpContext http, Invocation invocation, Exception exception)
    {
        if (exception is OperationCanceledException)
        {
            LogCancelled(exception, Name, invocation.InvocationId);
        }
        else
        {
            LogFailed(exception, Name, invocation.InvocationId);
        }

        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        var (status, title) = exception switch
        {
            StoreException => (StatusCodes.Status503ServiceUnavailable, "The store fails: try again when that is mended."),
            TimeoutException when invocation.CancellationToken.IsCancellationRequested => (StatusCodes.Status504GatewayTimeout, exception.Message),
            OperationCanceledException => (StatusCodes.Status503ServiceUnavailable, "The function was cut short."),
            _ => (StatusCodes.Status500InternalServerError, "The function failed."),
        };
        await TypedResults.Problem(
            title: title,
            detail: $"The log tells more about invocation {invocation.InvocationId} of function {Name}.",
            statusCode: status).ExecuteAsync(http);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "HTTP function {Function} failed in invocation {InvocationId}.")]
    private partial void LogFailed(Exception exception, string function, string invocationId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "HTTP function {Function} was cut short in invocation {InvocationId}.")]
    private partial void LogCancelled(Exception exception, string function, string invocationId);
}
