using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Orchestrator.Host.Hosting;

/// <summary>What callers get where no endpoint answers: a problem (RFC 9457) that tells nothing of the inside, and an end when the host stops.</summary>
internal static class Answers
{
    /// <summary>Answers for paths and verbs that there are not, and for requests that an endpoint fails.</summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = exception => exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
            ExceptionHandler = http => ProblemOf(http, http.Response.StatusCode).ExecuteAsync(http),
        });
        return app.UseStatusCodePages(context =>
            ProblemOf(context.HttpContext, context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
    }

    /// <summary>Ends the requests that still run some time after the host was asked to stop; new connections are refused from then on.</summary>
    public static IApplicationBuilder UseDrain(this IApplicationBuilder app, TimeSpan limit)
    {
        var over = new CancellationTokenSource();
        app.ApplicationServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => over.CancelAfter(limit));
        return app.Use(async (context, next) =>
        {
            await using var end = over.Token.UnsafeRegister(static http => ((HttpContext)http!).Abort(), context);
            await next(context);
        });
    }

    private static IResult ProblemOf(HttpContext http, int status) => TypedResults.Problem(statusCode: status, detail: status switch
    {
        StatusCodes.Status404NotFound => $"There is nothing at {http.Request.Path}.",
        StatusCodes.Status405MethodNotAllowed => $"{http.Request.Path} takes {http.Response.Headers.Allow}.",
        StatusCodes.Status500InternalServerError => $"The log tells more about request {http.TraceIdentifier}.",
        _ => null,
    });
}
