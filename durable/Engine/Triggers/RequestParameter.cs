using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>
/// A plain parameter of an HTTP function: a value of the route or, where the route has none of its name, of the query. Parameters named
/// <c>headers</c> and <c>query</c> are those as a whole.
/// </summary>
internal sealed class RequestParameter
{
    private const int LongestQuote = 100;

    private readonly string _name;
    private readonly Type? _element;
    private readonly TextParser _parser;
    private readonly bool _isOptional;
    private readonly object? _default;

    private RequestParameter(ParameterInfo parameter, TextParser parser)
    {
        _name = parameter.Name!;
        _element = parameter.ParameterType.GetElementType();
        _parser = parser;
        _isOptional = IsOptional(parameter);
        _default = ParameterBinding.DefaultOf(parameter);
    }

    /// <summary>The binder of a parameter, or <c>null</c> when no text can become its type.</summary>
    internal static ParameterBinder? Binder(ParameterInfo parameter)
    {
        var type = parameter.ParameterType.IsArray ? parameter.ParameterType.GetElementType()! : parameter.ParameterType;
        return TextParser.For(Nullable.GetUnderlyingType(type) ?? type) is { } parser ? new RequestParameter(parameter, parser).Bind : null;
    }

    /// <summary>Whether a request may leave a parameter out.</summary>
    internal static bool IsOptional(ParameterInfo parameter) =>
        parameter.HasDefaultValue || new NullabilityInfoContext().Create(parameter).WriteState is not NullabilityState.NotNull;

    private ValueTask<object?> Bind(Invocation invocation)
    {
        var (place, values) = Find(invocation.Request);
        if (values.Count == 0 && (_isOptional || _element is null))
        {
            return new(_isOptional ? _default : Refuse(invocation, place, "missing", $"'{_name}' is missing: give {_parser.Expects}."));
        }

        if (_element is not null)
        {
            var array = Array.CreateInstance(_element, values.Count);
            for (var i = 0; i < values.Count; i++)
            {
                array.SetValue(Parse(invocation, place, values[i]!), i);
            }

            return new(array);
        }

        return new(values.Count == 1
            ? Parse(invocation, place, values[0]!)
            : Refuse(invocation, place, "duplicate", $"'{_name}' is given {values.Count} times: give it once."));
    }

    private object? Parse(Invocation invocation, string place, string text) =>
        _parser.Parse(text)
        ?? Refuse(
            invocation,
            place,
            "invalid",
            $"'{_name}' is '{(text.Length > LongestQuote ? text[..LongestQuote] + "…" : text)}': give {_parser.Expects}.");

    private object? Refuse(Invocation invocation, string place, string code, string message)
    {
        invocation.Problems.Add(new($"/{place}/{_name}", code, message));
        return null;
    }

    private (string Place, StringValues Values) Find(HttpRequest request)
    {
        if (request.RouteValues.TryGetValue(_name, out var value))
        {
            return ("route", value is null ? default : new StringValues(value.ToString()));
        }

        return request.Query[_name] switch
        {
            { Count: 0 } when Is(RequestBindingData.Headers) => ("header", RequestBindingData.Json(request.Headers)),
            { Count: 0 } when Is(RequestBindingData.Query) => ("query", RequestBindingData.Json(request.Query)),
            var values => ("query", values),
        };

        bool Is(string name) => string.Equals(_name, name, StringComparison.OrdinalIgnoreCase);
    }
}
