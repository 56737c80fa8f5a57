using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>Writes what an HTTP function returned.</summary>
/// <param name="type">The type it returns; <see cref="void"/> for none.</param>
internal sealed class HttpAnswer(Type type)
{
    private readonly PropertyInfo? _httpResult = HttpResultOf(type);

    /// <summary>Whether answers of a type need the services of MVC.</summary>
    internal static bool NeedsMvc(Type type)
    {
        var answer = HttpResultOf(type)?.PropertyType ?? type;
        return answer.IsAssignableTo(typeof(IActionResult)) || answer == typeof(object);
    }

    internal Task WriteAsync(HttpContext http, object? value)
    {
        if (type == typeof(void))
        {
            return Task.CompletedTask;
        }

        return WriteValueAsync(http, value is null || _httpResult is null ? value : _httpResult.GetValue(value));
    }

    private static PropertyInfo? HttpResultOf(Type type) =>
        type.GetProperties().FirstOrDefault(property => property.IsDefined(typeof(HttpResultAttribute)));

    private static Task WriteValueAsync(HttpContext http, object? value)
    {
        switch (value)
        {
            case null:
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                return Task.CompletedTask;
            case IResult result:
                return result.ExecuteAsync(http);
            case IActionResult result:
                return result.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
            case HttpResponseData:
                // The function has written it already.
                return Task.CompletedTask;
            case string text:
                return TypedResults.Text(text).ExecuteAsync(http);
            default:
                return http.Response.WriteAsJsonAsync(value, value.GetType(), http.RequestAborted);
        }
    }
}
