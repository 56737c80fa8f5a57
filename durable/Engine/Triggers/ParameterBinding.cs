using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>Gives a parameter its value in an invocation; what is wrong with the request goes to its problems.</summary>
internal delegate ValueTask<object?> ParameterBinder(Invocation invocation);

/// <summary>Where the parameters of a method get their values from.</summary>
internal static class ParameterBinding
{
    internal static ParameterBinder? ForActivity(ParameterInfo parameter) =>
        parameter.IsDefined(typeof(ActivityTriggerAttribute)) && parameter.ParameterType != typeof(FunctionContext)
            ? invocation => new(invocation.Input ?? DefaultOf(parameter))
            : ForAny(parameter);

    internal static ParameterBinder? ForTimer(ParameterInfo parameter) =>
        parameter.IsDefined(typeof(TimerTriggerAttribute))
            ? parameter.ParameterType == typeof(TimerInfo) ? static invocation => new(invocation.Input) : null
            : ForAny(parameter);

    internal static ParameterBinder? ForQueue(ParameterInfo parameter) =>
        parameter.IsDefined(typeof(QueueTriggerAttribute)) ? static invocation => new(invocation.Input) : ForAny(parameter);

    internal static ParameterBinder? ForHttp(ParameterInfo parameter)
    {
        ParameterBinder? request = parameter.ParameterType switch
        {
            var type when type == typeof(HttpRequest) => static invocation => new(invocation.Request),
            var type when type == typeof(HttpRequestData) => static invocation => new(new RequestData(invocation)),
            _ => null,
        };
        if (request is not null || parameter.IsDefined(typeof(HttpTriggerAttribute)))
        {
            return request;
        }

        return parameter.IsDefined(typeof(FromBodyAttribute))
            ? invocation => ReadBodyAsync(invocation, parameter)
            : ForAny(parameter) ?? RequestParameter.Binder(parameter);
    }

    internal static bool IsOfTheHost(Type type) =>
        type == typeof(FunctionContext) || type == typeof(CancellationToken) || type == typeof(DurableTaskClient);

    internal static object? DefaultOf(ParameterInfo parameter) => parameter.HasDefaultValue ? parameter.DefaultValue : null;

    private static ParameterBinder? ForAny(ParameterInfo parameter) => parameter.ParameterType switch
    {
        var type when type == typeof(FunctionContext) => static invocation => new(invocation),
        var type when type == typeof(CancellationToken) => static invocation => new(invocation.CancellationToken),
        var type when type == typeof(DurableTaskClient) && parameter.IsDefined(typeof(DurableClientAttribute)) =>
            static invocation => new(invocation.InstanceServices.GetRequiredService<DurableTaskClient>()),
        _ => null,
    };

    private static async ValueTask<object?> ReadBodyAsync(Invocation invocation, ParameterInfo parameter)
    {
        try
        {
            var body = await JsonSerializer.DeserializeAsync(
                invocation.Request.Body, parameter.ParameterType, JsonSerializerOptions.Web, invocation.CancellationToken);
            if (body is null && !RequestParameter.IsOptional(parameter))
            {
                invocation.Problems.Add(new("/body", "missing", "The body is null, but a value is needed."));
            }

            return body;
        }
        catch (JsonException e)
        {
            // Not its message, which tells names of types.
            var place = e is { Path.Length: > 1 } ? $"at {e.Path}" : $"in line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";
            invocation.Problems.Add(new("/body", "malformed", $"The body is not the JSON that is needed; look {place}."));
            return null;
        }
    }
}
