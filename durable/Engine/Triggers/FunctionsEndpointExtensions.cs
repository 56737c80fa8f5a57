using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>Serves the HTTP functions of an app.</summary>
public static class FunctionsEndpointExtensions
{
    /// <summary>
    /// Maps every HTTP function that is not disabled under the route prefix of <c>host.json</c>, with a <see cref="KeyRequirement"/> as metadata.
    /// </summary>
    /// <param name="endpoints">The endpoints of the host, whose services have <c>AddFunctions</c>.</param>
    /// <returns>The group of all of them.</returns>
    public static RouteGroupBuilder MapFunctions(this IEndpointRouteBuilder endpoints)
    {
        var catalog = endpoints.ServiceProvider.GetRequiredService<FunctionCatalog>();
        var hostJson = endpoints.ServiceProvider.GetRequiredService<HostJson>();
        var loggers = endpoints.ServiceProvider.GetRequiredService<ILoggerFactory>();
        var limits = RequestLimits.Of(hostJson);
        var group = endpoints.MapGroup(hostJson.RoutePrefix);
        var settings = endpoints.ServiceProvider.GetRequiredService<FunctionSettings>();
        foreach (var function in catalog.Http.Where(function => !settings.IsDisabled(function.Method.Definition.Name)))
        {
            var name = function.Method.Definition.Name;
            RequestDelegate handler = new HttpInvoker(
                function, hostJson.FunctionTimeout, limits, loggers.CreateLogger($"Function.{name}")).HandleAsync;
            var endpoint = function.Trigger.Methods is { Length: > 0 } methods
                ? group.MapMethods(function.Route, methods.Select(method => method.ToUpperInvariant()), handler)
                : group.Map(function.Route, handler);
            endpoint.WithDisplayName(name).WithMetadata(new KeyRequirement(function.Trigger.AuthLevel, name));
        }

        return group;
    }
}
