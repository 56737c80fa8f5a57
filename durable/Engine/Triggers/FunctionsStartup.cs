using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>Says at start what the host does not serve, and refuses to start with functions whose services are missing.</summary>
internal sealed partial class FunctionsStartup(
    FunctionCatalog catalog, HostJson hostJson, IServiceProviderIsService services, ILogger<FunctionsStartup> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        string[] missing =
        [
            .. from type in catalog.Methods.Select(method => method.Class).OfType<Type>().Distinct()
               from parameter in type.GetConstructors().Single().GetParameters()
               where !parameter.HasDefaultValue && !services.IsService(parameter.ParameterType)
               select $"{type.FullName}: parameter '{parameter.Name}' of its constructor needs {parameter.ParameterType}, which is not registered.",
        ];
        if (missing.Length > 0)
        {
            throw new FunctionDiscoveryException(missing);
        }

        foreach (var setting in hostJson.Ignored)
        {
            LogIgnored(setting);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "host.json: {Setting} has no effect in the embedded host.")]
    private partial void LogIgnored(string setting);
}
