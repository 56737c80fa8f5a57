using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Functions.Identity;

/// <summary>Registers who may do what.</summary>
public static class IdentityServices
{
    private const string Platform = "Orchestrator:Entra:Platform";

    /// <summary>
    /// Registers <see cref="Access"/>, <see cref="Authenticator"/> and <see cref="AuditTrail"/> by the settings <c>Orchestrator:Entra</c> and
    /// <c>Orchestrator:Grants</c>; without any, whoever has a key may do all.
    /// </summary>
    /// <exception cref="InvalidOperationException">The settings make no sense.</exception>
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        var grants = GrantTable.Read(configuration);
        var entra = EntraSettings.Read(configuration);
        var trustsPlatform = configuration[Platform] is { Length: > 0 } text
            && (bool.TryParse(text, out var trusts)
                ? trusts
                : throw new InvalidOperationException($"Orchestrator__Entra__Platform is '{text}': give true or false."));
        services.AddSingleton(provider => new Authenticator(
            grants,
            entra is null ? null : new BearerTokens(entra, provider.GetRequiredService<ILogger<BearerTokens>>()),
            trustsPlatform));
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<Access>();
        return services;
    }
}
